// Sums, counts and averages, by groups, and the exact type of the answer. Types only.

import type { Filter } from './filters.ts'
import type { CheckPath, Fit, Fitting, PathHead } from './queries.ts'
import type { KindOf, Out, Problem, Side, Simplify, TargetFields } from './rows.ts'

export type TimeUnit = 'hour' | 'day' | 'week' | 'month' | 'year'

/** A column, also through references, or a time cut to a unit: `{ placedAt: 'month' }`. */
export type GroupBy<F, S extends Side> = PathHead<F, S> | { readonly [path: string]: TimeUnit }

// TypeScript lets unknown keys of an inferred literal pass, and a path's end is known only here. These refuse them with a sentence.

type CheckGroup<A, F, S extends Side, I> = I extends string
  ? CheckPath<A, F, S, I>
  : {
      readonly [K in keyof I]: CheckPath<A, F, S, K> extends string ? OfKind<A, F, K, 'datetime' | 'date', TimeUnit> : CheckPath<A, F, S, K>
    }
type OfKind<A, F, P, Kinds, T> =
  KindOf<EndOf<A, F, P>> extends Kinds ? T : Problem<`'${P & string}' is ${KindOf<EndOf<A, F, P>> & string}, which this cannot be asked of`>

type Numbers = 'integer' | 'number' | 'decimal'
interface Measurable {
  count: unknown
  countDistinct: unknown
  sum: Numbers
  avg: Numbers
  min: Numbers | 'text' | 'email' | 'url' | 'datetime' | 'date'
  max: Measurable['min']
}
/** `'count'` of rows, or one of `{ sum | avg | min | max | count | countDistinct: 'column' }`. */
export type Measure<F, S extends Side> = 'count' | { readonly [Fn in keyof Measurable]?: PathHead<F, S> }
export interface Measures<F, S extends Side> {
  readonly [name: string]: Measure<F, S>
}
type CheckMeasures<A, F, S extends Side, M> = { readonly [K in keyof M]: M[K] extends string ? M[K] : CheckMeasure<A, F, S, M[K]> }
type CheckMeasure<A, F, S extends Side, X> = {
  readonly [Fn in keyof X]: Fn extends keyof Measurable
    ? CheckPath<A, F, S, X[Fn]> extends string
      ? OfKind<A, F, X[Fn], Measurable[Fn], X[Fn]>
      : CheckPath<A, F, S, X[Fn]>
    : Problem<`there is no measure '${Fn & string}'`>
}

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

/** The names under which groups stand in the answer: the paths they were written as. */
type GroupNames<G> = G extends string ? G : keyof G & string
type Names<G, M> = GroupNames<G> | (keyof M & string)

export interface Aggregate<A, F, S extends Side, G, M> {
  readonly where?: Filter<A, F, S>
  readonly search?: string
  /** One answer row for each combination of these. Without it, one row for all. */
  readonly group?: (G & Fit<G, CheckGroup<A, F, S, G>>) | readonly (G & Fit<G, CheckGroup<A, F, S, G>>)[]
  /** The time zone in which time units begin and end: `'Europe/Berlin'`. Default UTC. */
  readonly zone?: string
  /** What to work out: `{ orders: 'count', revenue: { sum: 'total' } }`. */
  readonly measures?: Fitting<M, CheckMeasures<A, F, S, M>>
  /** Only answer rows that pass this: `{ orders: { gte: 10 } }`. */
  readonly having?: HavingOf<NoInfer<Names<G, M>>>
  readonly sort?: SortOf<NoInfer<Names<G, M>>> | readonly SortOf<NoInfer<Names<G, M>>>[]
  /** The first so many answer rows. */
  readonly limit?: number
}
type SortOf<N extends string> = N | `-${N}`

/** The value at the end of a path; a step through a reference may end at a row that is not there. */
type At<A, F, P, S extends Side> = P extends `${infer Head}.${infer Rest}`
  ? Head extends keyof F
    ? At<A, TargetFields<A, F[Head]>, Rest, S> | null
    : never
  : P extends keyof F
    ? Out<F[P], S>
    : never
type EndOf<A, F, P> = P extends `${infer Head}.${infer Rest}`
  ? Head extends keyof F
    ? EndOf<A, TargetFields<A, F[Head]>, Rest>
    : never
  : P extends keyof F
    ? F[P]
    : never

type Bucketed<A, F, P, S extends Side> = string | Extract<At<A, F, P, S>, null>
/** Sums of whole numbers are exact: a number within 2^53, digits as text beyond. Decimals stay text. */
type SumOf<X> = KindOf<X> extends 'decimal' ? string : KindOf<X> extends 'number' ? number : number | string

type MeasureOf<A, F, X, S extends Side> = X extends 'count' | { readonly count: any } | { readonly countDistinct: any }
  ? number
  : X extends { readonly avg: any }
    ? number | null
    : X extends { readonly sum: infer P }
      ? SumOf<EndOf<A, F, P>> | null
      : X extends { readonly min: infer P } | { readonly max: infer P }
        ? At<A, F, P, S> | null
        : never

type Buckets<G> = G extends string ? never : keyof G & string
type Plain<G> = G extends string ? G : never

/** One row of the answer. Units of time are text: `'2026-01'` for a month, the date of its Monday for a week. */
export type AggregateRow<A, F, S extends Side, G, M> = Simplify<
  { [P in Plain<G>]: At<A, F, P, S> } & { [P in Buckets<G>]: Bucketed<A, F, P, S> } & { -readonly [K in keyof M]: MeasureOf<A, F, M[K], S> }
>
