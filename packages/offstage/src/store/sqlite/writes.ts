// Statements that change one row, and what SQLite's refusals mean in our words.

import { OffstageError } from '../../base/errors.ts'
import type { Json, Row } from '../../schema/kind.ts'
import { normaliseEmail, normaliseSearch } from '../../schema/normalise.ts'
import { CheckViolation, ReferenceViolation, UniqueViolation, type Change } from '../store.ts'
import { sqliteCode, unavailable, type Connection } from './connection.ts'
import type { Models, Shadow, Table } from './model.ts'
import { quote, units, type Column, type SqlValue } from './values.ts'

const normalise: Readonly<Record<Shadow['use'], (text: string) => string>> = { email: normaliseEmail, search: normaliseSearch }

const shadowed = (shadow: Shadow, value: Json): SqlValue => (value === null ? null : normalise[shadow.use](String(value)))

const inserts = new WeakMap<Table, string>()

function insertText(table: Table): string {
  const known = inserts.get(table)
  if (known !== undefined) return known
  const names = [...[...table.columns.values()].map(({ name }) => name), ...table.shadows.map(({ column }) => quote(column))]
  const text = `insert into ${table.name} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`
  inserts.set(table, text)
  return text
}

export function insertRow(connection: Connection, models: Models, model: string, row: Row): void {
  const table = models.table(model)
  for (const name in row) models.column(table, name)
  const values: SqlValue[] = []
  for (const column of table.columns.values()) values.push(column.encode(row[column.field.name] ?? null))
  for (const shadow of table.shadows) values.push(shadowed(shadow, row[shadow.of.field.name] ?? null))
  change(connection, table, insertText(table), values)
}

export function updateRow(
  connection: Connection,
  models: Models,
  model: string,
  id: string,
  changes: Readonly<Record<string, Change>>,
): number {
  const table = models.table(model)
  const sets: string[] = []
  const values: SqlValue[] = []
  const key = table.id.encode(id)
  for (const name in changes) {
    const column = models.column(table, name)
    const wanted = changes[name]!
    if (isIncrement(wanted, column)) {
      sets.push(`${column.name} = ${column.name} + ?`)
      values.push(stepOf(column, wanted.increment))
      continue
    }
    const value = isAppend(wanted, column) ? appended(connection, table, column, key, wanted.append) : (wanted as Json)
    sets.push(`${column.name} = ?`)
    values.push(column.encode(value))
    for (const shadow of table.shadows) {
      if (shadow.of !== column) continue
      sets.push(`${quote(shadow.column)} = ?`)
      values.push(shadowed(shadow, value))
    }
  }
  if (sets.length === 0) return connection.all(`select 1 from ${table.name} where ${table.id.name} = ?`, [key]).length
  values.push(key)
  return change(connection, table, `update ${table.name} set ${sets.join(', ')} where ${table.id.name} = ?`, values)
}

export function deleteRow(connection: Connection, models: Models, model: string, id: string): number {
  const table = models.table(model)
  return change(connection, table, `delete from ${table.name} where ${table.id.name} = ?`, [table.id.encode(id)])
}

// A json column takes objects as values: there only `append` of a list is an operator, and elsewhere no value is an object.
function isIncrement(value: Change, column: Column): value is { increment: number | string } {
  return column.form !== 'json' && typeof value === 'object' && value !== null && 'increment' in value
}

function isAppend(value: Change, column: Column): value is { append: readonly Json[] } {
  return (
    column.form === 'json' &&
    typeof value === 'object' &&
    value !== null &&
    'append' in value &&
    Array.isArray(value.append) &&
    Object.keys(value).length === 1
  )
}

function stepOf(column: Column, step: number | string): SqlValue {
  if (column.form === 'integer') return BigInt(step)
  if (column.form === 'real') return Number(step)
  if (column.field.kind.storage === 'decimal') return units(String(step), column.field.options['scale'] as number)
  throw new OffstageError('invalid_call', {
    detail: `${column.field.model}.${column.field.name} is no number; increment cannot change it.`,
  })
}

/** The writer holds the database, so what is read here cannot change before it is written. */
function appended(connection: Connection, table: Table, column: Column, key: SqlValue, items: readonly Json[]): Json {
  const [found] = connection.all(`select ${column.name} from ${table.name} where ${table.id.name} = ?`, [key])
  const old = found?.[0] === null || found === undefined ? [] : (JSON.parse(found[0] as string) as Json)
  if (!Array.isArray(old)) throw new CheckViolation(table.model.name, column.field.name)
  return [...old, ...items]
}

function change(connection: Connection, table: Table, sql: string, values: readonly SqlValue[]): number {
  try {
    return connection.run(sql, values)
  } catch (error) {
    throw refusal(error, table)
  }
}

/** `UNIQUE constraint failed: posts.title, posts.team`, `CHECK constraint failed: views`: the names are in the message only. */
function refusal(error: unknown, table: Table): unknown {
  const { model } = table
  const said = error instanceof Error ? error.message.slice(error.message.indexOf(': ') + 2) : ''
  switch (sqliteCode(error)) {
    case 1555:
    case 2067: {
      const columns = said.split(', ').map((name) => name.slice(name.lastIndexOf('.') + 1))
      return new UniqueViolation(
        model.name,
        columns.map((name) => fieldOf(table, name)),
      )
    }
    case 275:
      return new CheckViolation(model.name, said)
    // A whole number past 64 bits becomes a double, which the column refuses.
    case 3091:
      return new CheckViolation(model.name, fieldOf(table, said.slice(said.lastIndexOf('.') + 1)))
    case 787:
    case 1811:
      return new ReferenceViolation(model.name)
    case 1299:
      return new OffstageError('invalid_call', {
        detail: `${model.name}.${fieldOf(table, said.slice(said.lastIndexOf('.') + 1))} is required and was given no value.`,
        cause: error,
      })
    default:
      return unavailable(error)
  }
}

function fieldOf(table: Table, column: string): string {
  const shadow = table.shadows.find((one) => one.column === column)
  if (shadow) return shadow.of.field.name
  return [...table.columns.values()].find(({ field }) => field.column === column)?.field.name ?? column
}
