// One migration, run up or down, from its beginning or from where it stopped. What has done nothing is not under way: a first step that
// is refused leaves the journal as it was. Before that, rows that would make it fail are looked for, and named.

import { rmSync } from 'node:fs'
import { OffstageError } from '../base/errors.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { Operation, RunOperation, Step } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { backfill } from './backfill.ts'
import type { DataSteps } from './define-data.ts'
import { execute } from './execute.ts'
import { wayBack, wayForward, type WayOut } from './halfway.ts'
import { byTables, forget, isByTables, recordEnd, recordStep, writeEntry, type Entry } from './journal.ts'
import { copyFile, lossesOf } from './losses.ts'
import { valuesNotCopied, violationsOf } from './violations.ts'
import { recordBlueprint } from './recorded.ts'
import type { Runnable } from './runnable.ts'
import type { Run } from './run.ts'
import { afterFailure } from './after-failure.ts'

export const newEntry = ({ id, checksum, consents, breaks }: Runnable, direction: 'up' | 'down', started: string): Entry => ({
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

const timeOf = ({ options }: Run): string => (options.now?.() ?? new Date()).toISOString()

export async function runUp(run: Run): Promise<void> {
  const { session, tables, migration, unfinished, options } = run
  const { id, before, after, operations, up: steps } = migration
  // What is wrong with the code is found before the first statement.
  const data = steps.some((step) => step.kind === 'run' && step.run.op === 'data') ? await migration.data() : {}
  const end = async (): Promise<void> => {
    await recordBlueprint(session, after)
    await recordEnd(session, id, timeOf(run))
  }
  if (unfinished && isByTables(unfinished, 'up')) {
    const way = await wayForward(session, tables, migration, unfinished)
    return goOut(run, way, 'up', data, end)
  }
  let copy: string | undefined
  if (!unfinished) {
    await refuseViolations(run, before, operations, steps)
    const begun = await begin(run)
    copy = begun.copy
    await writeEntry(session, { ...newEntry(migration, 'up', timeOf(run)), note: begun.note })
  }
  options.told?.({ kind: 'begins', id, direction: 'up', ...(unfinished && { from: unfinished.step }) })
  try {
    await runSteps(run, { from: before, operations, steps }, data, end)
  } catch (error) {
    throw await afterFailure(run, 'up', error, async () => {
      await forget(session, id)
      if (copy !== undefined) rmSync(copy, { force: true })
    })
  }
  options.told?.({ kind: 'ended', id, direction: 'up' })
}

async function refuseViolations(
  { session, tables, migration, options }: Run,
  from: Blueprint,
  operations: readonly Operation[],
  steps: readonly Step[],
): Promise<void> {
  const violations = [
    ...(await valuesNotCopied(session, tables, from, steps)),
    ...(await violationsOf(session, from, operations, options.isPublic ?? (() => false))),
  ]
  if (violations.length === 0) return
  throw new OffstageError('migration_failed', {
    detail: `${migration.id} was not begun: it would fail, or lose what nobody agreed to.\n${violations.map(({ what, write }) => `- ${what}; ${write}.`).join('\n')}`,
    hint: 'Nothing was changed, and nothing is under way. When the rows are right: offstage migrate up',
  })
}

/** What will be lost is agreed to, counted and copied. The note is for the journal. */
async function begin({ session, migration, options: { place, told } }: Run): Promise<{ note: string; copy?: string | undefined }> {
  const { id, loses, consents, before, operations } = migration
  if (loses && consents.length === 0) {
    throw new OffstageError('data_loss', {
      detail: `${id} loses data, and nobody has agreed to that in its migration.json; nothing was changed.`,
      hint: 'offstage migrate make --allow-destructive "why" writes the consent into the migration.',
    })
  }
  const losses = await lossesOf(session, before, operations)
  if (losses.length === 0) return { note: '' }
  const copy = await copyFile(session, place, id)
  const says = losses.map((loss) => loss.says)
  told?.({ kind: 'loses', id, says, copy })
  return { note: `lost ${says.join(', ')}${copy === undefined ? '' : `; copied to ${copy}`}`, copy }
}

export async function runDown(run: Run): Promise<void> {
  const { session, tables, migration, unfinished, options } = run
  const { id, before, after, back, down: steps = [] } = migration
  const end = async (): Promise<void> => {
    await recordBlueprint(session, before)
    await forget(session, id)
  }
  if (unfinished && isByTables(unfinished, 'down')) {
    const way = await wayBack(session, tables, migration, unfinished, options.mayLose === true)
    await refuseLoss(run, way.from, way.operations, migration.operations, way.losses)
    return goOut(run, way, 'down', {}, end)
  }
  if (!unfinished) {
    await refuseLoss(run, after, back, migration.operations)
    await refuseViolations(run, after, back, steps)
    await writeEntry(session, newEntry(migration, 'down', timeOf(run)))
  }
  options.told?.({ kind: 'begins', id, direction: 'down', ...(unfinished && { from: unfinished.step }) })
  try {
    await runSteps(run, { from: after, operations: back, steps }, {}, end)
  } catch (error) {
    throw await afterFailure(run, 'down', error, () => {
      const at = timeOf(run)
      return writeEntry(session, {
        ...newEntry(migration, 'up', at),
        finished: at,
        step: migration.up.length,
        note: 'its way back was refused',
      })
    })
  }
  options.told?.({ kind: 'ended', id, direction: 'down' })
}

/** What the migration has added may hold by now what nobody wants to lose. */
async function refuseLoss(
  { session, migration: { id }, options }: Run,
  from: Blueprint,
  back: readonly Operation[],
  operations: readonly Operation[],
  more: readonly string[] = [],
): Promise<void> {
  const says = [...(await lossesOf(session, from, back, operations)).map((loss) => loss.says), ...more]
  if (says.length === 0) return
  if (!options.mayLose)
    throw new OffstageError('data_loss', {
      detail: `On the way back from ${id} would be lost: ${says.join(', ')}.`,
      hint: 'Go forward with another migration, or: offstage migrate down --allow-destructive',
    })
  options.told?.({ kind: 'loses', id, says, copy: await copyFile(session, options.place, `down-${id}`) })
}

/** From where it stopped to either end. How far that is, the tables tell again if it stops once more. */
async function goOut(run: Run, way: WayOut, direction: 'up' | 'down', data: DataSteps, end: () => Promise<void>): Promise<void> {
  const { session, migration, unfinished, options } = run
  const entry: Entry = { ...unfinished!, direction, step: 0, cursor: byTables }
  await writeEntry(session, entry)
  options.told?.({ kind: 'begins', id: migration.id, direction, from: unfinished!.step })
  try {
    await runSteps({ ...run, unfinished: undefined }, way, data, end, async () => {})
  } catch (error) {
    throw await afterFailure(run, direction, error)
  }
  options.told?.({ kind: 'ended', id: migration.id, direction })
}

/** The way that is gone: the tables that it starts from, and what changes them. */
type Way = Pick<WayOut, 'from' | 'operations' | 'steps'>

async function runSteps(
  { session, migration: { id }, unfinished, options: { told, now } }: Run,
  way: Way,
  data: DataSteps,
  end: () => Promise<void>,
  record: typeof recordStep = recordStep,
): Promise<void> {
  const { steps } = way
  const from = unfinished?.step ?? 0
  let done = from
  let cursor = unfinished?.cursor
  await execute(session, steps, {
    ...(unfinished && { from }),
    async reached(at) {
      done = at
      cursor = undefined
      if (at < steps.length) return record(session, id, at)
      await end()
    },
    run: (operation) =>
      backfill(session, operation, {
        tables: tablesAt(way, operation),
        steps: data,
        cursor,
        save: (to) => record(session, id, done, to),
        ...(told && { told: (rows) => told({ kind: 'rows', id, rows }) }),
        ...(now && { now }),
      }),
    told: (step: Step, at, milliseconds) => told?.({ kind: 'step', id, at, of: steps.length, step, milliseconds }),
  })
  // Nothing to do, as in a merge; or the process ended right before this.
  if (done === from) await end()
}

/** The tables as they are when a step of code runs: after the operations that stand before its own. */
function tablesAt({ from, operations }: Way, wanted: RunOperation): Blueprint {
  const text = JSON.stringify(wanted)
  const at = operations.findIndex((operation) => JSON.stringify(operation) === text)
  return applyOperations(from, at < 0 ? operations : operations.slice(0, at))
}
