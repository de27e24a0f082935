// What a database knows of its migrations: which it has, which one is under way and how far, who agreed to what it lost.
// Written in the transaction of the steps that it tells of, wherever the database has transactions for them.

import type { Session } from '../store/operations.ts'
import { hasTable, makeOwnTable } from './own-tables.ts'

export interface Entry {
  readonly id: string
  /** Of what was run: a folder that was changed afterwards is told by it. */
  readonly checksum: string
  readonly direction: 'up' | 'down'
  readonly started: string
  /** Absent: it is under way, or was when the process ended. */
  readonly finished: string | undefined
  /** How many of its steps are done. */
  readonly step: number
  /** How far the next step is, if it is one of code. */
  readonly cursor: string | undefined
  /** The agreements of its file to lose data. */
  readonly consents: readonly unknown[]
  /** What nodes of the version before would fail on, a sentence each: none, and they may go on beside it. */
  readonly breaks: readonly string[]
  /** For people: `adopted`, rows that were lost, the copy that was made. */
  readonly note: string
}

const name = 'offstage_migrations'

/** In the place of a cursor: how far the migration is stands in no number of steps; the tables tell. */
export const byTables = 'by the tables'

export const prepareJournal = (session: Session): Promise<void> =>
  makeOwnTable(session, name, {
    id: 'id',
    checksum: 'text',
    direction: 'text',
    started: 'text',
    finished: 'text?',
    step: 'whole',
    row_cursor: 'text?',
    consents: 'text',
    breaks: 'text',
    note: 'text',
  })

/** Whether the tables, and not the number of its steps, tell how far it is for who goes on in that direction. */
export const isByTables = ({ direction, cursor }: Entry, wanted: Entry['direction']): boolean => direction !== wanted || cursor === byTables

/** In the order of their ids, which begin with their time. */
export async function readJournal(session: Session): Promise<readonly Entry[]> {
  if (!(await hasTable(session, name))) return []
  const rows = await session.all(`select * from ${name} order by id`)
  return rows.map((row) => ({
    id: String(row['id']),
    checksum: String(row['checksum']),
    direction: row['direction'] as Entry['direction'],
    started: String(row['started']),
    finished: row['finished'] === null ? undefined : String(row['finished']),
    step: Number(row['step']),
    cursor: row['row_cursor'] === null ? undefined : String(row['row_cursor']),
    consents: JSON.parse(String(row['consents'])) as unknown[],
    breaks: JSON.parse(String(row['breaks'])) as string[],
    note: String(row['note']),
  }))
}

/** Replaces what is known of the migration. */
export async function writeEntry(session: Session, entry: Entry): Promise<void> {
  await session.transaction(async () => {
    await session.run(`delete from ${name} where id = ?`, [entry.id])
    await session.run(
      `insert into ${name} (id, checksum, direction, started, finished, step, row_cursor, consents, breaks, note) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        entry.id,
        entry.checksum,
        entry.direction,
        entry.started,
        entry.finished ?? null,
        entry.step,
        entry.cursor ?? null,
        JSON.stringify(entry.consents),
        JSON.stringify(entry.breaks),
        entry.note,
      ],
    )
  })
}

/** The steps before `step` are done; a cursor tells how far that one is. */
export async function recordStep(session: Session, id: string, step: number, cursor?: string): Promise<void> {
  await session.run(`update ${name} set step = ?, row_cursor = ? where id = ?`, [step, cursor ?? null, id])
}

export async function recordEnd(session: Session, id: string, finished: string): Promise<void> {
  await session.run(`update ${name} set finished = ?, row_cursor = null where id = ?`, [finished, id])
}

export async function forget(session: Session, id: string): Promise<void> {
  await session.run(`delete from ${name} where id = ?`, [id])
}
