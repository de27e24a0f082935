// The app's own operations beside those of its models.

import { codes } from '../base/codes.ts'
import { OffstageError } from '../base/errors.ts'
import type { OptionNames } from '../base/options.ts'
import { Place } from '../base/place.ts'
import { refuseOptions, requireObject } from '../base/refuse-options.ts'
import type { Accounts } from './accounts.ts'
import type { FieldInfo } from './field.ts'
import type { MeIs } from './me.ts'
import type { Row, UserFields, Value } from './rows.ts'
import { ShapeNode, shapes, type AnyShape, type Parts, type ValuesFrom, type ValuesOf } from './shape.ts'
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

/** Fields by name: the variables of an app. */
export type ValueFields = { readonly [name: string]: { readonly info: FieldInfo; readonly '~value': unknown } }
/** Fields and shapes by name (`{ order: t.ref('orders'), note: t.text().optional() }`), one shape, or any Standard Schema. */
export type Input = Parts | AnyShape | StandardSchema<any, any>

export const isStandard = (input: Input): input is StandardSchema<any, any> => '~standard' in input
/** Parts by name are an object of them. */
export const shapeOf = (input: Exclude<Input, StandardSchema<any, any>>): ShapeNode =>
  input instanceof ShapeNode ? input : shapes.object(input as Parts)

/** What `run` receives: every name is there, null where an optional value was left out. */
export type InputOf<I> = I extends AnyShape ? Value<I> : I extends StandardSchema<any, infer O> ? O : ValuesOf<I>
/** What a caller sends. */
export type InputFrom<I> = I extends AnyShape ? I['~from'] : I extends StandardSchema<infer T, any> ? T : ValuesFrom<I>

/** What `run` may give: anything, or what fits the declared output. */
export type Gives<W> = [W] extends [never] ? unknown : InputFrom<W> | Response | undefined | void
/** What a caller gets: what `run` gives, or what of it the declared output names. */
export type Gets<W, O> = [W] extends [never] ? O : InputOf<W> | (unknown extends O ? never : Extract<O, undefined | void>)

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
  /** Users and their passwords, where the app declares `login`. */
  readonly auth: Accounts<A>
  /** As `fetch` knows it, with the client's address and the id in the log. Aborted by `signal` when the client goes away. */
  readonly request: Request & { readonly ip: string; readonly id: string }
  readonly env: EnvOf<A>
}

export type EndpointMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface EndpointSpec<A, P, I, Q, R, M, H, B, O, W> {
  /** Who may call. */
  readonly allow: P
  /**
   * `false`: who calls is not asked. Whatever login is sent counts for nothing, so that one that has ended does not stand in the way of
   * signing in again. Only where everyone may call. Default: a login that is sent and does not hold is a 401.
   */
  readonly authenticate?: false
  /** Default POST. A GET cannot write. */
  readonly method?: M
  /** Default `/api/call/<name>`. `:name` stands for one part, read by `params`. */
  readonly path?: H
  readonly params?: R
  /** Parameters of the URL after `?`; others are refused. A list of fields is a parameter that comes several times: `?tag=a&tag=b`. */
  readonly query?: Q
  /** The JSON body: fields and shapes by name, one shape (`t.list(...)` for a list), or any Standard Schema. Without it a body is refused. */
  readonly input?: I
  /** `'raw'` leaves the bytes to `run`: `await request.bytes()`. Default `'json'`. */
  readonly body?: B
  /** Of a success. Default 200, or 204 when `run` gives nothing. */
  readonly status?: number
  /** The codes that `run` may throw with `problem(code)`, with their status. They stand in the docs. */
  readonly problems?: { readonly [code: string]: number }
  /**
   * The shape of the answer: only what it names leaves the server, at any depth. What `run` gives is checked against it by TypeScript, and
   * where it does not fit all the same, the answer is a 500. A `Response` is sent as it is.
   */
  readonly output?: W
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
  readonly spec: EndpointSpec<any, any, any, any, any, EndpointMethod, string, 'json' | 'raw', any, any>
  readonly place: Place = new Place()
  constructor(spec: EndpointNode['spec']) {
    requireObject('endpoint(...)', spec, 'endpoint({ allow, run })')
    this.spec = spec
  }
}

export interface ProblemOptions {
  /** One or two sentences for whoever reads the answer. */
  readonly detail?: string
  /** Default: the status the endpoint declares for the code under `problems`, else 400. */
  readonly status?: number
  readonly title?: string
  readonly errors?: readonly { readonly path: string; readonly code: string; readonly message: string }[]
  /** The model that it is about, for the `problem` of a group; it does not leave the server by itself. */
  readonly model?: string
}
const problemNames: OptionNames<ProblemOptions> = { detail: true, status: true, title: true, errors: true, model: true }
/** An error for the caller: `throw problem('out_of_stock', { detail: '...' })`. Declare the code under `problems`. */
export function problem(code: string, options: ProblemOptions = {}): OffstageError {
  refuseOptions('problem', options, problemNames)
  return new OffstageError(code, { ...options, status: options.status ?? (Object.hasOwn(codes, code) ? undefined : 400) })
}
