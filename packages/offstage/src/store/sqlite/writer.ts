// The one writer, and group commit. Transactions that wait together share one BEGIN and one COMMIT, hence one flush to disk. They
// run strictly one after another, each in a savepoint of its own: savepoints nest, so running two at once could undo a neighbour.
// None is acknowledged, nor refused, before the shared COMMIT is on disk; if that is lost, all of them are.

import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { OffstageError } from '../../base/errors.ts'
import type { Transaction, TransactionOptions } from '../store.ts'
import type { Plans } from '../sql/reads.ts'
import { isBusy, type Connection } from './connection.ts'
import { SqliteTransaction } from './transaction.ts'

export interface WriterOptions {
  /** Whether commits reach the disk; then it pays to wait a turn of the event loop for others to join. */
  readonly durable: boolean
  /** Told of transactions that hold the writer for over 100 ms. */
  readonly warn: ((message: string) => void) | undefined
  /** Milliseconds that pass, from any beginning. Default: as `performance.now()` counts. */
  readonly now?: () => number
}

interface Member {
  readonly run: (tx: Transaction) => Promise<unknown>
  readonly timeout: number
  readonly resolve: (value: any) => void
  readonly reject: (error: unknown) => void
}

const defaultTimeout = 2_000
const slow = 100
const maxMembers = 128
// The first of a group waits for the last: a group ends when it has taken this long.
const maxGroupTime = 20
const busyDeadline = 5_000

export class Writer {
  readonly #plans: Plans
  readonly #connection: Connection
  readonly #options: WriterOptions
  readonly #now: () => number
  #queue: Member[] = []
  #working: Promise<void> | undefined
  #closed = false
  /** How many wait to be alone: they would wait for ever if groups came one after another. */
  #waiting = 0

  constructor(plans: Plans, connection: Connection, options: WriterOptions) {
    this.#plans = plans
    this.#connection = connection
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    // Waiting for another process inside SQLite would stop this process's event loop: `begin` waits outside.
    connection.exec('pragma busy_timeout = 0')
  }

  transaction<T>(run: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.#closed) return Promise.reject(new OffstageError('unavailable', { detail: 'The database is being closed.' }))
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ run, timeout: options.timeout ?? defaultTimeout, resolve, reject })
      this.#working ??= this.#work()
    })
  }

  /** Runs alone, between groups, outside of any transaction; transactions wait until it is done. */
  async alone<T>(run: () => T | Promise<T>): Promise<T> {
    this.#waiting++
    while (this.#working) await this.#working
    this.#waiting--
    const done = (async () => run())()
    this.#working = done.then(
      () => this.#resume(),
      () => this.#resume(),
    )
    return done
  }

  #resume(): void {
    this.#working = this.#queue.length > 0 ? this.#work() : undefined
  }

  /** Waits for what is queued. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#working || this.#waiting > 0 || this.#queue.length > 0) await (this.#working ?? turn())
  }

  async #work(): Promise<void> {
    do await this.#group()
    while (this.#queue.length > 0 && this.#waiting === 0)
    this.#working = undefined
  }

  async #group(): Promise<void> {
    const members: Member[] = []
    const settle: (() => void)[] = []
    try {
      await whenFree(() => this.#connection.run('begin immediate', []))
      const started = this.#now()
      while (await this.#more(members.length, started)) {
        const member = this.#queue.shift()!
        members.push(member)
        settle.push(await this.#run(member))
      }
      this.#connection.run('commit', [])
    } catch (cause) {
      this.#abandon()
      // When not even BEGIN worked, those who wait would not fare better.
      const failed = members.length > 0 ? members : this.#queue.splice(0)
      const error = new OffstageError('unavailable', { detail: 'The database could not commit; nothing was changed. Try again.', cause })
      for (const member of failed) member.reject(error)
      return
    }
    for (const tell of settle) tell()
  }

  async #more(members: number, started: number): Promise<boolean> {
    if (members >= maxMembers || (members > 0 && this.#now() - started > maxGroupTime)) return false
    // Requests that have arrived but were not read yet get into this group instead of waiting for a flush of their own.
    if (this.#queue.length === 0 && this.#options.durable) await turn()
    return this.#queue.length > 0
  }

  /** Runs one member; gives what to tell it once the group is committed. Throws when the whole group is lost. */
  async #run(member: Member): Promise<() => void> {
    const connection = this.#connection
    connection.run('savepoint member', [])
    const started = this.#now()
    const tx = new SqliteTransaction(this.#plans, connection, member.timeout, this.#now)
    try {
      const value = await this.#limited(member, tx)
      tx.end()
      connection.run('release member', [])
      return () => member.resolve(value)
    } catch (error) {
      tx.end()
      if (!connection.db.isTransaction) throw error
      connection.exec('rollback to member; release member')
      return () => member.reject(tx.failure ?? error)
    } finally {
      const took = this.#now() - started
      if (took > slow)
        this.#options.warn?.(
          `A transaction held the database's one writer for ${Math.round(took)} ms; others waited. Await nothing remote inside a transaction.`,
        )
    }
  }

  async #limited(member: Member, tx: SqliteTransaction): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(tx.expire()), member.timeout)
    })
    try {
      const value = await Promise.race([member.run(tx), late])
      // Code that swallowed the failure of its own transaction must not commit the rest.
      if (tx.failure) throw tx.failure
      return value
    } finally {
      clearTimeout(timer)
    }
  }

  #abandon(): void {
    try {
      if (this.#connection.db.isTransaction) this.#connection.exec('rollback')
    } catch {
      // SQLite has rolled back by itself; what matters is the error that led here.
    }
  }
}

/** Busy means another process: waited for without holding up the event loop. */
export async function whenFree<T>(run: () => T): Promise<T> {
  const deadline = performance.now() + busyDeadline
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    try {
      return run()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      await sleep(pause)
    }
  }
}
