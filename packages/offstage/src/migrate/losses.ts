// What a migration takes away for good: counted before it begins, agreed to in its file, and on SQLite kept in a copy.

import { chmodSync, existsSync } from 'node:fs'
import { OffstageError } from '../base/errors.ts'
import type { Json } from '../schema/kind.ts'
import type { Blueprint, ColumnDef } from '../store/blueprint.ts'
import type { Operation, Session } from '../store/operations.ts'
import { cellOf, quoteFor } from './cells.ts'

export interface Loss {
  readonly rows: number
  /** `412 values of posts.subtitle`. */
  readonly says: string
}

/**
 * Values that go with the tables and columns that are dropped. Names are those of before: the migration may rename things first.
 * `given`: operations that have put values there for every row, which are no loss.
 */
export async function lossesOf(
  session: Session,
  before: Blueprint,
  operations: readonly Operation[],
  given: readonly Operation[] = [],
): Promise<readonly Loss[]> {
  const tables = new Map<string, string>()
  const columns = new Map<string, string>()
  const losses: Loss[] = []
  const quote = (name: string): string => quoteFor(session.dialect, name)
  const known = (table: string, column?: string): boolean => {
    const found = before.tables.find((one) => one.name === table)
    return found !== undefined && (column === undefined || found.columns.some((one) => one.name === column))
  }
  const count = async (from: string, says: string, values: readonly unknown[] = []): Promise<void> => {
    const [row] = await session.all(`select count(*) as n from ${from}`, values)
    const rows = Number(row!['n'])
    if (rows > 0) losses.push({ rows, says: `${rows} ${says}` })
  }
  for (const operation of operations) {
    if (operation.op === 'renameTable') tables.set(operation.to, tables.get(operation.from) ?? operation.from)
    if (operation.op === 'renameColumn') {
      const place = `${operation.table}.${operation.from}`
      columns.set(`${operation.table}.${operation.to}`, columns.get(place) ?? operation.from)
    }
    if (operation.op === 'dropTable') {
      const table = tables.get(operation.table.name) ?? operation.table.name
      if (known(table)) await count(quote(table), `rows of ${table}`)
    }
    if (operation.op === 'dropColumn') {
      // A shadow is a copy of what stays.
      if (operation.column.shadow) continue
      const table = tables.get(operation.table) ?? operation.table
      const column = columns.get(`${operation.table}.${operation.column.name}`) ?? operation.column.name
      if (!known(table, column)) continue
      const value = givenTo(operation.table, operation.column, given)
      const other = value === undefined ? [] : [cellOf(session.dialect, operation.column.type).encode(value)]
      const condition = `${quote(column)} is not null${other.length > 0 ? ` and ${quote(column)} <> ?` : ''}`
      await count(`${quote(table)} where ${condition}`, `values of ${table}.${column}`, other)
    }
  }
  return losses
}

/** `412 values of posts.subtitle`, of the tables as they are. Undefined where there are none. */
export async function valuesOf(session: Session, table: string, column: string): Promise<string | undefined> {
  const quote = (name: string): string => quoteFor(session.dialect, name)
  const [row] = await session.all(`select count(*) as n from ${quote(table)} where ${quote(column)} is not null`)
  const values = Number(row!['n'])
  return values === 0 ? undefined : `${values} ${values === 1 ? 'value' : 'values'} of ${table}.${column}`
}

function givenTo(table: string, { name }: ColumnDef, given: readonly Operation[]): Json | undefined {
  const added = given.find((one) => one.op === 'addColumn' && one.table === table && one.column.name === name)
  // JSON has no equality that every database knows.
  if (added?.op !== 'addColumn' || added.column.type === 'json') return undefined
  return added.fill ?? added.column.default
}

/** The whole file, as it was, beside it. The name of the copy; undefined where there is nothing to copy. */
export async function copyFile(session: Session, place: string, id: string): Promise<string | undefined> {
  if (session.dialect !== 'sqlite' || place === ':memory:') return undefined
  const copy = `${place}-before-${id}`
  // It was made before the process ended that did not come to its first step.
  if (existsSync(copy)) return copy
  try {
    await session.run('vacuum into ?', [copy])
    chmodSync(copy, 0o600)
  } catch (cause) {
    throw new OffstageError('migration_failed', {
      detail: `The copy ${copy}, which is made before anything is dropped, could not be written; nothing was changed.`,
      hint: 'Make room on the disk, or the folder writable.',
      cause,
    })
  }
  return copy
}
