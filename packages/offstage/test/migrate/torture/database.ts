// The database that is tortured: opened again and again, its rows changed beside the world's, read and compared.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseOf } from '../../../src/app/database-url.ts'
import { openStore } from '../../../src/app/database.ts'
import { makeScratch } from '../../../src/app/scratch.ts'
import { driftOf } from '../../../src/migrate/drift.ts'
import { diff } from '../../../src/migrate/diff.ts'
import { execute } from '../../../src/migrate/execute.ts'
import { insertLines } from '../../../src/migrate/bulk-insert.ts'
import { prepareJournal } from '../../../src/migrate/journal.ts'
import { prepareRecord, recordBlueprint } from '../../../src/migrate/recorded.ts'
import { renderers } from '../../../src/migrate/renderers.ts'
import { recordAdopted } from '../../../src/migrate/runner.ts'
import type { Runnable } from '../../../src/migrate/runnable.ts'
import { TableRows } from '../../../src/migrate/table-rows.ts'
import { notesRegistry } from '../../../src/store/contract/notes.ts'
import type { Json } from '../../../src/schema/kind.ts'
import type { Blueprint, TableDef } from '../../../src/store/blueprint.ts'
import type { Session, Tables } from '../../../src/store/operations.ts'
import type { Store } from '../../../src/store/store.ts'
import { expectedValue } from './values.ts'
import type { Row, Rows } from './world.ts'

export interface Patient {
  readonly url: string
  readonly store: Store
  readonly tables: Tables
  readonly place: string
  close(): Promise<void>
}

/** An empty database: of the server, or a file of SQLite. */
export async function openPatient(server: string | undefined, inMemory = false): Promise<Patient> {
  const folder = server === undefined && !inMemory ? mkdtempSync(join(tmpdir(), 'offstage-torture-')) : undefined
  const scratch = server === undefined ? undefined : await makeScratch(server)
  const url = scratch?.url ?? (folder === undefined ? 'file::memory:' : `file:${join(folder, 'app.db')}`)
  const store = await openAt(url)
  return {
    url,
    store,
    tables: store.tables,
    place: store.place,
    async close() {
      await store.close()
      await scratch?.drop()
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

// Which models the store has makes no difference to what migrates.
export const openAt = (url: string): Promise<Store> => openStore(notesRegistry(), databaseOf(url, [], '/'))

const own = ({ columns }: TableDef): readonly string[] => columns.filter(({ shadow }) => !shadow).map(({ name }) => name)

/** The tables are those of the blueprint, and hold these rows and nothing else, copies included. */
export async function assertIs(tables: Tables, blueprint: Blueprint, rows: Rows, when: string): Promise<void> {
  assert.deepEqual(
    driftOf(tables.expected(blueprint), await tables.introspect()).map(({ says }) => says),
    [],
    `the tables ${when}`,
  )
  assert.deepEqual(
    Object.keys(rows).toSorted(),
    blueprint.tables.map(({ name }) => name).toSorted(),
    `the world has the same tables ${when}`,
  )
  const there = await tables.locked((session) => read(session, blueprint))
  for (const table of blueprint.tables) {
    for (const row of Object.values(rows[table.name]!))
      assert.deepEqual(Object.keys(row).toSorted(), [...own(table)].toSorted(), `columns of ${table.name} ${when}`)
    const expected = Object.fromEntries(Object.entries(rows[table.name]!).map(([key, row]) => [key, wholeRow(table, row)]))
    assert.deepEqual(there[table.name], expected, `rows of ${table.name} ${when}`)
  }
}

const wholeRow = ({ columns }: TableDef, row: Row): Row =>
  Object.fromEntries(columns.map((column) => [column.name, expectedValue(column, row)!]))

async function read(session: Session, blueprint: Blueprint): Promise<Rows> {
  const all: Rows = {}
  for (const { name } of blueprint.tables) {
    const rows = new TableRows(session, blueprint, name)
    const found = await rows.select({ columns: rows.columns })
    all[name] = Object.fromEntries(found.map((row) => [String(row[rows.key]), row]))
  }
  return all
}

export async function insertRow(session: Session, blueprint: Blueprint, table: TableDef, row: Row): Promise<void> {
  await new TableRows(session, blueprint, table.name).insert([wholeRow(table, row)])
}

export async function updateRow(session: Session, blueprint: Blueprint, table: TableDef, row: Row): Promise<void> {
  await new TableRows(session, blueprint, table.name).update([wholeRow(table, row)])
}

export async function deleteRow(session: Session, table: TableDef, key: Json): Promise<void> {
  const quote = session.dialect === 'mysql' || session.dialect === 'mariadb' ? '`' : '"'
  await session.run(`delete from ${quote}${table.name}${quote} where ${quote}${table.columns[0]!.name}${quote} = ?`, [key])
}

/** An empty database is brought where these migrations would have brought it, with the rows. */
export async function setUp(tables: Tables, blueprint: Blueprint, rows: Rows, done: readonly Runnable[]): Promise<void> {
  const render = renderers[tables.dialect]
  const loose: Blueprint = {
    tables: blueprint.tables.map((table) => ({ ...table, columns: table.columns.map(({ references: _, ...column }) => column) })),
  }
  await tables.locked(async (session) => {
    await execute(session, render({ tables: [] }, diff({ tables: [] }, loose).operations))
    for (const table of blueprint.tables) {
      const lines = Object.values(rows[table.name]!).map((row) => table.columns.map((column) => expectedValue(column, row)!))
      await insertLines(session, table, lines)
    }
    await execute(session, render(loose, diff(loose, blueprint).operations))
    await prepareJournal(session)
    await prepareRecord(session)
    await recordBlueprint(session, blueprint)
    for (const migration of done) await recordAdopted(session, migration, {})
  })
}
