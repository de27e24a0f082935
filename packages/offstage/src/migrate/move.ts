// A whole app from one database to another. Rows go over table by table in the order of their keys, each batch in one transaction: so
// the last key that has arrived tells where to go on after an interruption. Indexes and references come when the rows are there.

import { createHash } from 'node:crypto'
import { OffstageError } from '../base/errors.ts'
import type { Json } from '../schema/kind.ts'
import { hashOf, type Blueprint, type TableDef } from '../store/blueprint.ts'
import { rendererFor } from './renderer.ts'
import type { Operation, PhysicalTable, Session } from '../store/operations.ts'
import type { Store } from '../store/store.ts'
import { insertLines, type Line } from './bulk-insert.ts'
import { quoteFor } from './cells.ts'
import { driftOf } from './drift.ts'
import { execute } from './execute.ts'
import { prepareJournal, readJournal, writeEntry, type Entry } from './journal.ts'
import { hasTable, isOwnTable, makeOwnTable } from './own-tables.ts'
import { prepareRecord, recordBlueprint } from './recorded.ts'
import type { Runnable } from './runnable.ts'
import { nextCommands } from './state.ts'
import { TableRows, type Values } from './table-rows.ts'

export interface MoveOptions {
  /** Rows at once. Default 2000. */
  readonly batch?: number
  /** The migrations of the app as the source has them, and as the target has them: their SQL, and so its checksum, is another. */
  readonly chains?: { readonly from: readonly Runnable[]; readonly to: readonly Runnable[] }
  readonly told?: ((told: MoveNews) => void) | undefined
}

export type MoveNews =
  | { readonly is: 'copying' | 'verifying'; readonly table: string; readonly rows: number; readonly of: number }
  | { readonly is: 'finishing' }

export interface MovedTable {
  readonly name: string
  readonly rows: number
  /** SHA-256 over all values of all rows in the order of their keys, equal on both sides. */
  readonly checksum: string
}

const marker = 'offstage_move'

/**
 * Nobody may write to the source meanwhile. May be interrupted, and called again with the same databases.
 * Throws `move_refused` when the target has tables of its own, or the source is not as `tables` says or amid a migration; `move_differs` when what arrived is not what left.
 */
export async function move(from: Store, to: Store, tables: Blueprint, options: MoveOptions = {}): Promise<readonly MovedTable[]> {
  return from.tables.locked((source) =>
    to.tables.locked(async (target) => {
      await refuseDrift(from, tables)
      await refuseUnfinished(from, source)
      await begin(to, target, tables, `${from.dialect} ${from.place}`)
      for (const table of tables.tables) await copy(source, target, tables, table, options)
      options.told?.({ is: 'finishing' })
      await finish(to, source, target, tables, options)
      const moved: MovedTable[] = []
      for (const table of tables.tables) moved.push(await verify(source, target, tables, table, options))
      await target.run(`drop table ${marker}`)
      return moved
    }),
  )
}

async function refuseDrift({ tables: door, place }: Store, tables: Blueprint): Promise<void> {
  const differences = driftOf(door.expected(tables), await door.introspect()).filter(({ harmless }) => !harmless)
  if (differences.length === 0) return
  throw new OffstageError('move_refused', {
    detail: `The tables of ${place} are not those of the models: ${differences.map(({ says }) => says).join('; ')}.`,
    hint: 'Bring them up to date first: offstage migrate up runs what is pending, offstage migrate repair shows the SQL that puts the rest right.',
  })
}

async function refuseUnfinished({ place }: Store, source: Session): Promise<void> {
  const unfinished = (await readJournal(source)).find(({ finished }) => finished === undefined)
  if (!unfinished) return
  throw new OffstageError('move_refused', {
    detail: `${place} is amid the migration ${unfinished.id}.`,
    hint: nextCommands(unfinished),
  })
}

/** The tables alone: rows come in faster so, and in any order of tables. */
const bare = ({ tables }: Blueprint): Blueprint => ({
  tables: tables.map((table) => ({
    ...table,
    indexes: [],
    columns: table.columns.map(({ references: _, ...column }) => column),
  })),
})

async function begin(to: Store, target: Session, tables: Blueprint, source: string): Promise<void> {
  const name = `${source} ${hashOf(tables)}`
  if (await hasTable(target, marker)) {
    const [row] = await target.all(`select source from ${marker}`)
    if (row && row['source'] !== name) {
      throw new OffstageError('move_refused', {
        detail: `${to.place} holds half of a move from another database or of another version: ${String(row['source'])}.`,
        hint: 'Finish that move, or give an empty database.',
      })
    }
  } else {
    const own = (await to.tables.introspect()).filter((table) => !isOwnTable(table.name))
    if (own.length > 0) {
      throw new OffstageError('move_refused', {
        detail: `${to.place} is not empty: it has ${own.map((table) => table.name).join(', ')}.`,
        hint: 'Give an empty database.',
      })
    }
    await makeOwnTable(target, marker, { id: 'id', source: 'text' })
    await target.run(`insert into ${marker} (id, source) values ('move', ?)`, [name])
  }
  const there = new Set((await to.tables.introspect()).map((table) => table.name))
  const missing = bare(tables).tables.filter((table) => !there.has(table.name))
  await apply(
    target,
    { tables: [] },
    missing.map((table): Operation => ({ op: 'createTable', table })),
  )
}

async function apply(session: Session, before: Blueprint, operations: readonly Operation[]): Promise<void> {
  await execute(session, (await rendererFor(session.dialect))(before, operations))
}

async function copy(source: Session, target: Session, tables: Blueprint, table: TableDef, options: MoveOptions): Promise<void> {
  const { batch = 2_000, told } = options
  const names = table.columns.map(({ name }) => name)
  const of = await countOf(source, table)
  let rows = await countOf(target, table)
  let after = await lastKey(target, tables, table)
  const reader = new TableRows(source, tables, table.name)
  const next = (): Promise<readonly Values[]> => reader.select({ columns: names, limit: batch, ...(after !== undefined && { after }) })
  for (let found = await next(); ;) {
    told?.({ is: 'copying', table: table.name, rows, of })
    if (found.length === 0) return
    const lines = found.map((row) => names.map((name) => row[name]!))
    after = found.at(-1)![reader.key]!
    rows += found.length
    // The source reads while the target writes.
    const [, more] = await Promise.all([target.transaction(() => insertLines(target, table, lines)), next()])
    found = more
  }
}

async function countOf(session: Session, table: TableDef): Promise<number> {
  const [row] = await session.all(`select count(*) as n from ${quoteFor(session.dialect, table.name)}`)
  return Number(row!['n'])
}

async function lastKey(session: Session, tables: Blueprint, table: TableDef): Promise<Json | undefined> {
  const rows = new TableRows(session, tables, table.name)
  const [last] = await rows.select({ columns: [rows.key], limit: 1, descending: true })
  return last?.[rows.key]
}

/** What is still missing of indexes and references; then what the source knows of its own history. */
async function finish(to: Store, source: Session, target: Session, tables: Blueprint, { chains }: MoveOptions): Promise<void> {
  const there = new Map((await to.tables.introspect()).map((table) => [table.name, table]))
  const operations = tables.tables.flatMap((table) => missingOf(table, there.get(table.name)!))
  const before = bare(tables)
  await apply(
    target,
    { tables: before.tables.map((table, at) => withPresent(table, tables.tables[at]!, there.get(table.name)!)) },
    operations,
  )
  await prepareJournal(target)
  for (const entry of await readJournal(source)) await writeEntry(target, chains ? translated(entry, chains) : entry)
  await prepareRecord(target)
  await target.transaction(() => recordBlueprint(target, tables))
}

/** What was run is the SQL of the source; the target knows the migration by its own. One that was changed after it had run stays changed. */
function translated(entry: Entry, { from, to }: NonNullable<MoveOptions['chains']>): Entry {
  const there = to.find(({ id }) => id === entry.id)
  const isAsRun = from.some(({ id, checksum }) => id === entry.id && checksum === entry.checksum)
  return there && isAsRun ? { ...entry, checksum: there.checksum, step: there.up.length } : entry
}

const isThere = (there: PhysicalTable, column: string): boolean => there.references.some((one) => one.column === column)

function missingOf(table: TableDef, there: PhysicalTable): Operation[] {
  const indexes = table.indexes.filter(({ name }) => !there.indexes.some((one) => one.name === name))
  const referring = table.columns.filter(({ name, references }) => references && !isThere(there, name))
  return [
    ...indexes.map((index): Operation => ({ op: 'addIndex', table: table.name, index })),
    ...referring.map((to): Operation => {
      const { references: _, ...from } = to
      return { op: 'alterColumn', table: table.name, from, to }
    }),
  ]
}

function withPresent(before: TableDef, table: TableDef, there: PhysicalTable): TableDef {
  return {
    ...before,
    indexes: table.indexes.filter(({ name }) => there.indexes.some((one) => one.name === name)),
    columns: before.columns.map((column, at) => (isThere(there, column.name) ? table.columns[at]! : column)),
  }
}

async function verify(source: Session, target: Session, tables: Blueprint, table: TableDef, options: MoveOptions): Promise<MovedTable> {
  const of = await countOf(source, table)
  const [left, arrived] = [await checksum(source, tables, table, options, of), await checksum(target, tables, table, options, of)]
  if (left.rows !== arrived.rows || left.checksum !== arrived.checksum) {
    throw new OffstageError('move_differs', {
      detail: `${table.name} has ${left.rows} rows (${left.checksum.slice(0, 12)}) in the source and ${arrived.rows} (${arrived.checksum.slice(0, 12)}) in the target.`,
      hint: 'Was the source written to meanwhile? Stop the app, empty the target, and move again.',
    })
  }
  return { name: table.name, ...left }
}

async function checksum(
  session: Session,
  tables: Blueprint,
  table: TableDef,
  { batch = 2_000, told }: MoveOptions,
  of: number,
): Promise<{ readonly rows: number; readonly checksum: string }> {
  const hash = createHash('sha256')
  const names = table.columns.map(({ name }) => name)
  const reader = new TableRows(session, tables, table.name)
  let rows = 0
  for (let after: Json | undefined; ;) {
    const found = await reader.select({ columns: names, limit: batch, ...(after !== undefined && { after }) })
    for (const row of found) hash.update(`${JSON.stringify(names.map((name): Line[number] => row[name]!))}\n`)
    rows += found.length
    told?.({ is: 'verifying', table: table.name, rows, of })
    if (found.length < batch) return { rows, checksum: hash.digest('hex') }
    after = found.at(-1)![reader.key]!
  }
}
