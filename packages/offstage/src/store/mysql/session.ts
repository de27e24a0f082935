// The door for what changes tables: a connection of its own, and a lock that the server takes back when the connection ends.

import { createHash } from 'node:crypto'
import { OffstageError } from '../../base/errors.ts'
import type { Session, Tables } from '../operations.ts'
import type { SqlValue } from '../sql/dialect.ts'
import type { Connection } from './connection.ts'
import type { Door } from './door.ts'
import { notAllowed } from './errors.ts'
import type { Flavour } from './flavour.ts'
import { expectedMysql, introspectMysql } from './introspect.ts'

const defaultWait = 60_000

export function mysqlTables(door: Door, { name }: Flavour): Tables {
  const { database, place } = door.settings
  const withSession = async <T>(run: (session: MysqlSession, connection: Connection) => Promise<T>): Promise<T> => {
    let connection: Connection | undefined
    try {
      connection = await door.open('session')
      return await run(new MysqlSession(name, connection), connection)
    } catch (error) {
      throw notAllowed(error, place)
    } finally {
      await connection?.end()
    }
  }
  return {
    dialect: name,
    introspect: () => withSession(introspectMysql),
    expected: (blueprint) => expectedMysql(name, blueprint),
    locked: (run, { wait = defaultWait } = {}) =>
      withSession(async (session, connection) => {
        await lock(connection, database, place, wait)
        return run(session)
      }),
  }
}

/** Names of locks are short, and the same for the whole server. */
const lockName = (database: string): string => `offstage:${createHash('sha256').update(database).digest('hex').slice(0, 40)}`

async function lock(connection: Connection, database: string, place: string, wait: number): Promise<void> {
  const [row] = await connection.all('select get_lock(?, ?)', [lockName(database), BigInt(Math.ceil(wait / 1_000))])
  if (row?.[0] === 1) return
  throw new OffstageError('unavailable', {
    detail: `Another process has been changing the tables of ${place} for over ${Math.round(wait / 1_000)} s.`,
    hint: 'Wait until it has ended, or end it: a migration goes on where it was interrupted.',
  })
}

class MysqlSession implements Session {
  readonly dialect: Session['dialect']
  readonly #connection: Connection
  #inside = false

  constructor(dialect: Session['dialect'], connection: Connection) {
    this.dialect = dialect
    this.#connection = connection
  }

  all(sql: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#connection.objects(sql, values as readonly SqlValue[])
  }

  /** Many statements that change tables cannot be prepared. */
  async run(sql: string, values: readonly unknown[] = []): Promise<number> {
    if (values.length > 0) return this.#connection.run(sql, values as readonly SqlValue[])
    return ((await this.#connection.exec(sql)) as { affectedRows?: number }).affectedRows ?? 0
  }

  async transaction<T>(run: () => Promise<T>): Promise<T> {
    if (this.#inside) return run()
    await this.#connection.exec('start transaction')
    this.#inside = true
    try {
      const result = await run()
      await this.#connection.exec('commit')
      return result
    } catch (error) {
      if (!this.#connection.lost) await this.#connection.exec('rollback').catch(() => this.#connection.destroy())
      throw error
    } finally {
      this.#inside = false
    }
  }
}
