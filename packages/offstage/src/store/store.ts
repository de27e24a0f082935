// What a database must be able to do. Every store has the same files and passes the same contract (`contract.ts`).
// Trees that arrive here are authorised and bound: no `me`, no raw cursor; rows are in wire form.

import type { Json, Row } from '../schema/kind.ts'
import type { Aggregate, Filter, Page, Query } from '../query/tree.ts'
import type { DialectName, Tables } from './operations.ts'

/** A page whose rows are already JSON text, byte for byte what `JSON.stringify` of the rows would give. */
export interface TextPage extends Omit<Page, 'rows'> {
  /** One JSON text a row. */
  readonly texts: readonly string[]
}

/** Whoever waits for an answer: an `AbortSignal`, a request. */
export interface Asker {
  /** Nobody waits any more. */
  readonly aborted: boolean
}

export interface Reader {
  list(query: Query): Promise<Page>
  /** As `list`, the text made in the database; undefined when this query cannot be proven byte-equal. */
  listText(query: Query): Promise<TextPage | undefined>
  aggregate(aggregate: Aggregate): Promise<readonly Row[]>
  count(model: string, where: Filter): Promise<number>
  /**
   * The same reads, but a statement that takes long is ended when its asker has gone, and throws `client_gone`. Absent where statements
   * run in the thread that would have to hear of it.
   */
  for?(asker: Asker): Reader
}

/** A new value of a column: plain, or worked out from the old one in the database. */
export type Change = Json | { readonly increment: number | string } | { readonly append: readonly Json[] }

export interface Transaction extends Reader {
  /** As `list`, and no other transaction can change the rows until this one ends. */
  listLocked(query: Query): Promise<Page>
  insert(model: string, row: Row): Promise<void>
  /** The number of rows changed: 0 or 1. */
  update(model: string, id: string, changes: Readonly<Record<string, Change>>): Promise<number>
  delete(model: string, id: string): Promise<number>
  /** Runs in a savepoint: if it throws, what it did is undone and the transaction goes on. */
  savepoint<T>(run: () => Promise<T>): Promise<T>
}

export interface TransactionOptions {
  /** Milliseconds after which the transaction is rolled back with `timeout`. Default 2000. */
  readonly timeout?: number
}

export interface Store extends Reader {
  readonly dialect: DialectName
  /** The place of the database, without secrets, for messages. */
  readonly place: string
  readonly tables: Tables
  /** For reads that may be a moment behind: a replica if there is one, else this store itself. */
  readonly behind: Reader
  /** Serializable; may run `run` more than once. Acknowledged only when it would survive a power cut. */
  transaction<T>(run: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>
  close(): Promise<void>
}

/** Thrown by a store when a unique value is taken; `data/` turns it into `conflict`. */
export class UniqueViolation extends Error {
  readonly model: string
  readonly fields: readonly string[]
  constructor(model: string, fields: readonly string[]) {
    super(`A value of ${model}.${fields.join('+')} is taken.`)
    this.model = model
    this.fields = fields
  }
}

/** Thrown by a store when a CHECK constraint refuses a value (numeric limits, after `increment`). */
export class CheckViolation extends Error {
  readonly model: string
  readonly field: string
  constructor(model: string, field: string) {
    super(`The value of ${model}.${field} would leave its limits.`)
    this.model = model
    this.field = field
  }
}

/** Thrown by a store when a reference names no row, or a deleted row is still referred to. */
export class ReferenceViolation extends Error {
  readonly model: string
  constructor(model: string) {
    super(`A reference of ${model} would point at nothing.`)
    this.model = model
  }
}
