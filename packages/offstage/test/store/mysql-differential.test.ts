import { test } from 'node:test'
import { differential } from '../random/differential.ts'
import { openFresh } from './mysql-fixture.ts'

test('MySQL answers random questions as the evaluator does', async () => {
  await differential(Number(process.env['CASES'] ?? 2_000), 1, (registry) => openFresh(registry))
})
