// A database whose `notes` are locked from outside, so that whoever reads them waits until the lock is gone.

import mysql from 'mysql2/promise'
import { Client } from 'pg'
import { follow } from '../../src/migrate/follow.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { openPostgres } from '../../src/store/postgres/store.ts'
import type { Store } from '../../src/store/store.ts'
import { freshUrl, openFresh as openMysql } from './mysql-fixture.ts'
import { admin, freshSchema, url as postgres } from './postgres-fixture.ts'

export interface Lockable {
  readonly store: Store
  lock(): Promise<void>
  unlock(): Promise<void>
  /** Reads that the server is at, waiting for the lock. */
  waiting(): Promise<number>
  connections(): Promise<number>
  [Symbol.asyncDispose](): Promise<void>
}

/** So long that no test outlasts it: what ends, ends for another reason. */
const statementTime = 'statement_timeout=300000'
let opened = 0

async function openOnPostgres(registry: Registry): Promise<Lockable> {
  const name = `offstage_locked_${process.pid}_${++opened}`
  const schema = await freshSchema()
  const store = await openPostgres({ registry, url: `${postgres}?${statementTime}&application_name=${name}`, schema })
  await follow(store, registry)
  const client = new Client(postgres)
  await client.connect()
  const count = async (where: string): Promise<number> =>
    // Not over the connection that holds the lock: in a transaction the answer would always be the first one.
    Number((await admin(`select count(*) as n from pg_stat_activity where application_name = '${name}' and ${where}`))[0].n)
  return {
    store,
    lock: async () => void (await client.query(`begin; lock table "${schema}".notes in access exclusive mode`)),
    unlock: async () => void (await client.query('rollback')),
    waiting: () => count(`wait_event_type = 'Lock'`),
    connections: () => count('true'),
    [Symbol.asyncDispose]: async () => {
      await client.end()
      await store.close()
    },
  }
}

async function openOnMysql(registry: Registry): Promise<Lockable> {
  const name = `locked${++opened}`
  const store = await openMysql(registry, name, `?${statementTime}`)
  const uri = (await freshUrl(name)).replace(/^mariadb:/, 'mysql:')
  const client = await mysql.createConnection({ uri, rowsAsArray: true })
  const count = async (where: string): Promise<number> => {
    const from = `from information_schema.processlist where db = database() and id <> connection_id() and ${where}`
    const [rows] = await client.query<any[]>(`select count(*) ${from}`)
    return Number(rows[0][0])
  }
  return {
    store,
    lock: async () => void (await client.query('lock tables notes write')),
    unlock: async () => void (await client.query('unlock tables')),
    waiting: () => count(`state like 'Waiting for table%'`),
    connections: () => count('true'),
    [Symbol.asyncDispose]: async () => {
      await client.end()
      await store.close()
    },
  }
}

export const servers: Readonly<Record<string, (registry: Registry) => Promise<Lockable>>> = {
  PostgreSQL: openOnPostgres,
  'MySQL or MariaDB': openOnMysql,
}
