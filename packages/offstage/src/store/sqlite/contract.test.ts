import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { storeContract } from '../contract.ts'
import { openSqlite } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'offstage-contract-'))
after(() => rmSync(folder, { recursive: true, force: true }))

storeContract('SQLite', (registry, name) => openSqlite({ registry, file: name === undefined ? ':memory:' : join(folder, `${name}.db`) }))
