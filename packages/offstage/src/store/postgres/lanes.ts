// Single statements that change nothing, over a few connections on which many are under way at once. Answers come in order, so a slow
// statement holds up those behind it: nothing is sent after one that takes long.

import { gone, refuseGone } from '../gone.ts'
import type { SqlRow, SqlValue } from '../sql/dialect.ts'
import type { Asker } from '../store.ts'
import type { Connection } from './connection.ts'
import type { Door } from './door.ts'
import { busy } from '../server/door.ts'
import { GivenUp, isCancelled, isLost, isStale, unavailable } from './errors.ts'
import { Waiting } from '../server/waiting.ts'

const mostLanes = 4
const mostPending = 16
/** Milliseconds after which a statement counts as slow. */
const slow = 50
/** How often a statement is asked anew because of its neighbours. */
const moves = 3

export class Lanes {
  readonly #door: Door
  #lanes: Connection[] = []
  #opening: Promise<void> | undefined
  readonly #waiting = new Waiting<Connection>('The database is busy; try again.')

  constructor(door: Door) {
    this.#door = door
  }

  get size(): number {
    return this.#lanes.length
  }

  /** At least one connection: whether the server is there, and is one for us. */
  async start(): Promise<void> {
    this.#lanes.push(await this.#door.open('read'))
  }

  /** `asker`: ended when there is nobody any more who waits for it. */
  async rows(sql: string, values: readonly SqlValue[], asker?: Asker): Promise<SqlRow[]> {
    if (this.#door.closed) throw busy('The database is closed.')
    for (let attempt = 0; ; attempt++) {
      const started = performance.now()
      try {
        return await this.#once(sql, values, asker)
      } catch (error) {
        // It changes nothing, so it can be asked again: over another connection, prepared anew, or after being taken for its neighbour.
        if (error instanceof GivenUp && asker?.aborted) throw gone(error)
        if (error instanceof GivenUp && attempt < moves) continue
        const { statementTimeout } = this.#door.settings
        const again = attempt === 0 && performance.now() - started < statementTimeout
        if (!again || !(isLost(error) || isStale(error) || isCancelled(error))) throw unavailable(error)
      }
    }
  }

  async #once(sql: string, values: readonly SqlValue[], asker: Asker | undefined): Promise<SqlRow[]> {
    refuseGone(asker)
    const free = this.#free()
    const connection = free ?? (await this.#waiting.wait())
    try {
      refuseGone(asker)
      const answer = connection.all(sql, values, asker)
      // Only now is it known how much more this connection may be given.
      if (!free) this.#serve()
      return await answer
    } finally {
      this.#serve()
    }
  }

  /** The least busy, if it may be given more. */
  #free(): Connection | undefined {
    this.#lanes = this.#lanes.filter(({ lost }) => !lost)
    let best: Connection | undefined
    for (const lane of this.#lanes) {
      if (lane.tainted) this.#drain(lane)
      else if (lane.pending < mostPending && lane.busyFor < slow && (!best || lane.pending < best.pending)) best = lane
    }
    if ((!best || best.pending > 0) && this.#lanes.length < mostLanes) this.#opening ??= this.#open()
    return best
  }

  /** A lane in which something was cancelled is not used again: the cancellation may come late. */
  #drain(lane: Connection): void {
    this.#lanes = this.#lanes.filter((one) => one !== lane)
    lane.end().catch(() => {})
  }

  async #open(): Promise<void> {
    try {
      const connection = await this.#door.open('read')
      if (this.#door.closed) return void connection.end()
      this.#lanes.push(connection)
      this.#opening = undefined
      this.#serve()
    } catch (error) {
      this.#opening = undefined
      if (this.#lanes.every(({ lost }) => lost)) this.#waiting.rejectAll(error)
    }
  }

  #serve(): void {
    if (this.#waiting.size === 0) return
    const free = this.#free()
    if (free) this.#waiting.next()!.resolve(free)
  }

  async close(): Promise<void> {
    await this.#opening
    this.#waiting.rejectAll(busy('The database is closed.'))
    await Promise.allSettled(this.#lanes.splice(0).map((lane) => lane.end()))
  }
}
