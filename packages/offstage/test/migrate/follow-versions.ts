// Versions of an app on one database, on SQLite or with TEST_DATABASE_URL on a server.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { openStore } from '../../src/app/database.ts'
import { databaseOf } from '../../src/app/database-url.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { follow, type FollowOptions } from '../../src/migrate/follow.ts'
import { resolve } from '../../src/schema/resolve.ts'
import type { Store } from '../../src/store/store.ts'

const folder = mkdtempSync(join(tmpdir(), 'offstage-follow-'))
interface Database {
  readonly url: string
  drop(): Promise<void>
}
const databases = new Map<string, Promise<Database>>()
const stores: Store[] = []
after(async () => {
  for (const store of stores) await store.close()
  for (const database of databases.values()) await (await database).drop()
  rmSync(folder, { recursive: true, force: true })
})

export interface Version {
  readonly store: Store
  follow(options?: FollowOptions): Promise<readonly string[]>
}

/** The database of that name, opened by another version of the app each time. */
export async function openVersion(name: string, models: Record<string, unknown>): Promise<Version> {
  const database = databases.get(name) ?? make(name)
  databases.set(name, database)
  const registry = resolve({ models } as never)
  const store = await openStore(registry, databaseOf((await database).url, [], '/'))
  stores.push(store)
  return { store, follow: (options) => follow(store, registry, options) }
}

async function make(name: string): Promise<Database> {
  const server = process.env['TEST_DATABASE_URL'] || undefined
  return server === undefined ? { url: `file:${join(folder, `${name}.db`)}`, drop: async () => {} } : makeScratch(server)
}
