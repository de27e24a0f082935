import {
  EndpointNode,
  type Allow,
  type Address,
  type Endpoint,
  type EndpointMethod,
  type EndpointSpec,
  type Gets,
  type Gives,
  type Input,
} from './endpoint.ts'
import type { Fields } from './field.ts'
import { GroupNode, type Group, type GroupOptions } from './group.ts'
import { me } from './me.ts'
import { createModel, type AllFields, type Model, type ModelOptions, type OwnOptions } from './model.ts'
import type { ModelName } from './rows.ts'
import type { Me } from './rules.ts'
import { t, type Types } from './t.ts'

/** The client has under `api.call` what its name and input say all of. */
type Reach<M, H, R, Q, B> = [M, H, keyof Q, B] extends [never, never, never, 'json'] ? 'call' : Address<M, H, R, Q, B>

/** Declares an operation of the app's own. It is a route, stands in the docs, and in the client under `api.call`, or under `api.request` when it has an address of its own. */
export type DeclareEndpoint<A> = <
  const P extends Allow,
  O extends Gives<W>,
  I extends Input = {},
  Q extends Input = {},
  R extends Input = {},
  const M extends EndpointMethod = never,
  const H extends string = never,
  const B extends 'json' | 'raw' = 'json',
  W extends Input = never,
>(
  spec: EndpointSpec<A, P, I, Q, R, M, H, B, O, W>,
) => Endpoint<I, Gets<W, O>, Reach<M, H, R, Q, B>>

/** Endpoints with a path, login, error form or origins in common: for an API whose shape is given from outside. */
export type DeclareGroup<A> = <E extends { readonly [name: string]: Endpoint<any, any, any> }, const P extends string = never>(
  options: GroupOptions<A, P>,
  endpoints: E,
) => Group<E, P>

/** The declaring functions, tied to one app's types. */
export interface Kit<A> {
  readonly t: Types<ModelName<A>>
  /** The caller: in rules, and in what code asks as a caller. */
  readonly me: Me<A>
  /** Declares a model; rules and hooks are told to it afterwards. */
  model<F extends Fields, const O extends OwnOptions = {}>(
    fields: F,
    options?: ModelOptions<keyof F & string, O>,
  ): Model<A, AllFields<F, O>>
  readonly endpoint: DeclareEndpoint<A>
  readonly group: DeclareGroup<A>
}

/** Declares a model with options, inside `defineModels`. In an app with a file per model, take `model` from `kit`: it knows the other models. */
export const model: <F extends Fields, const O extends OwnOptions = {}>(
  fields: F,
  options?: ModelOptions<keyof F & string, O>,
) => Model<any, AllFields<F, O>> = createModel as never

export const createEndpoint = (spec: EndpointNode['spec']): EndpointNode => new EndpointNode(spec)
export const createGroup = (options: GroupOptions, endpoints: GroupNode['endpoints']): GroupNode => new GroupNode(options, endpoints)

/**
 * The declaring functions of an app with a file per model. Make it once:
 *
 *     import type * as models from './models/index.ts'
 *     export interface Shop { models: typeof models; user: 'users' }
 *     export const { me, t, model, endpoint, group } = kit<Shop>()
 */
export function kit<A>(): Kit<A> {
  // The types that the functions carry exist only in the checker.
  return { t, me, model: createModel, endpoint: createEndpoint, group: createGroup } as unknown as Kit<A>
}
