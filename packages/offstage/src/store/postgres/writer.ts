// Transactions: each on a connection of its own, serializable. Those that meet are run again from their start until their time is up.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Plans } from '../sql/reads.ts'
import type { Transaction, TransactionOptions } from '../store.ts'
import type { Connection } from './connection.ts'
import type { Door } from './door.ts'
import { busy } from '../server/door.ts'
import { unavailable } from './errors.ts'
import { Pool } from './pool.ts'
import type { Refusals } from './refusals.ts'
import { PostgresTransaction, within, type Again, type Terms } from './transaction.ts'

const defaultTimeout = 2_000
const rollbackTime = 1_000

type Run<T> = (tx: Transaction) => Promise<T>
type Outcome<T> = { readonly value: T } | { readonly again: Again }

export class Writer {
  readonly #door: Door
  readonly #plans: Plans
  readonly #refusals: Refusals
  readonly pool: Pool
  readonly #active = new Set<Promise<unknown>>()
  #turn: Promise<void> | undefined
  #closing = false

  constructor(door: Door, plans: Plans, refusals: Refusals) {
    this.#door = door
    this.#plans = plans
    this.#refusals = refusals
    this.pool = new Pool(door)
  }

  transaction<T>(run: Run<T>, { timeout = defaultTimeout }: TransactionOptions = {}): Promise<T> {
    if (this.#door.closed || this.#closing) return Promise.reject(busy('The database is being closed.'))
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
    await this.pool.close()
  }

  async #attempts<T>(run: Run<T>, timeout: number): Promise<T> {
    let deadline = Infinity
    let leave: (() => undefined) | undefined
    let careful = false
    let lost = false
    try {
      for (let attempt = 0; ; attempt++) {
        const connection = await this.#connection(attempt > 0)
        if (attempt === 0) deadline = performance.now() + timeout
        const outcome: Outcome<T> = await this.#once(run, this.#terms(connection, deadline, timeout, careful))
        if ('value' in outcome) return outcome.value
        if (outcome.again === 'lost') {
          // Once may have been an old connection; twice, and the server is away.
          if (lost) throw busy('The database cannot be reached now; try again.')
          lost = true
        } else if (outcome.again === 'careful') careful = true
        else if (outcome.again === 'conflict' && !leave) leave = await this.#takeTurn(deadline)
        else {
          // Those who wait for the same must not come back together; and a turn is not for waiting.
          leave = leave?.()
          await sleep(Math.random() * Math.min(2 ** attempt, 20))
        }
        if (performance.now() > deadline) throw busy('The transaction met others again and again; try again.')
      }
    } finally {
      leave?.()
    }
  }

  #terms(connection: Connection, deadline: number, timeout: number, careful: boolean): Terms {
    const { prepare } = this.#door.settings
    return { plans: this.#plans, refusals: this.#refusals, connection, deadline, timeout, guarded: prepare, careful }
  }

  async #connection(urgent: boolean): Promise<Connection> {
    try {
      return await this.pool.acquire(urgent)
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

  async #once<T>(run: Run<T>, terms: Terms): Promise<Outcome<T>> {
    const { connection } = terms
    const tx = new PostgresTransaction(terms)
    try {
      const value = await limited(run, tx, terms)
      tx.end(true)
      // Code that swallowed the failure of its own transaction must not commit the rest.
      if (tx.failure) throw tx.failure
      if (tx.again) return { again: tx.again }
      return (await tx.commit()) ? { value } : { again: 'conflict' }
    } catch (error) {
      tx.end(false)
      if (tx.failure) throw tx.failure
      if (tx.again) return { again: tx.again }
      throw error
    } finally {
      await this.#giveBack(connection, tx)
    }
  }

  /** Never with anything of the transaction left on it. */
  async #giveBack(connection: Connection, tx: PostgresTransaction): Promise<void> {
    // A statement that takes too long would have to be waited for: the server is told to give it up, and the connection goes.
    if (tx.expired && connection.pending > 0) connection.cancel()
    else if (tx.open && !connection.lost) await within(connection, rollbackTime, 'rollback').catch(() => connection.destroy())
    this.pool.release(connection)
  }
}

async function limited<T>(run: Run<T>, tx: PostgresTransaction, { deadline }: Terms): Promise<T> {
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
