// SQLite's door for what changes tables: the writer's own connection, between its groups, and a lock over all processes.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { OffstageError } from '../../base/errors.ts'
import type { Session, Tables } from '../operations.ts'
import { keepPrivate, unavailable, type Connection } from './connection.ts'
import { introspectSqlite } from './introspect.ts'
import { expectedSqlite } from './table-text.ts'
import { whenFree, type Writer } from './writer.ts'

const defaultWait = 60_000

export function sqliteTables(file: string, connection: Connection, writer: Writer): Tables {
  const session = new SqliteSession(connection, writer)
  return {
    dialect: 'sqlite',
    introspect: () => introspectSqlite(session),
    expected: expectedSqlite,
    async locked(run, { wait = defaultWait } = {}) {
      const lock = await lockBeside(file, wait)
      try {
        return await run(new SqliteSession(connection, writer))
      } finally {
        lock.close()
      }
    },
  }
}

/**
 * A lock on a file of its own: on the database itself it would keep everybody from writing for as long as a migration takes. The
 * operating system takes it back when the process ends, however it ends.
 */
async function lockBeside(file: string, wait: number): Promise<DatabaseSync> {
  const path = `${file}-migrate`
  keepPrivate(path)
  const lock = new DatabaseSync(path, { timeout: 0 })
  const deadline = performance.now() + wait
  for (;;) {
    try {
      lock.exec('begin exclusive')
      return lock
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== 5 || performance.now() > deadline) {
        lock.close()
        if ((error as { errcode?: number }).errcode !== 5) throw unavailable(error)
        throw new OffstageError('unavailable', {
          detail: `Another process has been changing the tables of ${file} for over ${Math.round(wait / 1000)} s.`,
          hint: 'Wait until it has ended, or end it: a migration goes on where it was interrupted.',
        })
      }
      await sleep(20)
    }
  }
}

class SqliteSession implements Session {
  readonly dialect = 'sqlite'
  readonly #connection: Connection
  readonly #writer: Writer
  #inside = false

  constructor(connection: Connection, writer: Writer) {
    this.#connection = connection
    this.#writer = writer
  }

  all(sql: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#statement(() => this.#connection.db.prepare(sql).all(...(values as SQLInputValue[])))
  }

  run(sql: string, values: readonly unknown[] = []): Promise<number> {
    // What has values comes again with others, row after row: it stays prepared.
    const prepare = (): StatementSync => (values.length > 0 ? this.#connection.prepare(sql) : this.#connection.db.prepare(sql))
    return this.#statement(() => Number(prepare().run(...(values as SQLInputValue[])).changes))
  }

  async transaction<T>(run: () => Promise<T>, { rebuild = false }: { readonly rebuild?: boolean } = {}): Promise<T> {
    if (this.#inside) return run()
    return this.#writer.alone(async () => {
      // A copied table is dropped: with foreign keys on that would delete or refuse the rows of others. Has no effect within a transaction.
      if (rebuild) this.#connection.exec('pragma foreign_keys = off')
      this.#inside = true
      try {
        await whenFree(() => this.#connection.exec('begin immediate'))
        const result = await run()
        if (rebuild) refuseBroken(this.#connection)
        this.#connection.exec('commit')
        return result
      } catch (error) {
        if (this.#connection.db.isTransaction) this.#connection.exec('rollback')
        throw unavailable(error)
      } finally {
        this.#inside = false
        if (rebuild) this.#connection.exec('pragma foreign_keys = on')
      }
    })
  }

  async #statement<T>(run: () => T): Promise<T> {
    try {
      return this.#inside ? run() : await this.#writer.alone(() => whenFree(run))
    } catch (error) {
      throw unavailable(error)
    }
  }
}

function refuseBroken(connection: Connection): void {
  const broken = connection.all('select "table", parent, count(*) from pragma_foreign_key_check group by 1, 2', [])
  if (broken.length === 0) return
  const list = broken.map(
    ([table, parent, count]) =>
      `- ${count} rows of ${table} would refer to rows of ${parent} that do not exist; remove or correct them first.`,
  )
  throw new OffstageError('data_loss', { detail: `References would point at nothing; nothing was changed.\n${list.join('\n')}` })
}
