// What can be asked of a model, and the exact type of the answer. Types only.

import type { Filter } from './filters.ts'
import type { AnyMany, Columns, Out, Problem, References, Relations, Row, Side, TargetFields, Value, Visible } from './rows.ts'

/** How the rows of a list are shown; or how many pass, or whether any does. */
interface ListInclude<A, F, S extends Side> {
  readonly where?: Filter<A, F, S>
  readonly include?: Include<A, F, S>
  readonly select?: readonly Visible<F, S>[]
  readonly sort?: SortHead<F, S> | readonly SortHead<F, S>[]
  /** Rows per parent. Without it all, up to 1,000; beyond that the answer is refused, never cut. */
  readonly limit?: number
  readonly count?: true | Filter<A, F, S>
  readonly exists?: true | Filter<A, F, S>
}
interface ReferenceInclude<A, F, S extends Side> {
  readonly include?: Include<A, F, S>
  readonly select?: readonly Visible<F, S>[]
}
type IncludeOf<A, X, S extends Side> = X extends AnyMany
  ? true | 'count' | 'exists' | ListInclude<A, TargetFields<A, X>, S>
  : true | ReferenceInclude<A, TargetFields<A, X>, S>

/** `{ author: true, lines: { include: { product: true }, limit: 3 }, comments: 'count', favorited: { of: 'favorites', exists: { user: id } } }` */
export type Include<A, F, S extends Side> = { readonly [K in Relations<F>]?: IncludeOf<A, F[K], S> } & { readonly [alias: string]: unknown }

// TypeScript lets unknown keys of a literal pass once it infers the literal's own type. `Exact` refuses them with a sentence.

type ExactWhere<A, F, W> = W extends readonly (infer I)[]
  ? readonly ExactWhere<A, F, I>[]
  : {
      [K in keyof W]: K extends 'and' | 'or' | 'not'
        ? ExactWhere<A, F, W[K]>
        : K extends keyof F
          ? F[K] extends AnyMany
            ? { [Q in keyof W[K]]: ExactWhere<A, TargetFields<A, F[K]>, W[K][Q]> }
            : W[K]
          : Problem<`there is no field '${K & string}'`>
    }
/** Under a name of its own an include is no known key, so what it asks is compared here. */
type Asked<A, F, W, S extends Side> = ExactWhere<A, F, W> &
  (W extends Filter<A, F, S> ? unknown : Problem<'this filter compares with what does not fit'>)
type ExactTally<A, F, I, S extends Side> = {
  [K in keyof I]: K extends 'of'
    ? I[K]
    : K extends 'count' | 'exists'
      ? I[K] extends true
        ? true
        : Asked<A, F, I[K], S>
      : Problem<`'${K & string}' cannot stand beside a count`>
}

type ExactBody<A, F, I, S extends Side> = {
  [P in keyof I]: P extends 'include'
    ? Exact<A, F, I[P], S>
    : P extends 'where'
      ? Asked<A, F, I[P], S>
      : P extends 'sort'
        ? CheckSort<A, F, S, I[P]>
        : P extends 'select' | 'limit' | 'of'
          ? I[P]
          : Problem<`an include has no '${P & string}'`>
}
type ExactOne<A, F, K extends keyof F, I, S extends Side> = I extends true | 'count' | 'exists'
  ? I
  : I extends { readonly count: any } | { readonly exists: any }
    ? ExactTally<A, TargetFields<A, F[K]>, I, S>
    : ExactBody<A, TargetFields<A, F[K]>, I, S>

export type Exact<A, F, I, S extends Side> = {
  [K in keyof I]: I[K] extends { readonly of: infer O }
    ? O extends Relations<F>
      ? ExactOne<A, F, O, I[K], S>
      : Problem<`there is no relation '${O & string}'`>
    : K extends Relations<F>
      ? ExactOne<A, F, K, I[K], S>
      : Problem<`there is no relation '${K & string}'`>
}

// --- answers

type Included<A, X, I, S extends Side> = I extends 'count' | { readonly count: any }
  ? number
  : I extends 'exists' | { readonly exists: any }
    ? boolean
    : X extends AnyMany
      ? Shaped<A, TargetFields<A, X>, I, S>[]
      : // Over HTTP the row may be one that this reader cannot read; code on the server knows its own rules.
        Shaped<A, TargetFields<A, X>, I, S> | (S extends 'client' ? null : Extract<Value<X>, null>)
type InnerInclude<I> = I extends { readonly include: infer X } ? X : {}
type InnerSelect<I> = I extends { readonly select: readonly (infer P)[] } ? P : never
type Shaped<A, F, I, S extends Side> = Result<A, F, S, InnerInclude<I>, InnerSelect<I>>

/**
 * A row with what was selected and included: a reference becomes the row it names, a list appears.
 * `NoInfer` keeps the checker from reading backwards: from the type that a caller expects it would infer an include.
 */
export type Result<A, F, S extends Side, I = {}, P = never, R = never> = [keyof I | P | R] extends [never]
  ? Row<F, S>
  : {
      [K in NoInfer<([P] extends [never] ? Visible<F, S> : P & keyof F) | (R & keyof F) | keyof I>]: K extends keyof I
        ? Included<A, F[(I[K] extends { readonly of: infer O } ? O : K) & keyof F], I[K], S>
        : Out<F[K & keyof F], S>
    }

// --- paths

/** A column, or the beginning of a path through references: `author.team.name`. `CheckPath` reads the rest. */
export type PathHead<F, S extends Side> = (Visible<F, S> & string) | `${References<F> & string}.${string}`
/** Whether `P` leads to a column that this side sees. */
type Leads<A, F, S extends Side, P> = P extends `${infer Head}.${infer Rest}`
  ? Head extends References<F>
    ? Leads<A, TargetFields<A, F[Head]>, S, Rest>
    : false
  : P extends Visible<F, S>
    ? true
    : false
/** The sentence on a path that leads to none. */
type Astray<F, P> = P extends `${infer Head}.${string}`
  ? Head extends References<F>
    ? `there is no column '${P & string}'`
    : `'${Head}' is no reference`
  : `there is no column '${P & string}'`
/** `P` where it leads to a column that this side sees, a sentence where it does not. */
export type CheckPath<A, F, S extends Side, P> = P extends unknown ? (Leads<A, F, S, P> extends true ? P : Problem<Astray<F, P>>) : never

/** A path, `-` before it for descending. Rows without a value come last both ways. */
export type SortHead<F, S extends Side> = PathHead<F, S> | `-${PathHead<F, S>}`
export type CheckSort<A, F, S extends Side, O> = O extends readonly (infer I)[]
  ? readonly CheckSort<A, F, S, I>[]
  : Leads<A, F, S, Ascending<O>> extends true
    ? O
    : Problem<Astray<F, Ascending<O>>>
type Ascending<O> = O extends `-${infer P}` ? P : O

// --- what was inferred, checked

/**
 * Asks for nothing where `T`, which was inferred, fits `E`, which was worked out from it; else for `E`, whose sentences are the errors.
 * While `T` is not known yet it asks for nothing either. Were it plainly `E`, the checker would work `E` out from all that `T` might be, and
 * again for each expression inside of the argument: three quarters of what a call costs.
 */
export type Fit<T, E> = [T] extends [E] ? unknown : E
/** The same, and nothing is inferred from `E`. Where `T` is a name, `Fit` is used alone: without `NoInfer` the error says "Did you mean ...?". */
export type Fitting<T, E> = T & NoInfer<Fit<T, E>>

// --- questions

/** What of a row comes back. */
export interface Shape<A, F, S extends Side, I, P, R = never> {
  /** References become rows, lists appear. */
  readonly include?: Fitting<I, Exact<A, F, I, S>>
  /** Only these columns, beside what is included. */
  readonly select?: readonly P[]
  /** Hidden columns to show; only the system may ask. */
  readonly reveal?: S extends 'system' ? readonly R[] : never
}

export interface First<A, F, S extends Side, I, P, O, R = never> extends Shape<A, F, S, I, P, R> {
  readonly where?: Filter<A, F, S>
  /** `'-publishedAt'`, or a list: `['author.name', '-publishedAt']`. */
  readonly sort?: (O & Fit<NoInfer<O>, CheckSort<A, F, S, NoInfer<O>>>) | readonly (O & Fit<NoInfer<O>, CheckSort<A, F, S, NoInfer<O>>>)[]
  /** Rows in whose searchable fields all of these words begin a word, without case and accents; the best first unless `sort` says otherwise. */
  readonly search?: string
}

export interface List<A, F, S extends Side, I, P, O, R = never> extends First<A, F, S, I, P, O, R> {
  /** Rows per page. Default 50, at most 200 for callers and 10,000 for the system. */
  readonly limit?: number
  /**
   * Rows to pass over, for numbered pages: at most 10,000 over HTTP and 1,000,000 in code. The database reads them all again for every
   * page, and rows shift when others are written meanwhile; `after` has neither fault. Not beside it.
   */
  readonly offset?: number
  /** `next` of the page before. */
  readonly after?: string
  /** Also count all rows that pass. Default false. */
  readonly count?: boolean
}

export interface Page<T> {
  readonly data: T[]
  /** The cursor of the next page; null on the last. */
  readonly next: string | null
  /** All rows that pass, when asked for. */
  readonly count?: number
}

/** A unique field and its value: `{ email: 'ada@example.com' }`; with a unique group, all of its fields. */
export type Unique<F, S extends Side> =
  | string
  | { readonly [K in S extends 'system' ? Columns<F> : Visible<F, 'system'>]?: NonNullable<Value<F[K]>> }
