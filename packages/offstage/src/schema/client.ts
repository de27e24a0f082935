// An app as its client sees it: the face of `db` over HTTP, hidden fields gone, instants as text. Types only.

import type { Aggregate, AggregateRow, GroupBy, Measures } from './aggregates.ts'
import type { Filter } from './filters.ts'
import type { First, Include, List, Page, Result, Shape, SortHead, Unique } from './queries.ts'
import type { FieldsOf, Insert, InsertBeside, Lists, ModelName, Patch, Problem, Row, UserFields, Visible } from './rows.ts'
import type { Many, NoRow, WriteOptions } from './tables.ts'

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  readonly headers?: Readonly<Record<string, string>>
}
type S = 'client'

/** What TanStack Query takes. */
export interface QueryOptions<T> {
  readonly queryKey: readonly unknown[]
  readonly queryFn: (context?: { readonly signal?: AbortSignal }) => Promise<T>
}
export interface InfiniteOptions<T> {
  readonly queryKey: readonly unknown[]
  readonly queryFn: (context: { readonly pageParam?: unknown; readonly signal?: AbortSignal }) => Promise<T>
  readonly initialPageParam: undefined
  readonly getNextPageParam: (last: T) => string | undefined
}

interface ListCall<A, F> {
  /** A page of the rows that the caller may read. */
  <const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never, const O extends SortHead<F, S> = never>(
    query?: List<A, F, S, I, P, O>,
    options?: CallOptions,
  ): Promise<Page<Result<A, F, S, I, P>>>
  options<const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never, const O extends SortHead<F, S> = never>(
    query?: List<A, F, S, I, P, O>,
  ): QueryOptions<Page<Result<A, F, S, I, P>>>
  infiniteOptions<const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never, const O extends SortHead<F, S> = never>(
    query?: Omit<List<A, F, S, I, P, O>, 'after' | 'offset'>,
  ): InfiniteOptions<Page<Result<A, F, S, I, P>>>
}
interface FirstCall<A, F> {
  /** The first row that passes, or null. */
  <const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never, const O extends SortHead<F, S> = never>(
    query?: First<A, F, S, I, P, O>,
    options?: CallOptions,
  ): Promise<Result<A, F, S, I, P> | null>
  options<const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never, const O extends SortHead<F, S> = never>(
    query?: First<A, F, S, I, P, O>,
  ): QueryOptions<Result<A, F, S, I, P> | null>
}
interface GetCall<A, F> {
  /** The row with this id or unique value; throws `not_found`. */
  <const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never>(
    key: Unique<F, S>,
    query?: Shape<A, F, S, I, P>,
    options?: CallOptions,
  ): Promise<Result<A, F, S, I, P>>
  options<const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never>(
    key: Unique<F, S>,
    query?: Shape<A, F, S, I, P>,
  ): QueryOptions<Result<A, F, S, I, P>>
}
interface AggregateCall<A, F> {
  <const G extends GroupBy<F, S> = never, const M extends Measures<F, S> = {}>(
    query: Aggregate<A, F, S, G, M>,
    options?: CallOptions,
  ): Promise<AggregateRow<A, F, S, G, M>[]>
  options<const G extends GroupBy<F, S> = never, const M extends Measures<F, S> = {}>(
    query: Aggregate<A, F, S, G, M>,
  ): QueryOptions<AggregateRow<A, F, S, G, M>[]>
}
interface WhereCall<A, F, T> {
  (where?: Filter<A, F, 'client'>, options?: CallOptions): Promise<T>
  options(where?: Filter<A, F, 'client'>): QueryOptions<T>
}

export interface ClientTable<A, F> {
  readonly list: ListCall<A, F>
  readonly get: GetCall<A, F>
  readonly first: FirstCall<A, F>
  readonly aggregate: AggregateCall<A, F>
  readonly count: WhereCall<A, F, number>
  readonly exists: WhereCall<A, F, boolean>
  create(values: Insert<A, F, S>, options: NoRow, call?: CallOptions): Promise<undefined>
  create<const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never>(
    values: Insert<A, F, S>,
    options?: Shape<A, F, S, I, P>,
    call?: CallOptions,
  ): Promise<Result<A, F, S, I, P>>
  update(key: Unique<F, S>, values: Patch<A, F, S>, options: NoRow & WriteOptions, call?: CallOptions): Promise<undefined>
  update<const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never>(
    key: Unique<F, S>,
    values: Patch<A, F, S>,
    options?: Shape<A, F, S, I, P> & WriteOptions,
    call?: CallOptions,
  ): Promise<Result<A, F, S, I, P>>
  delete(key: Unique<F, S>, options?: WriteOptions & CallOptions): Promise<void>
  /** Changes all rows that pass and may be changed, at most 10,000, all or none. Gives their number. */
  updateMany(where: Many<A, F, S>, values: Omit<Patch<A, F, S>, Lists<F>>, call?: CallOptions): Promise<number>
  deleteMany(where: Many<A, F, S>, call?: CallOptions): Promise<number>
  /**
   * Updates the row with this unique value, or creates it with this value and what `create` says. Both branches are ruled; with nothing
   * in `update`, it is enough that the row may be read. Of those who ask at once one creates the row.
   */
  upsert<const K extends Exclude<Unique<F, S>, string>>(
    key: K,
    values: { readonly create: InsertBeside<A, F, S, keyof K>; readonly update: Patch<A, F, S> },
    call?: CallOptions,
  ): Promise<Result<A, F, S>>
}

// --- endpoints

/** A value after a trip through JSON: whoever has it may change it. */
export type Jsonified<T> = T extends Date
  ? string
  : T extends string | number | boolean | null
    ? T
    : T extends readonly (infer X)[]
      ? Jsonified<X>[]
      : T extends Function | symbol | undefined
        ? never
        : T extends object
          ? { -readonly [K in keyof T]: Jsonified<T[K]> }
          : T extends void
            ? undefined
            : T

// Each is looked at only when it is called: to tell what an endpoint answers, the checker must read its whole body.
type CallOf<X> = X extends { readonly '~endpoint': { readonly input: infer I; readonly output: infer O; readonly reach: 'call' } }
  ? {} extends I
    ? (input?: I, options?: CallOptions) => Promise<Answer<O>>
    : (input: I, options?: CallOptions) => Promise<Answer<O>>
  : Problem<"this endpoint has an address of its own; write api.request('METHOD /path', { ... })">
/** A `Response` that an endpoint made itself has a shape that no type tells: it may have been JSON, and is read then. */
type Answer<O> = [Exclude<O, void | undefined>] extends [never]
  ? undefined
  : [Exclude<O, Response>] extends [never]
    ? unknown
    : Jsonified<Exclude<O, Response | void | undefined>> | ([Extract<O, void | undefined>] extends [never] ? never : undefined)
export type Calls<E> = { readonly [K in keyof E]: CallOf<E[K]> }

// --- endpoints with an address of their own

export interface RequestOptions<As = 'response'> extends CallOptions {
  /** `'response'` gives the `Response` itself, of whatever type: for its status and headers, or to read it as a stream. Failures are thrown all the same. */
  readonly as?: As
}
interface Asked<W, X> {
  readonly what: W
  readonly endpoint: X
}
/** As `routedEndpoints` has it at run time. `Before` is the prefix of its group, `Home` where it is without a path of its own. */
type AskedOf<X, Before extends string, Home extends string> = X extends { readonly '~endpoint': { readonly reach: infer R } }
  ? R extends { readonly method: infer M; readonly path: infer H }
    ? Asked<`${[M] extends [never] ? 'POST' : M & string} ${[H] extends [never] ? Home : `${Before}${H & string}`}`, X>
    : Asked<`POST ${Home}`, X>
  : never
type AskedIn<E, P, G extends string> = {
  [K in keyof E]: [P] extends [never]
    ? AskedOf<E[K], '', `/api/call/${G}/${K & string}`>
    : AskedOf<E[K], P & string, `${P & string}/${K & string}`>
}[keyof E]
type AllAsked<E> = {
  [K in keyof E]: E[K] extends { readonly '~group': infer G; readonly '~prefix': infer P }
    ? AskedIn<G, P, K & string>
    : E[K] extends { readonly '~endpoint': { readonly reach: 'call' } }
      ? never
      : AskedOf<E[K], '', `/api/call/${K & string}`>
}[keyof E]
/** Each endpoint that has an address of its own, by it. */
type Addresses<E> = { readonly [X in AllAsked<E> as X['what']]: X['endpoint'] }

type Given<N extends string, T> = {} extends T
  ? { readonly [K in N]?: [keyof T, T] extends [never, object] ? Problem<`this endpoint takes no ${N}`> : T }
  : { readonly [K in N]: T }
/** The parts of a request that the endpoint declares, required when something in them is. */
type Parts<X> = X extends { readonly '~endpoint': { readonly input: infer I; readonly reach: infer R } }
  ? R extends { readonly params: infer P; readonly query: infer Q; readonly body: infer B }
    ? Given<'params', P> & Given<'query', Q> & (B extends 'raw' ? { readonly body: RequestInit['body'] } : Given<'input', I>)
    : Given<'input', I>
  : never
type AnswerOf<X> = X extends { readonly '~endpoint': { readonly output: infer O } } ? Answer<O> : never
type PartsFirst<P, Rest extends unknown[]> = {} extends P ? [parts?: P, ...Rest] : [parts: P, ...Rest]

/** Nothing of it is worked out in apps that never ask: to list the addresses, the checker must read the body of every endpoint. */
interface Ask<E> {
  /**
   * Calls an endpoint that has a method, path, query or group of its own, by what it answers to:
   * `api.request('GET /reports/:year', { params: { year: '2026' } })`. Parameters are encoded; a GET is tried again as other reads are.
   */
  <const W extends keyof Addresses<E> & string, const As extends 'response' = never>(
    what: W,
    ...rest: PartsFirst<Parts<Addresses<E>[W]>, [options?: RequestOptions<As>]>
  ): Promise<[As] extends [never] ? AnswerOf<Addresses<E>[W]> : Response>
  options<const W extends keyof Addresses<E> & `GET ${string}`>(
    what: W,
    ...rest: PartsFirst<Parts<Addresses<E>[W]>, []>
  ): QueryOptions<AnswerOf<Addresses<E>[W]>>
}

// --- login

export interface SessionView {
  readonly id: string
  readonly createdAt: string
  readonly lastUsedAt: string
  readonly ip: string
  readonly userAgent: string
  readonly current: boolean
}
type How = { readonly as?: 'cookie' | 'token' }
export interface SignedIn<F> {
  readonly user: Row<F, S>
  /** Only when signed in with `as: 'token'`. */
  readonly token?: string
  readonly expiresAt: string
}
type EmailOf<F> = {
  [K in keyof F]: F[K] extends { readonly '~kind': 'email'; readonly '~flags': infer G } ? ('unique' extends G ? K : never) : never
}[keyof F]

export interface ClientAuth<A, F> {
  /** Makes a user from what the new user may write, and signs in. */
  signUp(values: Insert<A, F, S> & { readonly password: string } & How, options?: CallOptions): Promise<SignedIn<F>>
  signIn(values: { readonly [K in EmailOf<F>]: string } & { readonly password: string } & How, options?: CallOptions): Promise<SignedIn<F>>
  signOut(options?: CallOptions): Promise<void>
  /** The user signed in; throws `unauthenticated` when nobody is. */
  readonly me: { (options?: CallOptions): Promise<Row<F, S>>; options(): QueryOptions<Row<F, S>> }
  readonly sessions: { (options?: CallOptions): Promise<SessionView[]>; options(): QueryOptions<SessionView[]> }
  endSession(id: string, options?: CallOptions): Promise<void>
  changePassword(values: { readonly current: string; readonly password: string }, options?: CallOptions): Promise<void>
}

type TypesOf<App> = App extends { readonly '~app': infer A } ? A : never
/** The client of an app: `Client<typeof shop>`. */
export type Client<App> = { readonly [N in ModelName<TypesOf<App>>]: ClientTable<TypesOf<App>, FieldsOf<TypesOf<App>, N>> } & {
  readonly call: App extends { readonly endpoints: infer E } ? Calls<E> : never
  readonly request: App extends { readonly endpoints: infer E } ? Ask<E> : never
  readonly auth: ClientAuth<TypesOf<App>, UserFields<TypesOf<App>>>
}
