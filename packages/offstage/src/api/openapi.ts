// The OpenAPI 3.1 document of an app: everything that is declared, and nothing that is hidden.

import { codes } from '../base/codes.ts'
import type { DescribedOperation, Route } from '../http/http.ts'
import type { AppDeclaration } from '../schema/app.ts'
import { routedEndpoints } from '../schema/check-endpoints.ts'
import { GroupNode, type GroupOptions } from '../schema/group.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { batchModels } from './batch.ts'
import { humanise, jsonAnswer, jsonBody, problemResponse, problems, problemSchema, type Operation } from './describe.ts'
import { endpointOperation, problemName, securityScheme } from './endpoint-operations.ts'
import { modelOperations } from './operations.ts'
import { inputSchema, namedSchemas } from './part-schemas.ts'
import { createName, modelSchemas, ref, rowName, type Schema } from './schemas.ts'

export interface DocumentParts {
  readonly registry: Registry
  readonly endpoints: AppDeclaration['endpoints']
  /** All routes, for the addresses of the described ones. */
  readonly routes: readonly Route[]
  readonly described: readonly DescribedOperation[]
  readonly title: string
  readonly version: string
  /** Whether users have passwords of Offstage's own. */
  readonly login: boolean
  /** The name of the session cookie; undefined where there are no sessions. */
  readonly cookie: string | undefined
}

export function openApiDocument(parts: DocumentParts): Record<string, unknown> {
  const { registry, endpoints, routes, described, title, version, login, cookie } = parts
  const all = [...registry.models.values()].filter((model) => !model.system)
  const models = all.filter((model) => model.api.size > 0)
  const batched = batchModels(registry)
  const groups = Object.entries(endpoints).flatMap(([name, node]) => (node instanceof GroupNode ? [{ name, options: node.options }] : []))
  const otherwise = groups.some(({ options }) => options.problem) ? ', but where an operation says otherwise' : ''
  const routed = routedEndpoints({ endpoints })
  const paths: Record<string, Record<string, unknown>> = {}
  const add = (method: string, path: string, operation: Operation, parameters: readonly object[] = []): void => {
    const item = (paths[templateOf(path)] ??= parameters.length === 0 ? {} : { parameters })
    item[method.toLowerCase()] = operation
  }
  for (const model of models)
    for (const { method, path, operation } of modelOperations(model)) add(method, path, operation, textParameters(path))
  if (batched.length > 0) add('POST', '/api/batch', batchOperation(batched))
  for (const endpoint of routed) add(endpoint.method, endpoint.path, endpointOperation({ registry, endpoint, login }))
  for (const one of described) {
    const route = routes.find(({ name }) => name === one.name)
    if (route) add(route.method, route.path, describedOperation(one, route.method), textParameters(route.path))
  }
  const tags = new Map([
    ...models.map(({ name, label }) => [name, label] as const),
    ...groups.map(({ name }) => [name, humanise(name)] as const),
    ...(Object.keys(endpoints).length > groups.length ? [['call', 'Operations of the app'] as const] : []),
    ...(batched.length > 0 ? [['batch', 'Several writes, all or none'] as const] : []),
    ...(described.length > 0 ? [['auth', 'Signing in'] as const] : []),
  ])
  const securitySchemes = {
    ...(cookie !== undefined && { bearer: { type: 'http', scheme: 'bearer' }, cookie: { type: 'apiKey', in: 'cookie', name: cookie } }),
    ...Object.fromEntries(groups.flatMap(({ name, options }) => Object.entries({ [name]: securityScheme(options) }))),
  }
  return {
    openapi: '3.1.0',
    info: {
      title,
      version,
      description: `Errors are RFC 9457 problems with a \`code\`${otherwise}. Unknown parameters and fields are refused.`,
      license: { name: 'No licence stated', identifier: 'LicenseRef-none' },
    },
    servers: [{ url: '/' }],
    tags: [...tags].map(([name, description]) => ({ name, description })),
    security: cookie === undefined ? [] : [{ bearer: [] }, { cookie: [] }, {}],
    paths,
    components: {
      ...reached(paths, {
        schemas: Object.assign(
          { problem: problemSchema },
          ...all.map((model) => modelSchemas(registry, model)),
          ...groups.map(({ name, options }) => problemSchemaOf(registry, name, options)),
          ...routed.flatMap(({ node: { spec } }) => [
            namedSchemas(registry, spec.input, 'input'),
            namedSchemas(registry, spec.output, 'output'),
          ]),
        ),
        responses: Object.fromEntries(documented.map((status) => [`problem${status}`, problemResponse(status)])),
      }),
      ...(Object.keys(securitySchemes).length > 0 && { securitySchemes }),
    },
  }
}

const documented = [400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503]
const templateOf = (path: string): string => path.replace(/:([^/]+)/g, '{$1}').replace(/\*$/, '{rest}')
const textParameters = (path: string): object[] =>
  [...templateOf(path).matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))

function problemSchemaOf(registry: Registry, name: string, { problemOutput }: GroupOptions): Record<string, Schema> {
  if (problemOutput === undefined) return {}
  return { [problemName(name)]: inputSchema(registry, problemOutput, 'output'), ...namedSchemas(registry, problemOutput, 'output') }
}

type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Only what the paths lead to: a model that no route speaks of is nobody's business. */
function reached(paths: object, components: Components): Components {
  const found = new Set<unknown>()
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { $ref } = node as { $ref?: unknown }
    if (typeof $ref === 'string') {
      const [, , section = '', name = ''] = $ref.split('/')
      const target = components[section]?.[name]
      if (found.has(target)) return
      found.add(target)
      walk(target)
    } else for (const inner of Object.values(node)) walk(inner)
  }
  walk(paths)
  const kept = (section: object): [string, unknown][] => Object.entries(section).filter(([, node]) => found.has(node))
  return Object.fromEntries(
    Object.entries(components).flatMap(([name, section]) =>
      kept(section).length === 0 ? [] : [[name, Object.fromEntries(kept(section))]],
    ),
  )
}

function describedOperation(one: DescribedOperation, method: Route['method']): Operation {
  const { status, description, schema } = one.answer
  const statuses = [
    ...one.problems.map((code) => codes[code].status).filter((at) => at < 500),
    400,
    503,
    ...(method === 'GET' ? [] : [403, 413]),
    ...(one.body ? [415] : []),
  ]
  return {
    tags: [one.name.split('.')[0]!],
    operationId: one.name,
    summary: one.summary,
    ...(one.description !== undefined && { description: one.description }),
    ...(one.signedIn ? { security: [{ bearer: [] }, { cookie: [] }] } : { security: [] }),
    ...(one.body && { requestBody: jsonBody(one.body) }),
    responses: {
      [status]: schema ? jsonAnswer(description, schema) : { description },
      ...problems(...statuses),
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
