import assert from 'node:assert/strict'
import { test } from 'node:test'
import { torture } from './torture/run.ts'

test('models that change for years, by processes that die on the way, lose nothing', { timeout: 600_000 }, async (t) => {
  const rounds = Number(process.env['TORTURE_ROUNDS'] ?? 25)
  const seed = Number(process.env['TORTURE_SEED'] ?? 1)
  const figures = await torture({ rounds, seed, server: process.env['TEST_DATABASE_URL'] || undefined, everywhere: 12, rows: 8 })
  t.diagnostic(JSON.stringify(figures))
  assert.ok(figures.migrations > rounds / 2 && figures.deaths > rounds / 2 && figures.thereAndBack > 0 && figures.everywhere > 0)
})
