// What a closure gets: reads and writes on the writer connection, good until the closure ends or its time is up.

import { OffstageError } from '../../base/errors.ts'
import type { Row } from '../../schema/kind.ts'
import type { Page, Query } from '../../query/tree.ts'
import type { Change, Transaction } from '../store.ts'
import type { Plans } from '../sql/reads.ts'
import type { Connection } from './connection.ts'
import { SqliteReads } from './reads.ts'
import { deleteRow, insertRow, updateRow } from './writes.ts'

// Statements run at once and their promises too: a long transaction lets the event loop turn this often.
const turnEvery = 20

export class SqliteTransaction extends SqliteReads implements Transaction {
  readonly #deadline: number
  readonly #timeout: number
  readonly #now: () => number
  #turned: number
  #depth = 0
  #ended = false
  /** Why it cannot be committed, if it cannot. */
  failure: OffstageError | undefined

  /** `timeout`: milliseconds from now on, as `now` counts them. */
  constructor(plans: Plans, connection: Connection, timeout: number, now: () => number) {
    super(plans, connection)
    this.#now = now
    this.#turned = now()
    this.#deadline = this.#turned + timeout
    this.#timeout = timeout
  }

  end(): void {
    this.#ended = true
  }

  /** Why nothing more can be done in it. Made when it is asked for: every transaction ends, and an error takes long to make. */
  get #over(): OffstageError | undefined {
    if (this.failure || !this.#ended) return this.failure
    return new OffstageError('invalid_call', { detail: 'This transaction has ended; await everything inside it before it returns.' })
  }

  expire(): OffstageError {
    return this.#fail(new OffstageError('timeout', { detail: `The transaction took over ${this.#timeout} ms and was rolled back.` }))
  }

  #fail(error: OffstageError): OffstageError {
    return (this.failure ??= error)
  }

  protected override ready(): Promise<void> | void {
    const over = this.#over
    if (over) throw over
    const now = this.#now()
    if (now > this.#deadline) throw this.expire()
    if (now - this.#turned < turnEvery) return
    return new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        this.#turned = this.#now()
        const ended = this.#over
        if (ended) reject(ended)
        else resolve()
      })
    })
  }

  /** The writer holds the whole database: every row read here is locked. */
  listLocked(query: Query): Promise<Page> {
    return this.list(query)
  }

  async insert(model: string, row: Row): Promise<void> {
    await this.#step(() => insertRow(this.connection, this.plans.models, model, row))
  }

  update(model: string, id: string, changes: Readonly<Record<string, Change>>): Promise<number> {
    return this.#step(() => updateRow(this.connection, this.plans.models, model, id, changes))
  }

  delete(model: string, id: string): Promise<number> {
    return this.#step(() => deleteRow(this.connection, this.plans.models, model, id))
  }

  async #step<T>(run: () => T): Promise<T> {
    const wait = this.ready()
    if (wait) await wait
    try {
      return run()
    } catch (error) {
      // A full disk or a failing one ends the outer transaction, and with it all members of the group.
      if (!this.connection.db.isTransaction)
        throw this.#fail(
          new OffstageError('unavailable', { detail: 'The database lost the transaction; nothing was changed.', cause: error }),
        )
      throw error
    }
  }

  async savepoint<T>(run: () => Promise<T>): Promise<T> {
    const level = ++this.#depth
    await this.#step(() => this.connection.run(`savepoint s${level}`, []))
    try {
      const value = await run()
      await this.#leave(level, `release s${level}`)
      return value
    } catch (error) {
      if (!this.#over) await this.#leave(level, `rollback to s${level}`, `release s${level}`)
      throw error
    }
  }

  // Savepoints nest: if an inner one is still open, ending this one would end that too.
  async #leave(level: number, ...statements: string[]): Promise<void> {
    if (this.#depth !== level) {
      throw this.#fail(
        new OffstageError('invalid_call', { detail: 'Two nested transactions ran at once; await one before the next begins.' }),
      )
    }
    await this.#step(() => statements.forEach((sql) => this.connection.run(sql, [])))
    this.#depth = level - 1
  }
}
