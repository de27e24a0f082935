import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineApp, defineModels, t } from '../../src/index.ts'
import { testApp } from '../../src/testing.ts'
import { eventually } from '../eventually.ts'

const { models, endpoint } = defineModels({ notes: { text: t.text() } })
models.notes.access({ read: 'everyone', create: 'everyone' })
let [reached, heard] = ['', '']
let leave = Promise.withResolvers<void>()
const slow = endpoint({
  allow: 'everyone',
  input: { how: t.text() },
  async run({ request, input }) {
    request.signal.addEventListener('abort', () => (heard = input.how))
    reached = input.how
    await leave.promise
    return 1
  },
})
const app = defineApp({ models, endpoints: { slow } })

test('a caller of `fetch` who gives up gets the reason, the endpoint hears of it, and nothing else falls', async () => {
  await using t = await testApp(app)
  const api = t.as(null)
  const gone = AbortSignal.abort()
  await assert.rejects(api.notes.list({}, { signal: gone }), { name: 'AbortError' })
  for (const how of ['at once', 'soon', 'late']) {
    const giveUp = new AbortController()
    const call = assert.rejects(api.call.slow({ how }, { signal: giveUp.signal }), { name: 'AbortError' })
    const list = api.notes.list({}, { signal: giveUp.signal }).catch((error: Error) => assert.equal(error.name, 'AbortError'))
    if (how !== 'at once') await eventually(() => reached === how, 'the endpoint runs')
    if (how === 'late') await list
    giveUp.abort()
    await Promise.all([call, list])
    if (how !== 'at once') await eventually(() => heard === how, 'the endpoint hears of it')
    leave.resolve()
    leave = Promise.withResolvers()
  }
  assert.deepEqual((await api.notes.list()).data, [])
})
