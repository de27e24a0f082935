// One connection for those who look after the tables: nothing on it is hurried, and only one holds it over all processes.

import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../operations.ts'
import type { Connection } from './connection.ts'
import { busy } from '../server/door.ts'
import { unavailable } from './errors.ts'

const defaultWait = 30_000

export class PostgresSession implements Session {
  readonly dialect = 'postgres'
  readonly #connection: Connection
  #inside = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async all(sql: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.#send(sql, values)).rows
  }

  async run(sql: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#send(sql, values)).rowCount ?? 0
  }

  async #send(
    sql: string,
    values: readonly unknown[],
  ): Promise<{ rows: readonly Readonly<Record<string, unknown>>[]; rowCount: number | null }> {
    try {
      return await this.#connection.records(values.length > 0 ? numbered(sql) : sql, values)
    } catch (error) {
      throw unavailable(error)
    }
  }

  async transaction<T>(run: () => Promise<T>): Promise<T> {
    if (this.#inside) return run()
    this.#inside = true
    await this.#connection.exec('begin')
    try {
      const value = await run()
      await this.#connection.exec('commit')
      return value
    } catch (error) {
      await this.#connection.exec('rollback').catch(() => {})
      throw error
    } finally {
      this.#inside = false
    }
  }
}

/** Every `?` becomes `$1`, `$2`, ..., but for those in texts, names and comments. */
export function numbered(sql: string): string {
  let at = 0
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g, (found) =>
    found === '?' ? `$${++at}` : found,
  )
}

/**
 * Asked for again and again, not waited for in the server: a statement that waits there is a transaction, and building an index
 * without holding up writers waits for all of those to end.
 */
export async function lockTables(connection: Connection, schema: string | undefined, wait: number = defaultWait): Promise<void> {
  const deadline = performance.now() + wait
  // The lock is of this database; two apps in two schemas of it do not keep each other waiting.
  const key = createHash('sha256')
    .update(`offstage tables of ${schema ?? ''}`)
    .digest()
    .readBigInt64BE()
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    const [row] = await connection.all('select pg_try_advisory_lock($1)', [key])
    if (row![0] === 't') return
    if (performance.now() > deadline) throw busy('Another process is changing the tables; try again when it is done.')
    await sleep(pause * (0.5 + Math.random()))
  }
}
