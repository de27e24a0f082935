// The app's own endpoints, for the OpenAPI document.

import { isStandard, shapeOf, type EndpointNode, type Input } from '../schema/endpoint.ts'
import type { RoutedEndpoint } from '../schema/check-endpoints.ts'
import type { GroupOptions } from '../schema/group.ts'
import type { Registry } from '../schema/registry.ts'
import { humanise, jsonAnswer, jsonBody, problemAnswer, problemTitles, problems, type Operation } from './describe.ts'
import { etag, ifNoneMatch, notModified } from './operations.ts'
import { inputSchema, namedSchemas, refers } from './part-schemas.ts'
import { ref, type Schema } from './schemas.ts'

export interface EndpointDocs {
  readonly registry: Registry
  readonly endpoint: RoutedEndpoint
  /** Whether the app has a login of Offstage's own. */
  readonly login: boolean
}

export function endpointOperation({ registry, endpoint, login }: EndpointDocs): Operation {
  const { name, node, group } = endpoint
  const { spec } = node
  const parameters = [
    ...parametersOf(endpoint, 'path', spec.params && inputSchema(registry, spec.params, 'address')),
    ...parametersOf(endpoint, 'query', spec.query && inputSchema(registry, spec.query, 'address')),
    ...(isCached(endpoint) ? [ifNoneMatch] : []),
  ]
  const body = bodyOf(registry, spec)
  return {
    tags: [groupOf(name) ?? 'call'],
    operationId: `call.${name}`,
    summary: humanise(name.split('.').at(-1)!),
    ...(spec.description !== undefined && { description: spec.description }),
    ...securityOf(endpoint),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: {
      ...successOf(registry, endpoint),
      ...errorsOf(endpoint, login),
      ...declaredOf(spec.problems ?? {}, name, group),
    },
  }
}

/** `conduit` of `conduit.articles`. */
export const groupOf = (name: string): string | undefined => (name.includes('.') ? name.split('.')[0] : undefined)

function parametersOf({ path }: RoutedEndpoint, where: 'path' | 'query', schema: Schema | undefined): object[] {
  const properties = (schema?.properties ?? {}) as Readonly<Record<string, Schema>>
  const required = (schema?.required ?? []) as readonly string[]
  if (where === 'query')
    return Object.entries(properties).map(([name, value]) => ({
      name,
      in: where,
      // An address says an empty list by silence.
      required: required.includes(name) && (value.type !== 'array' || value.minItems !== undefined),
      schema: value,
    }))
  return [...path.matchAll(/:([^/]+)/g)].map(([, name]) => ({
    name,
    in: where,
    required: true,
    schema: properties[name!] ?? { type: 'string' },
  }))
}

function bodyOf(registry: Registry, { body, input }: EndpointNode['spec']): object | undefined {
  if (body === 'raw') return { content: { '*/*': { schema: {} } } }
  if (input === undefined) return undefined
  const schema = inputSchema(registry, input, 'input')
  const [whole = schema] = '$ref' in schema ? Object.values(namedSchemas(registry, input, 'input')) : []
  return jsonBody(schema, !isLackable(input, whole))
}

/** Whether no body at all is taken for one without values. */
function isLackable(input: Input, schema: Schema): boolean {
  const shape = isStandard(input) ? undefined : shapeOf(input).shape
  if (shape?.optional || shape?.default) return true
  return schema.type === 'object' && schema.required === undefined
}

/** Undefined leaves it to the document: the app's own sessions, or nobody. */
function securityOf({ name, node, group }: RoutedEndpoint): { readonly security?: readonly object[] } {
  const open = node.spec.allow === 'everyone'
  if (node.spec.authenticate === false) return { security: [] }
  if (typeof group?.authenticate === 'object') return { security: [{ [groupOf(name)!]: [] }, ...(open ? [{}] : [])] }
  return open || group?.authenticate ? { security: [] } : {}
}

/** How a group knows its callers, where it is by a token in a header. */
export function securityScheme({ authenticate }: GroupOptions): object | undefined {
  if (typeof authenticate !== 'object') return undefined
  const { scheme } = authenticate
  if (scheme.toLowerCase() === 'bearer') return { type: 'http', scheme: 'bearer' }
  return { type: 'apiKey', in: 'header', name: 'Authorization', description: `\`Authorization: ${scheme} <token>\`` }
}

const bodiless = new Set(['GET', 'DELETE'])
const isCached = ({ method, node }: RoutedEndpoint): boolean => method === 'GET' && (node.spec.status ?? 200) === 200

function successOf(registry: Registry, endpoint: RoutedEndpoint): Record<string, object> {
  const { output, status } = endpoint.node.spec
  if (status === 204) return { 204: { description: 'Done.' } }
  const answer = jsonAnswer('The answer.', output === undefined ? {} : inputSchema(registry, output, 'output'))
  return {
    [status ?? 200]: isCached(endpoint) ? { ...answer, headers: etag } : answer,
    ...(isCached(endpoint) && notModified),
    ...(status === undefined && output === undefined && { 204: { description: 'Done, where there is nothing to say.' } }),
  }
}

/** What an endpoint can answer beside what it declares. */
function errorsOf({ node: { spec }, method, path, group, name }: RoutedEndpoint, login: boolean): Record<string, object> {
  const open = spec.allow === 'everyone'
  const writes = method !== 'GET'
  const asks = spec.authenticate !== false && (group?.authenticate ? typeof group.authenticate === 'object' : login)
  // It may be an endpoint that signs in.
  const tries = login && spec.input !== undefined
  const takesBody = !bodiless.has(method)
  const statuses = [
    400,
    // A token that is not valid is refused where everyone may call, too.
    ...(!open || asks || tries ? [401] : []),
    ...(!open || writes ? [403] : []),
    ...(path.includes('/:') || refers(spec.input) || refers(spec.query) ? [404] : []),
    ...(writes ? [409] : []),
    ...(takesBody ? [413] : []),
    ...(writes && spec.body !== 'raw' ? [415] : []),
    422,
    ...(tries ? [429] : []),
    503,
  ]
  if (!group?.problem) return problems(...statuses)
  return Object.fromEntries(statuses.map((status) => [status, answerIn(group, name, problemTitles(status))]))
}

function declaredOf(declared: Readonly<Record<string, number>>, name: string, group: GroupOptions | undefined): Record<string, object> {
  const codes = new Map<number, string[]>()
  for (const [code, status] of Object.entries(declared)) codes.set(status, [...(codes.get(status) ?? []), code])
  return Object.fromEntries(
    [...codes].map(([status, ofStatus]) => {
      const description = `Problem: ${ofStatus.join(', ')}`
      return [status, group?.problem ? answerIn(group, name, description) : problemAnswer(description)]
    }),
  )
}

/** An error in the form of the group, of which nothing is known unless it says so. */
function answerIn({ problemOutput }: GroupOptions, name: string, description: string): object {
  return problemOutput === undefined ? { description } : jsonAnswer(description, ref(problemName(groupOf(name)!)))
}

/** Of the schema of a group's errors. Dots cannot be in the names of groups. */
export const problemName = (group: string): string => `${group}.problem`
