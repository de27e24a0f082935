import { test } from 'node:test'
import { openSqlite } from '../src/store/sqlite/store.ts'
import { differential } from './random/differential.ts'

// `npm run drill differential` asks many more.
test('SQLite answers random questions as the evaluator does', async () => {
  await differential(Number(process.env.CASES ?? 2_000), 1, (registry) => openSqlite({ registry, file: ':memory:' }))
})
