import { Place } from '../base/place.ts'
import { refuseOptions } from '../base/refuse-options.ts'
import type { Csp } from './csp.ts'
import type { Allow, EndpointNode, ValueFields } from './endpoint.ts'
import type { Fields } from './field.ts'
import type { GroupNode } from './group.ts'
import { createEndpoint, createGroup, type DeclareEndpoint, type DeclareGroup } from './kit.ts'
import { me } from './me.ts'
import { ModelNode, type AllFields, type ApiOperation, type Model } from './model.ts'
import type { FieldsOf, Insert, ModelName, Row } from './rows.ts'
import type { Me } from './rules.ts'
import type { Sound } from './sound.ts'
import type { Sys, Db } from './tables.ts'

type DefaultUser<M> = 'users' & keyof M

/** The types of an app whose models stand in one literal. */
export interface OneFile<M, U> {
  readonly models: {
    readonly [N in keyof M]: M[N] extends { readonly '~fields': infer F }
      ? { readonly '~fields': F }
      : { readonly '~fields': AllFields<M[N], {}> }
  }
  readonly user: U
}

export interface OneFileKit<M, U> {
  readonly models: { readonly [N in keyof M]: Model<OneFile<M, U>, FieldsOf<OneFile<M, U>, N>> }
  /** The caller: in rules, and in what code asks as a caller. */
  readonly me: Me<OneFile<M, U>>
  readonly endpoint: DeclareEndpoint<OneFile<M, U>>
  readonly group: DeclareGroup<OneFile<M, U>>
}

type ModelLiteral = Fields | Model<any, any>

/** Declares all models of an app in one literal: for apps in one file. A model with options is a `model(fields, options)` of its own. */
export function defineModels<const M extends { readonly [name: string]: ModelLiteral }, const U extends keyof M = DefaultUser<M>>(
  models: M & Sound<NoInfer<M>, NoInfer<U>>,
  options: { readonly user?: U } = {},
): OneFileKit<M, U> {
  refuseOptions('defineModels', options, { user: true })
  const nodes = Object.entries(models).map(([name, entry]) => [
    name,
    (entry as unknown) instanceof ModelNode ? entry : new ModelNode(entry as Fields),
  ])
  return { models: Object.fromEntries(nodes), me, endpoint: createEndpoint, group: createGroup } as unknown as OneFileKit<M, U>
}

// --- the app

interface AppTypes<M, U, V> {
  readonly models: M
  readonly user: U
  readonly env: V
}

export interface SeedContext<A> {
  /** The tables without rules. */
  readonly sys: Sys<A>
  /** The tables as a user, by id or row; null is the anonymous. */
  as(user: string | { readonly id: string } | null): Db<A>
  /** `make.orders({ status: 'paid' })` makes a row and fills in what is required. */
  readonly make: Make<A>
  /** Numbers from 0 to 1, the same ones in every run. */
  readonly random: () => number
  /** Shows how far the seed is. */
  progress(label: string, done: number, total?: number): void
}
export type Make<A> = { readonly [N in ModelName<A>]: (values?: Partial<Insert<A, FieldsOf<A, N>>>) => Promise<Row<FieldsOf<A, N>>> }

export interface LoginOptions {
  /** Sign in by the `t.email().unique()` field of the user model and a password. */
  readonly password?: boolean | PasswordOptions
  /** Who may sign up at `/api/auth/sign-up`: everyone (the default), or nobody. */
  readonly signUp?: 'everyone' | 'nobody'
  /**
   * Whether there are routes at `/api/auth`. Default true. With false users sign up and in by endpoints of the app's own, with `auth` of what
   * `run` is given, and a group's `authenticate` knows them.
   */
  readonly routes?: boolean
  /** Tries before 429 `too_many_requests`. What is left out keeps its default. */
  readonly limits?: Partial<TryLimits>
}

export interface PasswordOptions {
  /** Characters that a password needs: 8 (the default) to 20. */
  readonly min?: number
  /** Whether passwords are taken that anyone would guess. Default false: they are refused with `too_common`. */
  readonly common?: boolean
}

/** Characters that an app may demand of a password. Fewer would be guessed (NIST SP 800-63B); more is what people write on paper. */
export const passwordLengths = { least: 8, most: 20 } as const

/** `times` tries within `seconds`, counted from the first. */
export interface TryLimit {
  readonly times: number
  readonly seconds: number
}
export interface TryLimits {
  /** Wrong passwords for one account, wherever they come from. Default 10 in 900 seconds. */
  readonly account: TryLimit
  /** Wrong passwords from one address, whatever the account. Default 100 in 900 seconds. */
  readonly address: TryLimit
  /** New accounts from one address. Default 100 in 3,600 seconds. */
  readonly signUp: TryLimit
}

export interface StaticOptions {
  /** Relative to the file of the app. */
  readonly folder: string
  /** What unknown paths of pages get. Default `index.html`; false for none. */
  readonly fallback?: string | false
  /**
   * What pages may load beside the app's own files, by directive of the Content-Security-Policy: `{ 'script-src': ['https://js.stripe.com'] }`.
   * The sources are added to the default list, and take nothing from it.
   */
  readonly csp?: Csp
}

export interface Mount {
  (request: Request): Response | Promise<Response>
}

export interface AppParts<M, E, U, V> {
  readonly models: M
  readonly endpoints?: E
  /** The name of the user model. Default `users`, if there is one. */
  readonly user?: U
  /** How users sign in. Without it the app has no sign-in of its own. */
  readonly login?: LoginOptions
  /**
   * Which operations have REST routes, of models whose own `api` option does not say. Default: all. With `[]` the endpoints are all there is,
   * apart from models that say otherwise.
   */
  readonly api?: readonly ApiOperation[]
  /** Reserved for the admin pages, which do not exist yet: until they do, it is checked like any rule and changes nothing. */
  readonly admin?: Allow
  /** Who may read `/docs` and `/openapi.json`. In `dev` everyone; in `start` nobody unless given. */
  readonly docs?: Allow
  /** Fills an empty database: run once by `offstage dev`, by `offstage seed` and by `offstage reset`. */
  readonly seed?: (context: SeedContext<AppTypes<M, U, V>>) => Promise<void> | void
  /** Variables of the environment that the app needs, read and checked at start: `{ STRIPE_KEY: t.text() }`. */
  readonly env?: V
  /** A folder of files to serve at `/`, beside the file of the app. Unknown paths get its `index.html`. */
  readonly static?: string | StaticOptions
  /** Handlers that take a `Request` and give a `Response`, by the prefix of the path they answer. */
  readonly mount?: { readonly [prefix: string]: Mount }
  /** What the app is called in the docs. */
  readonly title?: string
}

/** An app inside a server of one's own, in place of `offstage start`. */
export interface Mountable {
  /**
   * Answers a request. The first one opens the app from the environment, as `offstage start` does, with all it demands.
   * `ip` is the client's address: tries to sign in are counted by it, and without it all clients count as one.
   */
  fetch(request: Request, options?: { readonly ip?: string }): Promise<Response>
  /** Opens the app from the environment: a handler, and the way to close it. Default mode: production. */
  open(options?: {
    readonly mode?: 'development' | 'production'
  }): Promise<{ fetch(request: Request, options?: { readonly ip?: string }): Promise<Response>; close(): Promise<void> }>
}

/** A declared app. `Types` carries what the client and tests need to know of it. */
export interface App<M, E, U, V = {}> extends Mountable {
  readonly '~app': AppTypes<M, U, V>
  readonly models: M
  readonly endpoints: E
  readonly user: U
}

/** The same at run time: what the rest of Offstage reads. */
export interface AppDeclaration {
  readonly models: Readonly<Record<string, ModelNode>>
  readonly endpoints: Readonly<Record<string, EndpointNode | GroupNode>>
  readonly user: string | undefined
  readonly login: LoginOptions | undefined
  readonly api: readonly ApiOperation[] | undefined
  readonly admin: unknown
  readonly docs: unknown
  readonly seed: ((context: any) => unknown) | undefined
  readonly env: ValueFields
  readonly static: (StaticOptions & { readonly fallback: string | false }) | undefined
  readonly mount: Readonly<Record<string, Mount>>
  readonly title: string | undefined
  readonly place: Place
  /** As it was given, for what `check` says of names that nothing reads. */
  readonly given: object
}

/** The type of `defineApp`. `E` is any object on purpose: to compare each endpoint with a type here would make every client check every endpoint's body. */
export type DefineApp = <
  const M extends { readonly [name: string]: Model<any, any> },
  E extends object = {},
  const U extends keyof M = DefaultUser<M>,
  const V extends ValueFields = {},
>(
  parts: AppParts<M & Sound<NoInfer<M>, NoInfer<U>>, E, U, V>,
) => App<M, E, U, V>

/** The declaration with its defaults; `index.ts` makes it an app that can be mounted. */
export function declareApp(parts: AppParts<any, any, any, any>): AppDeclaration {
  const models = { ...(parts.models as Record<string, ModelNode>) }
  const folder = typeof parts.static === 'string' ? { folder: parts.static } : parts.static
  return {
    models,
    endpoints: { ...(parts.endpoints as Record<string, EndpointNode | GroupNode> | undefined) },
    user: (parts.user as string | undefined) ?? (Object.hasOwn(models, 'users') ? 'users' : undefined),
    login: parts.login,
    api: parts.api,
    admin: parts.admin,
    docs: parts.docs,
    seed: parts.seed,
    env: parts.env ?? {},
    static: folder && { fallback: 'index.html', ...folder },
    mount: parts.mount ?? {},
    title: parts.title,
    place: new Place(),
    given: parts,
  }
}
