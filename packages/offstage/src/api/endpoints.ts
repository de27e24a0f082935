// The app's own endpoints over HTTP.

import { OffstageError } from '../base/errors.ts'
import { nameOfType } from '../base/json.ts'
import { replyOf } from '../http/exchange.ts'
import type { HttpReply, HttpRequest, Route } from '../http/http.ts'
import { equal } from '../query/build.ts'
import { anonymous, system, type Principal } from '../query/principal.ts'
import type { AppDeclaration } from '../schema/app.ts'
import { routedEndpoints, type RoutedEndpoint } from '../schema/check-endpoints.ts'
import type { GroupOptions } from '../schema/endpoint.ts'
import type { Json, Row } from '../schema/kind.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { openGate } from './allow.ts'
import { bodyObject, emptyReply, jsonReply, readReply } from './answer.ts'
import { openInput, readParameters, type ReadInput } from './input.ts'
import type { ApiParts } from './models.ts'

export interface EndpointParts extends ApiParts {
  readonly endpoints: AppDeclaration['endpoints']
  /** The app's own variables. */
  readonly env: Readonly<Record<string, unknown>>
}

export function endpointRoutes(parts: EndpointParts): Route[] {
  return routedEndpoints(parts).map((endpoint) => routeOf(parts, endpoint))
}

function routeOf(parts: EndpointParts, { name, method, path, node, group }: RoutedEndpoint): Route {
  const { data, env } = parts
  const { spec } = node
  const gate = openGate(data, spec.allow, `call ${name}`, String(node.place))
  const identify = group?.authenticate ? authenticated(parts, group.authenticate) : parts.identify
  const bodiless = method === 'GET' || method === 'DELETE'
  const read = {
    input: openInput(data.registry, spec.input ?? {}, 'body'),
    params: openInput(data.registry, spec.params ?? textsOf(path), 'address'),
    query: openInput(data.registry, spec.query ?? {}, 'address'),
  }
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await identify(request)
    await gate(principal)
    const params = await readParams(read.params, request)
    const query = await read.query(request.query === '' ? {} : readParameters(request.query))
    const input =
      spec.body === 'raw' || bodiless
        ? {}
        : await read.input(request.body === undefined ? {} : bodyObject(request.body, '{"name":"value"}'))
    const result = await run(() =>
      spec.run(
        new CallContext(request, {
          input,
          params,
          query,
          env,
          user: userView(data.registry, principal),
          // What writes is not broken off in the middle.
          db: data.as(principal, method === 'GET' ? { readOnly: true, asker: request } : {}),
        }),
      ),
    )
    return result instanceof Response ? replyOf(result) : answer(request, spec.status, result)
  }
  const run = async (go: () => unknown): Promise<unknown> => {
    try {
      return await go()
    } catch (error) {
      throw declared(error, spec.problems)
    }
  }
  return {
    name: `call.${name}`,
    method,
    path,
    handle,
    ...(bodiless ? {} : { body: spec.body ?? 'json' }),
    ...(group?.cors !== undefined && { cors: group.cors === '*' ? ['*'] : group.cors }),
    ...(group?.problem && { problem: problemForm(group.problem) }),
    ...(group?.prefix !== undefined && { under: group.prefix }),
  }
}

/** What `run` is given. The request is built when it is asked for: most endpoints never do. */
class CallContext {
  readonly input: any
  readonly params: any
  readonly query: any
  readonly env: any
  readonly user: any
  readonly db: any
  readonly #request: HttpRequest
  constructor(request: HttpRequest, given: Record<'input' | 'params' | 'query' | 'env' | 'user' | 'db', unknown>) {
    this.#request = request
    this.input = given.input
    this.params = given.params
    this.query = given.query
    this.env = given.env
    this.user = given.user
    this.db = given.db
  }
  get request(): Request & { readonly ip: string; readonly id: string } {
    const { ip, id } = this.#request
    return Object.defineProperties(this.#request.toRequest(), { ip: { value: ip }, id: { value: id } }) as Request & {
      ip: string
      id: string
    }
  }
}

function answer(request: HttpRequest, status: number | undefined, result: unknown): HttpReply {
  if (result === undefined) return emptyReply({}, status ?? 204)
  const text = JSON.stringify(result)
  if (text === undefined)
    throw new OffstageError('internal', { detail: 'An endpoint must answer with what JSON can say, a Response, or nothing.' })
  if (request.method === 'GET' && (status ?? 200) === 200) return readReply(request, text)
  return { ...jsonReply(status ?? 200, null), body: text }
}

async function readParams(read: ReadInput, request: HttpRequest): Promise<unknown> {
  try {
    return await read(request.params)
  } catch (error) {
    // An address whose parts cannot be read is an address with nothing at it.
    if (error instanceof OffstageError && error.code === 'invalid_values')
      throw new OffstageError('not_found', { detail: 'There is nothing at this address.', cause: error })
    throw error
  }
}

/** Parts of the path that the declaration says nothing about are text as it came. */
function textsOf(path: string): any {
  const names = path
    .split('/')
    .filter((part) => part.startsWith(':') || part === '*')
    .map((part) => (part === '*' ? '*' : part.slice(1)))
  return names.length === 0
    ? {}
    : { '~standard': { version: 1, vendor: 'offstage', validate: (value: unknown) => ({ value: { ...(value as object) } }) } }
}

/** `throw problem('out_of_stock')` has the status that the endpoint declares for the code. */
function declared(error: unknown, problems: Readonly<Record<string, number>> | undefined): unknown {
  if (!(error instanceof OffstageError) || problems === undefined || !Object.hasOwn(problems, error.code)) return error
  const { code, title, detail, errors, hint, place: at, headers } = error
  return new OffstageError(code, { status: problems[code], title, detail, errors, hint, place: at, headers, cause: error })
}

function problemForm(form: NonNullable<GroupOptions['problem']>): NonNullable<Route['problem']> {
  return async ({ code, status, title, detail, errors }, request) =>
    replyOf(await form({ code, status, title, detail, errors }, request.toRequest()))
}

/** A group that knows its callers in its own way: by a key, a token of another system. */
function authenticated({ data }: ApiParts, authenticate: NonNullable<GroupOptions['authenticate']>): ApiParts['identify'] {
  return async (request) => {
    const id: unknown = await authenticate(request.toRequest())
    const model = data.registry.user
    // Nothing is nobody. Whatever else is no id must not become somebody on its way through the database.
    if (id === null || id === undefined || !model) return anonymous
    if (typeof id !== 'string')
      throw new OffstageError('invalid_call', {
        detail: `The 'authenticate' of a group gave ${nameOfType(id)}; it gives the id of a user, or null.`,
      })
    const { rows, texts } = await data.read(system, everyColumn(model, id))
    const row = texts?.[0] === undefined ? rows?.[0] : (JSON.parse(texts[0]) as Row)
    return row ? { kind: 'user', id: String(row.id), row } : anonymous
  }
}

const everyColumn = (model: ModelDef, id: string): any => ({
  model: model.name,
  select: model.columns.map((field) => ({ field: field.name })),
  include: [],
  where: equal('id', id),
  sort: [],
  limit: 1,
  count: false,
})

/** The caller's own row as server code holds it. */
function userView(registry: Registry, principal: Principal): object | null {
  if (principal.kind !== 'user' || !registry.user) return null
  const view: Record<string, unknown> = {}
  for (const { name, hidden, kind } of registry.user.columns) {
    const value = principal.row[name] as Json | undefined
    if (!hidden) view[name] = value !== null && value !== undefined && kind.toServer ? kind.toServer(value) : value
  }
  return view
}
