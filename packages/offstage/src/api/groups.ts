// What the endpoints of a group have in common: how callers are known, and how errors look.

import { OffstageError } from '../base/errors.ts'
import { nameOfType } from '../base/json.ts'
import type { Data } from '../data/data.ts'
import { tokenOf } from '../http/authorization.ts'
import { replyOf } from '../http/exchange.ts'
import type { HttpRequest, Route } from '../http/http.ts'
import { equal } from '../query/build.ts'
import { anonymous, system, type Principal } from '../query/principal.ts'
import type { Authenticate, GroupOptions, TokenScheme } from '../schema/group.ts'
import { ValueError, type Row } from '../schema/kind.ts'
import type { ApiParts } from './models.ts'

export interface GroupParts extends ApiParts {
  /** The app's own variables. */
  readonly env: Readonly<Record<string, unknown>>
}

/** What of a route follows from the group of its endpoint. */
export function routeOptionsOf(group: GroupOptions | undefined): Pick<Route, 'cors' | 'problem' | 'under'> {
  const { cors, problem, prefix } = group ?? {}
  return {
    ...(cors !== undefined && { cors: cors === '*' ? ['*'] : cors }),
    ...(problem && {
      problem: async ({ code, status, title, detail, errors, model }, request) =>
        replyOf(await problem({ code, status, title, detail, errors, model }, request.toRequest())),
    }),
    ...(prefix !== undefined && { under: prefix }),
  }
}

/** As whom requests to the group are made: by its own login alone where it has one. */
export function identifyIn(group: GroupOptions | undefined, parts: GroupParts): ApiParts['identify'] {
  const own = group?.authenticate
  if (own === undefined) return parts.identify
  return typeof own === 'function' ? byFunction(own, parts) : byToken(own, parts)
}

/** A 401 of a group that takes tokens says so. */
export function challenged(error: unknown, group: GroupOptions | undefined): unknown {
  const own = group?.authenticate
  if (typeof own !== 'object' || !(error instanceof OffstageError) || error.status !== 401) return error
  return error.with({ headers: { 'www-authenticate': own.scheme, ...error.headers } })
}

function byFunction(authenticate: Authenticate<any>, { data, env }: GroupParts): ApiParts['identify'] {
  return async (request) => (await userOf(data, await authenticate(request.toRequest(), { env }))) ?? anonymous
}

function byToken({ scheme, user }: TokenScheme<any>, { data, env }: GroupParts): ApiParts['identify'] {
  return async (request) => {
    const token = tokenOf(request.headers.authorization ?? '', scheme)
    if (token === undefined) return anonymous
    const known = token === '' ? undefined : await userOf(data, await user(token, new TokenCall(env, request)))
    if (known) return known
    throw new OffstageError('unauthenticated', {
      detail: `The token after '${scheme}' is not valid, or its user is gone.`,
      headers: { 'www-authenticate': `${scheme} error="invalid_token"` },
    })
  }
}

/** The request is built when it is asked for: the token says all, as a rule. */
class TokenCall {
  readonly env: any
  readonly #request: HttpRequest
  constructor(env: GroupParts['env'], request: HttpRequest) {
    this.env = env
    this.#request = request
  }
  get request(): Request {
    return this.#request.toRequest()
  }
}

async function userOf(data: Data, id: unknown): Promise<Principal | undefined> {
  const model = data.registry.user
  // Nothing is nobody. Whatever else is no id must not become somebody on its way through the database.
  if (id === null || id === undefined || !model) return undefined
  if (typeof id !== 'string')
    throw new OffstageError('invalid_call', {
      detail: `The 'authenticate' of a group gave ${nameOfType(id)}; it gives the id of a user, or null.`,
    })
  const key = model.columns[0]!
  try {
    const { rows, texts } = await data.read(system, {
      model: model.name,
      select: model.columns.map((field) => ({ field: field.name })),
      include: [],
      where: equal(key.name, key.kind.readOperand(id, key.options) as string),
      sort: [],
      limit: 1,
      count: false,
    })
    const row = texts?.[0] === undefined ? rows?.[0] : (JSON.parse(texts[0]) as Row)
    return row && { kind: 'user', id: String(row[key.name]), row }
  } catch (error) {
    // What cannot be an id is nobody's.
    if (error instanceof ValueError) return undefined
    throw error
  }
}
