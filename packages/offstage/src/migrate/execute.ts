// Runs steps on a database, so that it can be told after every statement how far they are. What a transaction can hold is recorded in
// that transaction; what none can hold is recorded right after it, and found done if the process ended between the two.

import { OffstageError } from '../base/errors.ts'
import { messageOf } from '../base/realms.ts'
import type { RunOperation, Session, SqlStep, Step } from '../store/operations.ts'
import { errorCodes } from './error-codes.ts'
import { patiently } from './patience.ts'

export interface ExecuteOptions {
  /** How many steps are done already, of a run that was interrupted. Default 0. */
  readonly from?: number
  /** Told that the first `done` steps are done: in the transaction of the last of them where it has one, else right after it. */
  readonly reached?: (done: number) => Promise<void>
  /** Does what code does to rows; a session without one refuses such steps. */
  readonly run?: (operation: RunOperation) => Promise<void>
  /** Told when a step begins (`milliseconds` undefined) and when it has ended. */
  readonly told?: (step: Step, at: number, milliseconds?: number) => void
}

/** Who waits for a lock makes everybody wait who comes after: better to step back and try again. */
const lockSeconds = 3

/** Throws `migration_failed`, which names the step; the steps before its transaction stay done. */
export async function execute(session: Session, steps: readonly Step[], options: ExecuteOptions = {}): Promise<void> {
  const { from = 0, reached = async () => {} } = options
  const resumed = options.from !== undefined
  await setTimes(session)
  for (let at = rewound(steps, from); at < steps.length;) {
    const step = steps[at]!
    if (step.kind === 'run') {
      await timed(step, at, options, () => runStep(step.run, options))
      await reached(++at)
      continue
    }
    const group = groupFrom(session, steps, at)
    if (group.length > 0) {
      await patiently(session, () => transactionOf(session, group, at, options, () => reached(at + group.length)))
      at += group.length
    } else {
      await patiently(session, () => timed(step, at, options, () => alone(session, step, resumed && at <= from)))
      await reached(++at)
    }
  }
}

async function runStep(operation: RunOperation, { run }: ExecuteOptions): Promise<void> {
  if (!run) throw new OffstageError('invalid_call', { detail: `The step ${operation.op} works on rows, and nothing was given to run it.` })
  await run(operation)
}

/** An index that was being built when the process ended is there, but of no use: the step before, which drops it, runs again. */
export function rewound(steps: readonly Step[], from: number): number {
  const [before, next] = [steps[from - 1], steps[from]]
  const removes = before?.kind === 'sql' && before.alone && before.repeatable && /^drop index/i.test(before.sql)
  return removes && next?.kind === 'sql' && next.alone && /^create (unique )?index/i.test(next.sql) ? from - 1 : from
}

// What goes over every row does not stand in one transaction with what locks the table: that lock would be held all the while.
const overRows = /\bvalidate constraint\b|^\s*(update|insert|delete)\b/i

/** The steps from here on that share a transaction; none when this one must have none. */
function groupFrom(session: Session, steps: readonly Step[], at: number): readonly SqlStep[] {
  if (session.dialect === 'mysql' || session.dialect === 'mariadb') return []
  const group: SqlStep[] = []
  for (const step of steps.slice(at)) {
    if (step.kind !== 'sql' || step.alone) break
    const large = session.dialect === 'postgres' && overRows.test(step.sql)
    if (large && group.length > 0) break
    group.push(step)
    if (large) break
  }
  return group
}

async function transactionOf(
  session: Session,
  group: readonly SqlStep[],
  at: number,
  options: ExecuteOptions,
  end: () => Promise<void>,
): Promise<void> {
  await session.transaction(
    async () => {
      for (const [index, step] of group.entries()) await timed(step, at + index, options, () => session.run(step.sql))
      await end()
    },
    { rebuild: group.some((step) => step.rebuild) },
  )
}

/** `again`: it may have been done before the process ended that did not live to record it. */
async function alone(session: Session, step: SqlStep, again: boolean): Promise<void> {
  try {
    // An index that is built beside the writers waits for them, and they do not wait for it.
    if (session.dialect === 'postgres') await session.run('set lock_timeout = 0')
    await session.run(step.sql)
  } catch (error) {
    if (again && step.repeatable && errorCodes(error).some((code) => doneAlready.has(code))) return
    throw error
  } finally {
    if (session.dialect === 'postgres') await session.run(`set lock_timeout = '${lockSeconds}s'`)
  }
}

/** The times that are right for requests are wrong here: a statement may take long, but may not wait long for a lock. */
async function setTimes(session: Session): Promise<void> {
  const settings = {
    sqlite: [],
    postgres: [`set lock_timeout = '${lockSeconds}s'`, 'set statement_timeout = 0'],
    mysql: [`set session lock_wait_timeout = ${lockSeconds}`, `set session innodb_lock_wait_timeout = ${lockSeconds}`],
    mariadb: [
      `set session lock_wait_timeout = ${lockSeconds}`,
      `set session innodb_lock_wait_timeout = ${lockSeconds}`,
      'set session max_statement_time = 0',
    ],
  }
  for (const setting of settings[session.dialect]) await session.run(setting)
}

/** What a database says to a step that it has seen before: it is there already, or gone already. */
const doneAlready: ReadonlySet<string | number> = new Set([
  // MySQL and MariaDB: table, column, key, constraint there.
  1050,
  1060,
  1061,
  1826,
  3822,
  121,
  // Table, column, key, constraint gone.
  1051,
  1054,
  1072,
  1091,
  1146,
  1176,
  3821,
  3940,
  // PostgreSQL: relation, column, object there; gone.
  '42P07',
  '42701',
  '42710',
  '42P01',
  '42703',
  '42704',
])

async function timed(step: Step, at: number, { told }: ExecuteOptions, run: () => Promise<unknown>): Promise<void> {
  told?.(step, at)
  const started = performance.now()
  try {
    await run()
  } catch (error) {
    throw failure(step, at, error)
  }
  told?.(step, at, Math.round(performance.now() - started))
}

function failure(step: Step, at: number, error: unknown): unknown {
  // A step that is code says best itself what is wrong with it.
  if (error instanceof OffstageError && error.code !== 'internal' && step.kind === 'run') return error
  const words = messageOf(error)
  const what = `Step ${at + 1}, "${step.says}",`
  if (step.kind === 'run')
    return new OffstageError('migration_failed', {
      detail: `${what} failed: ${words}`,
      hint: 'Correct it; it goes on after the last batch that was whole.',
      cause: error,
    })
  return new OffstageError('migration_failed', {
    detail: `${what} is refused by the database: ${words}\n  ${step.sql}`,
    hint: 'Correct what it complains of.',
    cause: error,
  })
}
