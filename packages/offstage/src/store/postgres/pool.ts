// Connections that are lent to one transaction at a time.

import type { Connection } from './connection.ts'
import type { Door } from './door.ts'
import { Waiting } from '../server/waiting.ts'

const idleTime = 60_000

export class Pool {
  readonly #door: Door
  readonly #idle: { readonly connection: Connection; readonly since: number }[] = []
  readonly #waiting = new Waiting<Connection>('All connections to the database are in use; try again.')
  /** Lent, idle or being opened. */
  #size = 0
  readonly #sweep: NodeJS.Timeout

  constructor(door: Door) {
    this.#door = door
    this.#sweep = setInterval(() => this.#retire(), idleTime / 2).unref()
  }

  get size(): number {
    return this.#size
  }

  /** `urgent`: before all who wait. */
  async acquire(urgent = false): Promise<Connection> {
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      if (!last.connection.lost) return last.connection
      this.#size--
    }
    if (this.#size >= this.#door.settings.pool) return this.#waiting.wait(urgent)
    return this.#open()
  }

  async #open(): Promise<Connection> {
    this.#size++
    try {
      return await this.#door.open('write')
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
    if (!connection.lost && !connection.tainted && connection.pending === 0 && !this.#door.closed) {
      if (waiter) waiter.resolve(connection)
      else this.#idle.push({ connection, since: performance.now() })
      return
    }
    connection.destroy()
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
