// PostgreSQL for tests: each store in a schema of its own.

import { after } from 'node:test'
import { Client } from 'pg'
import { follow } from '../../src/migrate/follow.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { openPostgres } from '../../src/store/postgres/store.ts'
import type { Store } from '../../src/store/store.ts'

export const url = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

const prefix = `o_${process.pid}_${Date.now().toString(36)}`
let schemas = 0

export async function admin(sql: string, database = url): Promise<any[]> {
  const client = new Client(database)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const made = new Set<string>()

/** A new schema, or the one that the running test made under this name; gone with the test. */
export async function freshSchema(name: string = String(++schemas)): Promise<string> {
  const schema = `${prefix}_${name}`
  if (!made.has(schema)) {
    await admin(`create schema "${schema}"`)
    made.add(schema)
    after(async () => {
      await admin(`drop schema if exists "${schema}" cascade`)
      made.delete(schema)
    })
  }
  return schema
}

export async function openFresh(registry: Registry, name?: string, parameters = ''): Promise<Store> {
  const store = await openPostgres({ registry, url: `${url}${parameters}`, schema: await freshSchema(name) })
  await follow(store, registry)
  return store
}
