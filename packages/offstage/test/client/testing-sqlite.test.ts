import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../src/testing.ts'
import { app } from './app.ts'

test('a test app opens in a few milliseconds', async () => {
  const times: number[] = []
  for (let i = 0; i < 20; i++) {
    const start = performance.now()
    const t = await testApp(app)
    times.push(performance.now() - start)
    await t.close()
  }
  const median = times.sort((a, b) => a - b)[10]!
  assert.ok(median < 100, `${median} ms`)
})
