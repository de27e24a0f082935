import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killEverywhere } from './run-chain.ts'
import { emptyStore } from './run-database.ts'

test('a migration that is killed at any statement goes on to the same end', { timeout: 300_000 }, async (t) => {
  const statements = await killEverywhere(async () => {
    const store = await emptyStore()
    return { tables: store.tables, place: store.place, close: () => store.close() }
  })
  t.diagnostic(`${statements} statements`)
  assert.ok(statements > 20)
})
