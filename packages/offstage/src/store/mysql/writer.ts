// Transactions: each on a connection of its own, serializable. Those that meet are run again from their start until their time is up.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Plans } from '../sql/reads.ts'
import type { Transaction, TransactionOptions } from '../store.ts'
import type { Connection } from './connection.ts'
import { busy } from '../server/door.ts'
import { isConflict, unavailable } from './errors.ts'
import type { Pool } from './pool.ts'
import type { Refusals } from './refusals.ts'
import { MysqlTransaction, type Terms } from './transaction.ts'

const defaultTimeout = 2_000

type Run<T> = (tx: Transaction) => Promise<T>
/** Undefined: it is to be run again. */
type Outcome<T> = { readonly value: T } | undefined

export class Writer {
  readonly #pool: Pool
  readonly #plans: Plans
  readonly #refusals: Refusals
  readonly #active = new Set<Promise<unknown>>()
  #turn: Promise<void> | undefined
  #closing = false

  constructor(pool: Pool, plans: Plans, refusals: Refusals) {
    this.#pool = pool
    this.#plans = plans
    this.#refusals = refusals
  }

  transaction<T>(run: Run<T>, { timeout = defaultTimeout }: TransactionOptions = {}): Promise<T> {
    if (this.#closing) return Promise.reject(busy('The database is being closed.'))
    const result = this.#attempts(run, timeout)
    this.#active.add(result)
    const done = (): unknown => this.#active.delete(result)
    result.then(done, done)
    return result
  }

  /** Waits for what was begun. */
  async close(): Promise<void> {
    this.#closing = true
    await Promise.allSettled(this.#active)
  }

  async #attempts<T>(run: Run<T>, timeout: number): Promise<T> {
    let deadline: number | undefined
    let leave: (() => undefined) | undefined
    try {
      for (let attempt = 0; ; attempt++) {
        // Whose time has begun goes before those whose has not.
        const connection = await this.#connection(attempt > 0)
        deadline ??= performance.now() + timeout
        const terms = { plans: this.#plans, refusals: this.#refusals, connection, deadline, timeout }
        const outcome = await this.#once(run, terms, attempt === 0)
        if (outcome) return outcome.value
        if (leave) {
          // Those who met even so must not come back together; and a turn is not for waiting.
          leave = leave()
          await sleep(Math.random() * Math.min(2 ** attempt, 20))
        } else leave = await this.#takeTurn(deadline)
        if (performance.now() > deadline) throw busy('The transaction met others again and again; try again.')
      }
    } finally {
      leave?.()
    }
  }

  async #connection(urgent: boolean): Promise<Connection> {
    try {
      return await this.#pool.acquire(urgent)
    } catch (error) {
      throw unavailable(error)
    }
  }

  /** One at a time of those that have met others, in this process: against each other they would go on meeting. */
  async #takeTurn(deadline: number): Promise<(() => undefined) | undefined> {
    while (this.#turn) {
      if (performance.now() > deadline) return undefined
      await this.#turn
    }
    let leave!: () => undefined
    this.#turn = new Promise((resolve) => {
      leave = () => {
        this.#turn = undefined
        resolve()
        return undefined
      }
    })
    return leave
  }

  /** `first`: the connection may have been ended while it lay idle. */
  async #once<T>(run: Run<T>, terms: Terms, first: boolean): Promise<Outcome<T>> {
    const { connection } = terms
    const tx = new MysqlTransaction(terms)
    let committed = false
    try {
      const value = await limited(run, tx, terms)
      tx.end()
      // Code that swallowed the failure of its own transaction must not commit the rest.
      if (tx.failure) throw tx.failure
      if (tx.again) return undefined
      committed = !tx.begun || (await commit(connection))
      return committed ? { value } : undefined
    } catch (error) {
      tx.end()
      if (tx.lost && first) return undefined
      if (tx.failure) throw tx.failure
      if (tx.again) return undefined
      throw error
    } finally {
      await this.#giveBack(connection, tx.begun && !committed)
    }
  }

  /** Never with anything of the transaction left on it. */
  async #giveBack(connection: Connection, open: boolean): Promise<void> {
    // What is still under way would have to be waited for.
    if (connection.pending > 0) connection.kill()
    else if (open && !connection.lost) await connection.exec('rollback').catch(() => connection.destroy())
    this.#pool.release(connection)
  }
}

async function limited<T>(run: Run<T>, tx: MysqlTransaction, { deadline }: Terms): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tx.expire()), Math.max(0, deadline - performance.now()))
  })
  try {
    return await Promise.race([run(tx), late])
  } finally {
    clearTimeout(timer)
  }
}

/** False when it met another one. */
async function commit(connection: Connection): Promise<boolean> {
  try {
    await connection.exec('commit')
    return true
  } catch (error) {
    if (isConflict(error)) return false
    throw unavailable(error)
  }
}
