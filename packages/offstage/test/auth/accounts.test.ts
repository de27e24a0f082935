// `auth` of endpoints: the same doors as the routes, without sessions.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openPasswords } from '../../src/auth/password.ts'
import { defineApp, defineModels, t } from '../../src/index.ts'
import { serve, type Served } from '../api/served.ts'
import { crowd } from '../retrying.ts'

const { models, me, endpoint, group } = defineModels({
  users: {
    name: t.text(),
    email: t.email().unique(),
    role: t.enum('member', 'admin').default('member').writable('nobody'),
    secret: t.text().hidden().default('hush').writable('nobody'),
    since: t.datetime().optional(),
  },
})
models.users.access({ read: { id: me }, update: { id: me } })

const runs: string[] = []
const open = {
  signUp: endpoint({
    allow: 'everyone',
    input: { values: t.json<any>(), password: t.json<any>() },
    async run({ input, auth }) {
      const user = await auth.signUp(input.values, input.password)
      return { ...user, kinds: [user.createdAt instanceof Date, 'secret' in user] }
    },
  }),
  verify: endpoint({
    allow: 'everyone',
    input: { login: t.json<any>(), password: t.json<any>() },
    run: async ({ input, auth }) => (await auth.verify(input.login, input.password)).id,
  }),
  setPassword: endpoint({
    allow: 'signed-in',
    input: { user: t.ref('users').optional(), password: t.text(), values: t.json<any>().optional(), fails: t.boolean().default(false) },
    async run({ input, auth, user }) {
      const { password, values, fails } = input
      const id = input.user ?? user.id
      if (values === null) return { result: (await auth.setPassword(id, password)) ?? null }
      return auth.setPassword(id, password, async (db) => {
        runs.push(id)
        const row = await db.users.update(id, values)
        if (fails) throw new Error('after all')
        return row
      })
    },
  }),
  read: endpoint({ allow: 'everyone', method: 'GET', path: '/read', run: ({ auth }) => auth.verify('a@example.com', 'x') }),
  inside: endpoint({
    allow: 'signed-in',
    run: ({ db, auth, user }) => db.transaction(async () => auth.setPassword(user.id, 'brass-otters-42')),
  }),
}
const limits = { account: { times: 3, seconds: 600 }, address: { times: 1000, seconds: 600 }, signUp: { times: 1000, seconds: 600 } }
const app = defineApp({
  models,
  endpoints: { ...open, tokens: group({ prefix: '/t', authenticate: { scheme: 'Token', user: (token) => token } }, open) },
  login: { password: true, limits },
})

let served: Served
before(async () => void (served = await serve(app)))
after(() => served[Symbol.asyncDispose]())

const password = 'gnomes-eat-9-figs'
let count = 0
const newEmail = (): string => `user${++count}@example.com`
interface Told {
  readonly status: number
  readonly body: any
}
const told = async (response: Response): Promise<Told> => ({ status: response.status, body: await response.json() })
const call = async (name: string, json: object, headers: Record<string, string> = {}): Promise<Told> =>
  told(await served.ask(`/api/call/${name}`, { json, headers }))
const signUp = async (values: object = {}, given: unknown = password): Promise<Told> =>
  call('signUp', { values: { name: 'Ada', email: newEmail(), ...values }, password: given })
const verify = (login: unknown, given: unknown = password): Promise<Told> => call('verify', { login, password: given })
const signIn = (email: string, given = password): Promise<Told> => routed('sign-in', { email, password: given, as: 'token' })
const routed = async (path: string, json: object): Promise<Told> => told(await served.ask(`/api/auth/${path}`, { json }))
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

test('a user who is signed up has a password, and no session', async () => {
  const email = newEmail()
  const { status, body } = await signUp({ email, since: '2026-01-01T00:00:00Z' })
  assert.equal(status, 200)
  assert.deepEqual([body.email, body.role, body.since, body.kinds], [email, 'member', '2026-01-01T00:00:00.000Z', [true, false]])
  assert.equal(await served.sys.authSessions.count(), 0)
  assert.deepEqual(await verify(email), { status: 200, body: body.id })
  assert.equal(await served.sys.authSessions.count(), 0)
  assert.equal((await signIn(email)).status, 200)
})

test('sign-up refuses by itself what the route refuses', async () => {
  const { email } = (await signUp()).body
  const bodies: object[] = [
    { name: 'A', email },
    { name: 'A', email: 'no-email' },
    { name: 'A', email: newEmail(), role: 'admin' },
    { name: 'A', email: newEmail(), secret: 'x' },
    { name: 'A', email: newEmail(), id: 'x' },
    { name: 'A', email: newEmail(), nothing: 1 },
    { name: 7, email: newEmail() },
    { email: newEmail() },
    {},
  ]
  for (const values of bodies) {
    const before = await served.sys.users.count()
    const [own, route] = [await call('signUp', { values, password }), await routed('sign-up', { ...values, password })]
    assert.equal(own.status, route.status, JSON.stringify(values))
    for (const key of ['code', 'detail', 'errors']) assert.deepEqual(own.body[key], route.body[key], JSON.stringify(values))
    assert.ok(own.status >= 400)
    assert.equal(await served.sys.users.count(), before)
    assert.equal(await served.sys.authCredentials.count(), before)
  }
  for (const values of [[], 'x', 7, true]) {
    const own = await call('signUp', { values, password })
    assert.deepEqual([own.status, own.body.code], [400, 'malformed'], JSON.stringify(values))
    assert.equal((await routed('sign-up', values as never)).status, 400)
  }
  const other = newEmail()
  for (const weak of ['short', 'password1', `${other.split('@')[0]}!!!`, 'x'.repeat(257), 'offstage-\0', ['a'], { length: 9 }]) {
    const own = await signUp({ email: other }, weak)
    assert.equal(own.status, 422, JSON.stringify(weak))
    assert.deepEqual(
      own.body.errors.map(({ path }: any) => path),
      ['password'],
    )
    const route = await routed('sign-up', { name: 'A', email: other, password: weak })
    assert.equal(own.body.errors[0].code, typeof weak === 'string' ? route.body.errors[0].code : 'wrong_type', JSON.stringify(weak))
  }
})

test('two who sign up with one address at once: one is a user, whole', async () => {
  const email = newEmail()
  const answers = await Promise.all(crowd(8, () => signUp({ email })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409, 409, 409])
  assert.equal(await served.sys.authCredentials.count({ user: { email } }), 1)
})

test('a wrong password and an unknown account are one answer, counted with those of the route', async () => {
  const email = newEmail()
  await signUp({ email })
  const wrong = await verify(email, 'something-else-1')
  const unknown = await verify(newEmail(), 'something-else-1')
  assert.deepEqual([wrong.status, wrong.body.code], [401, 'invalid_credentials'])
  assert.deepEqual({ ...wrong.body, requestId: 0 }, { ...unknown.body, requestId: 0 })
  assert.equal((await signIn(email, 'something-else-2')).status, 401)
  assert.equal((await verify(email.toUpperCase(), 'something-else-3')).status, 401)
  assert.equal((await verify(email)).status, 429, 'the right one is not looked at any more')
  assert.equal((await signIn(email)).status, 429)
})

test('what is no text is refused, however it came to be one', async () => {
  for (const odd of [7, null, ['a'], { not: 'x' }, 'x'.repeat(2000), 'a\0b']) {
    assert.equal((await verify(odd)).status, 422, JSON.stringify(odd).slice(0, 40))
    assert.equal((await verify('a@example.com', odd)).status, 422, JSON.stringify(odd).slice(0, 40))
  }
  for (const odd of ['', 'nobody', '%']) assert.equal((await verify(odd)).status, 401, odd)
})

test('a hash of another cost is made anew when its password was right', async () => {
  const email = newEmail()
  const { id } = (await signUp({ email })).body
  const dear = await openPasswords({ memory: 16, passes: 2, lanes: 1 }).hash(password)
  await served.sys.authCredentials.updateMany({ user: id }, { hash: dear })
  const hash = async (): Promise<string> => (await served.sys.authCredentials.first({ where: { user: id }, reveal: ['hash'] })).hash
  await verify(email, 'something-else-1')
  assert.equal(await hash(), dear)
  assert.equal((await verify(email)).status, 200)
  assert.notEqual(await hash(), dear)
  assert.equal((await verify(email)).status, 200)
})

test('a new password and what goes with it are one transaction', async () => {
  const email = newEmail()
  const { id } = (await signUp({ email })).body
  const [here, there] = [(await signIn(email)).body.token, (await signIn(email)).body.token]
  const set = (json: object): Promise<Told> => call('setPassword', json, bearer(here))
  const unchanged = async (): Promise<void> => {
    assert.equal((await served.sys.users.get(id)).name, 'Ada')
    assert.equal((await verify(email)).status, 200)
    assert.equal((await served.ask('/api/auth/me', { headers: bearer(there) })).status, 200)
  }
  const fresh = 'brass-otters-42'
  runs.length = 0
  const weak = await set({ password: 'short', values: { name: 'Eve' } })
  assert.deepEqual([weak.status, weak.body.errors[0].path], [422, 'password'])
  assert.deepEqual(runs, [], 'what cannot be a password is refused before anything is done')
  await unchanged()
  assert.equal((await set({ password: fresh, values: { name: 'Eve' }, fails: true })).status, 500)
  await unchanged()
  assert.deepEqual((await set({ password: fresh, values: { role: 'admin' } })).body.code, 'forbidden', 'as the caller')
  await unchanged()
  const taken = (await signUp()).body.email
  assert.equal((await set({ password: fresh, values: { name: 'Eve', email: taken } })).status, 409)
  await unchanged()
  const likeLogin = await set({ password: fresh, values: { name: 'Eve', email: 'brass-otters@example.com' } })
  assert.deepEqual([likeLogin.status, likeLogin.body.errors[0].code], [422, 'too_common'], 'made of the login that it would go with')
  await unchanged()

  const done = await set({ password: fresh, values: { name: 'Eve' } })
  assert.deepEqual([done.status, done.body.name], [200, 'Eve'])
  assert.equal((await verify(email)).status, 401)
  assert.equal((await verify(email, fresh)).status, 200)
  assert.equal((await served.ask('/api/auth/me', { headers: bearer(here) })).status, 200, 'this session stays')
  assert.equal((await served.ask('/api/auth/me', { headers: bearer(there) })).status, 401)
  assert.deepEqual(await set({ password }), { status: 200, body: { result: null } })
  assert.equal((await verify(email)).status, 200)
})

test('a password is given to others, and to those who had none', async () => {
  const { token } = await served.running.auth!.openSession((await signUp()).body.id)
  const email = newEmail()
  const { id } = await served.sys.users.create({ name: 'New', email })
  const session = (await served.running.auth!.openSession(id)).token
  assert.equal((await call('setPassword', { user: id, password }, bearer(token))).status, 200)
  assert.equal((await verify(email)).status, 200)
  assert.equal((await served.ask('/api/auth/me', { headers: bearer(session) })).status, 401, 'all sessions of another user end')
  assert.equal((await served.ask('/api/auth/me', { headers: bearer(token) })).status, 200, 'those of the caller do not')
  await served.sys.users.delete(id)
  const gone = await call('setPassword', { user: id, password }, bearer(token))
  assert.deepEqual([gone.status, gone.body.code], [404, 'not_found'])
})

test('ten changes at once leave one password that holds, and no session but the own', async () => {
  const email = newEmail()
  const { id } = (await signUp({ email })).body
  const tokens = await Promise.all(Array.from({ length: 3 }, async () => (await served.running.auth!.openSession(id)).token))
  const words = Array.from({ length: 10 }, (_, i) => `brass-otters-${i}-run`)
  const answers = await Promise.all(
    words.map((word) => call('setPassword', { password: word, values: { name: word } }, bearer(tokens[0]!))),
  )
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  const { name } = await served.sys.users.get(id)
  assert.equal((await verify(email, name)).status, 200, 'the password is that of the change that came last')
  assert.equal(await served.sys.authSessions.count({ user: id }), 1)
})

test('a caller of a group without our sessions changes the password all the same, and all sessions end', async () => {
  const { id } = (await signUp()).body
  const { token } = await served.running.auth!.openSession(id)
  const answer = await served.ask('/t/setPassword', { json: { password: 'brass-otters-42' }, headers: { authorization: `Token ${id}` } })
  assert.equal(answer.status, 200)
  assert.equal((await served.ask('/api/auth/me', { headers: bearer(token) })).status, 401)
})

test('a GET has no auth, a transaction has none inside, an app without a login has none at all', async () => {
  const read = await told(await served.ask('/read'))
  assert.equal(read.status, 500)
  assert.match(JSON.stringify(read.body), /A GET used `auth`.*method: 'POST'/)
  const { token } = await served.running.auth!.openSession((await signUp()).body.id)
  const inside = await call('inside', {}, bearer(token))
  assert.deepEqual([inside.status, inside.body.code], [500, 'outer_write'])
  await using bare = await serve(
    defineApp({ models: defineModels({ notes: { text: t.text() } }).models, endpoints: { verify: open.verify } as never }),
  )
  const none = await told(await bare.ask('/api/call/verify', { json: { login: 'a', password: 'b' } }))
  assert.equal(none.body.code, 'invalid_call')
  assert.match(JSON.stringify(none.body), /login: \{ password: true \}/)
})
