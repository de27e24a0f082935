// The tables of a blueprint in SQLite's words. Migrations keep what is written here: whoever changes it makes no database anew, but
// makes tables of before and after look different.

import type { Json } from '../../schema/kind.ts'
import {
  checkName,
  hashOf,
  physicalName,
  type Blueprint,
  type ColumnDef,
  type ColumnType,
  type IndexDef,
  type TableDef,
} from '../blueprint.ts'
import { digitsOf, isDecimal } from '../conversions.ts'
import type { PhysicalTable } from '../operations.ts'
import { literal, quote, units } from './values.ts'

export function tableText(table: TableDef, name: string = table.name): string {
  const lines = table.columns.map((column, at) => columnText(table.name, column, at === 0))
  return `CREATE TABLE ${quote(name)} (${lines.join(', ')}) STRICT`
}

/**
 * References are checked when a statement ends, not sooner (RESTRICT would refuse to delete a row that refers to itself), and not
 * later (at COMMIT the whole group would fail). What a deletion means for others is done in `data/`, with rules and hooks.
 */
export function columnText(table: string, column: ColumnDef, isKey: boolean): string {
  const { name, type, nullable, references } = column
  const check = checkOf(column)
  return [
    `${quote(name)} ${storageOf(type).toUpperCase()}`,
    ...(nullable ? [] : ['NOT NULL']),
    ...(isKey ? ['PRIMARY KEY'] : []),
    ...(column.default === undefined ? [] : [`DEFAULT ${defaultText(type, column.default)}`]),
    ...(check === undefined ? [] : [`CONSTRAINT ${quote(sqliteCheckName(table, column)!)} CHECK (${check})`]),
    ...(references ? [`REFERENCES ${quote(references.table)} (${quote(references.column)})`] : []),
  ].join(' ')
}

/** Uniqueness is an index, never a constraint of the table: an index can come and go without a rebuild. */
export const indexText = (table: string, { name, columns, unique }: IndexDef): string =>
  `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quote(name)} ON ${quote(table)} (${columns.map(quote).join(', ')})`

export function storageOf(type: ColumnType): 'text' | 'integer' | 'real' {
  if (type === 'real') return 'real'
  return type === 'integer' || type === 'serial' || type === 'boolean' || isDecimal(type) ? 'integer' : 'text'
}

/** A constant in wire form, as it stands in a statement. */
export function defaultText(type: ColumnType, value: Json): string {
  if (value === null) return 'NULL'
  if (isDecimal(type)) return units(String(value), digitsOf(type).scale).toString()
  if (type === 'boolean') return value ? '1' : '0'
  return storageOf(type) === 'text' ? literal(type === 'json' ? JSON.stringify(value) : String(value)) : String(value)
}

/** SQLite's own types are too few: the names of these checks are what tells a decimal of two digits from one of three. */
export function sqliteCheckName(table: string, column: ColumnDef): string | undefined {
  const { name, type } = column
  if (!isDecimal(type) && type !== 'boolean') return checkName(table, column)
  return checkName(table, column) ?? physicalName(table, name, hashOf([type, null, null, null]))
}

/** What a column may hold, as far as arithmetic in the database could break it; the rest is checked before it gets here. */
function checkOf({ name, type, min, max, choices }: ColumnDef): string | undefined {
  const column = quote(name)
  const tests: string[] = []
  if (type === 'boolean') tests.push(`${column} IN (0, 1)`)
  if (type === 'integer') tests.push(`${column} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}`)
  // Infinity is no JSON.
  if (type === 'real') tests.push(`${column} BETWEEN ${-Number.MAX_VALUE} AND ${Number.MAX_VALUE}`)
  if (isDecimal(type)) tests.push(`abs(${column}) < 1${'0'.repeat(digitsOf(type).precision)}`)
  const limit = (value: number | string): string => (type === 'real' ? Number(value).toExponential() : defaultText(type, value))
  if (min !== undefined) tests.push(`${column} >= ${limit(min)}`)
  if (max !== undefined) tests.push(`${column} <= ${limit(max)}`)
  if (choices) tests.push(`${column} IN (${choices.map(literal).join(', ')})`)
  return tests.length > 0 ? tests.join(' AND ') : undefined
}

export function expectedSqlite({ tables }: Blueprint): readonly PhysicalTable[] {
  return tables.map((table) => ({
    name: table.name,
    columns: table.columns
      .map((column) => ({
        name: column.name,
        type: storageOf(column.type),
        nullable: column.nullable,
        ...(column.default !== undefined && { default: defaultText(column.type, column.default) }),
      }))
      .toSorted(byName),
    primaryKey: [table.columns[0]!.name],
    indexes: table.indexes.toSorted(byName),
    references: table.columns
      .flatMap(({ name, references }) => (references ? [{ column: name, table: references.table, to: references.column }] : []))
      .toSorted((a, b) => (a.column < b.column ? -1 : 1)),
    checks: table.columns.flatMap((column) => sqliteCheckName(table.name, column) ?? []).toSorted(),
  }))
}

/** Columns that were added later stand last: their order tells nothing. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)
