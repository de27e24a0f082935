// Where a database stands on the chain of migrations that the app's folder has.

import { OffstageError } from '../base/errors.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { PhysicalTable, Session, Tables } from '../store/operations.ts'
import { canonical, same } from './canonical.ts'
import { driftOf, isTolerable } from './drift.ts'
import { readJournal, type Entry } from './journal.ts'
import { recordedBlueprint } from './recorded.ts'
import type { Runnable } from './runnable.ts'

export interface State {
  readonly entries: ReadonlyMap<string, Entry>
  /** Those of the folder that the database has. */
  readonly applied: ReadonlySet<string>
  /** Those of the folder that it has not, in their order. */
  readonly pending: readonly Runnable[]
  readonly unfinished: Entry | undefined
  /** Those of the database that the folder has not. */
  readonly unknown: readonly Entry[]
  /** Those whose SQL is another than what was run. */
  readonly changed: readonly string[]
  /** What its tables were made from. */
  readonly recorded: Blueprint | undefined
}

export async function readState(session: Session, chain: readonly Runnable[]): Promise<State> {
  const entries = new Map((await readJournal(session)).map((entry) => [entry.id, entry]))
  const recorded = await recordedBlueprint(session)
  const finished = (id: string): boolean => entries.get(id)?.finished !== undefined
  const replaced = new Set(chain.flatMap(({ replaces }) => replaces))
  const applied = new Set(
    // A baseline stands for those it replaces: the last of them follows all others.
    chain.filter(({ id, replaces }) => finished(id) || (replaces.length > 0 && finished(replaces.at(-1)!))).map(({ id }) => id),
  )
  const known = new Map(chain.map((migration) => [migration.id, migration]))
  return {
    entries,
    applied,
    pending: chain.filter(({ id }) => !applied.has(id)),
    unfinished: [...entries.values()].find((entry) => entry.finished === undefined),
    unknown: [...entries.values()].filter(({ id }) => !known.has(id) && !replaced.has(id)),
    changed: [...entries.values()]
      .filter((entry) => known.has(entry.id) && known.get(entry.id)!.checksum !== entry.checksum)
      .map(({ id }) => id),
    recorded,
  }
}

/** It was begun, and none of its steps is known to be done. */
export const hasDoneNothing = ({ step, cursor }: Entry): boolean => step === 0 && cursor === undefined

export const describeEntry = (entry: Entry): string => (entry.finished === undefined ? `${entry.id}, which did not end` : entry.id)

/** What leads out of a migration that is under way. */
export const nextCommands = ({ direction }: Entry): string =>
  direction === 'up'
    ? 'offstage migrate up goes on with it; offstage migrate down goes back to where it began.'
    : 'offstage migrate down goes on back; offstage migrate up goes forward again.'

/** What no migration may be run on, up or down. */
export function refuseState({ unknown, changed, pending, entries }: State): void {
  if (unknown.length > 0) {
    const begun = unknown.find(({ finished }) => finished === undefined)
    throw new OffstageError('tables_differ', {
      detail: `The database has migrations that this folder has not: ${unknown.map(describeEntry).join('; ')}.`,
      hint: `A newer version of the app has migrated it: take its migrations folder.${
        begun ? ` There ${nextCommands(begun)} If it has done nothing yet, offstage migrate repair forgets it here.` : ''
      } If a folder was given another name: offstage migrate repair`,
    })
  }
  if (changed.length > 0) {
    throw new OffstageError('tables_differ', {
      detail: `The SQL of ${changed.join(', ')} is another than what was run on this database.`,
      hint: 'Put the files back as they were; or, where the change is of no consequence: offstage migrate repair',
    })
  }
  const halved = pending.find(({ replaces }) => replaces.some((id) => entries.has(id)))
  if (halved) {
    throw new OffstageError('tables_differ', {
      detail: `${halved.id} stands for ${halved.replaces.length} migrations, of which the database has only some.`,
      hint: 'Take back the folders of those that it stands for, or take the version of the app before it, and run the others: offstage migrate up',
    })
  }
}

/**
 * Migrations whose work is done though none is recorded: the tables followed the models, and are those that the last of these gives.
 * A database that is where its last migration left it has no such, though a pending one may change nothing but rows.
 */
export function adoptable(
  chain: readonly Runnable[],
  { applied, pending, recorded, unfinished }: State,
  tables: Tables,
  actual: readonly PhysicalTable[],
): readonly Runnable[] {
  const here = chain.findLast(({ id }) => applied.has(id))?.after ?? { tables: [] }
  if (recorded === undefined || unfinished || equal(here, recorded)) return []
  const at = pending.findIndex(({ after }) => equal(after, recorded))
  return at >= 0 && fits(recorded, tables, actual) ? pending.slice(0, at + 1) : []
}

export const equal = (a: Blueprint, b: Blueprint): boolean => same(canonical(a), canonical(b))

export const fits = (blueprint: Blueprint, tables: Tables, actual: readonly PhysicalTable[]): boolean =>
  driftOf(tables.expected(blueprint), actual).every(isTolerable)
