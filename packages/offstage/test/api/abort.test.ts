import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { defineApp, defineModels, t } from '../../src/index.ts'
import { testApp } from '../../src/testing.ts'

const { models, endpoint } = defineModels({ notes: { text: t.text() } })
models.notes.access({ read: 'everyone', create: 'everyone' })
let heard = ''
const slow = endpoint({
  allow: 'everyone',
  input: { how: t.text() },
  async run({ request, input }) {
    request.signal.addEventListener('abort', () => (heard = input.how))
    await wait(100)
    return 1
  },
})
const app = defineApp({ models, endpoints: { slow } })

test('a caller of `fetch` who gives up gets the reason, the endpoint hears of it, and nothing else falls', async () => {
  await using t = await testApp(app)
  const api = t.as(null)
  const gone = AbortSignal.abort()
  await assert.rejects(api.notes.list({}, { signal: gone }), { name: 'AbortError' })
  for (const [how, ms] of [
    ['at once', 0],
    ['soon', 5],
    ['late', 30],
  ] as const) {
    const giveUp = new AbortController()
    const call = assert.rejects(api.call.slow({ how }, { signal: giveUp.signal }), { name: 'AbortError' })
    const list = api.notes.list({}, { signal: giveUp.signal }).catch((error: Error) => assert.equal(error.name, 'AbortError'))
    await wait(ms)
    giveUp.abort()
    await Promise.all([call, list])
    await wait(10)
    if (ms > 0) assert.equal(heard, how)
  }
  await wait(120)
  assert.deepEqual((await api.notes.list()).data, [])
})
