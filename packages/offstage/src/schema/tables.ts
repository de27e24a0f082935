// Reading and writing rows: the face of `db`, and of the client. Types only.

import type { Aggregate, AggregateRow, GroupBy, Measures } from './aggregates.ts'
import type { Filter } from './filters.ts'
import type { First, Include, List, Page, Result, Shape, SortHead, Unique } from './queries.ts'
import type { FieldsOf, Hidden, Insert, InsertBeside, Lists, ModelName, Patch, Side, Visible } from './rows.ts'

export type NoRow = { readonly return: 'none' }
export interface WriteOptions {
  /** Write only if the row still has this version, else `version_conflict`. */
  readonly ifMatch?: string | number
}
/** Bulk writes name their rows; all of them only when it is said. */
export type Many<A, F, S extends Side> = Filter<A, F, S> | { readonly all: true }

/** Reading and writing one model, as someone. Rows this principal may not read do not exist here. */
export interface Table<A, F, S extends Side> {
  /** A page of rows. */
  list<
    const I extends Include<A, F, S> = {},
    const P extends Visible<F, S> = never,
    const O extends SortHead<F, S> = never,
    const R extends Hidden<F> = never,
  >(
    query?: List<A, F, S, I, P, O, R>,
  ): Promise<Page<Result<A, F, S, I, P, R>>>
  /** The row with this id or unique value. Throws `not_found`. */
  get<const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never, const R extends Hidden<F> = never>(
    key: Unique<F, S>,
    query?: Shape<A, F, S, I, P, R>,
  ): Promise<Result<A, F, S, I, P, R>>
  /** The first row that passes, or null. */
  first<
    const I extends Include<A, F, S> = {},
    const P extends Visible<F, S> = never,
    const O extends SortHead<F, S> = never,
    const R extends Hidden<F> = never,
  >(
    query?: First<A, F, S, I, P, O, R>,
  ): Promise<Result<A, F, S, I, P, R> | null>
  /** Makes a row, with rows of its lists. Gives the row back, which must be readable; `{ return: 'none' }` gives nothing and asks nothing. */
  create(values: Insert<A, F, S>, options: NoRow): Promise<undefined>
  create<const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never>(
    values: Insert<A, F, S>,
    options?: Shape<A, F, S, I, P>,
  ): Promise<Result<A, F, S, I, P>>
  /** Changes one row. Throws `not_found` for rows that are not there or not readable. */
  update(key: Unique<F, S>, values: Patch<A, F, S>, options: NoRow & WriteOptions): Promise<undefined>
  update<const I extends Include<A, F, S> = {}, const P extends Visible<F, S> = never>(
    key: Unique<F, S>,
    values: Patch<A, F, S>,
    options?: Shape<A, F, S, I, P> & WriteOptions,
  ): Promise<Result<A, F, S, I, P>>
  delete(key: Unique<F, S>, options?: WriteOptions): Promise<void>
  /** Changes all rows that pass and may be changed, at most 10,000, in one transaction. Gives their number. */
  updateMany(where: Many<A, F, S>, values: Omit<Patch<A, F, S>, Lists<F>>): Promise<number>
  deleteMany(where: Many<A, F, S>): Promise<number>
  /**
   * Updates the row with this unique value, or creates it with this value and what `create` says. Both branches are ruled; with nothing
   * in `update`, it is enough that the row may be read. Of those who ask at once one creates the row.
   */
  upsert<const K extends Exclude<Unique<F, S>, string>>(
    key: K,
    values: { readonly create: InsertBeside<A, F, S, keyof K>; readonly update: Patch<A, F, S> },
  ): Promise<Result<A, F, S>>
  aggregate<const G extends GroupBy<F, S> = never, const M extends Measures<F, S> = {}>(
    query: Aggregate<A, F, S, G, M>,
  ): Promise<AggregateRow<A, F, S, G, M>[]>
  count(where?: Filter<A, F, S>): Promise<number>
  exists(where?: Filter<A, F, S>): Promise<boolean>
}

interface Doors<A, S extends Side> {
  /** Everything, without rules. The only bypass, and always written out. */
  readonly system: Db<A, 'system'>
  /** As another user, by id or row; null is the anonymous. */
  as(user: string | { readonly id: string } | null): Db<A, 'caller'>
  /**
   * All or nothing. `run` may be called more than once, because the transaction is retried when it meets another: change
   * data with the `db` given, and nothing else. Rolled back when it takes over 2 seconds, or `timeout` milliseconds.
   */
  transaction<T>(run: (db: Db<A, S>) => Promise<T>, options?: { readonly timeout?: number }): Promise<T>
}

/** The tables of the app, as someone. */
export type Db<A, S extends Side = 'caller'> = { readonly [N in ModelName<A>]: Table<A, FieldsOf<A, N>, S> } & Doors<A, S>
/** The tables without rules: what seeds and jobs get as `sys`. */
export type Sys<A> = Db<A, 'system'>
