// Reads from replicas, by turns. What a replica cannot answer, the primary does.

import { OffstageError } from '../../base/errors.ts'
import type { Row } from '../../schema/kind.ts'
import type { Aggregate, Filter, Page, Query } from '../../query/tree.ts'
import type { Plans } from '../sql/reads.ts'
import type { Asker, Reader, TextPage } from '../store.ts'
import { Door } from './door.ts'
import type { Driver } from './driver.ts'
import type { Settings } from './options.ts'
import { Pool } from './pool.ts'
import { MysqlReads } from './reads.ts'

/** Milliseconds between two warnings of one replica. */
const warnEvery = 60_000

interface Replica {
  readonly door: Door
  readonly pool: Pool
  readonly reads: MysqlReads
  warned: number
}

export class Behind implements Reader {
  readonly #replicas: readonly Replica[]
  readonly #primary: MysqlReads
  readonly #warn: ((message: string) => void) | undefined
  #turn = 0

  constructor(
    driver: Driver,
    plans: Plans,
    primary: MysqlReads,
    copies: readonly Settings[],
    warn: ((message: string) => void) | undefined,
  ) {
    this.#primary = primary
    this.#warn = warn
    this.#replicas = copies.map((settings) => {
      const door = new Door(driver, settings)
      const pool = new Pool(door, 'read', settings.pool)
      return { door, pool, reads: new MysqlReads(plans, pool), warned: -Infinity }
    })
  }

  list(query: Query): Promise<Page> {
    return this.#ask((reader) => reader.list(query))
  }

  listText(query: Query): Promise<TextPage | undefined> {
    return this.#ask((reader) => reader.listText(query))
  }

  aggregate(aggregate: Aggregate): Promise<readonly Row[]> {
    return this.#ask((reader) => reader.aggregate(aggregate))
  }

  count(model: string, where: Filter): Promise<number> {
    return this.#ask((reader) => reader.count(model, where))
  }

  for(asker: Asker): Reader {
    const ask = <T>(read: (reader: Reader) => Promise<T>): Promise<T> => this.#ask((reader) => read(reader.for(asker)))
    return {
      list: (query) => ask((reader) => reader.list(query)),
      listText: (query) => ask((reader) => reader.listText(query)),
      aggregate: (aggregate) => ask((reader) => reader.aggregate(aggregate)),
      count: (model, where) => ask((reader) => reader.count(model, where)),
    }
  }

  async #ask<T>(read: (reader: MysqlReads) => Promise<T>): Promise<T> {
    const replica = this.#replicas[this.#turn++ % this.#replicas.length]!
    try {
      return await read(replica.reads)
    } catch (error) {
      // What is wrong with the question is wrong everywhere; and what takes too long here would there, too.
      if (error instanceof OffstageError && error.code !== 'unavailable') throw error
      this.#complain(replica, error)
      return read(this.#primary)
    }
  }

  #complain(replica: Replica, error: unknown): void {
    const now = performance.now()
    if (now - replica.warned < warnEvery) return
    replica.warned = now
    const said = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error)
    this.#warn?.(`The replica ${replica.door.settings.place} did not answer, the primary did: ${said}`)
  }

  async close(): Promise<void> {
    for (const { door } of this.#replicas) door.close()
    await Promise.all(this.#replicas.map(({ pool }) => pool.close()))
  }
}
