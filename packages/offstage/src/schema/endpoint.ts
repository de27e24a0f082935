// The app's own operations beside those of its models.

import { codes } from '../base/codes.ts'
import { OffstageError } from '../base/errors.ts'
import { Place } from '../base/place.ts'
import type { FieldInfo } from './field.ts'
import type { MeIs } from './me.ts'
import type { Has, In, Row, Simplify, UserFields, Value } from './rows.ts'
import type { Db } from './tables.ts'

/** Who may call: a word, or the users that meet a condition (any of a list). There is no default. */
export type Allow = 'everyone' | 'signed-in' | 'nobody' | MeIs | readonly (MeIs | 'signed-in')[]

/** Any library that speaks Standard Schema: Zod, Valibot, ArkType. */
export interface StandardSchema<I = unknown, O = I> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<O> | Promise<StandardResult<O>>
    readonly types?: { readonly input: I; readonly output: O } | undefined
  }
}
type StandardResult<O> =
  | { readonly value: O; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
      }[]
    }

/** Values by name, as fields: `{ order: t.ref('orders'), note: t.text().optional() }`. */
export type ValueFields = { readonly [name: string]: { readonly info: FieldInfo; readonly '~value': unknown } }
export type Input = ValueFields | StandardSchema<any, any>

/** What `run` receives: every name is there, null where an optional value was left out. */
export type InputOf<I> = I extends StandardSchema<any, infer O> ? O : { readonly [K in keyof I]: Value<I[K]> }
type Lackable<I> = { [K in keyof I]: Has<I[K], 'optional' | 'default' | 'me'> extends true ? K : never }[keyof I]
/** What a caller sends. */
export type InputFrom<I> =
  I extends StandardSchema<infer T, any>
    ? T
    : Simplify<{ readonly [K in Exclude<keyof I, Lackable<I>>]: In<I[K]> } & { readonly [K in Lackable<I>]?: In<I[K]> }>

export type EnvOf<A> = A extends { readonly env: infer E } ? { readonly [K in keyof E]: Value<E[K]> } : { readonly [name: string]: unknown }

/** What `run` is given. */
export interface Call<A, P, I, Q, R> {
  readonly input: InputOf<I>
  /** The values of `:names` in the path. */
  readonly params: InputOf<R>
  readonly query: InputOf<Q>
  /** The caller's own row; null only where everyone may call. */
  readonly user: Row<UserFields<A>> | ('everyone' extends P ? null : never)
  /** The tables as the caller: the rules hold. `db.system` is the bypass. */
  readonly db: Db<A>
  /** As `fetch` knows it, with the client's address and the id in the log. Aborted by `signal` when the client goes away. */
  readonly request: Request & { readonly ip: string; readonly id: string }
  readonly env: EnvOf<A>
}

export type EndpointMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface EndpointSpec<A, P, I, Q, R, M, H, B, O> {
  /** Who may call. */
  readonly allow: P
  /** Default POST. A GET cannot write. */
  readonly method?: M
  /** Default `/api/call/<name>`. `:name` stands for one part, read by `params`. */
  readonly path?: H
  readonly params?: R
  /** Parameters of the URL after `?`; others are refused. */
  readonly query?: Q
  /** The JSON body: fields, or any Standard Schema. Without it a body is refused. */
  readonly input?: I
  /** `'raw'` leaves the bytes to `run`: `await request.bytes()`. Default `'json'`. */
  readonly body?: B
  /** Of a success. Default 200, or 204 when `run` gives nothing. */
  readonly status?: number
  /** The codes that `run` may throw with `problem(code)`, with their status. They stand in the docs. */
  readonly problems?: { readonly [code: string]: number }
  /** The shape of the answer, for the docs. */
  readonly output?: Input
  /** One or two sentences for the docs. */
  readonly description?: string
  run(call: Call<A, P, I, Q, R>): Promise<O> | O
}

/** `Reach` is `'call'` when its name and input say all of a request, else the `Address` that the client asks for. */
export interface Endpoint<I, O, Reach> {
  readonly '~endpoint': { readonly input: InputFrom<I>; readonly output: O; readonly reach: Reach }
}
/** A method and path (`never` where it has none of its own), what fills them, and `'raw'` when it takes bytes. */
export interface Address<M, H, R, Q, B> {
  readonly method: M
  readonly path: H
  readonly params: InputFrom<R>
  readonly query: InputFrom<Q>
  readonly body: B
}

/** What an endpoint is at run time. */
export class EndpointNode {
  readonly spec: EndpointSpec<any, any, any, any, any, EndpointMethod, string, 'json' | 'raw', any>
  readonly place: Place = new Place()
  constructor(spec: EndpointNode['spec']) {
    this.spec = spec
  }
}

export interface GroupOptions<P extends string = string> {
  /** Put before the path of each endpoint; one without a path of its own gets `<prefix>/<name>`. */
  readonly prefix?: P
  /** In place of Offstage's own sessions: the id of the user who calls, or null. */
  readonly authenticate?: (request: Request) => Promise<string | null> | string | null
  /** How errors look to the clients of this group. */
  readonly problem?: (problem: ProblemView, request: Request) => Response | Promise<Response>
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
    this.options = options
    this.endpoints = endpoints
  }
}

export interface ProblemOptions {
  /** One or two sentences for whoever reads the answer. */
  readonly detail?: string
  /** Default: the status the endpoint declares for the code under `problems`, else 400. */
  readonly status?: number
  readonly title?: string
  readonly errors?: readonly { readonly path: string; readonly code: string; readonly message: string }[]
}
/** An error for the caller: `throw problem('out_of_stock', { detail: '...' })`. Declare the code under `problems`. */
export function problem(code: string, options: ProblemOptions = {}): OffstageError {
  return new OffstageError(code, { ...options, status: options.status ?? (Object.hasOwn(codes, code) ? undefined : 400) })
}
