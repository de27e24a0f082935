// One connection to a SQLite file: its settings, its prepared statements, our functions in it, its errors in our words.

import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { OffstageError } from '../../base/errors.ts'
import { isError } from '../../base/realms.ts'
import type { Json } from '../../schema/kind.ts'
import { normaliseEmail, normaliseSearch } from '../../schema/normalise.ts'
import { bucketOf } from '../../query/buckets.ts'
import { tooManyRows } from '../../query/evaluate.ts'
import { maxAnswerRows } from '../../query/limits.ts'
import { jsonTest } from '../../query/evaluate-filter.ts'
import type { BucketUnit } from '../../query/tree.ts'
import { Recent } from '../recent.ts'
import type { SqlRow, SqlValue } from '../sql/dialect.ts'

export interface ConnectionOptions {
  readonly file: string
  readonly readOnly: boolean
  /** `off` only for databases that need not survive the process: tests. */
  readonly synchronous: 'full' | 'off'
}

const preparedPerConnection = 250
/** Milliseconds for a statement that can grow out of all proportion, as for a transaction: while it runs, nothing else in the process does. */
const statementTime = 2_000

export class Connection {
  readonly db: DatabaseSync
  readonly #prepared = new Recent<string, StatementSync>(preparedPerConnection)
  #deadline = Infinity
  #steps = 0
  #rows = 0

  constructor({ file, readOnly, synchronous }: ConnectionOptions) {
    this.db = new DatabaseSync(file, { readOnly, enableForeignKeyConstraints: true, enableDoubleQuotedStringLiterals: false })
    if (!readOnly) this.db.exec('pragma journal_mode = wal')
    // For other processes. This one has a single writer, whose waiting the queue does without blocking the event loop.
    this.db.exec(`pragma busy_timeout = 5000; pragma synchronous = ${synchronous}; pragma trusted_schema = off`)
    // 64 MB at most, filled as needed; SQLite's own 2 MB would read most pages anew. Mapping the file does not pay: every commit
    // makes the reader map it again.
    this.db.exec('pragma cache_size = -65536')
    define(
      this.db,
      () => this.#step(),
      (list) => this.#row(list),
    )
  }

  prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql)
    if (known) return known
    const statement = this.db.prepare(sql)
    statement.setReturnArrays(true)
    this.#prepared.set(sql, statement)
    return statement
  }

  /** Asked from within statements, which SQLite cannot be told to stop from outside while they hold the only thread. */
  #step(): 1 {
    if ((++this.#steps & 255) === 0 && performance.now() > this.#deadline) {
      throw new OffstageError('timeout', {
        detail: 'This question takes too long to answer. Ask through fewer lists, for fewer rows, or with a narrower filter.',
      })
    }
    return 1
  }

  /** Counts the rows of lists as they are made: an answer that will be refused for its size must not be put together first. */
  #row(list: string): 1 {
    if (++this.#rows > 2 * maxAnswerRows) throw tooManyRows(list)
    return 1
  }

  all(sql: string, values: readonly SqlValue[]): SqlRow[] {
    this.#deadline = performance.now() + statementTime
    this.#rows = 0
    return this.prepare(sql).all(...(values as SQLInputValue[])) as unknown as SqlRow[]
  }

  run(sql: string, values: readonly SqlValue[]): number {
    return Number(this.prepare(sql).run(...(values as SQLInputValue[])).changes)
  }

  exec(sql: string): void {
    this.db.exec(sql)
  }

  close(): void {
    this.#prepared.clear()
    this.db.close()
  }
}

/** Meaning that SQL has no words for, or other words: the same code as in memory. Used in statements only, never in the schema. */
function define(db: DatabaseSync, step: () => 1, row: (list: string) => 1): void {
  // Not deterministic, so that it is called for every row.
  db.function('offstage_step', { directOnly: true }, step)
  db.function('offstage_row', { directOnly: true }, (list) => row(String(list)))
  const pure = { deterministic: true, directOnly: true }
  db.function('offstage_email', pure, (text) => (text === null ? null : normaliseEmail(String(text))))
  db.function('offstage_search', pure, (text) => (text === null ? null : normaliseSearch(String(text))))
  db.function('offstage_bucket', pure, (text, unit, zone) =>
    text === null ? null : bucketOf(String(text), unit as BucketUnit, String(zone)),
  )
  db.function('offstage_json', pure, (text, test) => {
    if (text === null) return 0
    step()
    const [path, op, value] = JSON.parse(String(test)) as [string[], 'equals' | 'exists' | 'contains', Json]
    return jsonTest(JSON.parse(String(text)) as Json, path, op, value) ? 1 : 0
  })
}

/** A new file is for this user alone, and those that SQLite makes beside it take after it. One that is there keeps the rights it has. */
export function keepPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch {
    // SQLite says better what is wrong with the place.
  }
}

/** SQLite's result code; undefined for what is no error of SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  return isError(error) && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
}

const primary = (error: unknown): number => (sqliteCode(error) ?? 0) & 0xff

/** Another connection holds the lock. */
export const isBusy = (error: unknown): boolean => primary(error) === 5 || primary(error) === 6

/** Failures of the machine, not of the statement: the disk is full or failing, memory is short, the file is locked or read-only. */
export function unavailable(error: unknown): unknown {
  if (isError(error) && 'code' in error && error.code === 'ERR_INVALID_STATE')
    return new OffstageError('unavailable', { detail: 'The database is closed.', cause: error })
  const machine = [5, 6, 7, 8, 10, 13, 14, 15]
  if (!machine.includes(primary(error))) return error
  return new OffstageError('unavailable', { detail: 'The database cannot do this now; try again.', cause: error })
}
