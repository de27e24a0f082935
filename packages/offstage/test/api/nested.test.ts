import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBody } from '../../src/api/input.ts'
import { t, type OffstageError } from '../../src/index.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { testApp, type TestApp } from '../../src/testing.ts'
import { nested } from './nested.ts'

interface Told {
  readonly status: number
  readonly body: any
  /** Where `run` had a Date. */
  readonly dates: string
}

async function ask(t: TestApp<typeof nested>, path: string, body?: unknown): Promise<Told> {
  const response = await t.fetch(path, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return { status: response.status, body: await response.json(), dates: response.headers.get('x-dates') ?? '' }
}
/** `path code` of each error. */
const faults = ({ body }: Told): string[] => body.errors.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`)

test('values within values are read at any depth, defaults filled in anew each time, instants as Date', async () => {
  await using t = await testApp(nested)
  const send = () =>
    ask(t, '/api/call/order', {
      order: {
        lines: [
          { name: 'a', at: '2026-01-31T12:00:00+01:00' },
          { name: 'b', count: 2 },
        ],
      },
      by: { ada: { at: '2026-01-01T00:00:00Z' } },
    })
  const expected = {
    order: {
      lines: [
        { name: 'a', count: 1, at: '2026-01-31T11:00:00.000Z' },
        { name: 'b', count: 2, at: null },
      ],
      tags: ['a', 'changed'],
      note: null,
    },
    by: { ada: { at: '2026-01-01T00:00:00.000Z' } },
    made: [1, 2],
  }
  const first = await send()
  assert.equal(first.status, 200)
  assert.deepEqual(first.body, expected)
  assert.equal(first.dates, 'order.lines.0.at by.ada.at')
  assert.deepEqual((await send()).body, expected, 'what the first request changed is not in the second')
})

test('all that is wrong is told at once, by dotted paths', async () => {
  await using t = await testApp(nested)
  const wrong = await ask(t, '/api/call/order', {
    order: {
      lines: [{ name: '' }, { count: 0 }, { name: 'c', count: '1', at: 'yesterday' }],
      tags: ['ok', 'too long', 3],
      note: 4,
    },
    by: { a: {}, b: [], c: null },
    made: {},
  })
  assert.equal(wrong.status, 422)
  assert.deepEqual(faults(wrong), [
    'order.lines.0.name required',
    'order.lines.1.name required',
    'order.lines.1.count too_small',
    'order.lines.2.count wrong_type',
    'order.lines.2.at wrong_format',
    'order.tags.1 too_long',
    'order.tags.2 wrong_type',
    'order.note wrong_type',
    'by too_long',
    'made wrong_type',
  ])
  assert.equal(wrong.body.errors[0].message, 'A value is required.')
  const order = async (order: unknown, by?: unknown) => faults(await ask(t, '/api/call/order', { order, by }))
  assert.deepEqual(await order(undefined), ['order required'])
  assert.deepEqual(await order(null), ['order required'])
  assert.deepEqual(await order([]), ['order wrong_type'])
  assert.deepEqual(await order({ lines: [null, [], 'x'], tags: [] }), [
    'order.lines.0 required',
    'order.lines.1 wrong_type',
    'order.lines.2 wrong_type',
    'order.tags too_short',
  ])
  assert.deepEqual(await order({ lines: [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }] }), ['order.lines too_long'])
  assert.deepEqual(await order({ lines: [], tags: null }), ['order.tags required'], 'a default is for what is left out')
  assert.deepEqual(await order({ lines: [] }, { a: { at: 'x' } }), ['by.a.at wrong_format'])
})

test('at most 100 errors are told, however many there are', async () => {
  await using t = await testApp(nested)
  const values = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`n${i}`, 'x']))
  const wrong = await ask(t, '/api/call/counts', values)
  assert.deepEqual([wrong.status, wrong.body.errors.length, wrong.body.errors[99].path], [422, 100, 'n99'])
  const unknown = await ask(t, '/api/call/order', { order: values })
  assert.deepEqual([unknown.status, unknown.body.code, unknown.body.errors.length], [400, 'unknown_field', 100])
  await assert.rejects(
    t.sys.posts.create({ title: 'a', ...values }),
    ({ errors, detail }: OffstageError) => errors!.length === 100 && detail!.length < 1_000,
  )
})

test('values are no longer looked at once 100 are known to be wrong', () => {
  let looks = 0
  class Counted extends RegExp {
    override test(text: string): boolean {
      looks++
      return super.test(text)
    }
  }
  const read = openBody(resolve({ models: {} }), { rows: t.list(t.list(t.text({ match: new Counted('^x') }))) })
  const rows = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 'y'))
  assert.throws(() => read({ rows }), { code: 'invalid_values' })
  assert.equal(looks, 100)
})

test('a list and a map hold 1,000 unless their declaration says otherwise', async () => {
  await using t = await testApp(nested)
  const list = (length: number) => ask(t, '/api/call/maybe', Array(length).fill(1))
  const map = (length: number) => ask(t, '/api/call/counts', Object.fromEntries(Array.from({ length }, (_, i) => [i, i])))
  assert.deepEqual([(await list(1_000)).body.length, faults(await list(1_001))], [1_000, [' too_long']])
  assert.deepEqual([Object.keys((await map(1_000)).body).length, faults(await map(1_001))], [1_000, [' too_long']])
})

test('names that nobody declared are refused at any depth, or dropped where the declaration says so', async () => {
  await using t = await testApp(nested)
  const refused = await ask(t, '/api/call/order', { order: { lines: [{ name: '', nmae: 1 }], 'x.y': 1 }, extra: 1 })
  assert.deepEqual([refused.status, refused.body.code], [400, 'unknown_field'])
  assert.deepEqual(faults(refused), ['extra unknown_field', 'order.x.y unknown_field', 'order.lines.0.nmae unknown_field'])
  assert.equal(refused.body.detail, 'This takes order, by, made.')
  const inner = await ask(t, '/api/call/order', { order: { lines: [{ name: 'a', nmae: 1 }] } })
  assert.equal(inner.body.detail, 'order.lines.0 takes name, count, at.')

  const dropped = await ask(t, '/api/call/loose', { user: { name: 'a', role: 'admin', constructor: 1 }, extra: { deep: [1] } })
  assert.deepEqual(dropped.body, { user: { name: 'a' }, strict: null })
  const strict = await ask(t, '/api/call/loose', { user: { name: 'a' }, strict: { a: 'a', b: 'b' } })
  assert.deepEqual(faults(strict), ['strict.b unknown_field'], 'each object says it for itself')
})

test('names of a map are any text, and none of them does harm', async () => {
  await using t = await testApp(nested)
  const any = { constructor: 1, toString: 2, 'a.b': 3, '': 4, 'ü 🎈': 5, hasOwnProperty: 6 }
  assert.deepEqual((await ask(t, '/api/call/counts', any)).body, any)
  assert.deepEqual((await ask(t, '/api/call/counts', {})).body, {})
  const send = async (text: string) => {
    const response = await t.fetch('/api/call/counts', { method: 'POST', body: text, headers: { 'content-type': 'application/json' } })
    return response.status
  }
  assert.equal(await send('{"__proto__":1}'), 400)
  assert.equal(await send('{"\\ud800":1}'), 422)
  assert.equal(await send('{"\\u0000":1}'), 422)
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
})

test('a partial has only what was sent, so that it is what an update takes', async () => {
  await using t = await testApp(nested)
  const { id } = await t.make.posts({ title: 'old', body: 'text', views: 3 })
  const send = (post: unknown) => ask(t, '/api/call/change', { id, post })
  assert.deepEqual((await send({ title: 'new' })).body, { title: 'new', body: 'text', views: 3, given: ['title'] })
  assert.deepEqual((await send({ body: null })).body, { title: 'new', body: null, views: 3, given: ['body'] })
  assert.deepEqual((await send({})).body.given, [])
  assert.deepEqual(faults(await send({ title: null, views: null })), ['post.title required', 'post.views required'])
  assert.deepEqual(faults(await send({ title: '' })), ['post.title required'])
  assert.deepEqual(faults(await send({ titel: 'x' })), ['post.titel unknown_field'])
  assert.deepEqual(faults(await send(undefined)), ['post required'])
})

test('references have the form of the ids of their model, at any depth', async () => {
  await using t = await testApp(nested)
  assert.deepEqual((await ask(t, '/api/call/pick', { items: ['1', '20'] })).body, { items: ['1', '20'], by: null })
  assert.deepEqual(faults(await ask(t, '/api/call/pick', { items: ['1', 'x', 2] })), ['items.1 wrong_format', 'items.2 wrong_type'])
  const by = crypto.randomUUID()
  assert.equal((await ask(t, '/api/call/pick', { items: [], by: by.toUpperCase() })).body.by, by)
})

test('a body may be a list, or a map', async () => {
  await using t = await testApp(nested)
  assert.deepEqual((await ask(t, '/api/call/many', [{ name: 'a' }])).body, [{ name: 'a', count: 1, at: null }])
  assert.deepEqual(faults(await ask(t, '/api/call/many', [{ name: 'a' }, { name: 1 }])), ['1.name wrong_type'])
  for (const body of [{}, 'text', 1, null, true]) {
    const answer = await ask(t, '/api/call/many', body)
    assert.deepEqual(
      [answer.status, answer.body.code, answer.body.detail],
      [400, 'malformed', 'The body must be a JSON list, such as [1, 2].'],
    )
  }
  const none = await t.fetch('/api/call/many', { method: 'POST' })
  assert.equal(none.status, 400)
  assert.deepEqual(await (await t.fetch('/api/call/maybe', { method: 'POST' })).json(), [5])
  assert.equal((await ask(t, '/api/call/maybe', null)).status, 400)
  for (const body of [[], 'text', null])
    assert.equal((await ask(t, '/api/call/counts', body)).body.detail, 'The body must be a JSON object, such as {"name":"value"}.')
})

test('a list in the query is a parameter that comes several times', async () => {
  await using t = await testApp(nested)
  const found = await ask(t, '/search/3?tag=a&tag=b%2Cc&year=2026&since=2026-01-01T00:00:00Z')
  assert.deepEqual(found.body, { page: 3, tag: ['a', 'b,c'], year: [2026], since: ['2026-01-01T00:00:00.000Z'], q: 'x' })
  assert.equal(found.dates, 'since.0')
  assert.deepEqual(
    (await ask(t, '/search/3')).body,
    { page: 3, tag: [], year: null, since: [], q: 'x' },
    'an empty list is said by silence',
  )
  assert.deepEqual(faults(await ask(t, '/search/3?year=2026&year=soon&tag=1&tag=2&tag=3&tag=4')), ['tag too_long', 'year.1 wrong_format'])
  assert.equal((await ask(t, '/search/3?q=a&q=b')).status, 400)
  assert.deepEqual(faults(await ask(t, '/search/3?qq=a')), ['qq unknown_parameter'])
  assert.equal((await ask(t, '/search/x')).status, 404)
  assert.deepEqual((await ask(t, '/free?a=1&utm_source=x&utm_source=y&__proto__=1&__proto__=2')).body, { a: 1 })
  assert.equal((await ask(t, '/free?a=1&a=2')).status, 400)
  assert.deepEqual((await ask(t, '/free?b=1')).body, { b: ['1'] })
  assert.deepEqual((await ask(t, '/free')).body, {})
})

test('the client sends what the declaration takes, lists of a query included', async () => {
  await using t = await testApp(nested)
  const api = t.as(null)
  const at = new Date('2026-01-31T12:00:00Z')
  const made = await api.call.order({ order: { lines: [{ name: 'a', at }] }, by: { ada: { at: '2026-01-01T00:00:00Z' } } })
  assert.deepEqual((made as any).order.lines, [{ name: 'a', count: 1, at: '2026-01-31T12:00:00.000Z' }])
  assert.deepEqual(await api.call.maybe([1, 2]), [1, 2])
  assert.deepEqual(await api.call.counts({ a: 1 }), { a: 1 })
  assert.deepEqual(await api.request('GET /search/:page', { params: { page: 1 }, query: { tag: ['a', 'b&c'], since: [at], year: null } }), {
    page: 1,
    tag: ['a', 'b&c'],
    year: null,
    since: ['2026-01-31T12:00:00.000Z'],
    q: 'x',
  })
  assert.deepEqual(await api.request('GET /free', { query: { a: 2 } }), { a: 2 })
  await assert.rejects(
    () => api.call.order({ order: { lines: [{ name: '' }] } }),
    ({ errors }: OffstageError) => errors?.[0]?.path === 'order.lines.0.name',
  )
})
