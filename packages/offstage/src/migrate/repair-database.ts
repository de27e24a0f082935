// `offstage migrate repair` and `baseline`, on one database: the journal made true, and tables brought to what they should be.

import { OffstageError } from '../base/errors.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { Session, Tables } from '../store/operations.ts'
import { backfill } from './backfill.ts'
import { driftOf, type Difference } from './drift.ts'
import { execute } from './execute.ts'
import { forget, prepareJournal, writeEntry } from './journal.ts'
import { copyFile } from './losses.ts'
import { repairOf, type Repair } from './repair.ts'
import { prepareRecord, recordBlueprint } from './recorded.ts'
import { recordAdopted } from './runner.ts'
import type { Runnable } from './runnable.ts'
import { fits, hasDoneNothing, readState, type State } from './state.ts'

/** Files that were changed or renamed after they ran, and what was begun and has done nothing. A sentence for each thing that was done. */
export async function repairJournal(session: Session, tables: Tables, chain: readonly Runnable[]): Promise<readonly string[]> {
  const said: string[] = []
  const { entries, changed, unknown, pending, applied } = await readState(session, chain)
  for (const id of changed) {
    const migration = chain.find((one) => one.id === id)!
    await writeEntry(session, { ...entries.get(id)!, checksum: migration.checksum })
    said.push(`takes the SQL of ${id} as it is now for what was run`)
  }
  for (const entry of unknown) {
    const same = pending.filter(({ checksum }) => checksum === entry.checksum)
    const [renamed] = same
    if (renamed && same.length === 1) {
      await writeEntry(session, { ...entry, id: renamed.id })
      await forget(session, entry.id)
      said.push(`knows ${entry.id} as ${renamed.id}, which says the same`)
      continue
    }
    const head = chain.findLast(({ id }) => applied.has(id))?.after ?? { tables: [] }
    if (entry.finished !== undefined || !hasDoneNothing(entry) || !fits(head, tables, await tables.introspect())) continue
    await forget(session, entry.id)
    said.push(`forgets ${entry.id}, which was begun and has done nothing`)
  }
  return said
}

/** What the tables should be: what they were made from, or what the last migration leads to. Undefined for a database that has none. */
export function shouldBe(chain: readonly Runnable[], { recorded, applied }: State): Blueprint | undefined {
  return recorded ?? chain.findLast(({ id }) => applied.has(id))?.after
}

export interface TableRepair extends Repair {
  readonly drift: readonly Difference[]
}

export async function tableRepair(session: Session, tables: Tables, blueprint: Blueprint): Promise<TableRepair> {
  const actual = await tables.introspect()
  return { drift: driftOf(tables.expected(blueprint), actual), ...(await repairOf(session, tables, blueprint, actual)) }
}

/** Throws `data_loss` before anything is done if values would be lost and that may not be. What is left to be put right by hand. */
export async function applyRepair(
  session: Session,
  tables: Tables,
  blueprint: Blueprint,
  { steps, losses }: Repair,
  { place, mayLose }: { readonly place: string; readonly mayLose: boolean },
): Promise<{ readonly copy: string | undefined; readonly left: readonly Difference[] }> {
  if (losses.length > 0 && !mayLose)
    throw new OffstageError('data_loss', {
      detail: `Would be lost: ${losses.join(', ')}. Nothing was changed.`,
      hint: 'Declare a field for it to keep it, or: offstage migrate repair --apply --allow-destructive',
    })
  const copy =
    losses.length > 0 ? await copyFile(session, place, `repair-${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}`) : undefined
  await execute(session, steps, {
    run: (operation) => backfill(session, operation, { tables: blueprint, steps: {}, save: async () => {} }),
  })
  const left = driftOf(tables.expected(blueprint), await tables.introspect()).filter(({ harmless }) => !harmless)
  return { copy, left }
}

/**
 * Records that the tables are those of the last of `wanted`, whatever has run; what is under way of it counts as done by hand. Throws
 * `tables_differ` with every difference if they are not.
 */
export async function baseline(
  session: Session,
  tables: Tables,
  chain: readonly Runnable[],
  wanted: readonly Runnable[],
  place: string,
): Promise<void> {
  const head = wanted.at(-1)!
  const { applied, unfinished, unknown } = await readState(session, chain)
  if (unfinished && unknown.includes(unfinished))
    throw new OffstageError('tables_differ', {
      detail: `${unfinished.id} is under way, and this folder has it not.`,
      hint: 'Take the migrations folder of the version that has it; or, if it has done nothing yet: offstage migrate repair',
    })
  const drift = driftOf(tables.expected(head.after), await tables.introspect()).filter(({ harmless }) => !harmless)
  if (drift.length > 0)
    throw new OffstageError('tables_differ', {
      detail: `The tables of ${place} are not those of ${head.id}; nothing was recorded.\n${drift.map(({ says }) => `- ${says}`).join('\n')}`,
      hint: 'Put the tables right first, or name an earlier migration: offstage migrate baseline --at <id>',
    })
  await prepareJournal(session)
  await prepareRecord(session)
  // Of one that comes later nothing is to be seen in the tables.
  if (unfinished && !wanted.some(({ id }) => id === unfinished.id)) await forget(session, unfinished.id)
  for (const migration of wanted) if (!applied.has(migration.id)) await recordAdopted(session, migration, {})
  await recordBlueprint(session, head.after)
}
