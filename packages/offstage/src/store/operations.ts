// Changes of tables, said without any database's words: what a migration is made of, and what each store renders as SQL.

import type { Json } from '../schema/kind.ts'
import type { Blueprint, ColumnDef, IndexDef, TableDef } from './blueprint.ts'

/** Columns, indexes and tables are given whole, old ones too: so every operation can be undone, and rendered without a database. */
export type Operation =
  | { readonly op: 'createTable'; readonly table: TableDef }
  | { readonly op: 'dropTable'; readonly table: TableDef }
  | { readonly op: 'renameTable'; readonly from: string; readonly to: string }
  /** `fill`: what the rows that are there get, in wire form, when it is not the column's default. */
  | { readonly op: 'addColumn'; readonly table: string; readonly column: ColumnDef; readonly fill?: Json }
  | { readonly op: 'dropColumn'; readonly table: string; readonly column: ColumnDef }
  | { readonly op: 'renameColumn'; readonly table: string; readonly from: string; readonly to: string }
  /** Everything of a column but its name. `fill`: what nulls become when the column gets required. */
  | { readonly op: 'alterColumn'; readonly table: string; readonly from: ColumnDef; readonly to: ColumnDef; readonly fill?: Json }
  | { readonly op: 'addIndex'; readonly table: string; readonly index: IndexDef }
  | { readonly op: 'dropIndex'; readonly table: string; readonly index: IndexDef }
  | { readonly op: 'renameIndex'; readonly table: string; readonly from: string; readonly to: string }
  | RunOperation
  /** Statements of the developer's own, by the name of the dialect. */
  | { readonly op: 'sql'; readonly up: SqlByDialect; readonly down?: SqlByDialect }

/** What code does to rows, in batches: it can be interrupted and goes on where it was. */
export type RunOperation =
  /** Rows that have one choice of an enum get another. The choices themselves change with `alterColumn`. SQLite does it in one statement. */
  | { readonly op: 'renameChoice'; readonly table: string; readonly column: string; readonly from: string; readonly to: string }
  /** The normalised copy of a column is worked out for the rows that are there. */
  | { readonly op: 'fillShadow'; readonly table: string; readonly key: string; readonly column: ColumnDef }
  /** A step of the migration's `data.ts`, by its name there. */
  | { readonly op: 'data'; readonly step: string }

export type SqlByDialect = Readonly<Partial<Record<DialectName, readonly string[]>>>

export type DialectName = 'sqlite' | 'postgres' | 'mysql' | 'mariadb'

/** One thing that a database is told, or that code does. Steps are frozen in a migration's files when it is made. */
export type Step = SqlStep | { readonly kind: 'run'; readonly says: string; readonly run: RunOperation }

export interface SqlStep {
  readonly kind: 'sql'
  /** For people: `add orders.total`. */
  readonly says: string
  /** One statement, without a semicolon at its end. */
  readonly sql: string
  /** Must run outside of any transaction (`create index concurrently`). */
  readonly alone?: true
  /** SQLite: the transaction of this step runs with foreign keys off, and ends with a check of all of them. */
  readonly rebuild?: true
  /** Steps that may be run again after a crash that hid whether they were done: what the database then says means "done already". */
  readonly repeatable?: true
}

/** `before` is the blueprint that the operations start from. Each dialect's `ddl.ts` exports one, which needs no driver. */
export type Render = (before: Blueprint, operations: readonly Operation[]) => readonly Step[]

/** A table as a database shows it, names and types in its own words: two of these can be compared by what they say. */
export interface PhysicalTable {
  readonly name: string
  readonly columns: readonly PhysicalColumn[]
  readonly primaryKey: readonly string[]
  /** Without that of the primary key. */
  readonly indexes: readonly IndexDef[]
  readonly references: readonly { readonly name?: string; readonly column: string; readonly table: string; readonly to: string }[]
  /** Names only: databases print conditions in words of their own, and ours have a hash of the content in the name. */
  readonly checks: readonly string[]
}

export interface PhysicalColumn {
  readonly name: string
  /** As the database prints it, in lower case: `numeric(10,2)`. */
  readonly type: string
  readonly nullable: boolean
  /** As the database prints it. Absent: none. */
  readonly default?: string
  /** Of text, where it can differ from column to column. */
  readonly collation?: string
}

/** A step that puts right what somebody changed by hand. */
export interface RepairStep {
  readonly step: Step
  /** The columns whose values go with it. */
  readonly loses?: readonly string[]
  /** When all tables are as they should be but for this: a reference. */
  readonly last?: true
}

/**
 * From a table as it is to what it should be, which is given in our words and in those of the database. Columns that are missing come back
 * without values, but for their defaults.
 */
export type RepairTable = (wanted: TableDef, expected: PhysicalTable, actual: PhysicalTable) => readonly RepairStep[]

/** The tables of a database: the door of `migrate`. */
export interface Tables {
  readonly dialect: DialectName
  /** Tables as they are, in order of their names; those of the database itself left out. */
  introspect(): Promise<readonly PhysicalTable[]>
  /** How this database shows the tables of a blueprint. */
  expected(blueprint: Blueprint): readonly PhysicalTable[]
  /** One at a time on this database, over all processes. Throws `unavailable` when another holds it for over `wait` milliseconds. */
  locked<T>(run: (session: Session) => Promise<T>, options?: { readonly wait?: number }): Promise<T>
}

/** One connection, for statements that no model stands behind. Parameters are `?` in every dialect. */
export interface Session {
  readonly dialect: DialectName
  all(sql: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** The number of rows changed. */
  run(sql: string, values?: readonly unknown[]): Promise<number>
  /** DDL is part of it on SQLite and PostgreSQL; MySQL and MariaDB commit at every DDL statement. */
  transaction<T>(run: () => Promise<T>, options?: { readonly rebuild?: boolean }): Promise<T>
}
