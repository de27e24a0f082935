// MySQL or MariaDB for tests: each store in a database of its own.

import { after } from 'node:test'
import mysql from 'mysql2/promise'
import { follow } from '../../src/migrate/follow.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { openMysql } from '../../src/store/mysql/store.ts'
import type { Store } from '../../src/store/store.ts'

export const server = process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/'

const prefix = `o_${process.pid}_${Date.now().toString(36)}`
let databases = 0

/** One statement of the server's administrator; rows as arrays. */
export async function admin(sql: string, url = server): Promise<any[][]> {
  const at = new URL(url)
  at.pathname = '/'
  at.search = ''
  const client = await mysql.createConnection({ uri: at.href.replace(/^mariadb:/, 'mysql:'), rowsAsArray: true })
  try {
    return (await client.query(sql))[0] as any[][]
  } finally {
    await client.end()
  }
}

const made = new Set<string>()

/** The URL of a new database, or of the one that the running test made under this name; gone with the test. */
export async function freshUrl(name: string = String(++databases)): Promise<string> {
  const database = `${prefix}_${name}`
  if (!made.has(database)) {
    await admin(`create database \`${database}\` character set utf8mb4`)
    made.add(database)
    after(async () => {
      await admin(`drop database if exists \`${database}\``)
      made.delete(database)
    })
  }
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

export async function openFresh(registry: Registry, name?: string, parameters = ''): Promise<Store> {
  const store = await openMysql({ registry, url: `${await freshUrl(name)}${parameters}` })
  await follow(store, registry)
  return store
}
