// After a step was refused: what is left half built is cleared away, what has done nothing is no longer under way, and the error says which
// rows it was about and what there is to do.

import { OffstageError } from '../base/errors.ts'
import type { Step } from '../store/operations.ts'
import { execute, rewound } from './execute.ts'
import { halfwayOf } from './halfway.ts'
import { readJournal, type Entry } from './journal.ts'
import { leftoversOf } from './repair.ts'
import { violationsOf } from './violations.ts'
import type { Run } from './run.ts'

/** `undo` makes the journal what it was before. The error to throw: the one given, if the database does not answer any more. */
export async function afterFailure(run: Run, direction: 'up' | 'down', error: unknown, undo?: () => Promise<void>): Promise<unknown> {
  try {
    return await cleanUp(run, direction, error, undo)
  } catch {
    // The database has gone, or the process is about to: what it was about is more than this.
    return error
  }
}

async function cleanUp(run: Run, direction: 'up' | 'down', error: unknown, undo: (() => Promise<void>) | undefined): Promise<unknown> {
  const { session, tables, migration } = run
  const entry = (await readJournal(session)).find(({ id }) => id === migration.id)
  if (!entry || entry.finished !== undefined) return error
  await execute(session, await leftoversOf(session, tables, [migration.before, migration.after]))
  const steps = direction === 'up' ? migration.up : (migration.down ?? [])
  const undone = undo !== undefined && isUndone(run, entry, steps)
  if (undone) await undo()
  const names = direction === 'up' ? await namedRows(run, entry) : ''
  if (!(error instanceof OffstageError)) return error
  const back = direction === 'up' ? 'down' : 'up'
  const rest = undone
    ? `Nothing was done, and nothing is under way. When it is right: offstage migrate ${direction}`
    : `When it is right, offstage migrate ${direction} goes on there; offstage migrate ${back} goes back to where it began.`
  const { code, detail, hint, place, cause } = error
  return new OffstageError(code, { detail: `${detail}${names}`, hint: `${hint === undefined ? '' : `${hint} `}${rest}`, place, cause })
}

/** A statement that was refused has done nothing by itself. One that may have run before, in a process that did not live to record it, may have. */
function isUndone({ session, unfinished }: Run, { step, cursor }: Entry, steps: readonly Step[]): boolean {
  const isWhole = session.dialect === 'sqlite' || session.dialect === 'postgres'
  return cursor === undefined && rewound(steps, step) === 0 && (isWhole || unfinished === undefined)
}

/** The rows that stand in the way of what is left. */
async function namedRows({ session, tables, migration, options }: Run, entry: Entry): Promise<string> {
  const { done, now } = halfwayOf(tables, migration, entry, await tables.introspect())
  const found = await violationsOf(session, now, migration.operations.slice(done), options.isPublic ?? (() => false))
  return found.map(({ what, write }) => `\n- ${what}; ${write}.`).join('')
}
