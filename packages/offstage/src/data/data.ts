// Reading and writing as someone. What the API, auth, commands and the app's own code all go through.

import type { Registry } from '../schema/registry.ts'
import type { Principal } from '../query/principal.ts'
import type { Policies } from '../query/rules.ts'
import type { Aggregate, Query } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { Asker, Store, Transaction } from '../store/store.ts'
import type { Author } from './mistakes.ts'

/** One committed change, as the change log will keep it: whole rows, hidden columns too. `before` is absent for a creation, `after` for a deletion. */
export interface ChangeEntry {
  readonly model: string
  readonly id: string
  readonly op: 'create' | 'update' | 'delete'
  /** The id of the user who caused it; null for the system and for strangers. */
  readonly actor: string | null
  readonly at: string
  readonly before?: Row
  readonly after?: Row
}
/** The seam of the change log: called inside the transaction, just before it commits. */
export type AppendChanges = (entries: readonly ChangeEntry[], tx: Transaction) => Promise<void>

export interface DataOptions {
  readonly registry: Registry
  readonly store: Store
  /** Signs cursors. At least 32 bytes. */
  readonly secret: string
  /** The secret before that one: what it signed is still accepted. */
  readonly previousSecret?: string | undefined
  readonly now?: () => Date
  readonly append?: AppendChanges
}

/** Wire-form pages for surfaces that answer with bytes. `texts` is set instead of `rows` when the database made the JSON. */
export interface WirePage {
  readonly rows?: readonly Row[]
  readonly texts?: readonly string[]
  readonly next: string | null
  readonly count?: number
}

export interface MatchOptions {
  /** Write only if the row still has this version, else `version_conflict`. */
  readonly ifMatch?: string
}

export interface TransactionChoices {
  /** Milliseconds after which it is rolled back. Default 2000. */
  readonly timeout?: number
  /** Whether the closure may run again when the transaction meets another. Default true. */
  readonly retry?: boolean
}

/** The untyped face: what the typed `db` is at run time. Values are server values (datetimes are `Date`). */
export interface Table {
  list(query?: object): Promise<{ data: any[]; next: string | null; count?: number }>
  get(key: string | object, query?: object): Promise<any>
  first(query?: object): Promise<any>
  create(values: object, options?: object): Promise<any>
  update(key: string | object, values: object, options?: object): Promise<any>
  delete(key: string | object, options?: object): Promise<void>
  updateMany(where: object, values: object): Promise<number>
  deleteMany(where: object): Promise<number>
  upsert(key: object, values: { create: object; update: object }): Promise<any>
  aggregate(query: object): Promise<any[]>
  count(where?: object): Promise<number>
  exists(where?: object): Promise<boolean>
}

/** `db`: tables by model name, beside `system`, `as`, `transaction` (names that no model may have). It has no other properties. */
export interface Db {
  readonly [model: string]: any
}

export interface Data {
  readonly registry: Registry
  /** The compiled rules, for parsing with the caller's eyes. */
  readonly policies: Policies
  readonly store: Store
  /**
   * `readOnly` refuses every write, `db.system` and `db.as` included: for requests that must be safe to repeat. Its reads are ended when
   * the asker has gone. `author` says who writes the arguments; default: the app's own code, an endpoint's unless it is the system.
   */
  as(principal: Principal, options?: { readonly readOnly?: boolean; readonly asker?: Asker; readonly author?: Author }): Db
  /** One authorised read of a parsed tree, in wire form: the door of the API. Ended when the asker has gone. */
  read(principal: Principal, query: Query, asker?: Asker): Promise<WirePage>
  aggregate(principal: Principal, aggregate: Aggregate, asker?: Asker): Promise<readonly Row[]>
  /** Writes with wire-form results: the door of the API. `query` says what of the row comes back; undefined for nothing. */
  create(principal: Principal, model: string, values: object, query: Query | undefined): Promise<Row | undefined>
  update(
    principal: Principal,
    model: string,
    id: string,
    values: object,
    query: Query | undefined,
    options?: MatchOptions,
  ): Promise<Row | undefined>
  delete(principal: Principal, model: string, id: string, options?: MatchOptions): Promise<void>
  /**
   * Makes a user out of what a stranger sent. The `create` rule is not asked; columns with a `writable` rule are refused unless the new
   * user, without any of what was sent, may write them. The login (the unique email) may always be given. The row in wire form, unhidden.
   */
  signUp(values: object): Promise<Row>
  /** Everything done through the `data` given is one transaction. */
  transaction<T>(principal: Principal, run: (data: Data) => Promise<T>, options?: TransactionChoices): Promise<T>
}
