// What can be asked of a model, and the exact type of the answer. Types only.

import type { Filter } from './filters.ts'
import type { AnyMany, AnyRef, Hidden, Lists, Out, Problem, References, Row, Side, Simplify, TargetFields, Value, Visible } from './rows.ts'

type Relations<F> = { [K in keyof F]: F[K] extends AnyMany | AnyRef ? K : never }[keyof F]

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
 * `Exclude<.., never>` and `Extract` keep the checker from reading backwards: from the type that a caller expects it would infer an include.
 */
export type Result<A, F, S extends Side, I = {}, P = never, R = never> = [keyof I, P, R] extends [never, never, never]
  ? Row<F, S>
  : Simplify<
      { [K in Exclude<[P] extends [never] ? Visible<F, S> : P & keyof F, keyof I>]: Out<F[K], S> } & {
        [K in Extract<R, keyof F>]: Out<F[K], S>
      } & {
        -readonly [K in Exclude<keyof I, never>]: I[K] extends { readonly of: infer O }
          ? Included<A, F[O & keyof F], I[K], S>
          : Included<A, F[K & keyof F], I[K], S>
      }
    >

// --- paths

/** A column, or the beginning of a path through references: `author.team.name`. `CheckPath` reads the rest. */
export type PathHead<F, S extends Side> = (Visible<F, S> & string) | `${References<F> & string}.${string}`
/** `P` where it leads to a column that this side sees, a sentence where it does not. */
export type CheckPath<A, F, S extends Side, P> = P extends `${infer Head}.${infer Rest}`
  ? Head extends References<F>
    ? CheckPath<A, TargetFields<A, F[Head]>, S, Rest> extends string
      ? P
      : Problem<`there is no column '${P & string}'`>
    : Problem<`'${Head}' is no reference`>
  : P extends Visible<F, S>
    ? P
    : Problem<`there is no column '${P & string}'`>

/** A path, `-` before it for descending. Rows without a value come last both ways. */
export type SortHead<F, S extends Side> = PathHead<F, S> | `-${PathHead<F, S>}`
export type CheckSort<A, F, S extends Side, O> = O extends readonly (infer I)[]
  ? readonly CheckSort<A, F, S, I>[]
  : O extends `-${infer P}`
    ? CheckPath<A, F, S, P> extends string
      ? O
      : CheckPath<A, F, S, P>
    : CheckPath<A, F, S, O>

// --- questions

/** What of a row comes back. */
export interface Shape<A, F, S extends Side, I, P, R = never> {
  /** References become rows, lists appear. */
  readonly include?: I & Exact<A, F, NoInfer<I>, S>
  /** Only these columns, beside what is included. */
  readonly select?: readonly P[]
  /** Hidden columns to show; only the system may ask. */
  readonly reveal?: S extends 'system' ? readonly R[] : never
}

export interface First<A, F, S extends Side, I, P, O, R = never> extends Shape<A, F, S, I, P, R> {
  readonly where?: Filter<A, F, S>
  /** `'-publishedAt'`, or a list: `['author.name', '-publishedAt']`. */
  readonly sort?: (O & CheckSort<A, F, S, NoInfer<O>>) | readonly (O & CheckSort<A, F, S, NoInfer<O>>)[]
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
  | { readonly [K in Exclude<keyof F, Lists<F>> as K extends Hidden<F> ? (S extends 'system' ? K : never) : K]?: NonNullable<Value<F[K]>> }
