// Takes a database along the chain of its migrations, up or down. One process at a time, and so that it may end at any statement:
// whoever comes next finds in the database how far it was, and goes on from there.

import { OffstageError } from '../base/errors.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { Operation, RunOperation, Session, Step, Tables } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { backfill } from './backfill.ts'
import type { DataSteps } from './define-data.ts'
import { execute } from './execute.ts'
import { forget, prepareJournal, recordEnd, recordStep, writeEntry, type Entry } from './journal.ts'
import { copyFile, lossesOf } from './losses.ts'
import { prepareRecord, recordBlueprint } from './recorded.ts'
import { adoptable, readState, refuseState, type State } from './state.ts'

/** A migration, as one database needs it. */
export interface Runnable {
  readonly id: string
  /** Of its SQL for this database. */
  readonly checksum: string
  readonly before: Blueprint
  readonly after: Blueprint
  readonly operations: readonly Operation[]
  readonly up: readonly Step[]
  /** Absent: there is no way back, for these reasons. */
  readonly down: readonly Step[] | undefined
  readonly irreversible: readonly string[]
  /** The operations of the way back. */
  readonly back: readonly Operation[]
  /** Whether values may be lost by it, and who agreed to that. */
  readonly loses: boolean
  readonly consents: readonly unknown[]
  /** What nodes of the version before would fail on. */
  readonly breaks: readonly string[]
  /** Migrations that this one stands for. */
  readonly replaces: readonly string[]
  /** Those of them whose folders are still there, for databases that are half-way along them. */
  readonly earlier: readonly Runnable[]
  /** The steps of its `data.ts`. */
  readonly data: () => Promise<DataSteps>
}

export interface RunnerOptions {
  /** The place of the database: a copy of a file is made beside it. */
  readonly place: string
  /** Go no further than this one. */
  readonly to?: string | undefined
  readonly now?: () => Date
  /** On the way back: what was put into new tables and columns since may be lost. */
  readonly mayLose?: boolean
  /** How long to wait for another process that migrates. Default: as the database has it. */
  readonly wait?: number
  readonly told?: (news: News) => void
}

export type News =
  | { readonly kind: 'begins'; readonly id: string; readonly direction: 'up' | 'down'; readonly from?: number }
  | { readonly kind: 'adopted'; readonly id: string }
  | { readonly kind: 'loses'; readonly id: string; readonly says: readonly string[]; readonly copy?: string | undefined }
  | {
      readonly kind: 'step'
      readonly id: string
      readonly at: number
      readonly of: number
      readonly step: Step
      readonly milliseconds?: number | undefined
    }
  | { readonly kind: 'rows'; readonly id: string; readonly rows: number }
  | { readonly kind: 'ended'; readonly id: string; readonly direction: 'up' | 'down' }

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
    refuseUnfinished(state, 'up')
    await prepareJournal(session)
    await prepareRecord(session)
    const done = await adopt(session, tables, chain, state, options)
    if (done.length > 0) state = await readState(session, chain)
    for (const migration of wanted) {
      if (state.applied.has(migration.id)) continue
      await runUp(session, migration, state.unfinished, options)
      done.push(migration.id)
    }
    return done
  })
}

/** A database that is half-way to a baseline goes on along the migrations that it stands for. */
function unfolded(chain: readonly Runnable[], { pending, entries }: State): readonly Runnable[] {
  const halved = pending.find(({ replaces }) => replaces.some((id) => entries.has(id)))
  if (!halved || halved.earlier.length < halved.replaces.length) return chain
  return chain.flatMap((one) => (one === halved ? halved.earlier : one))
}

/** Back by one migration, or to where `to` is the last. Refuses where values would be lost, before anything is changed. */
export function down(tables: Tables, chain: readonly Runnable[], options: RunnerOptions): Promise<readonly string[]> {
  return lockedWith(tables, options, async (session) => {
    const state = await readState(session, chain)
    refuseState(state)
    refuseUnfinished(state, 'down')
    const going = state.unfinished?.direction === 'down' ? [state.unfinished.id] : []
    const applied = chain.filter(({ id }) => state.applied.has(id) || going.includes(id))
    const keep = options.to === undefined ? applied.length - 1 : until(applied, options.to).length
    const undone = applied.slice(Math.max(keep, 0)).toReversed()
    refuseIrreversible(undone)
    if (undone.length > 0) await prepareRecord(session)
    for (const migration of undone) await runDown(session, migration, state.unfinished, options)
    return undone.map(({ id }) => id)
  })
}

/** The migrations up to the one that is meant. */
export function until(chain: readonly Runnable[], to: string | undefined): readonly Runnable[] {
  if (to === undefined) return chain
  // The time that an id begins with, or its name, is enough where only one has it.
  const found = chain.filter(({ id }) => id === to || id.startsWith(`${to}_`) || id.endsWith(`_${to}`))
  if (found.length === 1) return chain.slice(0, chain.indexOf(found[0]!) + 1)
  throw new OffstageError('invalid_call', {
    detail: `${found.length === 0 ? 'No migration' : `${found.length} migrations`} can be meant by ${to}; there are: ${chain.map(({ id }) => id).join(', ') || 'none'}.`,
  })
}

function refuseUnfinished({ unfinished }: State, wanted: 'up' | 'down'): void {
  if (!unfinished || unfinished.direction === wanted) return
  throw new OffstageError('migration_failed', {
    detail: `${unfinished.id} was interrupted on its way ${unfinished.direction}, after ${unfinished.step} steps.`,
    hint: `Let it end first: offstage migrate ${unfinished.direction}`,
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

const newEntry = ({ id, checksum, consents, breaks }: Runnable, direction: 'up' | 'down', started: string): Entry => ({
  id,
  checksum,
  direction,
  started,
  finished: undefined,
  step: 0,
  cursor: undefined,
  consents,
  breaks,
  note: '',
})

async function runUp(session: Session, migration: Runnable, unfinished: Entry | undefined, options: RunnerOptions): Promise<void> {
  const resumed = unfinished?.id === migration.id ? unfinished : undefined
  // What is wrong with the code is found before the first statement.
  const steps = migration.up.some((step) => step.kind === 'run' && step.run.op === 'data') ? await migration.data() : {}
  if (!resumed) {
    const note = await begin(session, migration, options)
    await writeEntry(session, { ...newEntry(migration, 'up', (options.now?.() ?? new Date()).toISOString()), note })
  }
  options.told?.({ kind: 'begins', id: migration.id, direction: 'up', ...(resumed && { from: resumed.step }) })
  const way = { id: migration.id, from: migration.before, operations: migration.operations, steps: migration.up }
  await runSteps(session, way, resumed, steps, options, async () => {
    await recordBlueprint(session, migration.after)
    await recordEnd(session, migration.id, (options.now?.() ?? new Date()).toISOString())
  })
  options.told?.({ kind: 'ended', id: migration.id, direction: 'up' })
}

/** What will be lost is agreed to, counted and copied. The note for the journal. */
async function begin(session: Session, migration: Runnable, { place, told }: RunnerOptions): Promise<string> {
  const { id, loses, consents, before, operations } = migration
  if (loses && consents.length === 0) {
    throw new OffstageError('data_loss', {
      detail: `${id} loses data, and nobody has agreed to that in its migration.json; nothing was changed.`,
      hint: 'offstage migrate make --allow-destructive "why" writes the consent into the migration.',
    })
  }
  const losses = await lossesOf(session, before, operations)
  if (losses.length === 0) return ''
  const copy = await copyFile(session, place, id)
  const says = losses.map((loss) => loss.says)
  told?.({ kind: 'loses', id, says, copy })
  return `lost ${says.join(', ')}${copy === undefined ? '' : `; copied to ${copy}`}`
}

async function runDown(session: Session, migration: Runnable, unfinished: Entry | undefined, options: RunnerOptions): Promise<void> {
  const resumed = unfinished?.id === migration.id ? unfinished : undefined
  if (!resumed) {
    await refuseLoss(session, migration, options)
    await writeEntry(session, newEntry(migration, 'down', (options.now?.() ?? new Date()).toISOString()))
  }
  options.told?.({ kind: 'begins', id: migration.id, direction: 'down', ...(resumed && { from: resumed.step }) })
  const way = { id: migration.id, from: migration.after, operations: migration.back, steps: migration.down! }
  await runSteps(session, way, resumed, {}, options, async () => {
    await recordBlueprint(session, migration.before)
    await forget(session, migration.id)
  })
  options.told?.({ kind: 'ended', id: migration.id, direction: 'down' })
}

/** What the migration has added may hold by now what nobody wants to lose. */
async function refuseLoss(session: Session, { id, after, back, operations }: Runnable, options: RunnerOptions): Promise<void> {
  const says = (await lossesOf(session, after, back, operations)).map((loss) => loss.says)
  if (says.length === 0) return
  if (!options.mayLose)
    throw new OffstageError('data_loss', {
      detail: `On the way back from ${id} would be lost: ${says.join(', ')}.`,
      hint: 'Go forward with another migration, or: offstage migrate down --allow-destructive',
    })
  options.told?.({ kind: 'loses', id, says, copy: await copyFile(session, options.place, `down-${id}`) })
}

/** The way that is gone: the tables that it starts from, and what changes them. */
interface Way {
  readonly id: string
  readonly from: Blueprint
  readonly operations: readonly Operation[]
  readonly steps: readonly Step[]
}

async function runSteps(
  session: Session,
  way: Way,
  resumed: Entry | undefined,
  data: DataSteps,
  { told }: RunnerOptions,
  end: () => Promise<void>,
): Promise<void> {
  const { id, steps } = way
  let done = resumed?.step ?? 0
  let cursor = resumed?.cursor
  await execute(session, steps, {
    ...(resumed && { from: done }),
    async reached(at) {
      done = at
      cursor = undefined
      if (at < steps.length) return recordStep(session, id, at)
      await end()
    },
    run: (operation) =>
      backfill(session, operation, {
        tables: tablesAt(way, operation),
        steps: data,
        cursor,
        save: (to) => recordStep(session, id, done, to),
        ...(told && { told: (rows) => told({ kind: 'rows', id, rows }) }),
      }),
    told: (step, at, milliseconds) => told?.({ kind: 'step', id, at, of: steps.length, step, milliseconds }),
  })
  // Nothing to do, as in a merge; or the process ended right before this.
  if (done === (resumed?.step ?? 0)) await end()
}

/** The tables as they are when a step of code runs: after the operations that stand before its own. */
function tablesAt({ from, operations }: Way, wanted: RunOperation): Blueprint {
  const text = JSON.stringify(wanted)
  const at = operations.findIndex((operation) => JSON.stringify(operation) === text)
  return applyOperations(from, at < 0 ? operations : operations.slice(0, at))
}
