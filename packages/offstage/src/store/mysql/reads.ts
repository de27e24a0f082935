// Single statements, each of which sees what is committed when it begins.

import { gone, refuseGone } from '../gone.ts'
import type { SqlRow, SqlValue } from '../sql/dialect.ts'
import { parameters, type Statement } from '../sql/emit.ts'
import { Reads, type Plans } from '../sql/reads.ts'
import type { Asker, Reader } from '../store.ts'
import { complete } from './answers.ts'
import { isLost, unavailable } from './errors.ts'
import type { Pool } from './pool.ts'

const attempts = 2
/** Milliseconds: whoever was silent for longer is no idle connection. */
const patience = 500

export class MysqlReads extends Reads {
  readonly #pool: Pool
  readonly #asker: Asker | undefined

  constructor(plans: Plans, pool: Pool, asker?: Asker) {
    super(plans)
    this.#pool = pool
    this.#asker = asker
  }

  for(asker: Asker): Reader {
    return new MysqlReads(this.plans, this.#pool, asker)
  }

  protected async rows(statement: Statement, values: readonly unknown[]): Promise<SqlRow[]> {
    const began = performance.now()
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#ask(statement.sql, parameters(statement, values))
      } catch (error) {
        if (isLost(error) && this.#asker?.aborted) throw gone(error)
        // A connection that lay idle may have been ended meanwhile; to ask again changes nothing.
        const stale = isLost(error) && attempt < attempts && performance.now() - began < patience
        if (!stale) throw unavailable(error)
      }
    }
  }

  async #ask(sql: string, values: readonly SqlValue[]): Promise<SqlRow[]> {
    refuseGone(this.#asker)
    const connection = await this.#pool.acquire()
    try {
      refuseGone(this.#asker)
      return complete(await connection.all(sql, values, this.#asker), sql)
    } finally {
      this.#pool.release(connection)
    }
  }
}
