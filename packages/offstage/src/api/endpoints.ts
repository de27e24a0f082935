// The app's own endpoints over HTTP.

import { isInternal, OffstageError } from '../base/errors.ts'
import type { Place } from '../base/place.ts'
import { isResponse } from '../base/realms.ts'
import { replyOf } from '../http/exchange.ts'
import type { HttpReply, HttpRequest, Route } from '../http/http.ts'
import { anonymous, type Principal } from '../query/principal.ts'
import type { Accounts } from '../schema/accounts.ts'
import type { AppDeclaration } from '../schema/app.ts'
import { routedEndpoints, type RoutedEndpoint } from '../schema/check-endpoints.ts'
import type { Json } from '../schema/kind.ts'
import type { Registry } from '../schema/registry.ts'
import { openGate } from './allow.ts'
import { emptyReply, jsonReply, readReply } from './answer.ts'
import { challenged, identifyIn, routeOptionsOf, type GroupParts } from './groups.ts'
import { openBody, openParams, openQuery } from './input.ts'
import { openOutput } from './output.ts'

export interface EndpointParts extends GroupParts {
  readonly endpoints: AppDeclaration['endpoints']
  /** `auth` for a caller, where the app has a login. */
  readonly accounts?: ((caller: Principal, request: HttpRequest) => Accounts<any>) | undefined
}

export function endpointRoutes(parts: EndpointParts): Route[] {
  return routedEndpoints(parts).map((endpoint) => routeOf(parts, endpoint))
}

function routeOf(parts: EndpointParts, { name, method, path, node, group }: RoutedEndpoint): Route {
  const { data } = parts
  const { spec } = node
  const gate = openGate(data, spec.allow, `call ${name}`, String(node.place))
  const identify = spec.authenticate === false ? nobody : identifyIn(group, parts)
  const bodiless = method === 'GET' || method === 'DELETE'
  const readBody = spec.body === 'raw' || bodiless ? () => ({}) : openBody(data.registry, spec.input ?? {})
  const readParams = openParams(data.registry, spec.params ?? textsOf(path))
  const readQuery = openQuery(data.registry, spec.query ?? {})
  const write = openOutput(data.registry, spec.output, String(node.place))

  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await identify(request)
    await gate(principal)
    const params = await found(() => readParams(request.params))
    const query = await readQuery(request.query)
    const input = await readBody(request.body)
    const result = await write(
      await spec.run(new CallContext(parts, { request, principal, reads: method === 'GET', input, params, query })),
    )
    return isResponse(result) ? replyOf(result) : answer(request, spec.status, result)
  }
  return {
    name: `call.${name}`,
    method,
    path,
    async handle(request) {
      try {
        return await handle(request)
      } catch (error) {
        throw challenged(declared(withPlace(error, node.place), spec.problems), group)
      }
    },
    ...(bodiless ? {} : { body: spec.body ?? 'json' }),
    // `run` is given the request, with whatever conditions it may know what to do with. A webhook has the headers that its sender gives it,
    // and knows a delivery that comes twice by what is in there.
    supports: spec.body === 'raw' ? [...conditions, 'idempotency-key'] : conditions,
    ...routeOptionsOf(group),
  }
}

const conditions = ['if-match', 'if-none-match', 'if-unmodified-since', 'content-range']

const nobody = async (): Promise<Principal> => anonymous

interface Given {
  readonly request: HttpRequest
  readonly principal: Principal
  /** Whether it only reads: a GET must be safe to repeat. */
  readonly reads: boolean
  readonly input: any
  readonly params: any
  readonly query: any
}

/** What `run` is given. What costs something is made when it is asked for: most endpoints never do. */
class CallContext {
  readonly input: any
  readonly params: any
  readonly query: any
  readonly env: any
  readonly user: any
  readonly db: any
  readonly #parts: EndpointParts
  readonly #given: Given
  constructor(parts: EndpointParts, given: Given) {
    const { data, env } = parts
    const { request, principal, reads, input, params, query } = given
    this.#parts = parts
    this.#given = given
    this.input = input
    this.params = params
    this.query = query
    this.env = env
    this.user = userView(data.registry, principal)
    // What writes is not broken off in the middle.
    this.db = data.as(principal, reads ? { readOnly: true, asker: request } : {})
  }
  get request(): Request & { readonly ip: string; readonly id: string } {
    const { request } = this.#given
    const { ip, id } = request
    return Object.defineProperties(request.toRequest(), { ip: { value: ip }, id: { value: id } }) as Request & {
      ip: string
      id: string
    }
  }
  get auth(): Accounts<any> {
    const { request, principal, reads } = this.#given
    const { accounts } = this.#parts
    if (!accounts)
      throw new OffstageError('invalid_call', {
        detail: 'An endpoint used `auth`, and the app has no login.',
        hint: 'Write defineApp({ ..., login: { password: true } }); `routes: false` in it leaves out the routes at /api/auth.',
      })
    if (reads)
      throw new OffstageError('invalid_call', {
        detail: 'A GET used `auth`, which writes: at least the tries that it counts.',
        hint: "Declare the endpoint with method: 'POST'.",
      })
    return accounts(principal, request)
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

/** An address whose parts cannot be read is an address with nothing at it. */
async function found(read: () => unknown): Promise<unknown> {
  try {
    return await read()
  } catch (error) {
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
  return error.with({ status: problems[error.code], cause: error })
}

/** What the app has to mend is told with a line of it; where none made the call that is known, with that of the endpoint. */
const withPlace = (error: unknown, place: Place): unknown =>
  error instanceof OffstageError && isInternal(error) && !error.place ? error.with({ place: String(place) }) : error

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
