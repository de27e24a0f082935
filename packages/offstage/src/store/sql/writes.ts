// Statements that change one row, made from what a transaction is asked. Every database runs these; what its refusals mean is its own.

import { OffstageError } from '../../base/errors.ts'
import type { Json, Row } from '../../schema/kind.ts'
import { normaliseEmail, normaliseSearch } from '../../schema/normalise.ts'
import { shadowName, type ShadowUse } from '../blueprint.ts'
import { CheckViolation, type Change } from '../store.ts'
import { parameterFor, type Column, type SqlValue } from './dialect.ts'
import type { Models, Table } from './model.ts'

export interface WriteStatement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

type Changes = Readonly<Record<string, Change>>
type Append = { readonly append: readonly Json[] }

const normalise: Readonly<Record<ShadowUse, (text: string) => string>> = { email: normaliseEmail, search: normaliseSearch }

/** The value of a shadow beside a value. */
export const shadowOf = (use: ShadowUse, value: Json): SqlValue => (value === null ? null : normalise[use](String(value)))

const inserts = new WeakMap<Table, string>()

export function insertStatement(models: Models, model: string, row: Row): WriteStatement {
  const table = models.table(model)
  for (const name in row) models.column(table, name)
  const values: SqlValue[] = []
  for (const column of table.columns.values()) values.push(column.encode(row[column.field.name] ?? null))
  for (const { of, use } of table.shadows) values.push(shadowOf(use, row[of.field.name] ?? null))
  let sql = inserts.get(table)
  if (sql === undefined) {
    const names = [...table.columns.values(), ...table.shadows].map(({ name }) => name)
    const places = names.map((_, index) => models.dialect.placeholder(index + 1))
    sql = `insert into ${table.name} (${names.join(', ')}) values (${places.join(', ')})`
    inserts.set(table, sql)
  }
  return { sql, values }
}

/** Of `append`s: the columns whose values must be read, under the lock of the row, before the row can be updated. */
export function appendsIn(models: Models, model: string, changes: Changes): readonly Column[] {
  const table = models.table(model)
  return Object.keys(changes)
    .map((name) => models.column(table, name))
    .filter((column) => isAppend(changes[column.field.name]!, column))
}

/** `old` gives the values of `appendsIn`. Undefined when nothing changes. */
export function updateStatement(
  models: Models,
  model: string,
  id: string,
  changes: Changes,
  old: (column: Column) => Json,
): WriteStatement | undefined {
  const table = models.table(model)
  const { dialect } = models
  const sets: string[] = []
  const values: SqlValue[] = []
  const next = (value: SqlValue): string => dialect.placeholder(values.push(value))
  for (const name in changes) {
    const column = models.column(table, name)
    const wanted = changes[name]!
    if (isIncrement(wanted, column)) {
      sets.push(`${column.name} = ${column.name} + ${parameterFor(column, next(stepOf(models, column, wanted.increment)))}`)
      continue
    }
    const value = isAppend(wanted, column) ? appended(table, column, old(column), wanted.append) : (wanted as Json)
    sets.push(`${column.name} = ${next(column.encode(value))}`)
    for (const shadow of table.shadows) {
      if (shadow.of === column) sets.push(`${shadow.name} = ${next(shadowOf(shadow.use, value))}`)
    }
  }
  if (sets.length === 0) return undefined
  return { sql: `update ${table.name} set ${sets.join(', ')} where ${table.id.name} = ${next(table.id.encode(id))}`, values }
}

export function deleteStatement(models: Models, model: string, id: string): WriteStatement {
  const table = models.table(model)
  return { sql: `delete from ${table.name} where ${table.id.name} = ${models.dialect.placeholder(1)}`, values: [table.id.encode(id)] }
}

/** One column of one row. */
export function valueStatement(models: Models, model: string, id: string, column: Column): WriteStatement {
  const table = models.table(model)
  const where = `${table.id.name} = ${models.dialect.placeholder(1)}`
  return { sql: `select ${column.read(column.name)} from ${table.name} where ${where}`, values: [table.id.encode(id)] }
}

// A json column takes objects as values: there only `append` of a list is an operator, and elsewhere no value is an object.
function isIncrement(value: Change, column: Column): value is { increment: number | string } {
  return column.field.kind.storage !== 'json' && typeof value === 'object' && value !== null && 'increment' in value
}

function isAppend(value: Change, column: Column): value is Append {
  return (
    column.field.kind.storage === 'json' &&
    typeof value === 'object' &&
    value !== null &&
    'append' in value &&
    Array.isArray(value.append) &&
    Object.keys(value).length === 1
  )
}

function stepOf({ dialect }: Models, column: Column, step: number | string): SqlValue {
  const { kind, model, name } = column.field
  if (['integer', 'number', 'decimal'].includes(kind.name)) return dialect.encodeStep(column, step)
  throw new OffstageError('invalid_call', { detail: `${model}.${name} is no number; increment cannot change it.` })
}

function appended(table: Table, column: Column, old: Json, items: readonly Json[]): Json {
  if (old === null) return items
  if (!Array.isArray(old)) throw new CheckViolation(table.model.name, column.field.name)
  return [...old, ...items]
}

/** The field that a physical column stands for, also where it is a shadow: for what databases say of constraints. */
export function fieldOf(table: Table, column: string): string {
  const { columns, shadows, model } = table
  const shadow = shadows.find(({ of, use }) => shadowName(of.field.column, use) === column)
  if (shadow) return shadow.of.field.name
  return [...columns.values()].find(({ field }) => field.column === column)?.field.name ?? model.fields.get(column)?.name ?? column
}
