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

interface Database {
  readonly url: string
  readonly stores: Store[]
}
const databases = new Map<string, Promise<Database>>()

export interface Version {
  readonly store: Store
  follow(options?: FollowOptions): Promise<readonly string[]>
}

/** The database of that name, opened by another version of the app each time; gone with the test that opened it first. */
export async function openVersion(name: string, models: Record<string, unknown>): Promise<Version> {
  const made = databases.get(name) ?? make(name)
  databases.set(name, made)
  const { url, stores } = await made
  const registry = resolve({ models } as never)
  const store = await openStore(registry, databaseOf(url, [], '/'))
  stores.push(store)
  return { store, follow: (options) => follow(store, registry, options) }
}

async function make(name: string): Promise<Database> {
  const server = process.env['TEST_DATABASE_URL'] || undefined
  const { url, drop } = server === undefined ? makeFile() : await makeScratch(server)
  const stores: Store[] = []
  after(async () => {
    for (const store of stores) await store.close()
    await drop()
    databases.delete(name)
  })
  return { url, stores }
}

function makeFile(): { url: string; drop: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-follow-'))
  return { url: `file:${join(folder, 'app.db')}`, drop: async () => rmSync(folder, { recursive: true, force: true }) }
}
