import { Reads, type Plans } from '../sql/reads.ts'
import type { Statement } from '../sql/emit.ts'
import type { SqlRow } from '../sql/dialect.ts'
import type { Asker, Reader } from '../store.ts'
import type { Lanes } from './lanes.ts'
import { ready } from './limits.ts'

/** Single statements, each of which sees what is committed when it begins. */
export class PostgresReads extends Reads {
  readonly #lanes: Lanes
  readonly #asker: Asker | undefined

  constructor(plans: Plans, lanes: Lanes, asker?: Asker) {
    super(plans)
    this.#lanes = lanes
    this.#asker = asker
  }

  for(asker: Asker): Reader {
    return new PostgresReads(this.plans, this.#lanes, asker)
  }

  protected rows(statement: Statement, values: readonly unknown[]): Promise<SqlRow[]> {
    const { sql, values: encoded } = ready(statement, values)
    return this.#lanes.rows(sql, encoded, this.#asker)
  }
}
