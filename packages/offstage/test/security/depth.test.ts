// Alone: it puts an argon2 of its own in before Offstage takes that of Node.

// Found by attack: what no list of checks had. Questions that grow out of proportion, answers that could end the process, and values
// that could be found out by how a write is refused.
import assert from 'node:assert/strict'
import { hash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { holdHashes } from '../hashes.ts'
import { defineApp, defineModels, problem, t } from 'offstage'
import { testApp } from 'offstage/testing'
import { follow } from '../../src/migrate/follow.ts'
import { Recent } from '../../src/store/recent.ts'
import { openSqlite } from '../../src/store/sqlite/store.ts'
import { guessable } from '../../src/auth/guessable.ts'
import { normaliseEmail, normaliseSearch } from '../../src/schema/normalise.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { eventually } from '../eventually.ts'

const { models, me, endpoint, group } = defineModels({
  users: {
    name: t.text(),
    email: t.email().unique().readable({ id: t.me }),
    role: t.enum('member', 'admin').default('member').writable('nobody'),
    legacyHash: t.text().hidden().optional(),
    recovery: t.text().hidden().optional().writable({ id: t.me }),
  },
  projects: {
    title: t.text(),
    owner: t.user(),
    code: t.text({ max: 40 }).unique().optional().readable({ owner: t.me }),
    budget: t
      .integer({ min: 0, max: 1000 })
      .default(0)
      .readable(t.me.is({ role: 'admin' })),
    log: t
      .json()
      .optional()
      .readable(t.me.is({ role: 'admin' })),
    tasks: t.many('tasks', 'project'),
  },
  tasks: { title: t.text(), project: t.ref('projects'), parent: t.ref('tasks').optional(), parts: t.many('tasks', 'parent') },
  rooms: { name: t.text(), things: t.many('things', 'room') },
  things: { name: t.text(), owner: t.user(), room: t.ref('rooms').optional().readable({ owner: t.me }) },
})
models.users.access({ read: 'signed-in', create: me.is({ role: 'admin' }), update: { id: me } })
models.projects.access({ read: 'everyone', create: { owner: me }, update: { owner: me }, delete: { owner: me } })
models.tasks.access({ read: 'everyone' })
models.rooms.access({ read: 'everyone', update: 'signed-in' })
models.things.access({ read: 'everyone', update: 'signed-in' })

const once = new Response('once')
const app = defineApp({
  models,
  login: { password: true },
  endpoints: {
    frozen: endpoint({
      allow: 'everyone',
      run: () => {
        throw Object.freeze(new Error('frozen')) as Error
      },
    }),
    odd: endpoint({
      allow: 'everyone',
      run: () => {
        throw Object.defineProperty(new Error('odd'), 'more', {
          enumerable: true,
          get: () => {
            throw new Error('looked at')
          },
        })
      },
    }),
    status: endpoint({
      allow: 'everyone',
      input: { status: t.number() },
      run: ({ input }) => {
        throw problem('strange', { status: input.status })
      },
    }),
    nothing: endpoint({ allow: 'everyone', run: () => Promise.reject(null) }),
    stream: endpoint({
      allow: 'everyone',
      method: 'GET',
      path: '/api/stream',
      run: () =>
        new Response(
          new ReadableStream({
            cancel() {
              throw new Error('will not stop')
            },
          }),
        ),
    }),
    once: endpoint({ allow: 'everyone', method: 'GET', path: '/api/once', run: () => once }),
    keyed: group(
      {
        prefix: '/keyed',
        authenticate: (request) => ({ none: undefined, number: 5, list: ['x'] } as any)[request.headers.get('x-key') ?? 'none'],
      },
      {
        who: endpoint({ allow: 'everyone', run: ({ user }) => ({ who: user?.id ?? null }) }),
      },
    ),
  },
})

const open = async () => {
  const log: string[] = []
  const test = await testApp(app, { log: (line) => void log.push(line) })
  const [alice, bob] = [
    await test.sys.users.create({ name: 'Alice', email: 'alice@example.com' }),
    await test.sys.users.create({ name: 'Bob', email: 'bob@example.com' }),
  ]
  const theirs = await test.sys.projects.create({ title: 'Theirs', owner: bob.id, code: 'SECRET-7', budget: 437 })
  const mine = await test.sys.projects.create({ title: 'Mine', owner: alice.id, budget: 437, log: ['x'] })
  const post = async (path: string, body: object = {}, headers: Record<string, string> = {}) => {
    const response = await test.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
  }
  return { ...test, test, log, alice, bob, theirs, mine, post, db: (test.db as any).as(alice) as any }
}
let world: Awaited<ReturnType<typeof open>>
const escaped: unknown[] = []
const note = (error: unknown): void => void escaped.push(error)
before(async () => {
  world = await open()
  process.on('unhandledRejection', note)
})
after(async () => {
  process.off('unhandledRejection', note)
  await world.close()
})

async function tokenOf(user: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await (world.sys as any).authSessions.create({
    user,
    hash: hash('sha256', token, 'base64url'),
    lastUsedAt: new Date(),
    ip: '',
    userAgent: '',
  })
  return token
}

const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )

const onSqlite = !process.env['TEST_DATABASE_URL']

test('A2 B9 a row is not found by a unique value that the caller may not read, whatever is to be done with it', async () => {
  for (const [taken, free] of [
    [{ email: 'bob@example.com' }, { email: 'nobody@example.com' }],
    [{ code: 'SECRET-7' }, { code: 'SECRET-8' }],
  ] as const) {
    const table = 'email' in taken ? world.db.users : world.db.projects
    for (const act of [
      (key: object) => table.update(key, 'email' in taken ? { name: 'x' } : { title: 'x' }),
      (key: object) => table.get(key),
      ...('code' in taken ? [(key: object) => table.delete(key)] : []),
    ]) {
      assert.deepEqual([await codeOf(act(taken)), await codeOf(act(free))], ['not_found', 'not_found'])
    }
  }
  // As a key of one's own it works as ever; and a value that is taken says so, which is the one exception.
  await world.db.users.update({ email: 'alice@example.com' }, { name: 'Alice A.' })
  assert.equal(
    await codeOf(world.db.projects.upsert({ code: 'SECRET-7' }, { create: { title: 'n', code: 'SECRET-7' }, update: { title: 'u' } })),
    'conflict',
  )
  assert.equal((await world.sys.projects.get(world.theirs.id)).title, 'Theirs')
})

test('C1 C2 a hidden column is nobody’s to write unless a rule says whose', async () => {
  const unseen = async (): Promise<unknown> => (await (world.sys.users as any).get(world.alice.id, { reveal: ['legacyHash'] })).legacyHash
  assert.equal(await codeOf(world.db.users.update(world.alice.id, { legacyHash: 'planted' })), 'unknown_field')
  assert.equal(await unseen(), null)
  const signedUp = await world.post('/api/auth/sign-up', {
    name: 'Eve',
    email: 'eve@example.com',
    password: 'figs-under-9-lamps',
    legacyHash: 'planted',
  })
  assert.deepEqual([signedUp.status, signedUp.json.code], [400, 'unknown_field'])
  const unknown = await world.post('/api/auth/sign-up', {
    name: 'Eve',
    email: 'eve@example.com',
    password: 'figs-under-9-lamps',
    noSuchThing: 'planted',
  })
  assert.deepEqual(unknown.json.errors[0].code, signedUp.json.errors[0].code)
  await world.db.users.update(world.alice.id, { recovery: 'mine to set' })
})

test('B1 how far a value can be counted does not tell one that may not be read', async () => {
  for (const budget of [{ increment: 563 }, { increment: 564 }, { decrement: 437 }, { decrement: 438 }]) {
    assert.equal(await codeOf(world.db.projects.update(world.mine.id, { budget })), 'invalid_values')
  }
  assert.equal(await codeOf(world.db.projects.update(world.mine.id, { log: { append: ['y'] } })), 'invalid_values')
  assert.equal((await world.sys.projects.get(world.mine.id)).budget, 437)
  await world.db.projects.update(world.mine.id, { budget: 5 })
})

test('A12 whether a row is in a list is not found out by taking it out, where the caller may not see the reference', async () => {
  const [hall, attic] = [await world.sys.rooms.create({ name: 'Hall' }), await world.sys.rooms.create({ name: 'Attic' })]
  const [theirs, mine] = [
    await world.sys.things.create({ name: 'a', owner: world.bob.id, room: hall.id }),
    await world.sys.things.create({ name: 'b', owner: world.alice.id, room: hall.id }),
  ]
  for (const room of [hall, attic])
    assert.equal(await codeOf(world.db.rooms.update(room.id, { things: { disconnect: [theirs.id] } })), 'invalid_values')
  assert.equal((await world.sys.things.get(theirs.id)).room, hall.id)
  assert.equal(await codeOf(world.db.rooms.update(hall.id, { things: { disconnect: [mine.id] } })), 'done')
})

test('R21 what an endpoint throws or answers, however odd, ends no more than its own request', async () => {
  for (const path of ['frozen', 'odd', 'nothing']) assert.equal((await world.post(`/api/call/${path}`)).status, 500, path)
  for (const status of [0, 99, 200, 204, 302, 600, 1000, 400.5])
    assert.equal((await world.post('/api/call/status', { status })).status, 500, String(status))
  assert.equal((await world.post('/api/call/status', { status: 418 })).status, 418)
  for (const path of ['/api/stream', '/api/once', '/api/once']) assert.equal((await world.test.fetch(path, { method: 'HEAD' })).status, 200)
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.deepEqual(escaped, [])
  assert.ok(
    world.log.some((line) => line.includes('frozen')),
    'and it is in the log',
  )
})

test('E12 a sign-in under way with the old password opens no session once the password is another', async () => {
  const [email, password] = ['carol@example.com', 'figs-under-9-lamps']
  const user: string = (await world.post('/api/auth/sign-up', { name: 'Carol', email, password, as: 'token' })).json.user.id
  const sys = world.sys as any
  const tried = async (): Promise<string> => JSON.stringify((await sys.authAttempts.list()).data)
  const before = await tried()
  const release = holdHashes()
  const signingIn = world.post('/api/auth/sign-in', { email, password, as: 'token' })
  // The try is counted and the password being looked at.
  await eventually(async () => (await tried()) !== before, 'the try is counted')
  await sys.transaction(async (tx: any) => {
    await tx.users.count()
    // On SQLite this has the one writer: the session that would come of it stands in line behind. On servers both are under way.
    release()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await tx.authCredentials.updateMany({ user }, { hash: 'another' })
    await tx.authSessions.deleteMany({ user })
  })
  const { status, json } = await signingIn
  // Where transactions run side by side it may have come first: then its session went with the others.
  if (status === 200 && !onSqlite)
    assert.equal((await world.test.fetch('/api/auth/me', { headers: { authorization: `Bearer ${json.token}` } })).status, 401)
  else assert.equal(status, 401)
  assert.equal(await sys.authSessions.count({ user }), 0)
})

test('E7 an address whose compatible letters make two addresses of it is none', async () => {
  for (const email of [
    'victim＠example.com@evil.example',
    'a，b@example.com',
    'a；b@example.com',
    'a＂@example.com',
    'a\u3000b@example.com',
  ]) {
    assert.equal((await world.post('/api/auth/sign-up', { name: 'x', email, password: 'figs-under-9-lamps' })).status, 422, email)
  }
})

test('a group that does not say who calls has nobody before it, and one that says nonsense fails', async () => {
  assert.deepEqual((await world.post('/keyed/who')).json, { who: null })
  for (const kind of ['number', 'list']) assert.equal((await world.post('/keyed/who', {}, { 'x-key': kind })).status, 500)
})

test('H4 an include of any depth in the address is refused, not followed', async () => {
  for (const depth of [4, 100, 5000]) {
    const response = await world.test.fetch(`/api/tasks?include=${Array(depth).fill('p').join('.')}`)
    assert.deepEqual([response.status, ((await response.json()) as any).code], [400, 'invalid_filter'], String(depth))
  }
})

test('H4 a question that would join more tables than the database can is refused', async () => {
  const path = 'parent.parent.parent.title'
  const measures = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}`, { countDistinct: path }]))
  assert.equal((await world.post('/api/tasks/aggregate', { measures, group: [path] })).json.code, 'invalid_filter')
  const include = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`i${i}`, { of: 'parent' }]))
  assert.equal((await world.post('/api/tasks/query', { include })).status, 200)
  assert.equal((await world.post('/api/tasks/query', { include, sort: ['parent.title'] })).json.code, 'invalid_filter')
})

test('H6 a question whose work multiplies from list to list is answered soon or cut off, and the process goes on', async () => {
  await world.sys.transaction(
    async (sys) => {
      for (let i = 0; i < 300; i++) await sys.tasks.create({ title: `t${i}`, project: world.theirs.id })
    },
    { timeout: 60_000 },
  )
  for (const query of [
    `/api/tasks?${'project.tasks.some.'.repeat(5)}title=none`,
    `/api/tasks/aggregate?count=true&${'project.tasks.every.'.repeat(4)}title.not=none`,
  ]) {
    const response = await world.test.fetch(query)
    const { code } = (await response.json()) as any
    // Each is given two seconds. Servers find a way round the multiplying for some of them.
    if (response.status !== 200 || onSqlite) assert.deepEqual([response.status, code], [503, 'timeout'])
  }
  assert.equal((await world.test.fetch('/api/tasks?project.tasks.some.title=t299&limit=1')).status, 200)
})

test('H4 lists that hold too much are refused before they are put together', async () => {
  const fill = async (title: string, tasks: number): Promise<void> => {
    const { id } = await world.sys.projects.create({ title, owner: world.bob.id })
    const rows = Array.from({ length: tasks }, () => ({ title: 'x'.repeat(2_000), project: id }))
    await world.sys.transaction(
      async (sys) => {
        for (const row of rows) await sys.tasks.create(row)
      },
      { timeout: 60_000 },
    )
  }
  for (const title of ['P0', 'P1', 'P2']) await fill(title, 200)
  // Its one row, of 400 MB, is more than a server puts together in the time of a statement.
  await fill('Q', 450)
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`i${i}`, { of: 'tasks', limit: 1_000 }]))
  const nested = { tasks: { limit: 1_000, include: { project: { include: { tasks: { limit: 1_000 } } } } } }
  for (const question of [
    { where: { title: { startsWith: 'P' } }, include: many },
    { where: { title: 'Q' }, include: nested },
  ]) {
    const before = process.memoryUsage().rss
    const { code } = (await world.post('/api/projects/query', question)).json
    // A server counts the rows when they are there; where they take longer than a statement may, it has stopped before.
    if (onSqlite || code !== 'timeout') assert.equal(code, 'too_many_rows')
    assert.ok(process.memoryUsage().rss - before < 200e6, 'nothing of the size of the whole answer was made')
  }
  assert.equal((await world.post('/api/projects/query', { include: { tasks: true } })).status, 200)
})

test('R14 no text takes longer to compare than it is long: thousands of marks on one letter, digits without end', async (t) => {
  const marks = `a${'\u0300\u0301\u0315'.repeat(20_000)}`
  // What takes time by the square of the length is given nothing long: putting marks in order, and cutting off what is no letter.
  const normalise = t.mock.method(String.prototype, 'normalize')
  const longest = (calls: readonly { readonly this: unknown }[]): number => Math.max(...calls.map((call) => String(call.this).length))
  normaliseSearch(marks)
  normaliseEmail(marks)
  const replace = t.mock.method(String.prototype, 'replace')
  guessable('correct-horse-xyz', `${'1'.repeat(8_000)}a${'1'.repeat(8_000)}b@example.com`)
  replace.mock.restore()
  assert.ok(longest(replace.mock.calls) <= 254, `${longest(replace.mock.calls)} characters`)
  const { status, json } = await world.post(
    '/api/users/query',
    { where: { or: Array.from({ length: 5 }, () => ({ email: marks })) } },
    { authorization: `Bearer ${await tokenOf(world.alice.id)}` },
  )
  assert.deepEqual([status, json.data], [200, []])
  assert.ok(longest(normalise.mock.calls) <= 1_000, `${longest(normalise.mock.calls)} characters`)
  normalise.mock.restore()
  // What is the same is so as before.
  assert.equal(normaliseSearch('Ce\u0301zanne ﬁn'), normaliseSearch('cézanne fin'))
  assert.equal(normaliseEmail(' ＡDA@example.com '), 'ada@example.com')
})

test('R16 what is kept of questions is bounded by their length, as callers make them up', () => {
  const kept = new Recent<string, number>(100)
  for (let i = 0; i < 1_000; i++) kept.set(`${i}${'x'.repeat(50_000)}`, i)
  assert.ok(kept.size <= 10, `${kept.size} keys of 50,000 characters`)
  for (let i = 0; i < 1_000; i++) kept.set(String(i), i)
  assert.ok(kept.size >= 100 && kept.size <= 200)
})

test(
  'I6 a new database file, and what stands beside it, is readable by its owner alone',
  { skip: process.platform === 'win32' },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offstage-'))
    try {
      const file = join(folder, 'app.db')
      const registry = resolve(app as any)
      const store = await openSqlite({ registry, file })
      await follow(store, registry)
      for (const name of [file, `${file}-wal`]) assert.equal(statSync(name).mode & 0o077, 0, name)
      await store.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
