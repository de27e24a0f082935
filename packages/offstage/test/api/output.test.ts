import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOutput } from '../../src/api/output.ts'
import { problemReply } from '../../src/http/problem.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { defineApp, defineModels, t, type OffstageError, type StandardSchema } from '../../src/index.ts'
import { testApp } from '../../src/testing.ts'

const { models, me, endpoint } = defineModels({
  users: { name: t.text(), email: t.email().unique(), secret: t.text().default('SNTL') },
  notes: { title: t.text(), writer: t.user(), at: t.datetime().optional() },
})
models.users.access({ read: 'everyone' })
models.notes.access({ read: 'everyone', create: { writer: me } })

const person = t.object({ name: t.text(), bio: t.text().optional() })
/** Endpoints whose TypeScript is wrong, as a value of another library would make it. */
const lie = (value: unknown): never => value as never
const even: StandardSchema<{ n: number }, { n: string }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      (value as { n: number }).n % 2 === 0
        ? { value: { n: `${(value as { n: number }).n}!` } }
        : { issues: [{ message: 'Odd', path: ['n'] }] },
  },
}
const text = { note: t.text() }

const app = defineApp({
  models,
  endpoints: {
    rows: endpoint({
      allow: 'everyone',
      method: 'GET',
      output: { notes: t.list(t.object({ title: t.text(), at: t.datetime().optional(), writer: person })), count: t.integer() },
      async run({ db }) {
        const { data: notes, count = 0 } = await db.notes.list({ include: { writer: true }, count: true })
        return { notes, count, extra: 'SNTL' }
      },
    }),
    broken: endpoint({
      allow: 'everyone',
      input: { answer: t.json() },
      output: { people: t.list(person) },
      run: ({ input }) => lie(input.answer),
    }),
    list: endpoint({
      allow: 'everyone',
      output: t.list(t.map(t.integer())),
      run: () => [{ a: 1, b: 2 }, JSON.parse('{"__proto__":3}') as {}],
    }),
    nothing: endpoint({ allow: 'everyone', output: text, run: () => {} }),
    own: endpoint({ allow: 'everyone', output: text, run: () => new Response('whatever', { status: 202 }) }),
    some: endpoint({
      allow: 'everyone',
      output: t.partial({ a: t.integer(), b: t.integer().optional(), c: t.integer().default(4) }),
      run: () => ({ a: 1, b: null, z: 1 }),
    }),
    filled: endpoint({
      allow: 'everyone',
      output: { a: t.integer().default(3), tags: t.list(t.text()).default(() => []) },
      run: () => ({}),
    }),
    standard: endpoint({ allow: 'everyone', input: { n: t.integer() }, output: even, run: ({ input }) => ({ n: input.n, extra: 'SNTL' }) }),
  },
  login: { password: true },
})

test('only what the output names leaves the server, at any depth', async () => {
  await using t = await testApp(app)
  const ada = await t.make.users({ name: 'Ada' })
  await t.make.notes({ title: 'One', writer: ada.id, at: new Date(0) })
  const answer = await (await t.fetch('/api/call/rows')).text()
  assert.deepEqual(JSON.parse(answer), {
    notes: [{ title: 'One', at: '1970-01-01T00:00:00.000Z', writer: { name: 'Ada', bio: null } }],
    count: 1,
  })
  assert.ok(!answer.includes('SNTL'))
  const api = t.as(null)
  assert.deepEqual(await api.call.some(), { a: 1, b: null })
  assert.deepEqual(await api.call.filled(), { a: 3, tags: [] })
  assert.deepEqual(await api.call.standard({ n: 2 }), { n: '2!' })
  const list = await t.fetch('/api/call/list', { method: 'POST' })
  assert.equal(await list.text(), '[{"a":1,"b":2},{"__proto__":3}]')
})

test('nothing, and a Response, are sent as they are', async () => {
  await using t = await testApp(app)
  assert.equal((await t.fetch('/api/call/nothing', { method: 'POST' })).status, 204)
  const own = await t.fetch('/api/call/own', { method: 'POST' })
  assert.deepEqual([own.status, await own.text()], [202, 'whatever'])
})

test('what does not fit the output is a 500 that tells the developer what and where', async () => {
  const lines: string[] = []
  await using t = await testApp(app, { log: (line) => lines.push(line) })
  const answer = async (value: unknown) => {
    const response = await t.fetch('/api/call/broken', {
      method: 'POST',
      body: JSON.stringify({ answer: value }),
      headers: { 'content-type': 'application/json' },
    })
    const { code, hint, place } = await response.json()
    assert.deepEqual([response.status, code], [500, 'internal'])
    assert.match(place, /output\.test\.ts:\d+$/)
    return /`output`(.*) Give a value/.exec(hint)?.[1]
  }
  assert.equal(await answer({ people: [{ name: 'a' }, {}] }), ', at people.1.name: A value is required.')
  assert.equal(await answer({ people: [{ name: null }] }), ', at people.0.name: Found null where a value is required.')
  assert.equal(await answer({ people: [{ name: 3 }] }), ', at people.0.name: Expected text, found 3.')
  assert.equal(await answer({ people: [{ name: 'a', bio: {} }] }), ', at people.0.bio: Expected text, found an object.')
  assert.equal(await answer({ people: {} }), ', at people: Expected a list, found an object.')
  assert.equal(await answer({ people: ['x'] }), ', at people.0: Expected an object, found text.')
  assert.equal(await answer({}), ', at people: A value is required.')
  assert.equal(await answer([]), ': Expected an object, found a list.')
  assert.equal(lines.length, 8)
  for (const line of lines) assert.match(line, /at people|Expected an object/)

  await assert.rejects(
    () => t.as(null).call.standard({ n: 3 }),
    ({ status, problem }: any) => status === 500 && problem.hint.includes(', at n: Odd.'),
  )
})

test('in production the client is told nothing of what did not fit', () => {
  const write = openOutput(resolve({ models: {} }), { people: t.list(person) }, 'app.ts:1')
  for (const value of [{ people: [{ name: ['SNTL'] }] }, { SNTL: 1 }, 'SNTL'])
    assert.throws(
      () => write(value),
      (error) => {
        const { status, body } = problemReply(error, 'r', false)
        assert.deepEqual(Object.keys(JSON.parse(String(body))).sort(), ['code', 'requestId', 'status', 'title', 'type'])
        assert.equal(status, 500)
        return true
      },
    )
})

test('scalars are looked at for their type in JSON alone, and instants become text', () => {
  const write = (field: object, value: unknown) => {
    try {
      return (openOutput(resolve({ models: {} }), { v: field } as never)({ v: value }) as { v: unknown }).v
    } catch (error) {
      return (error as OffstageError).hint?.includes(', at v') ? 'refused' : error
    }
  }
  const cases: readonly (readonly [object, unknown, unknown])[] = [
    [t.text({ max: 2 }), 'longer', 'longer'],
    [t.text(), 1, 'refused'],
    [t.text(), new Date(0), 'refused'],
    [t.integer({ max: 1 }), 5, 5],
    [t.integer(), 1.5, 'refused'],
    [t.integer(), Number.NaN, 'refused'],
    [t.integer(), '1', 'refused'],
    [t.integer(), 1n, 'refused'],
    [t.number(), 1.5, 1.5],
    [t.number(), Number.POSITIVE_INFINITY, 'refused'],
    [t.boolean(), 0, 'refused'],
    [t.boolean(), false, false],
    [t.decimal(5, 2), '1.00', '1.00'],
    [t.decimal(5, 2), 1, 'refused'],
    [t.enum('a'), 'b', 'b'],
    [t.datetime(), new Date(0), '1970-01-01T00:00:00.000Z'],
    [t.datetime(), '1970-01-01T01:00:00+01:00', '1970-01-01T00:00:00.000Z'],
    [t.datetime(), String(new Date(0)), 'refused'],
    [t.datetime(), new Date(Number.NaN), 'refused'],
    [t.datetime(), 0, 'refused'],
    [t.json(), { any: [1, null] }, { any: [1, null] }],
    [t.json(), null, 'refused'],
    [t.json().optional(), undefined, null],
    [t.list(t.integer(), { max: 1 }), [1, 2], [1, 2]],
    [t.list(t.integer()), Array(2), 'refused'],
    [t.map(t.integer()), { a: undefined }, {}],
    [t.map(t.integer()), [], 'refused'],
    [t.map(t.integer()), new Date(0), 'refused'],
    [t.object({ constructor: t.text() }), {}, 'refused'],
    [t.partial({ constructor: t.text() }), {}, {}],
  ]
  for (const [field, value, expected] of cases) {
    const written = write(field, value)
    assert.deepEqual(written !== null && typeof written === 'object' && !Array.isArray(written) ? { ...written } : written, expected)
  }
})
