// Takes a database along the chain of its migrations, up or down. One process at a time, and so that it may end at any statement:
// whoever comes next finds in the database how far it was, and goes on from there, or back.

import { OffstageError } from '../base/errors.ts'
import type { Session, Tables } from '../store/operations.ts'
import { prepareJournal, writeEntry, type Entry } from './journal.ts'
import { slug } from './migration.ts'
import { prepareRecord } from './recorded.ts'
import type { RunnerOptions } from './run.ts'
import type { Runnable } from './runnable.ts'
import { newEntry, runDown, runUp } from './run-one.ts'
import { adoptable, readState, refuseState, type State } from './state.ts'

const lockedWith = <T>(tables: Tables, { wait }: RunnerOptions, run: (session: Session) => Promise<T>): Promise<T> =>
  tables.locked(run, wait === undefined ? {} : { wait })

/** Up to the head, or to `to`. The ids of those that were run or adopted. */
export function up(tables: Tables, folder: readonly Runnable[], options: RunnerOptions): Promise<readonly string[]> {
  return lockedWith(tables, options, async (session) => {
    let state = await readState(session, folder)
    const chain = unfolded(folder, state)
    state = await readState(session, chain)
    refuseState(state)
    const wanted = until(chain, options.to)
    await prepareJournal(session)
    await prepareRecord(session)
    const done = await adopt(session, tables, chain, state, options)
    if (done.length > 0) state = await readState(session, chain)
    for (const migration of wanted) {
      if (state.applied.has(migration.id)) continue
      await runUp({ session, tables, migration, unfinished: unfinishedOf(migration, state), options })
      done.push(migration.id)
    }
    return done
  })
}

const unfinishedOf = ({ id }: Runnable, { unfinished }: State): Entry | undefined => (unfinished?.id === id ? unfinished : undefined)

/** A database that is half-way to a baseline goes on along the migrations that it stands for. */
function unfolded(chain: readonly Runnable[], { pending, entries }: State): readonly Runnable[] {
  const halved = pending.find(({ replaces }) => replaces.some((id) => entries.has(id)))
  if (!halved || halved.earlier.length < halved.replaces.length) return chain
  return chain.flatMap((one) => (one === halved ? halved.earlier : one))
}

/**
 * Back by one migration, or to where `to` is the last; one that is under way counts as one. Refuses where values would be lost, before
 * anything is changed.
 */
export function down(tables: Tables, chain: readonly Runnable[], options: RunnerOptions): Promise<readonly string[]> {
  return lockedWith(tables, options, async (session) => {
    const state = await readState(session, chain)
    refuseState(state)
    const there = chain.filter((one) => state.applied.has(one.id) || unfinishedOf(one, state))
    const keep = options.to === undefined ? there.length - 1 : until(there, options.to).length
    const undone = there.slice(Math.max(keep, 0)).toReversed()
    refuseIrreversible(undone.filter((one) => !unfinishedOf(one, state)))
    if (undone.length > 0) await prepareRecord(session)
    for (const migration of undone) await runDown({ session, tables, migration, unfinished: unfinishedOf(migration, state), options })
    return undone.map(({ id }) => id)
  })
}

/** The migrations up to the one that is meant: by its id, the time that the id begins with, or the name that it was made with. */
export function until(chain: readonly Runnable[], to: string | undefined): readonly Runnable[] {
  if (to === undefined) return chain
  return chain.slice(0, chain.indexOf(meant(chain, to)) + 1)
}

/** What is said exactly goes before what is only a part: `total` is not `add_total` where both are there. */
function meant(chain: readonly Runnable[], to: string): Runnable {
  const name = slug(to)
  const readings: ((id: string) => boolean)[] = [
    (id) => id === to,
    (id) => id.replace(/^\d+_/, '') === name,
    (id) => id.startsWith(`${to}_`),
    (id) => id.endsWith(`_${name}`),
  ]
  for (const reading of readings) {
    const found = chain.filter(({ id }) => reading(id))
    if (found.length === 1) return found[0]!
    if (found.length > 1)
      throw new OffstageError('invalid_call', {
        detail: `${found.length} migrations can be meant by ${to}: ${found.map(({ id }) => id).join(', ')}.`,
        hint: 'Give the id of one, or the time that it begins with.',
      })
  }
  throw new OffstageError('invalid_call', {
    detail: `No migration can be meant by ${to}; there are: ${chain.map(({ id }) => id).join(', ') || 'none'}.`,
  })
}

function refuseIrreversible(migrations: readonly Runnable[]): void {
  const reasons = migrations
    .filter(({ down: steps }) => steps === undefined)
    .map(({ id, irreversible }) => `- ${id}: ${irreversible.join('; ') || 'it has no SQL for the way back'}`)
  if (reasons.length === 0) return
  throw new OffstageError('data_loss', {
    detail: `There is no way back; nothing was changed.\n${reasons.join('\n')}`,
    hint: 'Write a migration that goes forward to what you want: offstage migrate make. What is lost is in a backup only.',
  })
}

/** A database that Offstage made without migrations, while there were none, is where its tables are the same. */
async function adopt(
  session: Session,
  tables: Tables,
  chain: readonly Runnable[],
  state: State,
  options: RunnerOptions,
): Promise<string[]> {
  const here = adoptable(chain, state, tables, await tables.introspect())
  for (const migration of here) {
    await recordAdopted(session, migration, options)
    options.told?.({ kind: 'adopted', id: migration.id })
  }
  return here.map(({ id }) => id)
}

/** The migration counts as done from now on, and none of its statements is run. */
export async function recordAdopted(
  session: Session,
  migration: Runnable,
  { now = () => new Date() }: Pick<RunnerOptions, 'now'>,
): Promise<void> {
  const at = now().toISOString()
  await writeEntry(session, { ...newEntry(migration, 'up', at), finished: at, step: migration.up.length, note: 'adopted' })
}
