// The database that tests run on: SQLite, or with TEST_DATABASE_URL a PostgreSQL, MySQL or MariaDB. Each test gets an empty one.

import { databaseOf } from '../src/app/database-url.ts'
import { openStore, type StoreOptions } from '../src/app/database.ts'
import { makeScratch } from '../src/app/scratch.ts'
import { follow } from '../src/migrate/follow.ts'
import type { Registry } from '../src/schema/registry.ts'
import type { Store } from '../src/store/store.ts'

/** A fresh database with the tables of the models, gone when it is closed. */
export async function openTestStore(registry: Registry, options: StoreOptions = {}): Promise<Store> {
  const server = process.env['TEST_DATABASE_URL'] || undefined
  const scratch = server === undefined ? undefined : await makeScratch(server)
  const open = (): Promise<Store> => openStore(registry, databaseOf(scratch?.url ?? 'file::memory:', [], '/'), options)
  const store = await open().catch(async (error: unknown) => {
    await scratch?.drop()
    throw error
  })
  const close = store.close.bind(store)
  let closing: Promise<void> | undefined
  Object.assign(store, { close: () => (closing ??= close().then(() => scratch?.drop())) })
  try {
    await follow(store, registry)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}
