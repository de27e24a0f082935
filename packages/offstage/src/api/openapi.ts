// The OpenAPI 3.1 document of an app: everything that is declared, and nothing that is hidden.

import { codes } from '../base/codes.ts'
import type { DescribedOperation, Route } from '../http/http.ts'
import { routedEndpoints, type RoutedEndpoint } from '../schema/check-endpoints.ts'
import type { AppDeclaration } from '../schema/app.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { humanise, jsonAnswer, jsonBody, problemAnswer, problemResponse, problems, problemSchema, type Operation } from './describe.ts'
import { modelOperations } from './operations.ts'
import { createName, inputSchema, modelSchemas, ref, rowName, type Schema } from './schemas.ts'

export interface DocumentParts {
  readonly registry: Registry
  readonly endpoints: AppDeclaration['endpoints']
  /** All routes, for the addresses of the described ones. */
  readonly routes: readonly Route[]
  readonly described: readonly DescribedOperation[]
  readonly title: string
  readonly version: string
  readonly cookie: string | undefined
}

export function openApiDocument(parts: DocumentParts): Record<string, unknown> {
  const { registry, endpoints, routes, described, title, version, cookie } = parts
  const models = [...registry.models.values()].filter((model) => !model.system && model.api.size > 0)
  const paths: Record<string, Record<string, unknown>> = {}
  const add = (method: string, path: string, operation: Operation): void => {
    const at = path.replace(/:([^/]+)/g, '{$1}').replace(/\*$/, '{rest}')
    const names = [...at.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]!)
    const item = (paths[at] ??=
      names.length === 0 ? {} : { parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })) })
    item[method.toLowerCase()] = operation
  }
  for (const model of models) for (const { method, path, operation } of modelOperations(model)) add(method, path, operation)
  if (models.length > 0) add('POST', '/api/batch', batchOperation(models))
  for (const endpoint of routedEndpoints({ endpoints })) add(endpoint.method, endpoint.path, endpointOperation(registry, endpoint))
  for (const one of described) {
    const route = routes.find(({ name }) => name === one.name)
    if (route) add(route.method, route.path, describedOperation(one))
  }
  const schemas = Object.assign(
    { problem: problemSchema },
    ...models.map((model) => modelSchemas(registry, model)),
    ...unlisted(registry, models),
  )
  const tags = [
    ...models.map(({ name, label }) => ({ name, description: label })),
    ...(Object.keys(endpoints).length > 0 ? [{ name: 'call', description: 'Operations of the app' }] : []),
    { name: 'batch', description: 'Several writes, all or none' },
  ]
  return {
    openapi: '3.1.0',
    info: {
      title,
      version,
      description: 'Errors are RFC 9457 problems with a `code`. Unknown parameters and fields are refused.',
      license: { name: 'No licence stated', identifier: 'LicenseRef-none' },
    },
    servers: [{ url: '/' }],
    tags: cookie === undefined ? tags : [...tags, { name: 'auth', description: 'Signing in' }],
    security: cookie === undefined ? [] : [{ bearer: [] }, { cookie: [] }, {}],
    paths,
    components: {
      schemas,
      responses: Object.fromEntries(
        [400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503].map((status) => [`problem${status}`, problemResponse(status)]),
      ),
      ...(cookie !== undefined && {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, cookie: { type: 'apiKey', in: 'cookie', name: cookie } },
      }),
    },
  }
}

/** Models without routes of their own are still there to be included, filtered through and written with others. */
function unlisted(registry: Registry, listed: readonly ModelDef[]): Record<string, Schema>[] {
  return [...registry.models.values()]
    .filter((model) => !model.system && !listed.includes(model))
    .map((model) => modelSchemas(registry, model))
}

function endpointOperation(registry: Registry, { name, node, method, group }: RoutedEndpoint): Operation {
  const { spec } = node
  const query = spec.query === undefined ? {} : inputSchema(registry, spec.query)
  const properties = (query.properties ?? {}) as Record<string, Schema>
  const required = (query.required ?? []) as string[]
  const parameters = Object.entries(properties).map(([key, schema]) => ({
    name: key,
    in: 'query',
    required: required.includes(key),
    schema,
  }))
  const body =
    spec.body === 'raw'
      ? { content: { '*/*': { schema: {} } } }
      : spec.input !== undefined && method !== 'GET'
        ? jsonBody(inputSchema(registry, spec.input))
        : undefined
  const status = String(spec.status ?? 200)
  const own: Record<string, object> = {}
  for (const [code, at] of Object.entries(spec.problems ?? {}) as [string, number][]) {
    const before = own[at] as { description: string } | undefined
    own[at] = { ...problemAnswer(before ? `${before.description}, ${code}` : `Problem: ${code}`) }
  }
  const output = spec.output === undefined ? {} : inputSchema(registry, spec.output)
  return {
    tags: ['call'],
    operationId: `call.${name}`,
    summary: humanise(name.split('.').at(-1)!),
    ...(spec.description !== undefined && { description: spec.description }),
    ...((spec.allow === 'everyone' || group?.authenticate) && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: {
      [status]: status === '204' ? { description: 'Done.' } : jsonAnswer('The answer; 204 without a body when there is none.', output),
      ...problems(400, ...(spec.allow === 'everyone' ? [] : [401, 403]), ...(body ? [415, 422] : [])),
      ...own,
    },
  }
}

function describedOperation(one: DescribedOperation): Operation {
  const { status, description, schema } = one.answer
  return {
    tags: [one.name.split('.')[0]!],
    operationId: one.name,
    summary: one.summary,
    ...(one.description !== undefined && { description: one.description }),
    ...(one.signedIn ? { security: [{ bearer: [] }, { cookie: [] }] } : { security: [] }),
    ...(one.body && { requestBody: jsonBody(one.body) }),
    responses: {
      [status]: schema ? jsonAnswer(description, schema) : { description },
      ...problems(...[...one.problems.map((code) => codes[code].status), 400].filter((at) => at < 500 || at === 503)),
    },
  }
}

function batchOperation(models: readonly ModelDef[]): Operation {
  const names = { type: 'string', enum: models.map(({ name }) => name) }
  const version = { type: 'integer', description: 'The version that the row must have.' }
  const shape = (op: string, properties: Schema, required: readonly string[]): Schema => ({
    type: 'object',
    properties: { op: { type: 'string', const: op }, model: names, ...properties },
    required: ['op', 'model', ...required],
    additionalProperties: false,
  })
  const values = { type: 'object' }
  const where = { type: 'object', description: 'A filter; `{ "all": true }` for every row that may be written.' }
  const id = { type: 'string' }
  const one = {
    oneOf: [
      shape('create', { values }, ['values']),
      shape('update', { id, values, version }, ['id', 'values']),
      shape('delete', { id, version }, ['id']),
      shape('updateMany', { where, values }, ['where', 'values']),
      shape('deleteMany', { where }, ['where']),
      shape('upsert', { key: values, create: values, update: values }, ['key', 'create', 'update']),
    ],
  }
  const body = {
    type: 'object',
    properties: { operations: { type: 'array', maxItems: 100, items: one } },
    required: ['operations'],
    additionalProperties: false,
  }
  const answer = {
    type: 'object',
    properties: {
      results: {
        type: 'array',
        description: 'The row of each operation; null after a delete, the number of rows of a bulk write.',
        items: { type: ['object', 'null', 'integer'] },
      },
    },
    required: ['results'],
  }
  return {
    tags: ['batch'],
    operationId: 'batch',
    summary: 'Several writes, all or none',
    requestBody: jsonBody(body),
    responses: { 200: jsonAnswer('What was written.', answer), ...problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 503) },
  }
}

/** The schemas that described operations speak of. */
export const userSchemas = (user: ModelDef): { readonly user: Schema; readonly values: Schema } => ({
  user: ref(rowName(user.name)),
  values: ref(createName(user.name)),
})
