// `offstage migrate repair` and `squash`: the files put in order, and what a database remembers of them.

import { OffstageError } from '../base/errors.ts'
import { backfill } from '../migrate/backfill.ts'
import { driftOf } from '../migrate/drift.ts'
import { refuseFiles, writeMigration } from '../migrate/files.ts'
import { readJournal, writeEntry } from '../migrate/journal.ts'
import { draftMigration } from '../migrate/migration.ts'
import { renderers } from '../migrate/renderers.ts'
import { repairFolder } from '../migrate/repair-folder.ts'
import { execute } from '../migrate/execute.ts'
import { readState } from '../migrate/state.ts'
import { squash } from '../migrate/squash.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { Operation } from '../store/operations.ts'
import { openProject, openProjectDatabase, type Project } from './migrate-project.ts'
import { renderersOf } from './migrate-make.ts'
import { sqlText } from './migrate-sql.ts'
import { tellDrift } from './migrate-run.ts'
import { out } from './terminal.ts'

export interface RepairOptions {
  /** Also run the SQL that puts the tables right. */
  readonly apply?: boolean
  /** Only the files; the database is not opened. */
  readonly filesOnly?: boolean
}

export async function migrateRepair(path: string, { apply, filesOnly }: RepairOptions): Promise<void> {
  const project = await openProject(path)
  acceptEdited(project)
  if (filesOnly) return
  const mended = await openProject(path)
  refuseFiles(mended.migrations.problems)
  await using database = await openProjectDatabase(mended)
  const { store, chain } = database
  await store.tables.locked(async (session) => {
    const state = await readState(session, chain)
    const entries = await readJournal(session)
    for (const id of state.changed) {
      const migration = chain.find((one) => one.id === id)!
      await writeEntry(session, { ...entries.find((entry) => entry.id === id)!, checksum: migration.checksum })
      out(`${store.place} takes the SQL of ${id} as it is now for what was run.`)
    }
    const head = chain.findLast(({ id }) => state.applied.has(id))
    if (!head) return out(`${store.place} has no migration yet; there is nothing to compare its tables with.`)
    if (state.unfinished)
      return out(`${state.unfinished.id} is not finished; let it end first: offstage migrate ${state.unfinished.direction}`)
    const drift = driftOf(store.tables.expected(head.after), await store.tables.introspect(), head.after)
    const operations = drift.flatMap(({ repair, harmless }) => (repair && !harmless ? withShadow(repair, head.after) : []))
    tellDrift(drift)
    const rest = drift.filter(({ repair, harmless }) => !repair && !harmless)
    if (operations.length === 0)
      return out(rest.length === 0 ? 'The tables are those that the migrations made.' : 'Put these right by hand.')
    const steps = renderers[store.dialect](withoutAdded(head.after, operations), operations)
    out(`\n${sqlText('repair', steps)}`)
    if (!apply) return out('\nTo run this: offstage migrate repair --apply')
    await execute(session, steps, {
      run: (operation) => backfill(session, operation, { tables: head.after, steps: {}, save: async () => {} }),
    })
    out(`\nDone${rest.length === 0 ? '' : '; the rest is to be put right by hand'}.`)
  })
}

/** A copy that is put back is worked out anew. */
function withShadow(repair: Operation, { tables }: Blueprint): readonly Operation[] {
  if (repair.op !== 'addColumn' || !repair.column.shadow) return [repair]
  const key = tables.find(({ name }) => name === repair.table)!.columns[0]!.name
  return [repair, { op: 'fillShadow', table: repair.table, key, column: repair.column }]
}

/** The tables as they are without what is missing. */
function withoutAdded({ tables }: Blueprint, operations: readonly Operation[]): Blueprint {
  const missing = (table: string, name: string): boolean =>
    operations.some(
      (one) =>
        (one.op === 'addColumn' && one.table === table && one.column.name === name) || (one.op === 'addIndex' && one.index.name === name),
    )
  return {
    tables: tables
      .filter(({ name }) => !operations.some((one) => one.op === 'createTable' && one.table.name === name))
      .map((table) => ({
        ...table,
        columns: table.columns.filter(({ name }) => !missing(table.name, name)),
        indexes: table.indexes.filter(({ name }) => !missing(table.name, name)),
      })),
  }
}

/** What was edited in migrations before they ran anywhere is taken for right. */
function acceptEdited({ migrations: { folder } }: Project): void {
  for (const line of repairFolder(folder, renderers)) out(line)
}

/** One migration in the place of all that there are. */
export async function migrateSquash(path: string, now: Date): Promise<void> {
  const { migrations } = await openProject(path)
  refuseFiles(migrations.problems)
  if (migrations.chain.migrations.length < 2)
    throw new OffstageError('invalid_call', {
      detail: `There ${migrations.chain.migrations.length === 1 ? 'is one migration' : 'are no migrations'}; squash joins several.`,
    })
  const draft = draftMigration(squash(migrations.chain, now), renderersOf(migrations.chain))
  writeMigration(migrations.folder, draft)
  out(`migrations/${draft.id} stands for ${draft.replaces.length} migrations.`)
  out('Their folders may be removed once every database has run them; until then a database that is half-way still needs them.')
}
