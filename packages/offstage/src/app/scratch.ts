// An empty database for one test, on a server that has many: a schema of its own on PostgreSQL, a database of its own on MySQL.

import { randomBytes } from 'node:crypto'
import { OffstageError } from '../base/errors.ts'
import { serverKind, urlProblem } from './database-url.ts'

export interface Scratch {
  readonly url: string
  /** Everything in it is gone. After its connections are closed. */
  drop(): Promise<void>
}

/** For `TEST_DATABASE_URL`: names the server and, on PostgreSQL, the database whose schemas come and go. */
export async function makeScratch(server: string): Promise<Scratch> {
  const kind = serverKind(server)
  const problem =
    urlProblem(server) ?? (kind === undefined ? 'must be the address of a server; without it, tests run on SQLite' : undefined)
  if (problem !== undefined)
    throw new OffstageError('configuration', { errors: [{ path: 'TEST_DATABASE_URL', code: 'invalid', message: problem }] })
  const name = `offstage_test_${randomBytes(8).toString('hex')}`
  const url = new URL(server)
  if (kind === 'postgres') {
    await onPostgres(server, `create schema ${name}`)
    url.searchParams.set('schema', name)
    return { url: url.href, drop: () => onPostgres(server, `drop schema ${name} cascade`) }
  }
  await onMysql(server, `create database ${name}`)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => onMysql(server, `drop database ${name}`) }
}

async function onPostgres(url: string, sql: string): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // A table that is dropped by the way is no news.
    await client.query('set client_min_messages = warning')
    await client.query(sql)
  } finally {
    await client.end()
  }
}

async function onMysql(url: string, sql: string): Promise<void> {
  const { createConnection } = await import('mysql2/promise')
  const connection = await createConnection(url.replace(/^mariadb:/, 'mysql:'))
  try {
    await connection.query(sql)
  } finally {
    await connection.end()
  }
}
