// Reads from replicas, by turns. What a replica cannot answer, the primary does.

import { OffstageError } from '../../base/errors.ts'
import { isError, messageOf } from '../../base/realms.ts'
import type { Row } from '../../schema/kind.ts'
import type { Aggregate, Filter, Page, Query } from '../../query/tree.ts'
import type { Asker, Reader, TextPage } from '../store.ts'

/** Reads whose statements end when who asked has gone. */
type Reads = Required<Reader>

export interface Replica {
  /** For messages. */
  readonly place: string
  readonly reads: Reads
  close(): Promise<void>
}

/** Milliseconds between two warnings of one replica. */
const warnEvery = 60_000

export class Behind implements Reader {
  readonly #replicas: readonly Replica[]
  readonly #primary: Reads
  readonly #warn: ((message: string) => void) | undefined
  readonly #warned = new Map<Replica, number>()
  #turn = 0

  constructor(replicas: readonly Replica[], primary: Reads, warn: ((message: string) => void) | undefined) {
    this.#replicas = replicas
    this.#primary = primary
    this.#warn = warn
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

  async #ask<T>(read: (reader: Reads) => Promise<T>): Promise<T> {
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
    if (now - (this.#warned.get(replica) ?? -Infinity) < warnEvery) return
    this.#warned.set(replica, now)
    const said = messageOf(isError(error) && isError(error.cause) ? error.cause : error)
    this.#warn?.(`The replica ${replica.place} did not answer, the primary did: ${said}`)
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.close()))
  }
}
