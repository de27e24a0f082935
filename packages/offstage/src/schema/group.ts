// Endpoints with a path, login, error form or origins in common: for an API whose shape is given from outside.

import { Place } from '../base/place.ts'
import { requireObject } from '../base/refuse-options.ts'
import type { EndpointNode, EnvOf, Input } from './endpoint.ts'

/** Callers known by what they send in `Authorization: <scheme> <token>`. */
export interface TokenScheme<A> {
  /** `Bearer`, `Token`, ...: the word before the token, in whatever case callers write it. */
  readonly scheme: string
  /**
   * The id of the user whose token this is, or null. The token is what the caller wrote, of at most 8,192 characters: check it. Without
   * such a header this is not asked, and the caller is anonymous; null, or the id of a user who is gone, is 401 `unauthenticated`, also
   * where everyone may call. What it throws is a 500, unless it is a `problem(...)` of yours.
   */
  readonly user: (token: string, call: { readonly env: EnvOf<A>; readonly request: Request }) => Promise<string | null> | string | null
}
/** The id of the user who calls, or null for the anonymous. */
export type Authenticate<A> = (request: Request, call: { readonly env: EnvOf<A> }) => Promise<string | null> | string | null

export interface GroupOptions<A = any, P extends string = string> {
  /** Put before the path of each endpoint; one without a path of its own gets `<prefix>/<name>`. */
  readonly prefix?: P
  /** In place of Offstage's own sessions, which then count for nothing here: no cookie, no token of theirs. */
  readonly authenticate?: TokenScheme<A> | Authenticate<A>
  /**
   * How errors look to the clients of this group: those of its endpoints, and those at and below `prefix` where nothing is or the address
   * cannot be read.
   */
  readonly problem?: (problem: ProblemView, request: Request) => Response | Promise<Response>
  /** The shape of what `problem` gives as JSON, for the docs. */
  readonly problemOutput?: Input
  /** Origins whose pages may call; `'*'` is every origin, and then never with cookies. Default: the app's own list. */
  readonly cors?: readonly string[] | '*'
}
/** An error as a group's `problem` sees it. */
export interface ProblemView {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly errors: readonly { readonly path: string; readonly code: string; readonly message: string }[] | undefined
  /** The name of the model whose row, or whose rule, the error is about, where it is about one. */
  readonly model: string | undefined
}

export interface Group<E, P> {
  readonly '~group': E
  /** `never` without one. */
  readonly '~prefix': P
}
export class GroupNode {
  readonly options: GroupOptions
  readonly endpoints: Readonly<Record<string, EndpointNode>>
  readonly place: Place = new Place()
  constructor(options: GroupOptions, endpoints: GroupNode['endpoints']) {
    for (const given of [options, endpoints]) requireObject('group(...)', given, "group({ prefix: '/v1' }, { one, other })")
    this.options = options
    this.endpoints = endpoints
  }
}
