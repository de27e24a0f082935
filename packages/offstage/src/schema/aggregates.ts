// Sums, counts and averages, by groups, and the exact type of the answer. Types only.

import type { Filter, WhereOf } from './filters.ts'
import type { Path } from './queries.ts'
import type { AnyRef, KindOf, Out, Problem, Side, Simplify, TargetFields } from './rows.ts'

export type TimeUnit = 'hour' | 'day' | 'week' | 'month' | 'year'

/** A column, also through references, or a time cut to a unit: `{ placedAt: 'month' }`. */
export type GroupBy<A, F, S extends Side> = Path<A, F, S> | { readonly [path: string]: TimeUnit }
/** TypeScript lets unknown keys of an inferred literal pass; this refuses them with a sentence. */
type ExactGroups<A, F, S extends Side, G> = G extends readonly unknown[] ? { readonly [I in keyof G]: ExactGroup<A, F, S, G[I]> } : ExactGroup<A, F, S, G>
type ExactGroup<A, F, S extends Side, I> = I extends string ? I : { readonly [K in keyof I]: K extends Path<A, F, S> ? (KindOf<EndOf<A, F, K>> extends 'datetime' | 'date' ? TimeUnit : Problem<`'${K}' is no time`>) : Problem<`there is no field '${K & string}'`> }

type Numbers = 'integer' | 'number' | 'decimal'
type Ordered = Numbers | 'text' | 'email' | 'url' | 'datetime' | 'date'
type Named<A, F, S extends Side, Kinds> = { [K in keyof F & string]: KindOf<F[K]> extends Kinds ? K : F[K] extends AnyRef ? `${K}.${NamedHere<TargetFields<A, F[K]>, Kinds>}` : never }[keyof F & string] & Path<A, F, S>
type NamedHere<F, Kinds> = { [K in keyof F & string]: KindOf<F[K]> extends Kinds ? K : never }[keyof F & string]

export type Measure<A, F, S extends Side> = 'count'
  | { readonly count: Path<A, F, S> }
  | { readonly countDistinct: Path<A, F, S> }
  | { readonly sum: Named<A, F, S, Numbers> }
  | { readonly avg: Named<A, F, S, Numbers> }
  | { readonly min: Named<A, F, S, Ordered> }
  | { readonly max: Named<A, F, S, Ordered> }

interface Compared {
  readonly lt?: string | number
  readonly lte?: string | number
  readonly gt?: string | number
  readonly gte?: string | number
  readonly in?: readonly (string | number)[]
  readonly notIn?: readonly (string | number)[]
  readonly not?: string | number | boolean | null
  readonly null?: boolean
}
type HavingOf<N extends string> = { readonly [K in N]?: string | number | boolean | Date | null | Compared } & {
  readonly and?: readonly HavingOf<N>[]
  readonly or?: readonly HavingOf<N>[]
  readonly not?: HavingOf<N>
}

type Items<G> = G extends readonly (infer I)[] ? I : G
/** The names under which groups stand in the answer: the paths they were written as. */
type GroupNames<G> = Items<G> extends infer I ? (I extends string ? I : I extends object ? keyof I & string : never) : never
type Names<G, M> = GroupNames<G> | (keyof M & string)

export interface Aggregate<A, F, S extends Side, G, M> {
  readonly where?: Filter<A, F, WhereOf<S>>
  readonly search?: string
  /** One answer row for each combination of these. Without it, one row for all. */
  readonly group?: G & ExactGroups<A, F, S, NoInfer<G>>
  /** The time zone in which time units begin and end: `'Europe/Berlin'`. Default UTC. */
  readonly zone?: string
  /** What to work out: `{ orders: 'count', revenue: { sum: 'total' } }`. */
  readonly measures?: M
  /** Only answer rows that pass this: `{ orders: { gte: 10 } }`. */
  readonly having?: HavingOf<NoInfer<Names<G, M>>>
  readonly sort?: SortOf<NoInfer<Names<G, M>>> | readonly SortOf<NoInfer<Names<G, M>>>[]
  /** The first so many answer rows. */
  readonly limit?: number
}
type SortOf<N extends string> = N | `-${N}`

/** The value at the end of a path; a step through a reference may end at a row that is not there. */
type At<A, F, P, S extends Side> = P extends `${infer Head}.${infer Rest}` ? (Head extends keyof F ? At<A, TargetFields<A, F[Head]>, Rest, S> | null : never) : P extends keyof F ? Out<F[P], S> : never
type EndOf<A, F, P> = P extends `${infer Head}.${infer Rest}` ? (Head extends keyof F ? EndOf<A, TargetFields<A, F[Head]>, Rest> : never) : P extends keyof F ? F[P] : never

type Bucketed<A, F, P, S extends Side> = string | Extract<At<A, F, P, S>, null>
/** Sums of whole numbers are exact: a number within 2^53, digits as text beyond. Decimals stay text. */
type SumOf<X> = KindOf<X> extends 'decimal' ? string : KindOf<X> extends 'number' ? number : number | string

type MeasureOf<A, F, X, S extends Side> = X extends 'count' | { readonly count: any } | { readonly countDistinct: any } ? number
  : X extends { readonly avg: any } ? number | null
  : X extends { readonly sum: infer P } ? SumOf<EndOf<A, F, P>> | null
  : X extends { readonly min: infer P } | { readonly max: infer P } ? At<A, F, P, S> | null
  : never

type Buckets<G> = Items<G> extends infer I ? (I extends string ? never : keyof I & string) : never
type Plain<G> = Items<G> extends infer I ? (I extends string ? I : never) : never

/** One row of the answer. Units of time are text: `'2026-01'` for a month, the date of its Monday for a week. */
export type AggregateRow<A, F, S extends Side, G, M> = Simplify<
  { [P in Plain<G>]: At<A, F, P, S> } & { [P in Buckets<G>]: Bucketed<A, F, P, S> } & { -readonly [K in keyof M]: MeasureOf<A, F, M[K], S> }
>
