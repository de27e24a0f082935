// Reading on one connection of SQLite, at once and without a queue.

import type { SqlRow } from '../sql/dialect.ts'
import { parameters, type Statement } from '../sql/emit.ts'
import { Reads, type Plans } from '../sql/reads.ts'
import { unavailable, type Connection } from './connection.ts'

export class SqliteReads extends Reads {
  readonly connection: Connection

  constructor(plans: Plans, connection: Connection) {
    super(plans)
    this.connection = connection
  }

  protected rows(statement: Statement, values: readonly unknown[]): SqlRow[] {
    try {
      return this.connection.all(statement.sql, parameters(statement, values))
    } catch (error) {
      throw unavailable(error)
    }
  }
}
