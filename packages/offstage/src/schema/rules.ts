// Access rules are filters in which the caller may appear, so that one rule narrows lists, checks single rows and
// explains itself. Types only.

import type { Filter, MeColumn, MeOf } from './filters.ts'
import type { MeIs, MeValue } from './me.ts'
import type { Action } from './registry.ts'
import type { AnyMany, UserFields } from './rows.ts'

/** The caller. `me` is the id, `me.team` a column of the caller's own row, `me.is({ role: 'admin' })` a condition on the caller. */
export type Me<A> = MeOf<A> & { readonly id: MeOf<A> & MeValue<string> } & {
  readonly [K in keyof UserFields<A> as K extends 'id' ? never : UserFields<A>[K] extends AnyMany ? never : K]: MeColumn<
    A,
    UserFields<A>[K]
  >
} & {
  /** True of callers whose own row passes the filter; never of anonymous ones. */
  is(filter: Filter<A, UserFields<A>, 'rule'>): MeIs
}

export type Word = 'everyone' | 'signed-in' | 'nobody'
type Part<A, F> = Filter<A, F, 'rule'> | MeIs
/** A word, a filter, a condition on the caller, or a list that means any of its parts. */
export type Rule<A, F> = Word | Part<A, F> | readonly (Part<A, F> | Word)[]

/**
 * Who may do what; an operation without a rule is closed. Update and delete also need `read`. `updateTo` is asked of the
 * row as it would become, and is `update` unless given.
 */
export type Rules<A, F> = { readonly [K in Action]?: Rule<A, F> }
