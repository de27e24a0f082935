import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '../../src/client.ts'
import { testApp } from '../../src/testing.ts'
import { routed } from './routed.ts'

test('an endpoint with an address of its own is called by it, parameters filled in', async () => {
  await using t = await testApp(routed)
  const ada = await t.make.users()
  await t.make.sales({ year: 2026, amount: 5, at: '2026-02-01T00:00:00Z', seller: ada.id })
  await t.make.sales({ year: 2026, amount: 2, at: '2026-03-01T00:00:00Z', seller: ada.id })
  const api = t.as(ada)

  assert.deepEqual(await api.request('GET /reports/:year', { params: { year: 2026 } }), {
    label: null,
    since: null,
    sales: [
      { amount: 5, at: '2026-02-01T00:00:00.000Z' },
      { amount: 2, at: '2026-03-01T00:00:00.000Z' },
    ],
  })
  const label = 'a & b = c? +ü%'
  const said = await api.request('GET /reports/:year', { params: { year: 2026 }, query: { since: new Date(0), least: 3, label } })
  assert.deepEqual([said.label, said.since, said.sales.length], [label, '1970-01-01T00:00:00.000Z', 1])
  assert.equal((await api.request('GET /reports/:year', { params: { year: 2026 }, query: { label: null } })).label, null)

  const name = 'a ?#:&%ü'
  assert.deepEqual(
    await api.request('PATCH /names/:kind/:name', { params: { kind: 'dogs', name }, query: { dry: true }, input: { to: 'c' } }),
    {
      kind: 'dogs',
      name,
      dry: true,
      to: 'c',
    },
  )
  assert.equal(await api.request('DELETE /names/:name', { params: { name } }), undefined)
  assert.equal(await api.request('GET /api/call/ping'), 'pong')
  assert.deepEqual(await api.request('POST /api/call/found', { query: { word: 'x' }, input: { deep: false } }), { word: 'x', deep: false })
})

test('an endpoint of a group is under the prefix of the group, or under its name', async () => {
  await using t = await testApp(routed)
  const api = t.as(null)
  assert.deepEqual(await api.request('POST /provider/v1/login', { input: { user: 'ada' } }), { hello: 'ada' })
  assert.deepEqual(await api.request('GET /provider/v1/orders/:id', { params: { id: '7' } }), { order: '7' })
  assert.deepEqual(await api.request('POST /api/call/tools/login', { input: { user: 'ada' } }), { hello: 'ada' })
  assert.deepEqual(await api.request('POST /api/call/tools/count'), { n: 3 })
})

test('bytes go as they are, with the type they have', async () => {
  await using t = await testApp(routed)
  const put = (body: NonNullable<RequestInit['body']>, type?: string): Promise<object> =>
    t
      .as(null)
      .request('PUT /files/:name', { params: { name: 'a.png' }, body }, type === undefined ? {} : { headers: { 'content-type': type } })
  assert.deepEqual(await put(new Blob(['abc'], { type: 'image/png' })), { name: 'a.png', type: 'image/png', bytes: 3 })
  assert.deepEqual(await put(new Uint8Array(4), 'image/gif'), { name: 'a.png', type: 'image/gif', bytes: 4 })
  assert.deepEqual(await put(new Blob(['stream']).stream(), 'text/plain'), { name: 'a.png', type: 'text/plain', bytes: 6 })
})

test('a Response of the endpoint is read when it is JSON and given else; asked for, it is always given', async () => {
  await using t = await testApp(routed)
  const api = t.as(null)
  const answer = await api.request('GET /sheet.csv')
  assert.ok(answer instanceof Response)
  assert.equal(await answer.text(), '1\n2\n')
  assert.deepEqual(await api.request('GET /sheet.csv', { query: { form: 'json' } }), [1, 2])
  const whole = await api.request('GET /sheet.csv', { query: { form: 'json' } }, { as: 'response' })
  assert.deepEqual([whole.status, whole.headers.get('x-rows'), await whole.json()], [200, '2', [1, 2]])
})

test('failures are those of every call, asked for as a response too', async () => {
  await using t = await testApp(routed)
  const ada = await t.make.users()
  const parts = { params: { kind: 'x', name: 'a' }, query: { dry: false }, input: { to: 'a' } }
  await assert.rejects(t.as(ada).request('PATCH /names/:kind/:name', parts), { code: 'same_name', status: 409 })
  await assert.rejects(t.as(ada).request('PATCH /names/:kind/:name', parts, { as: 'response' }), { code: 'same_name', status: 409 })
  await assert.rejects(t.as(null).request('GET /reports/:year', { params: { year: 2026 } }), { code: 'unauthenticated', status: 401 })
  for (const name of ['', '.', '..']) {
    await assert.rejects(t.as(ada).request('DELETE /names/:name', { params: { name } }), { code: 'not_found', status: 404 })
  }
  await assert.rejects(t.as(ada).request('DELETE /names/:name', { params: { name: '../users/1' } }), { code: 'malformed', status: 400 })
})

test('an error in a form of its own keeps its status and all it says', async () => {
  for (const [body, kept] of [
    [{ errors: { title: ["can't be blank"] } }, { errors: { title: ["can't be blank"] } }],
    [{ error: 'no' }, { error: 'no' }],
    [['no'], {}],
    ['no', {}],
    [null, {}],
  ] as const) {
    const api = createClient<typeof routed>('https://shop.example', { fetch: async () => Response.json(body, { status: 422 }) })
    await assert.rejects(api.request('GET /api/call/ping'), (error: any) => {
      assert.deepEqual([error.status, error.code, error.errors], [422, 'unexpected_answer', []])
      const { title, ...rest } = error.problem
      assert.deepEqual(rest, kept)
      assert.match(title, /422/)
      return true
    })
  }
})

test('what is no address is sent nowhere', async () => {
  const api = createClient<any>('https://shop.example', { token: 'T', fetch: ({ url }) => assert.fail(url) })
  for (const what of ['GET .evil.example/x', 'GET @evil.example/', 'GET', '/x', 'GET  /x']) {
    await assert.rejects((api as any).request(what), /is no address\. Write 'GET \/path'/)
  }
})

test('only a GET is tried again, and a signal ends it', async () => {
  let count = 0
  const abort = new AbortController()
  const api = createClient<typeof routed>('https://shop.example/below/', {
    fetch: ({ url }) => {
      count += 1
      if (count === 11) setTimeout(() => abort.abort(new Error('enough')), 5)
      assert.match(url, /^https:\/\/shop\.example\/below\/(reports\/1\?least=2|names\/x)$/)
      return count < 2 || count > 10 ? Promise.reject(new TypeError('fetch failed')) : Promise.resolve(Response.json({ sales: [] }))
    },
  })
  const parts = { params: { year: 1 }, query: { least: 2 } }
  await api.request('GET /reports/:year', parts)
  assert.equal(count, 2)
  count = 0
  await assert.rejects(api.request('DELETE /names/:name', { params: { name: 'x' } }), { code: 'network' })
  assert.equal(count, 1)
  count = 10
  await assert.rejects(api.request('GET /reports/:year', parts, { signal: abort.signal }), /enough/)
  assert.equal(count, 11)
  count = 2

  const { queryKey, queryFn } = api.request.options('GET /reports/:year', parts)
  assert.deepEqual(queryKey, ['request', 'GET /reports/:year', parts])
  assert.deepEqual(await queryFn({ signal: new AbortController().signal }), { sales: [] })
})
