import { test } from 'node:test'
import { openTestStore } from './database.ts'
import { differential } from './random/differential.ts'

// `npm run drill differential` asks many more.
test('the database answers random questions as the evaluator does', async () => {
  await differential(Number(process.env.CASES ?? 2_000), 1, (registry) => openTestStore(registry))
})
