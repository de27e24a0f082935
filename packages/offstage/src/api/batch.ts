// `POST /api/batch`: several writes, all or none.

import { OffstageError } from '../base/errors.ts'
import type { Data, Table } from '../data/data.ts'
import type { HttpReply, HttpRequest, Route } from '../http/http.ts'
import type { Principal } from '../query/principal.ts'
import type { Row } from '../schema/kind.ts'
import type { ApiOperation } from '../schema/model.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { bodyObject, jsonReply, refuseParameters, wantsNothing } from './answer.ts'
import { wholeRow, type ApiParts } from './models.ts'

/** Operations of one batch. */
export const maxOperations = 100

/** What each operation holds, and the operations of the model's own routes that it stands for. */
const forms = {
  create: { needs: ['values'], may: [], api: ['create'] },
  update: { needs: ['id', 'values'], may: ['version'], api: ['update'] },
  delete: { needs: ['id'], may: ['version'], api: ['delete'] },
  updateMany: { needs: ['where', 'values'], may: [], api: ['update'] },
  deleteMany: { needs: ['where'], may: [], api: ['delete'] },
  upsert: { needs: ['key', 'create', 'update'], may: [], api: ['create', 'update'] },
} as const
type Op = keyof typeof forms
interface Operation extends Readonly<Record<'values' | 'where' | 'key' | 'create' | 'update', object>> {
  readonly op: Op
  readonly model: string
  readonly id: string
  readonly version: number | undefined
}
/** The row written, null after a delete, the number of rows of a bulk write. */
type Result = Row | number | null

const writes = new Set(Object.values(forms).flatMap<ApiOperation>(({ api }) => api))
/** The models that a batch can write to: those with a route of their own that writes. */
export const batchModels = (registry: Registry): ModelDef[] =>
  [...registry.models.values()].filter((model) => [...model.api].some((one) => writes.has(one)))

/** None where no model can be written to. */
export function batchRoutes({ data, identify }: ApiParts): Route[] {
  if (batchModels(data.registry).length === 0) return []
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await identify(request)
    refuseParameters(request)
    const operations = readOperations(data, request.body)
    const minimal = wantsNothing(request)
    const results = await data.transaction(principal, async (inside) => {
      const done: Result[] = []
      for (const [i, operation] of operations.entries()) done.push(await at(i, () => perform(inside, principal, operation, minimal)))
      return done
    })
    return jsonReply(200, { results })
  }
  return [{ name: 'batch', method: 'POST', path: '/api/batch', body: 'json', handle }]
}

async function perform(data: Data, principal: Principal, operation: Operation, minimal: boolean): Promise<Result> {
  const { op, model, id, values, where, key, create, update, version } = operation
  const shape = minimal ? undefined : wholeRow(data, model)
  const options = version === undefined ? {} : { ifMatch: String(version) }
  const table = (): Table => data.as(principal, { author: 'caller' })[model]
  switch (op) {
    case 'create':
      return (await data.create(principal, model, values, shape)) ?? null
    case 'update':
      return (await data.update(principal, model, id, values, shape, options)) ?? null
    case 'delete':
      await data.delete(principal, model, id, options)
      return null
    case 'updateMany':
      return table().updateMany(where, values)
    case 'deleteMany':
      return table().deleteMany(where)
    case 'upsert': {
      const row = await table().upsert(key, { create, update })
      return minimal ? null : row
    }
  }
}

/** An error inside says which operation it was, and all paths begin there. */
async function at<T>(index: number, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof OffstageError) || error.status >= 500) throw error
    throw error.with({
      cause: error,
      detail: `operations.${index}: ${error.detail ?? error.title}`,
      errors: error.errors?.map((e) => ({ ...e, path: `operations.${index}.values.${e.path}` })),
    })
  }
}

function readOperations(data: Data, body: unknown): readonly Operation[] {
  const example = '{"operations":[{"op":"create","model":"notes","values":{}}]}'
  const given = bodyObject(body, example)
  const unknown = Object.keys(given).find((key) => key !== 'operations')
  if (unknown !== undefined || !Array.isArray(given.operations))
    throw malformed(`A batch takes \`operations\` and nothing else: ${example}.`)
  if (given.operations.length > maxOperations) {
    throw new OffstageError('too_large', {
      detail: `A batch takes at most ${maxOperations} operations; this one has ${given.operations.length}.`,
    })
  }
  return given.operations.map((operation: unknown, i) => readOperation(data, operation, `operations.${i}`))
}

function readOperation(data: Data, operation: unknown, path: string): Operation {
  if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) throw malformed(`${path} must be an object.`)
  const given = operation as Operation
  if (typeof given.op !== 'string' || !Object.hasOwn(forms, given.op))
    throw malformed(`${path}.op must be one of ${Object.keys(forms).join(', ')}.`)
  const { needs, may, api } = forms[given.op]
  const allowed = ['op', 'model', ...needs, ...may]
  if (!Object.keys(given).every((key) => allowed.includes(key))) throw malformed(`${path} takes ${allowed.join(', ')} and nothing else.`)
  const model = typeof given.model === 'string' ? data.registry.models.get(given.model) : undefined
  // A model that has no route for this is as unknown here as at its own address.
  if (!model || model.system || !api.every((one) => model.api.has(one)))
    throw new OffstageError('not_found', { detail: `${path}.model names no model with this operation.` })
  for (const key of needs) {
    if (key === 'id' && typeof given.id !== 'string') throw malformed(`${path}.id must be the id of a row, as text.`)
    if (key !== 'id' && !isObject(given[key])) throw malformed(`${path}.${key} must be an object.`)
  }
  if (given.version !== undefined && !(Number.isSafeInteger(given.version) && given.version >= 0))
    throw malformed(`${path}.version must be the version of the row.`)
  return given
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const malformed = (detail: string): OffstageError => new OffstageError('malformed', { detail })
