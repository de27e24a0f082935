// What code does to the rows of a table, batch after batch. How far it is stands in the database, written with each batch: who goes on
// after a crash begins where the last whole batch ended. Batches are short, so that nobody who writes beside them waits long.

import { setTimeout as sleep } from 'node:timers/promises'
import { OffstageError } from '../base/errors.ts'
import type { Json } from '../schema/kind.ts'
import { normaliseEmail, normaliseSearch } from '../schema/normalise.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { RunOperation, Session } from '../store/operations.ts'
import { patiently } from './patience.ts'
import type { DataStep, DataSteps } from './define-data.ts'
import { TableRows, type Values, type Where } from './table-rows.ts'

export interface Backfill {
  /** The tables as they are when the step runs. */
  readonly tables: Blueprint
  readonly steps: DataSteps
  readonly cursor?: string | undefined
  /** Called in the transaction of the batch. */
  readonly save: (cursor: string) => Promise<void>
  /** Rows gone through so far. */
  readonly told?: (rows: number) => void
  /** The time, by which the size of the batches follows how long they take. Default: the real one. */
  readonly now?: () => Date
}

interface Position {
  readonly after?: Json
  /** Rows that this round took out of `where`. */
  readonly taken: number
  readonly seen: number
  /** How often the whole table has been gone over. */
  readonly rounds: number
}

const mostRounds = 10

/** A batch holds its rows for about so long; half a second would be felt by who writes them. */
const wantedTime = 150

export async function backfill(session: Session, operation: RunOperation, options: Backfill): Promise<void> {
  const step = stepOf(operation, options.steps)
  const rows = new TableRows(session, options.tables, step.table)
  const most = step.batch ?? 1_000
  const now = (): number => (options.now?.() ?? new Date()).getTime()
  let size = Math.min(most, 200)
  let at: Position = options.cursor === undefined ? { taken: 0, seen: 0, rounds: 0 } : (JSON.parse(options.cursor) as Position)
  for (;;) {
    const started = now()
    const next = await patiently(session, () => session.transaction(() => batch(session, rows, step, at, size, options)))
    if (next === undefined) return
    at = next
    options.told?.(at.seen)
    // At least one: a clock that is set back meanwhile says less.
    const took = Math.max(1, now() - started)
    size = Math.max(1, Math.min(most, Math.round(size * Math.min(2, wantedTime / took))))
    // Who waited for these rows, or for the one writer, gets a turn.
    await sleep(Math.min(took / 2, 100))
  }
}

function stepOf(operation: RunOperation, steps: DataSteps): DataStep {
  switch (operation.op) {
    case 'data':
      return named(steps, operation.step)
    case 'fillShadow':
      return shadowStep(operation)
    case 'renameChoice': {
      const { table, column, from, to } = operation
      return { table, columns: [], where: { [column]: from }, batch: 5_000, run: (rows) => rows.map(() => ({ [column]: to })) }
    }
  }
}

function named(steps: DataSteps, name: string): DataStep {
  if (Object.hasOwn(steps, name)) return steps[name]!
  throw new OffstageError('invalid_call', {
    detail: `The migration has a data step ${name}, and its data.ts has ${Object.keys(steps).join(', ') || 'none'}.`,
    hint: `export const steps = dataSteps({ ${name}: { table: '...', run: (rows) => rows.map((row) => ({ ... })) } })`,
  })
}

function shadowStep({ table, column }: RunOperation & { op: 'fillShadow' }): DataStep {
  const { of, use } = column.shadow!
  const normalise = use === 'email' ? normaliseEmail : normaliseSearch
  return {
    table,
    columns: [of],
    run: (rows) => rows.map((row) => ({ [column.name]: row[of] === null ? null : normalise(String(row[of])) })),
  }
}

/** Undefined when all is done. */
async function batch(
  session: Session,
  rows: TableRows,
  step: DataStep,
  at: Position,
  size: number,
  options: Backfill,
): Promise<Position | undefined> {
  const { columns = rows.columns, where } = step
  // So many rows of the table, whether `where` holds for them or not: a batch is short even where it holds for few.
  const upTo = await rows.keyAfter(at.after, size)
  const found = await rows.select({
    columns,
    ...(where && { where }),
    ...(at.after !== undefined && { after: at.after }),
    ...(upTo !== undefined && { upTo }),
    locked: true,
  })
  const changes = found.length === 0 ? [] : await changesOf(session, step, found, options.tables)
  const changed = found.flatMap((row, index) => {
    const change = changes[index]
    return change === undefined || change === null ? [] : [{ ...change, [rows.key]: row[rows.key]! }]
  })
  await rows.update(changed)
  const taken = at.taken + changed.filter((change) => takesOut(where, change)).length
  const seen = at.seen + found.length
  const isOver = upTo === undefined && (taken === 0 || at.rounds >= mostRounds)
  const next: Position =
    upTo !== undefined ? { ...at, after: upTo, taken, seen } : { taken: 0, seen, rounds: isOver ? at.rounds : at.rounds + 1 }
  await options.save(JSON.stringify(next))
  return isOver ? undefined : next
}

function takesOut(where: Where = {}, change: Values): boolean {
  return Object.entries(where).some(([column, wanted]) => {
    const value = change[column]
    const matches = (one: Json): boolean => value === one || (one !== null && String(value) === String(one))
    return value !== undefined && !(Array.isArray(wanted) ? wanted.some(matches) : matches(wanted as Json))
  })
}

async function changesOf(
  session: Session,
  step: DataStep,
  rows: readonly Values[],
  tables: Blueprint,
): Promise<readonly (Values | undefined)[]> {
  const changes = await step.run(rows, {
    read: (table, columns, where) => new TableRows(session, tables, table).select({ columns, ...(where && { where }) }),
    insert: (table, added) => new TableRows(session, tables, table).insert(added),
  })
  if (Array.isArray(changes) && changes.length === rows.length) return changes
  throw new OffstageError('invalid_call', {
    detail: `A data step over ${step.table} got ${rows.length} rows and gave ${Array.isArray(changes) ? `${changes.length} changes` : 'no list'}.`,
    hint: 'Give one change for each row, undefined for none: run: (rows) => rows.map((row) => ({ total: ... }))',
  })
}
