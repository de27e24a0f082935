// One language for every question about rows: queries, client calls, access rules. Types only.
// Several keys mean all of them; `or` means one of its filters; a filter under a relation asks about the other row.

import type { MeIs, MeRef, MeValue, NotMe } from './me.ts'
import type { AnyMany, AnyRef, KindOf, Lists, Side, Target, TargetFields, UserName, Value, Visible } from './rows.ts'

/**
 * Where a filter is written: by code as the system, by code as a caller, over HTTP, or in a rule. Callers cannot ask about hidden
 * columns: an answer would give them away. `me` may stand in rules, and in what code asks as a caller.
 */
export type Where = Side | 'rule'

/** `X` may stand in a rule, and nowhere else. */
type InRule<W extends Where, X> = W extends 'rule' ? X : never
/** `X` may stand where there is a caller to be named. */
type ByCaller<W extends Where, X> = W extends 'rule' | 'caller' ? X : never

interface Equality<T, M> {
  readonly not?: T | null | M
  readonly in?: readonly (T | M)[]
  readonly notIn?: readonly (T | M)[]
  /** Whether there is no value. */
  readonly null?: boolean
}
interface Order<T, M> extends Equality<T, M> {
  readonly lt?: T | M
  readonly lte?: T | M
  readonly gt?: T | M
  readonly gte?: T | M
}
/** Exact text, by code point and case-sensitive; `search` is the forgiving way. */
interface Texts<T, M> extends Order<T, M> {
  readonly contains?: string
  readonly startsWith?: string
  readonly endsWith?: string
}
type JsonScalar = string | number | boolean | null
interface JsonTest {
  /** Keys of objects: `'address.city'` or `['address', 'city']`. Without it, the whole value. */
  readonly path?: string | readonly string[]
  readonly equals?: JsonScalar
  readonly exists?: boolean
  /** The list at the path has this element. */
  readonly contains?: JsonScalar
  readonly null?: boolean
  readonly not?: JsonTest
}

/** What each kind can be asked, beside being equal to a value. */
interface Asked<T, M> {
  id: T | M | Order<T, M>
  text: T | M | Texts<T, M>
  email: T | M | Texts<T, M>
  url: T | M | Texts<T, M>
  integer: T | M | Order<T, M>
  number: T | M | Order<T, M>
  decimal: T | M | Order<T, M>
  boolean: T | M | Equality<T, M>
  datetime: Date | string | M | Order<Date | string, M>
  date: T | M | Order<T, M>
  enum: T | M | Equality<T, M>
  json: JsonTest
}

type MeFor<W extends Where, X> = ByCaller<W, KindOf<X> extends 'id' ? MeRef<any> | MeValue<string> : MeValue<NonNullable<Value<X>>>>
type NullOf<X> = Extract<Value<X>, null>

type OnColumn<X, W extends Where> = NullOf<X> | Asked<NonNullable<Value<X>>, MeFor<W, X>>[KindOf<X> & keyof Asked<any, any>]
type OnReference<A, X, W extends Where> =
  | string
  | NullOf<X>
  | ByCaller<W, MeRef<Target<A, X>>>
  | Equality<string, ByCaller<W, MeRef<Target<A, X>>>>
  | Filter<A, TargetFields<A, X>, W>
interface OnList<A, X, W extends Where> {
  readonly some?: Filter<A, TargetFields<A, X>, W>
  readonly none?: Filter<A, TargetFields<A, X>, W>
  readonly every?: Filter<A, TargetFields<A, X>, W>
}

/** Which fields a filter may name. */
type Askable<F, W extends Where> = W extends 'caller' | 'client' ? Visible<F, W> | Lists<F> : keyof F

/** A filter on rows with the fields `F`. `N` is found once, and by being of `keyof F` an editor finds the field from the filter. */
export type Filter<A, F, W extends Where = 'caller'> = (Askable<F, W> extends infer N extends keyof F
  ? { readonly [K in N]?: F[K] extends AnyMany ? OnList<A, F[K], W> : F[K] extends AnyRef ? OnReference<A, F[K], W> : OnColumn<F[K], W> }
  : never) &
  Words<A, F, W>

interface Words<A, F, W extends Where> extends NotMe {
  readonly and?: readonly (Filter<A, F, W> | InRule<W, MeIs>)[]
  /** At least one of these. An empty list is passed by no row. */
  readonly or?: readonly (Filter<A, F, W> | InRule<W, MeIs>)[]
  /** The exact complement. */
  readonly not?: Filter<A, F, W> | InRule<W, MeIs>
}

/** `me` in rules: the user's id, the user's own columns as `me.x`, and conditions on the user as `me.is(...)`. */
export type MeColumn<A, X> = X extends AnyRef ? MeRef<Target<A, X>> : MeValue<NonNullable<Value<X>>>
export type MeOf<A> = MeRef<UserName<A>>
