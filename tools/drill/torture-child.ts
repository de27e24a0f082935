// The process that is killed: it takes a database along the migrations of a folder.

import { writeSync } from 'node:fs'
import { readMigrations } from '../../packages/offstage/src/app/migrations.ts'
import { up } from '../../packages/offstage/src/migrate/runner.ts'
import { openAt } from '../../packages/offstage/test/migrate/torture/database.ts'

const [url, root] = process.argv.slice(2) as [string, string]
const store = await openAt(url)
const chain = readMigrations(root).runnables(store.dialect)
writeSync(1, 'ready\n')
await up(store.tables, chain, store)
await store.close()
