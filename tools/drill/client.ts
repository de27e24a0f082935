// A client of a database that knows nothing of Offstage: the drivers as they are, and of SQLite the file as any other program opens it.

import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { Client as PostgresClient } from 'pg'
import { serverKind } from '../../packages/offstage/src/app/database-url.ts'
import { numbered } from '../../packages/offstage/src/store/postgres/session.ts'
import { fail } from './stage.ts'

export interface Client extends AsyncDisposable {
  /** Whether names with capitals stand in quotes. */
  readonly quotes: boolean
  /** Parameters are `?`. */
  all(sql: string, values?: readonly (string | number | null)[]): Promise<readonly Readonly<Record<string, unknown>>[]>
}

export async function connectTo(url: string): Promise<Client> {
  const kind = serverKind(url)
  return kind === 'postgres' ? toPostgres(url) : kind === 'mysql' ? toMysql(url) : toFile(url.slice('file:'.length))
}

async function toPostgres(url: string): Promise<Client> {
  const client = new PostgresClient({ connectionString: url })
  await client.connect()
  return {
    quotes: true,
    all: async (sql, values = []) => (await client.query(numbered(sql), [...values])).rows,
    [Symbol.asyncDispose]: () => client.end(),
  }
}

async function toMysql(url: string): Promise<Client> {
  const connection = await createConnection({ uri: url, supportBigNumbers: true, bigNumberStrings: true })
  await connection.query(`set session innodb_lock_wait_timeout = 120`)
  return {
    quotes: false,
    async all(sql, values = []) {
      const [rows] = await connection.query(sql, [...values])
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
    },
    [Symbol.asyncDispose]: () => connection.end(),
  }
}

/** Tries again while another writes, as programs that wait for a file do; in between others of this process have their turn. */
function toFile(file: string): Client {
  const db = new DatabaseSync(file, { timeout: 0 })
  const deadline = 120_000
  return {
    quotes: true,
    async all(sql, values = []) {
      const started = performance.now()
      for (;;) {
        try {
          return db.prepare(sql).all(...values)
        } catch (error) {
          if ((error as { errcode?: number }).errcode !== 5) throw error
          if (performance.now() - started > deadline) fail(`${file} is locked by another for over ${deadline / 1000} s`)
          await sleep(2)
        }
      }
    },
    [Symbol.asyncDispose]: async () => db.close(),
  }
}
