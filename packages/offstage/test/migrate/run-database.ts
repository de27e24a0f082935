// An empty database of the kind under test, without tables: TEST_DATABASE_URL, else SQLite.

import { databaseOf } from '../../src/app/database-url.ts'
import { openStore } from '../../src/app/database.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { notesRegistry } from '../../src/store/contract/notes.ts'
import type { Registry } from '../../src/schema/registry.ts'
import type { Store } from '../../src/store/store.ts'

export async function emptyStore(registry: Registry = notesRegistry()): Promise<Store> {
  const server = process.env['TEST_DATABASE_URL'] || undefined
  const scratch = server === undefined ? undefined : await makeScratch(server)
  const store = await openStore(registry, databaseOf(scratch?.url ?? 'file::memory:', [], '/'))
  const close = store.close.bind(store)
  return Object.assign(store, { close: () => close().then(() => scratch?.drop()) })
}
