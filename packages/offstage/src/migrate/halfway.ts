// Where a migration ended that did not end well. The tables themselves tell which of its operations are done: its steps are those of one
// day and one database, and some of them make no sense without those that follow.

import { OffstageError } from '../base/errors.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { Operation, PhysicalTable, Session, Step, Tables } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { named, same } from './canonical.ts'
import { driftOf } from './drift.ts'
import { invert } from './invert.ts'
import { byTables, type Entry } from './journal.ts'
import { leftoversOf, repairOf } from './repair.ts'
import { rendererFor } from './renderer.ts'
import type { Runnable } from './runnable.ts'
import { says } from './says.ts'

export interface Halfway {
  /** So many of the operations are done. */
  readonly done: number
  /** The tables as those operations make them; what they lack of it, or have beside it, is put right first. */
  readonly now: Blueprint
}

/** A way from there to either end. */
export interface WayOut {
  readonly from: Blueprint
  readonly operations: readonly Operation[]
  readonly steps: readonly Step[]
  /** Values that no operation is about, and that go when the tables are put right. */
  readonly losses: readonly string[]
}

export function halfwayOf(tables: Tables, migration: Runnable, entry: Entry, actual: readonly PhysicalTable[]): Halfway {
  const { before, operations } = migration
  let best: (Halfway & { readonly differences: number }) | undefined
  for (let done = 0; done <= operations.length; done++) {
    const now = applyOperations(before, operations.slice(0, done))
    const differences = driftOf(tables.expected(now), actual).length
    // Where two are as near, what changes rows alone lies between them, or a limit that rows do not fit: the former is known to be done.
    const isNearer = !best || differences < best.differences
    const isAsNear = best !== undefined && differences === best.differences && hasRun(migration, entry, operations[done - 1]!)
    if (isNearer || isAsNear) best = { done, now, differences }
  }
  return best!
}

/** Whether this operation, which changes rows alone, is known to be done. */
function hasRun({ up }: Runnable, { direction, step, cursor }: Entry, operation: Operation): boolean {
  if (direction === 'down' || cursor === byTables) return false
  const at = stepOf(up, operation)
  return at >= 0 && at < step
}

/** The last step of an operation that changes rows alone; -1 for any other. */
function stepOf(steps: readonly Step[], operation: Operation): number {
  if (operation.op === 'sql') {
    const own = new Set(Object.values(operation.up).flat())
    return steps.findLastIndex((step) => step.kind === 'sql' && own.has(step.sql))
  }
  return steps.findLastIndex((step) => step.kind === 'run' && same(step.run, operation))
}

/**
 * Back to the tables before the migration. Throws `data_loss` with the reasons if what it has done to rows cannot be told any more.
 * `mayLose`: rows that a step of code has changed stay so.
 */
export async function wayBack(session: Session, tables: Tables, migration: Runnable, entry: Entry, mayLose: boolean): Promise<WayOut> {
  const actual = await tables.introspect()
  const { done, now } = halfwayOf(tables, migration, entry, actual)
  const changed = changedRows(migration, entry, done)
  if (changed.length > 0 && !mayLose)
    throw noWayBack(migration.id, changed, 'To leave these rows as they are: offstage migrate down --allow-destructive')
  const trusted = mayLose || migration.irreversible.length === 0
  const { operations, irreversible } = invert(migration.before, migration.operations.slice(0, done), trusted)
  if (irreversible.length > 0) throw noWayBack(migration.id, irreversible)
  return wayOut(session, tables, migration, { from: now, operations, actual })
}

/** On to the tables after it, from where its way back ended. */
export async function wayForward(session: Session, tables: Tables, migration: Runnable, entry: Entry): Promise<WayOut> {
  const actual = await tables.introspect()
  const { done, now } = halfwayOf(tables, migration, entry, actual)
  return wayOut(session, tables, migration, { from: now, operations: migration.operations.slice(done), actual })
}

async function wayOut(
  session: Session,
  tables: Tables,
  { before, after }: Runnable,
  { from, operations, actual }: Pick<WayOut, 'from' | 'operations'> & { readonly actual: readonly PhysicalTable[] },
): Promise<WayOut> {
  const render = await rendererFor(session.dialect)
  const { steps, losses } = await repairOf(session, tables, from, actual)
  const leftovers = await leftoversOf(session, tables, [before, after, from])
  return { from, operations, losses, steps: [...leftovers, ...steps, ...render(from, operations)] }
}

const noWayBack = (id: string, reasons: readonly string[], other?: string): OffstageError =>
  new OffstageError('data_loss', {
    detail: `There is no way back from where ${id} stopped; nothing was changed.\n${reasons.map((reason) => `- ${reason}`).join('\n')}`,
    hint: `Correct what it complained of, rows or steps, and go on: offstage migrate up.${other === undefined ? '' : ` ${other}`}`,
  })

/** Why values of before may be others by now: what was done to rows is of operations that are not done as a whole, or of nobody knows what. */
function changedRows({ up, before, operations, irreversible }: Runnable, entry: Entry, done: number): readonly string[] {
  if (entry.direction === 'down') return []
  const isUnknown = entry.cursor === byTables
  const reasons = new Set<string>()
  for (const operation of operations.slice(done)) {
    const at = stepOf(up, operation)
    const isBegun = at >= 0 && (isUnknown || at < entry.step || (at === entry.step && entry.cursor !== undefined))
    const isTrusted = operation.op === 'fillShadow' || (operation.op === 'data' && irreversible.length === 0)
    if (isBegun && !isTrusted) reasons.add(`${says(operation)}: what it has changed is not known`)
  }
  for (const step of isUnknown ? [] : up.slice(0, entry.step)) {
    const [, table, column] = (step.kind === 'sql' && /^\s*update\s+["`](.+?)["`]\s+set\s+["`](.+?)["`]/i.exec(step.sql)) || []
    const isOld = table !== undefined && named(before.tables, table)?.columns.some(({ name }) => name === column)
    const isWhole = operations.slice(0, done).some((one) => one.op === 'alterColumn' && one.table === table && one.to.name === column)
    if (isOld && !isWhole) reasons.add(`values of ${table}.${column} were changed already`)
  }
  return [...reasons]
}
