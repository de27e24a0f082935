// Single statements, each of which sees what is committed when it begins.

import type { SqlRow } from '../sql/dialect.ts'
import { parameters, type Statement } from '../sql/emit.ts'
import { Reads, type Plans } from '../sql/reads.ts'
import { complete } from './answers.ts'
import { unavailable } from './errors.ts'
import type { Pool } from './pool.ts'

export class MysqlReads extends Reads {
  readonly #pool: Pool

  constructor(plans: Plans, pool: Pool) {
    super(plans)
    this.#pool = pool
  }

  protected async rows({ sql, binds }: Statement, values: readonly unknown[]): Promise<SqlRow[]> {
    try {
      const connection = await this.#pool.acquire()
      try {
        return complete(await connection.all(sql, parameters({ sql, binds }, values)), sql)
      } finally {
        this.#pool.release(connection)
      }
    } catch (error) {
      throw unavailable(error)
    }
  }
}
