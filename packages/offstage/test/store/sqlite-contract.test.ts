import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { follow } from '../../src/migrate/follow.ts'
import { storeContract } from '../../src/store/contract.ts'
import { openSqlite } from '../../src/store/sqlite/store.ts'

const folder = mkdtempSync(join(tmpdir(), 'offstage-contract-'))
after(() => rmSync(folder, { recursive: true, force: true }))

storeContract('SQLite', async (registry, name) => {
  const store = await openSqlite({ registry, file: name === undefined ? ':memory:' : join(folder, `${name}.db`) })
  await follow(store, registry)
  return store
})
