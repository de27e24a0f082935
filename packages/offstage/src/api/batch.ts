// `POST /api/batch`: several writes, all or none.

import { OffstageError } from '../base/errors.ts'
import type { Data } from '../data/data.ts'
import type { HttpReply, HttpRequest, Route } from '../http/http.ts'
import type { Principal } from '../query/principal.ts'
import type { Row } from '../schema/kind.ts'
import { bodyObject, jsonReply, refuseParameters, wantsNothing } from './answer.ts'
import { wholeRow, type ApiParts } from './models.ts'

/** Operations of one batch. */
export const maxOperations = 100

const keys = {
  create: ['op', 'model', 'values'],
  update: ['op', 'model', 'id', 'values', 'version'],
  delete: ['op', 'model', 'id', 'version'],
} as const
type Op = keyof typeof keys
interface Operation {
  readonly op: Op
  readonly model: string
  readonly id: string
  readonly values: object
  readonly version?: string
}

export function batchRoute({ data, identify }: ApiParts): Route {
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await identify(request)
    refuseParameters(request)
    const operations = readOperations(data, request.body)
    const minimal = wantsNothing(request)
    const results = await data.transaction(principal, async (inside) => {
      const rows: (Row | null)[] = []
      for (const [i, operation] of operations.entries()) rows.push(await at(i, () => perform(inside, principal, operation, minimal)))
      return rows
    })
    return jsonReply(200, { results })
  }
  return { name: 'batch', method: 'POST', path: '/api/batch', body: 'json', handle }
}

async function perform(
  data: Data,
  principal: Principal,
  { op, model, id, values, version }: Operation,
  minimal: boolean,
): Promise<Row | null> {
  const shape = minimal ? undefined : wholeRow(data, model)
  const options = version === undefined ? {} : { ifMatch: version }
  if (op === 'create') return (await data.create(principal, model, values, shape)) ?? null
  if (op === 'update') return (await data.update(principal, model, id, values, shape, options)) ?? null
  await data.delete(principal, model, id, options)
  return null
}

/** An error inside says which operation it was, and all paths begin there. */
async function at<T>(index: number, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof OffstageError) || error.status >= 500) throw error
    const { code, status, title, headers, hint, place } = error
    throw new OffstageError(code, {
      status,
      title,
      headers,
      hint,
      place,
      cause: error,
      detail: `operations.${index}: ${error.detail ?? title}`,
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
  const { op, model: name, id, values, version } = operation as Record<string, unknown>
  if (op !== 'create' && op !== 'update' && op !== 'delete') throw malformed(`${path}.op must be "create", "update" or "delete".`)
  for (const key of Object.keys(operation)) {
    if (!(keys[op] as readonly string[]).includes(key)) throw malformed(`${path} takes ${keys[op].join(', ')} and nothing else.`)
  }
  const model = typeof name === 'string' ? data.registry.models.get(name) : undefined
  // A model that has no route for this is as unknown here as at its own address.
  if (!model || model.system || !model.api.has(op))
    throw new OffstageError('not_found', { detail: `${path}.model names no model with this operation.` })
  if (op !== 'create' && typeof id !== 'string') throw malformed(`${path}.id must be the id of a row, as text.`)
  if (op !== 'delete' && (typeof values !== 'object' || values === null || Array.isArray(values)))
    throw malformed(`${path}.values must be an object.`)
  if (version !== undefined && (!Number.isSafeInteger(version) || (version as number) < 0))
    throw malformed(`${path}.version must be the version of the row.`)
  return { op, model: model.name, id: String(id), values: values as object, ...(version !== undefined && { version: String(version) }) }
}

const malformed = (detail: string): OffstageError => new OffstageError('malformed', { detail })
