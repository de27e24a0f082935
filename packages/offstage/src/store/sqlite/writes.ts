// Changing one row, and what SQLite's refusals mean in our words.

import { OffstageError } from '../../base/errors.ts'
import { isError } from '../../base/realms.ts'
import type { Json, Row } from '../../schema/kind.ts'
import type { SqlValue } from '../sql/dialect.ts'
import type { Models, Table } from '../sql/model.ts'
import {
  appendsIn,
  deleteStatement,
  fieldOf,
  insertStatement,
  updateStatement,
  valueStatement,
  type WriteStatement,
} from '../sql/writes.ts'
import { CheckViolation, ReferenceViolation, UniqueViolation, type Change } from '../store.ts'
import { blueprintOf } from '../blueprint.ts'
import { sqliteCode, unavailable, type Connection } from './connection.ts'
import { sqliteCheckName } from './table-text.ts'

export function insertRow(connection: Connection, models: Models, model: string, row: Row): void {
  change(connection, models, model, insertStatement(models, model, row))
}

export function updateRow(
  connection: Connection,
  models: Models,
  model: string,
  id: string,
  changes: Readonly<Record<string, Change>>,
): number {
  const table = models.table(model)
  // The writer holds the database, so what is read here cannot change before it is written.
  const read = new Map(
    appendsIn(models, model, changes).map((column) => {
      const { sql, values } = valueStatement(models, model, id, column)
      const value = connection.all(sql, values as SqlValue[])[0]?.[0] ?? null
      return [column, value === null ? null : column.decode!(value)] as const
    }),
  )
  const statement = updateStatement(models, model, id, changes, (column): Json => read.get(column)!)
  if (statement) return change(connection, models, model, statement)
  return connection.all(`select 1 from ${table.name} where ${table.id.name} = ?`, [table.id.encode(id)]).length
}

export function deleteRow(connection: Connection, models: Models, model: string, id: string): number {
  return change(connection, models, model, deleteStatement(models, model, id))
}

function change(connection: Connection, models: Models, model: string, { sql, values }: WriteStatement): number {
  try {
    return connection.run(sql, values)
  } catch (error) {
    throw refusal(error, models, models.table(model))
  }
}

/** `UNIQUE constraint failed: posts.title, posts.team`, `CHECK constraint failed: posts__views__1a2b3c4d`: the names are in the message only. */
function refusal(error: unknown, models: Models, table: Table): unknown {
  const { model } = table
  const said = isError(error) ? error.message.slice(error.message.indexOf(': ') + 2) : ''
  const last = (name: string): string => fieldOf(table, name.slice(name.lastIndexOf('.') + 1))
  switch (sqliteCode(error)) {
    case 1555:
    case 2067:
      return new UniqueViolation(model.name, said.split(', ').map(last))
    case 275:
      return new CheckViolation(model.name, fieldOf(table, checkedColumns(models).get(said) ?? said))
    // A whole number past 64 bits becomes a double, which the column refuses.
    case 3091:
      return new CheckViolation(model.name, last(said))
    case 787:
    case 1811:
      return new ReferenceViolation(model.name)
    case 1299:
      return new OffstageError('invalid_call', { detail: `${model.name}.${last(said)} is required and was given no value.`, cause: error })
    default:
      return unavailable(error)
  }
}

const checked = new WeakMap<Models, ReadonlyMap<string, string>>()

/** The physical column of each check by its name. */
function checkedColumns(models: Models): ReadonlyMap<string, string> {
  const known = checked.get(models)
  if (known) return known
  const names = blueprintOf(models.registry).tables.flatMap(({ name, columns }) =>
    columns.map((column) => [sqliteCheckName(name, column) ?? '', column.name] as const),
  )
  const map = new Map(names)
  checked.set(models, map)
  return map
}
