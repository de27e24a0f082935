// What a database must say in its own words, so that one emitter serves all of them. A new database is one of these, its connections
// and its writes.

import type { BucketUnit } from '../../query/tree.ts'
import type { Json } from '../../schema/kind.ts'
import type { FieldDef } from '../../schema/registry.ts'
import type { DialectName } from '../operations.ts'
import type { Table } from './model.ts'

/** What a driver takes as a parameter and gives as a value of a row. */
export type SqlValue = null | boolean | number | bigint | string | Uint8Array | readonly SqlValue[]

/** One row of an answer: arrays are read faster than objects. */
export type SqlRow = readonly SqlValue[]

/** How a database keeps the values of a field, and how they come back. Wire form in, wire form out. */
export interface Codec {
  encode(value: Json): SqlValue
  /** Absent: the value is as the driver gives it. Never called with null. */
  readonly decode: ((value: SqlValue) => Json) | undefined
  /** How a parameter with such a value stands in a statement, where the database would take it for something else. Absent: as it is. */
  readonly parameter?: (token: string) => string
  /** The expression that `decode` reads. */
  read(sql: string): string
  /** The expression whose value is the JSON text of the value, `null` for null: it is never null itself. */
  json(sql: string): string
}

export interface Column extends Codec {
  readonly field: FieldDef
  /** Quoted. */
  readonly name: string
  readonly nullable: boolean
}

/** Puts a parameter into a statement, made from the value of the tree that is being emitted; each call is another parameter. */
export type Token = (encode: (value: any) => SqlValue) => string

export interface SortKey {
  readonly sql: string
  readonly nullable: boolean
  readonly desc: boolean
}

/** The rows of a list, for the aggregate that makes one text of them. */
export interface ListSource {
  /** The text of one row. */
  readonly text: string
  /** What follows `from`: tables, joins and conditions. */
  readonly from: string
  /** What remains to be ordered by, and how many rows to take; empty where `from` has seen to it. */
  readonly order: string
  readonly limit: string
}

export interface Dialect {
  readonly name: DialectName
  /** Conditions that always and never hold. */
  readonly always: string
  readonly never: string
  /**
   * How rows that need joins or subqueries to be shown are found. `kept`: a derived table finds and sorts them, and the outer query keeps
   * its order (SQLite's cross join does). `sorted`: as that, and the outer query sorts once more. `flat`: as `sorted`, but lists in rows
   * have no derived table, as it could not see the row around it: order and limit are up to the aggregate. `whole`: as `sorted`,
   * but the derived table gives what else is needed of the rows, too, so that they are not found twice.
   */
  readonly rows: 'kept' | 'sorted' | 'flat' | 'whole'
  /** What tells rows apart, unquoted, where that is cheaper than the key. */
  readonly rowId: string | undefined
  /** Whether `exists` is looked into for each row in turn, be there a shorter way or not. */
  readonly existsByRow: boolean
  /** A condition that is true, and ends the statement when its time is up. Absent: the database does so by itself. */
  readonly step: string | undefined
  /** A condition that is true, and ends the statement when it has been asked for more rows of this list than an answer may hold. */
  readonly countRow: ((list: string) => string) | undefined

  quote(name: string): string
  literal(text: string): string
  /** Stands for the parameter at this place, from 1. */
  placeholder(at: number): string
  codec(field: FieldDef): Codec

  /** What is added to a number in the database. */
  encodeStep(column: Column, step: number | string): SqlValue

  contains(sql: string, value: string): string
  endsWith(sql: string, value: string): string
  /** Greater than any text, for prefixes that nothing comes after. */
  readonly afterAllText: SqlValue
  /** One parameter whatever the number of values. `list` is made by `encodeList`. */
  inList(sql: string, list: string, column: Column): string
  encodeList(column: Column, values: readonly Json[]): SqlValue
  /** A test of a JSON column, false where it is null. The value of the token is the filter: `{ path, op, value }`. */
  jsonTest(sql: string, token: Token, op: 'equals' | 'exists' | 'contains'): string

  /**
   * A test by the table's index for words, that holds at least where every word begins a word of some searchable column. `plain`: some
   * word is (`isPlain`). Absent or undefined: no index helps.
   */
  search?(table: Table, alias: string, plain: boolean, words: Token): string | undefined

  /** With nulls last. */
  orderBy(key: SortKey): string
  /** The same within the aggregate that makes a list, where that has an order of its own. Default: `orderBy`. */
  readonly orderInList?: (key: SortKey) => string
  /** A parameter that is a number of rows. */
  limit(token: string): string
  encodeLimit(rows: number): SqlValue
  /** What stands for no limit in a derived table that is ordered; empty where nothing must. */
  readonly noLimit: string
  concat(pieces: readonly string[]): string
  /** The text of a list, as an expression; with `counted`, the number of its rows stands before it. */
  list(source: ListSource, counted: boolean): string
  /** Whether a condition that was selected held. */
  isTrue(value: SqlValue): boolean
  /** Whether `listText` gives the bytes of `JSON.stringify`. */
  readonly exactText: boolean

  /** The sum of whole numbers or decimals without rounding: expressions to select, and how they are read as units of the field's scale. */
  exactSum(sql: string, column: Column): { readonly select: readonly string[]; read(values: readonly SqlValue[]): bigint }
  /** The bucket of an instant or day as text, as `bucketOf` in `query/buckets.ts` has it. The value of the token is the zone. */
  bucket(sql: string, unit: BucketUnit, storage: 'datetime' | 'date', token: Token): string
}

/** A parameter to be compared with a column, or added to it. */
export const parameterFor = (column: Column, token: string): string => column.parameter?.(token) ?? token

export const columnOf = (dialect: Dialect, field: FieldDef): Column => ({
  ...dialect.codec(field),
  field,
  name: dialect.quote(field.column),
  nullable: field.optional,
})
