// Connections that are lent to one user at a time. Nobody waits long for one: it is better to be told to come back.

import { busy, type Use } from '../server/door.ts'
import { Waiting } from '../server/waiting.ts'
import type { Connection } from './connection.ts'
import type { Door } from './door.ts'

const idleTime = 60_000

export class Pool {
  readonly #door: Door
  readonly #use: Use
  readonly #most: number
  readonly #idle: { readonly connection: Connection; readonly since: number }[] = []
  readonly #waiting = new Waiting<Connection>('All connections to the database are in use; try again.')
  /** Lent, idle or being opened. */
  #size = 0
  readonly #sweep: NodeJS.Timeout

  constructor(door: Door, use: Use, most: number) {
    this.#door = door
    this.#use = use
    this.#most = most
    this.#sweep = setInterval(() => this.#retire(), idleTime / 2).unref()
  }

  get size(): number {
    return this.#size
  }

  /** `urgent`: before all who wait. */
  async acquire(urgent = false): Promise<Connection> {
    if (this.#door.closed) throw busy('The database is closed.')
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      if (!last.connection.lost) return last.connection
      this.#size--
    }
    return this.#size < this.#most ? this.#open() : this.#waiting.wait(urgent)
  }

  async #open(): Promise<Connection> {
    this.#size++
    try {
      return await this.#door.open(this.#use)
    } catch (error) {
      this.#size--
      // Those who wait have nobody else to be woken by.
      if (this.#size === 0) this.#waiting.rejectAll(error)
      throw error
    }
  }

  /** Gives it back. One that is broken, or on which anything is under way, is not lent again. */
  release(connection: Connection): void {
    const waiter = this.#waiting.next()
    if (!connection.lost && connection.pending === 0 && !this.#door.closed) {
      if (waiter) waiter.resolve(connection)
      else this.#idle.push({ connection, since: performance.now() })
      return
    }
    if (this.#door.closed && !connection.lost) connection.end().catch(() => {})
    else connection.destroy()
    this.#size--
    if (waiter) this.#open().then(waiter.resolve, waiter.reject)
  }

  #retire(): void {
    const [oldest] = this.#idle
    if (!oldest || performance.now() - oldest.since < idleTime) return
    this.#idle.shift()
    this.#size--
    oldest.connection.end().catch(() => {})
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep)
    await Promise.allSettled(this.#idle.splice(0).map(({ connection }) => connection.end()))
  }
}
