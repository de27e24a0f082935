// Who is told that an argument is wrong: the caller of what was read from a request, nobody but the developer of what the app's own code wrote.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { after, before, test } from 'node:test'
import { runSeed } from '../../src/app/seeding.ts'
import { openLog } from '../../src/http/log.ts'
import { openServer, type Server } from '../../src/http/server.ts'
import { defineApp, defineModels, model, problem, t } from '../../src/index.ts'
import { testApp } from '../../src/testing.ts'
import { serve, type Served } from './served.ts'

type Call = (db: any) => unknown

// Each stands on a line of its own: it is the line that must be told.
// prettier-ignore
const ofForm: readonly Call[] = [
  (db) => db.notes.list({ where: { nope: 1 } }),
  (db) => db.notes.list({ where: { words: undefined } }),
  (db) => db.notes.list({ where: { words: 7 } }),
  (db) => db.notes.list({ where: { words: { near: 'x' } } }),
  (db) => db.notes.list({ where: { rank: { in: [1, null] } } }),
  (db) => db.notes.list({ where: { owner: { nope: 1 } } }),
  (db) => db.notes.list({ where: { or: { words: 'x' } } }),
  (db) => db.notes.list({ where: 'words' }),
  (db) => db.notes.list({ sort: 'nope' }),
  (db) => db.notes.list({ sort: 'extra' }),
  (db) => db.notes.list({ sort: 7 }),
  (db) => db.notes.list({ select: ['nope'] }),
  (db) => db.notes.list({ select: 'words' }),
  (db) => db.notes.list({ include: { nope: true } }),
  (db) => db.notes.list({ include: { lines: { where: { nope: 1 } } } }),
  (db) => db.notes.list({ include: { lines: { limti: 1 } } }),
  (db) => db.notes.list({ limit: 0 }),
  (db) => db.notes.list({ limit: '5' }),
  (db) => db.notes.list({ offset: -1 }),
  (db) => db.notes.list({ after: null }),
  (db) => db.notes.list({ after: 7 }),
  (db) => db.notes.list({ count: 'yes' }),
  (db) => db.notes.list({ search: 7 }),
  (db) => db.lines.list({ search: 'x' }),
  (db) => db.notes.list({ wher: {} }),
  (db) => db.notes.list('words'),
  (db) => db.notes.get(),
  (db) => db.notes.get({}),
  (db) => db.notes.get({ rank: 1 }),
  (db) => db.notes.get({ words: undefined }),
  (db) => db.notes.get(kept, { where: {} }),
  (db) => db.notes.get(kept, { include: { nope: true } }),
  (db) => db.notes.first({ limit: 1 }),
  (db) => db.notes.first({ where: { nope: 1 } }),
  (db) => db.notes.count({ nope: 1 }),
  (db) => db.notes.exists({ nope: 1 }),
  (db) => db.notes.aggregate(),
  (db) => db.notes.aggregate({ measures: { n: 'cuont' } }),
  (db) => db.notes.aggregate({ measures: { n: 'count' }, group: 'nope' }),
  (db) => db.notes.aggregate({ measures: { n: 'count' }, zone: 7 }),
  (db) => db.notes.aggregate({ measures: { n: 'count' }, where: { nope: 1 } }),
  (db) => db.notes.create(),
  (db) => db.notes.create([]),
  (db) => db.notes.create({ words: 'new', nope: 1 }),
  (db) => db.notes.create({ words: undefined }),
  async (db) => await db.notes.create({ words: 'new', lines: { create: [{ nope: 1 }] } }),
  (db) => db.notes.create({ words: 'new', lines: { add: [] } }),
  (db) => db.notes.create({ words: 'new' }, { retrun: 'none' }),
  (db) => db.notes.create({ words: 'new' }, { return: 'all' }),
  (db) => db.notes.create({ words: 'new' }, { include: { nope: true } }),
  (db) => db.notes.update(undefined, { words: 'new' }),
  (db) => db.notes.update({ rank: 1 }, { words: 'new' }),
  (db) => db.notes.update(kept, undefined),
  (db) => db.notes.update(kept, { nope: 1 }),
  (db) => db.notes.update(kept, { words: undefined }),
  (db) => db.notes.update(kept, { words: 'new' }, { ifmatch: 1 }),
  (db) => db.lines.update(line, { text: 'new' }, { ifMatch: 1 }),
  (db) => db.notes.delete(),
  (db) => db.notes.delete(kept, { ifmatch: 1 }),
  (db) => db.lines.delete(line, { ifMatch: 1 }),
  (db) => db.notes.updateMany({}, { rank: 2 }),
  (db) => db.notes.updateMany(undefined, { rank: 2 }),
  (db) => db.notes.updateMany({ nope: 1 }, { rank: 2 }),
  (db) => db.notes.updateMany({ all: true }, { nope: 1 }),
  (db) => db.notes.updateMany({ all: true }, { lines: { create: [] } }),
  (db) => db.notes.deleteMany({}),
  (db) => db.notes.deleteMany({ words: undefined }),
  (db) => db.notes.upsert({ words: 'new' }),
  (db) => db.notes.upsert({ rank: 1 }, { create: {}, update: {} }),
  (db) => db.notes.upsert({ words: 'new' }, { create: {}, update: {}, more: {} }),
  (db) => db.notes.upsert({ words: 'new' }, { create: {}, update: { nope: 1 } }),
  async (db) => await db.notes.upsert({ words: 'new' }, { create: { nope: 1 }, update: {} }),
]
// prettier-ignore
const ofValues: readonly Call[] = [
  (db) => db.notes.create({ words: 'x'.repeat(21) }),
  (db) => db.notes.create({ words: 7 }),
  (db) => db.notes.create({ words: '' }),
  (db) => db.notes.create({ words: null }),
  async (db) => await db.notes.create({}),
  async (db) => await db.notes.create({ words: 'new', lines: { create: [{}] } }),
  (db) => db.notes.update(kept, { words: 'x'.repeat(21) }),
  (db) => db.notes.update(kept, { rank: 'first' }),
  (db) => db.notes.updateMany({ all: true }, { words: '' }),
  (db) => db.notes.upsert({ words: 'new' }, { create: {}, update: { rank: 'first' } }),
  async (db) => await db.notes.upsert({ words: 'new' }, { create: { rank: 'first' }, update: {} }),
]
/** What only rows and rules can tell is told to the caller, whoever asked. */
const ofRows: readonly (readonly [Call, number, string])[] = [
  [(db) => db.notes.get('nobody'), 404, 'not_found'],
  [(db) => db.notes.update('nobody', { rank: 1 }), 404, 'not_found'],
  [(db) => db.notes.create({ words: 'kept' }), 409, 'conflict'],
  [(db) => db.notes.update(kept, { rank: 1 }, { ifMatch: 77 }), 412, 'version_conflict'],
  [(db) => db.notes.update(kept, { rank: { decrement: 9 } }), 422, 'invalid_values'],
  [(db) => db.lines.create({ text: 'x', note: crypto.randomUUID() }), 422, 'invalid_values'],
  [(db) => db.users.delete(ada), 409, 'still_referenced'],
  [(db) => db.notes.list({ after: 'made.up' }), 400, 'invalid_cursor'],
]
/** Texts that a caller types, and that no declaration of an input can tell from right ones. */
const ofTexts: readonly (readonly [Call, string])[] = [
  [(db) => db.notes.list({ search: 'x'.repeat(201) }), 'invalid_filter'],
  [(db) => db.notes.list({ search: '\u{1f600}'.repeat(101) }), 'invalid_filter'],
  [(db) => db.notes.list({ search: 'a b c d e f g h i j k l m n o p q' }), 'invalid_filter'],
  [(db) => db.notes.first({ search: 'a b c d e f g h i j k l m n o p q' }), 'invalid_filter'],
  [(db) => db.notes.aggregate({ measures: { n: 'count' }, search: 'x'.repeat(201) }), 'invalid_filter'],
  [(db) => db.notes.aggregate({ measures: { n: 'count' }, zone: 'Mars/Olympus' }), 'invalid_filter'],
  [(db) => db.notes.aggregate({ measures: { n: 'count' }, zone: '' }), 'invalid_filter'],
  [(db) => db.notes.list({ after: '' }), 'invalid_cursor'],
  [(db) => db.notes.list({ after: 'x'.repeat(8_001) }), 'invalid_cursor'],
]

const { models, endpoint, group } = defineModels({
  users: { email: t.email().unique() },
  notes: {
    words: t.text({ min: 1, max: 20 }).unique().searchable(),
    rank: t.integer({ min: 0 }).default(3),
    extra: t.json().optional(),
    owner: t.user().optional(),
    lines: t.many('lines', 'note'),
  },
  lines: model({ text: t.text(), note: t.ref('notes') }, { own: { version: false } }),
  triggers: {
    call: t.integer(),
    list: t.text(),
    sys: t.boolean(),
    patch: t.integer().optional(),
    title: t.text({ max: 5 }).optional(),
    note: t.ref('notes').optional(),
  },
})
const all = { read: 'everyone', create: 'everyone', update: 'everyone', delete: 'everyone' } as const
for (const model of [models.users, models.notes, models.lines, models.triggers]) model.access(all)

const lists: Readonly<Record<string, readonly Call[]>> = {
  ofForm,
  ofValues,
  ofRows: ofRows.map(([call]) => call),
  ofTexts: ofTexts.map(([call]) => call),
}
const patches: readonly unknown[] = [
  7,
  [],
  { nope: 1 },
  { id: 'x' },
  { version: 3 },
  { title: 'x'.repeat(6) },
  { title: 7 },
  { call: null },
  { call: undefined },
  { note: crypto.randomUUID() },
]
models.triggers.on('creating', ({ row }) => (row.patch === null ? undefined : patches[row.patch]) as any)
models.triggers.on('created', async ({ row, db }: any) => {
  if (row.patch === null) await lists[row.list]![row.call]!(row.sys ? db.system : db)
})

const input = { list: t.text(), call: t.integer() }
type Named = { list: string; call: number }
const run = ({ list, call }: Named, db: any): unknown => lists[list]![call]!(db)
const endpoints = {
  asCaller: endpoint({ allow: 'everyone', input, run: ({ input, db }) => run(input, db) as any }),
  asSystem: endpoint({ allow: 'everyone', input, run: ({ input, db }) => run(input, db.system) as any }),
  asSomeone: endpoint({ allow: 'everyone', input, run: async ({ input, db }) => (await run(input, db.as(ada))) as any }),
  asPart: endpoint({ allow: 'everyone', input, run: ({ input, db }) => db.transaction(async (tx) => (await run(input, tx)) as any) }),
  plain: endpoint({
    allow: 'everyone',
    run: () => {
      throw new TypeError('the words of a failure')
    },
  }),
  refuses: endpoint({
    allow: 'everyone',
    run: () => {
      throw problem('unknown_field', { detail: 'You sent too much.' })
    },
  }),
  many: endpoint({
    allow: 'everyone',
    input: { note: t.text() },
    run: ({ input, db }) => db.notes.get(input.note, { include: { lines: true } }) as any,
  }),
  reads: endpoint({ allow: 'everyone', method: 'GET', path: '/api/reads', run: ({ db }) => db.notes.create({ words: 'new' }) as any }),
  misfit: endpoint({ allow: 'everyone', output: { words: t.text() }, run: () => ({ words: 7 }) as any }),
  formed: group(
    { problem: ({ code, status, detail }) => Response.json({ said: code, detail }, { status }) },
    { inGroup: endpoint({ allow: 'everyone', path: '/in-group', input, run: ({ input, db }) => run(input, db) as any }) },
  ),
  known: group(
    { prefix: '/known', authenticate: () => 7 as any },
    { whoami: endpoint({ allow: 'everyone', path: '/whoami', run: () => 1 }) },
  ),
}

const app = defineApp({ models, endpoints })
const source = readFileSync(import.meta.filename, 'utf8').split('\n')
const file = relative(process.cwd(), import.meta.filename)

let served: Served
let production: Server
const lines: string[] = []
let ada = ''
let kept = ''
let line = ''

before(async () => {
  served = await serve(app)
  ada = (await served.sys.users.create({ email: 'ada@example.com' })).id
  kept = (await served.sys.notes.create({ words: 'kept', owner: ada })).id
  line = (await served.sys.lines.create({ text: 'a', note: kept })).id
  production = await openServer({ routes: served.running.routes, log: openLog({ write: (text) => lines.push(text) }), development: false })
})
after(async () => {
  await production.close()
  await served[Symbol.asyncDispose]()
})

interface Told {
  readonly status: number
  readonly body: any
  readonly text: string
  /** The lines that the log has of it, from errors up. */
  readonly errors: readonly any[]
}

async function send(path: string, json?: unknown, method = 'POST'): Promise<Told> {
  lines.length = 0
  const init = json === undefined ? { method } : { method, body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }
  const answer = await production.fetch(new Request(`http://api.example${path}`, init))
  const text = await answer.text()
  const errors = lines.map((entry) => JSON.parse(entry)).filter(({ level }) => level === 'error' || level === 'fatal')
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), text, errors }
}

const world = async (): Promise<string> => {
  const tables = ['users', 'notes', 'lines', 'triggers']
  return JSON.stringify(await Promise.all(tables.map(async (name) => (await served.sys[name].list({ sort: 'id' })).data)))
}

/** The developer is told all, in the log and in development; the caller nothing. */
async function isOurs(path: string, json: unknown, ...at: readonly string[]): Promise<void> {
  const method = path === '/api/reads' ? 'GET' : 'POST'
  const what = `${path} ${JSON.stringify(json)}`
  const was = await world()
  const { status, body, errors } = await send(path, json, method)
  assert.equal(status, 500, what)
  assert.deepEqual(Object.keys(body).sort(), ['code', 'requestId', 'status', 'title', 'type'], what)
  assert.equal(body.code, 'internal', what)
  assert.equal(errors.length, 1, what)
  const place = String(errors[0].place)
  const [, told] = /^(.*):\d+$/.exec(place) ?? []
  assert.equal(told, file, `${what} ${place}`)
  const said = source[Number(place.split(':').at(-1)) - 1]!
  assert.ok(
    at.some((text) => said.includes(text)),
    `${what}: ${place} ${said}`,
  )
  assert.ok(errors[0].err.hint || errors[0].err.detail || errors[0].err.type === 'TypeError', what)
  assert.equal(errors[0].requestId, body.requestId)

  const open = await served.ask(path, { method, ...(json === undefined ? {} : { json }) } as any)
  const shown: any = await open.json()
  assert.equal(open.status, 500, what)
  assert.equal(shown.place, place, what)
  assert.ok(shown.hint || shown.detail, `${what} ${JSON.stringify(shown)}`)
  assert.equal(await world(), was, `${what}: nothing is written`)
}

const each = (list: readonly unknown[], visit: (call: number) => Promise<void>): Promise<void> =>
  list.reduce<Promise<void>>((before, _, call) => before.then(() => visit(call)), Promise.resolve())

for (const name of ['asCaller', 'asSystem', 'asSomeone', 'asPart'])
  test(`a call that is written wrong in an endpoint is a mistake of the app (${name})`, () =>
    each(ofForm, (call) => {
      // Who acts as somebody else waits for them to be looked up: only the line that awaits the call is known then.
      const lines = [ofForm[call]!.toString(), ...(name === 'asSomeone' ? ['asSomeone: endpoint('] : [])]
      return isOurs(`/api/call/${name}`, { list: 'ofForm', call }, ...lines)
    }))

for (const sys of [false, true])
  test(`a call that is written wrong in a hook is a mistake of the app (${sys ? 'db.system' : 'db'})`, async () => {
    for (const list of ['ofForm', 'ofValues'] as const)
      await each(lists[list]!, (call) => isOurs('/api/triggers', { list, call, sys }, lists[list]![call]!.toString()))
  })

test('values that do not fit are the caller’s where an endpoint writes as its caller, and the app’s where it writes as the system', async () => {
  for (const name of ['asCaller', 'asSomeone', 'asPart'])
    await each(ofValues, async (call) => {
      const was = await world()
      const { status, body, errors } = await send(`/api/call/${name}`, { list: 'ofValues', call })
      assert.deepEqual([status, body.code, errors], [422, 'invalid_values', []], `${name} ${call}`)
      assert.match(body.errors[0].path, /^(words|rank|lines\.create\.0\.text)$/)
      assert.equal(await world(), was)
    })
  for (const name of ['asSystem'])
    await each(ofValues, (call) => isOurs(`/api/call/${name}`, { list: 'ofValues', call }, ofValues[call]!.toString()))
})

test('what rows and rules say is said to the caller, whoever asked', async () => {
  for (const name of ['asCaller', 'asSystem'])
    await each(ofRows, async (call) => {
      const { status, body, errors } = await send(`/api/call/${name}`, { list: 'ofRows', call })
      assert.deepEqual([status, body.code, errors], [ofRows[call]![1], ofRows[call]![2], []], `${name} ${call}`)
    })
})

test('what a caller typed to search, as a time zone or as a cursor stays theirs: no `input` can say which texts those are', async () => {
  for (const name of ['asCaller', 'asSystem', 'asSomeone', 'asPart'])
    await each(ofTexts, async (call) => {
      const { status, body, errors } = await send(`/api/call/${name}`, { list: 'ofTexts', call })
      assert.deepEqual([status, body.code, errors], [400, ofTexts[call]![1], []], `${name} ${call}`)
    })
})

test('a patch of a hook that does not fit is a mistake of the app, told with the line of the hook', () =>
  each(patches, (patch) => isOurs('/api/triggers', { list: 'ofForm', call: 0, sys: false, patch }, "models.triggers.on('creating'")))

test('the same in a request is its caller’s, and no error in the log', async () => {
  const asked: readonly (readonly [string, string, unknown?])[] = [
    ['GET', '/api/notes?nope=1'],
    ['GET', '/api/notes?sort=nope'],
    ['GET', '/api/notes?rank=first'],
    ['GET', '/api/notes?after=7'],
    ['GET', '/api/notes?limit=0'],
    ['GET', '/api/notes?select=nope'],
    ['GET', '/api/notes/aggregate?nope=1'],
    ['GET', `/api/notes/${kept}?include=nope`],
    ['POST', '/api/notes/query', { where: { nope: 1 } }],
    ['POST', '/api/notes/query', { where: { words: 7 } }],
    ['POST', '/api/notes/query', { wher: {} }],
    ['POST', '/api/notes/query', { after: 7 }],
    ['POST', '/api/notes/aggregate', { measures: { n: 'cuont' } }],
    ['POST', '/api/notes', { words: 'new', nope: 1 }],
    ['POST', '/api/notes', { words: 'x'.repeat(21) }],
    ['POST', '/api/notes', {}],
    ['POST', '/api/notes', { words: 'new', lines: { create: [{ nope: 1 }] } }],
    ['POST', '/api/notes', { words: 'new', lines: { add: [] } }],
    ['PATCH', `/api/notes/${kept}`, { nope: 1 }],
    ['PATCH', `/api/notes/${kept}`, { rank: 'first' }],
    ['PATCH', `/api/notes/${kept}`, { version: 99 }],
    ...[
      { op: 'create', model: 'notes', values: { nope: 1 } },
      { op: 'create', model: 'notes', values: { words: '' } },
      { op: 'update', model: 'notes', id: kept, values: { nope: 1 } },
      { op: 'updateMany', model: 'notes', where: { nope: 1 }, values: { rank: 1 } },
      { op: 'updateMany', model: 'notes', where: {}, values: { rank: 1 } },
      { op: 'updateMany', model: 'notes', where: { rank: 3 }, values: { nope: 1 } },
      { op: 'updateMany', model: 'notes', where: { rank: 3 }, values: { lines: { create: [] } } },
      { op: 'deleteMany', model: 'notes', where: {} },
      { op: 'upsert', model: 'notes', key: { rank: 1 }, create: {}, update: {} },
      { op: 'upsert', model: 'notes', key: { words: 'new' }, create: { nope: 1 }, update: {} },
      { op: 'upsert', model: 'notes', key: { words: 'new' }, create: {}, update: { rank: 'first' } },
    ].map((operation) => ['POST', '/api/batch', { operations: [operation] }] as const),
    ['POST', '/api/call/asCaller', { list: 7 }],
    ['POST', '/api/call/asCaller', { list: 'x', call: 1, nope: 1 }],
  ]
  const was = await world()
  for (const [method, path, json] of asked) {
    const { status, errors, body } = await send(path, json, method)
    assert.ok(status >= 400 && status < 500, `${method} ${path} ${JSON.stringify(json)} ${status}`)
    assert.deepEqual([errors, body.status], [[], status])
  }
  assert.equal(await world(), was)
})

test('everything else that an endpoint does wrong has a line in the log, and no word outside', async () => {
  await isOurs('/api/call/plain', undefined, "new TypeError('the words")
  await isOurs('/api/call/misfit', undefined, 'misfit: endpoint(')
  await isOurs('/api/reads', undefined, 'reads: endpoint(')
  await isOurs('/known/whoami', undefined, 'whoami: endpoint(')
})

test('what code refuses on purpose stays as it says', async () => {
  const { status, body, errors } = await send('/api/call/refuses')
  assert.deepEqual([status, body.code, body.detail, errors], [400, 'unknown_field', 'You sent too much.', []])
})

test('a group forms the mistake as an internal error', async () => {
  const { status, body, errors } = await send('/in-group', { list: 'ofForm', call: 0 })
  assert.deepEqual([status, body, errors.length], [500, { said: 'internal' }, 1])
})

test('the hint of an unknown field says which there are', async () => {
  const { errors } = await send('/api/call/asCaller', { list: 'ofForm', call: 0 })
  assert.match(errors[0].err.hint, /^notes has: id, .*words, rank/)
})

test('a question with too many rows in its answer is the app’s where the app put it', async () => {
  const inTime = { timeout: 60_000 }
  const lines = Array.from({ length: 1000 }, () => ({ text: 'x' }))
  const note = await served.sys.transaction((sys: any) => sys.notes.create({ words: 'long', lines: { create: lines } }), inTime)
  await served.sys.lines.create({ text: 'x', note: note.id })
  await isOurs('/api/call/many', { note: note.id }, 'many: endpoint(')
  const { status, body, errors } = await send(`/api/notes/${note.id}?include=lines`, undefined, 'GET')
  assert.deepEqual([status, body.code, errors], [422, 'too_many_rows', []])
  await served.sys.transaction((sys: any) => sys.lines.deleteMany({ note: note.id }), inTime)
  await served.sys.notes.delete(note.id)
})

test('a seed and a test hear of their own mistakes with the line', async () => {
  const seed = { seed: ({ sys }: any) => sys.notes.create({ nope: 1 }) }
  await assert.rejects(
    runSeed(seed as any, served.running, () => {}),
    ({ cause }: any) => {
      assert.match(cause.place, /mistakes\.test\.ts:\d+$/)
      return cause.code === 'unknown_field' && cause.status === 500
    },
  )
  await using own = await testApp(app)
  await each(ofForm, async (call) => {
    await assert.rejects(
      async () => ofForm[call]!(own.sys),
      (error: any) => error.status === 500 && error.place.startsWith(file),
    )
  })
  await assert.rejects(own.db.notes.create({ words: '' }), { code: 'invalid_values', status: 422 })
})

test('a call after its transaction has ended names the missing await, with its line', async () => {
  let late: any
  const went = served.sys.transaction(async (tx: any) => void (late = tx))
  await went
  for (const call of [
    (db: any) => db.notes.list(),
    (db: any) => db.notes.create({ words: 'late' }),
    (db: any) => db.notes.deleteMany({ all: true }),
  ])
    await assert.rejects(call(late), ({ code, message, place }: any) => {
      assert.match(message, /not awaited/)
      return code === 'invalid_call' && place.startsWith(file)
    })
})
