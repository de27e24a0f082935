// `offstage migrate repair` and `squash`: the files put in order, and what a database remembers of them.

import { OffstageError } from '../base/errors.ts'
import { refuseFiles, writeMigration } from '../migrate/files.ts'
import { draftMigration } from '../migrate/migration.ts'
import { applyRepair, repairJournal, shouldBe, tableRepair } from '../migrate/repair-database.ts'
import { renderers } from '../migrate/renderers.ts'
import { repairFolder } from '../migrate/repair-folder.ts'
import { squash } from '../migrate/squash.ts'
import { nextCommands, readState } from '../migrate/state.ts'
import { renderersOf } from './migrate-make.ts'
import { openProject, openProjectDatabase, type Project } from './migrate-project.ts'
import { tellDrift } from './migrate-run.ts'
import { sqlText } from './migrate-sql.ts'
import { out } from './terminal.ts'

export interface RepairOptions {
  /** Also run the SQL that puts the tables right. */
  readonly apply?: boolean
  /** Also what loses values: those of columns that no model has. */
  readonly allowDestructive?: boolean
  /** Only the files; the database is not opened. */
  readonly filesOnly?: boolean
}

export async function migrateRepair(path: string, { apply, allowDestructive, filesOnly }: RepairOptions): Promise<void> {
  const project = await openProject(path)
  acceptEdited(project)
  if (filesOnly) return
  const mended = await openProject(path)
  refuseFiles(mended.migrations.problems)
  await using database = await openProjectDatabase(mended)
  const { store, chain } = database
  const { tables, place } = store
  await tables.locked(async (session) => {
    for (const line of await repairJournal(session, tables, chain)) out(`${place} ${line}.`)
    const state = await readState(session, chain)
    if (state.unfinished) return out(`${state.unfinished.id} is not finished: ${nextCommands(state.unfinished)}`)
    const blueprint = shouldBe(chain, state)
    if (!blueprint) return out(`${place} has no tables of Offstage yet; there is nothing to put right.`)
    const repair = await tableRepair(session, tables, blueprint)
    tellDrift(repair.drift, false)
    if (repair.steps.length === 0) return out('The tables are those that were made.')
    out(`\n${sqlText('repair', repair.steps)}`)
    if (!apply) return out(`\nTo run this: offstage migrate repair --apply${repair.losses.length > 0 ? ' --allow-destructive' : ''}`)
    const { copy, left } = await applyRepair(session, tables, blueprint, repair, { place, mayLose: allowDestructive === true })
    if (copy !== undefined) out(`\nThe file as it was: ${copy}`)
    out(left.length === 0 ? '\nDone.' : `\nDone, but for this:\n${left.map(({ says }) => `- ${says}`).join('\n')}`)
    if (left.length > 0) process.exitCode = 1
  })
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
