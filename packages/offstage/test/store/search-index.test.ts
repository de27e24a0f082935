import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { follow } from '../../src/migrate/follow.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../src/store/sqlite/store.ts'
import { searchIndex } from './search-index.ts'

const folder = mkdtempSync(join(tmpdir(), 'offstage-search-'))

searchIndex({
  name: 'SQLite',
  async open(registry, name) {
    const store = await openSqlite({ registry, file: name === undefined ? ':memory:' : join(folder, `${name}.db`) })
    await follow(store, registry)
    return store
  },
  dialect: () => sqliteDialect,
  analyse: 'analyze',
  explain: 'explain query plan',
  byIndex: /VIRTUAL TABLE INDEX .*LIST SUBQUERY|LIST SUBQUERY.*VIRTUAL TABLE INDEX/,
  byReading: /SCAN t\d/,
})

after(() => rmSync(folder, { recursive: true, force: true }))
