import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { problemsIn, registryOf } from '../../src/app/problems.ts'
import { defineApp, defineModels, problem, t, type ProblemView } from '../../src/index.ts'
import { openLog } from '../../src/http/log.ts'
import type { Route } from '../../src/http/http.ts'
import { openServer } from '../../src/http/server.ts'
import { counted } from '../statements.ts'
import { sendRaw } from './raw.ts'
import { serve, type Served } from './served.ts'

const { models, me, endpoint, group } = defineModels({
  users: { name: t.text(), email: t.email().unique() },
  notes: { text: t.text({ min: 1, max: 20 }).unique(), owner: t.user(), lines: t.many('lines', 'note') },
  lines: { note: t.ref('notes'), text: t.text() },
})
models.users.access({ read: 'everyone' })
models.notes.access({ read: 'everyone', create: { owner: me }, update: { owner: me }, delete: { owner: me } })
models.lines.access({ read: 'everyone', create: { note: { owner: me } } })

const asked: string[] = []
const endpoints = {
  whoami: endpoint({ allow: 'everyone', method: 'GET', path: '/me', run: ({ user }) => ({ name: user?.name ?? null }) }),
  unasked: endpoint({
    allow: 'everyone',
    authenticate: false,
    method: 'GET',
    path: '/unasked',
    run: ({ user }) => ({ name: user?.name ?? null }),
  }),
  mine: endpoint({ allow: 'signed-in', method: 'GET', path: '/mine', run: ({ user }) => ({ name: user.name }) }),
  note: endpoint({
    allow: 'everyone',
    method: 'GET',
    path: '/notes/:id',
    params: { id: t.text() },
    run: ({ db, params }) => db.notes.get(params.id),
  }),
  addNote: endpoint({
    allow: 'everyone',
    path: '/notes',
    input: { text: t.text({ min: 1, max: 20 }) },
    run: ({ db, input, user }) => db.notes.create({ text: input.text, owner: user?.id ?? gone }),
  }),
  change: endpoint({
    allow: 'everyone',
    method: 'PUT',
    path: '/notes/:id',
    params: { id: t.text() },
    input: { text: t.text() },
    run: ({ db, params, input }) => db.notes.update(params.id, input, { ifMatch: 7 }),
  }),
  remove: endpoint({
    allow: 'everyone',
    method: 'DELETE',
    path: '/notes/:id',
    params: { id: t.text() },
    run: ({ db, params }) => db.notes.delete(params.id),
  }),
  own: endpoint({
    allow: 'everyone',
    path: '/own',
    input: { code: t.text() },
    problems: { out_of_ink: 409 },
    run: ({ input }) => {
      throw problem(input.code, { model: 'pens' })
    },
  }),
  boom: endpoint({
    allow: 'everyone',
    path: '/boom',
    run: () => {
      throw new Error('inside')
    },
  }),
}
const form = ({ code, status, model }: ProblemView): Response =>
  Response.json({ said: code, model }, { status: status === 400 ? 422 : status })
const usedUp = async (): Promise<Response> => {
  const response = new Response('once')
  await response.text()
  return response
}
const app = defineApp({
  models,
  endpoints: {
    tokens: group(
      {
        prefix: '/t',
        cors: '*',
        authenticate: {
          scheme: 'Token',
          user(token, call) {
            asked.push(token)
            if (token === 'breaks') throw new TypeError('no such key')
            if (token === 'url') return new URL(call.request.url).searchParams.get('as')
            if (token === 'number') return 7 as never
            return token === call.env['KEY'] ? null : token
          },
        },
        problem: form,
      },
      endpoints,
    ),
    keys: group(
      { prefix: '/k', cors: ['https://listed.example'], authenticate: (request) => request.headers.get('x-key'), problem: form },
      { mine: endpoints.mine },
    ),
    bearers: group({ prefix: '/b', authenticate: { scheme: 'Bearer', user: (token) => token } }, { whoami: endpoints.whoami }),
    broken: group(
      {
        prefix: '/x',
        problem: () => {
          throw new Error('the form is broken')
        },
      },
      { mine: endpoints.mine },
    ),
    used: group({ prefix: '/used', problem: usedUp }, { mine: endpoints.mine, given: endpoint({ allow: 'everyone', run: usedUp }) }),
    said: group(
      { prefix: '/s', problem: ({ status }) => new Response('no', { status, headers: { allow: 'NONE', 'cache-control': 'private' } }) },
      { mine: endpoints.mine },
    ),
    unasked: endpoints.unasked,
    plain: group(
      { problem: form },
      {
        signIn: endpoint({
          allow: 'everyone',
          path: '/plain/sign-in',
          input: { email: t.text(), password: t.text() },
          run: ({ auth, input }) => auth.verify(input.email, input.password),
        }),
      },
    ),
  },
  env: { KEY: t.text() },
  login: { password: true, limits: { account: { times: 2, seconds: 60 } } },
})

let served: Served
let ada: { id: string; name: string }
let gone: string
before(async () => {
  served = await serve(app, { KEY: 'k-e-y' })
  ada = await served.sys.users.create({ name: 'Ada', email: 'ada@example.com' })
  gone = (await served.sys.users.create({ name: 'Gone', email: 'gone@example.com' })).id
  await served.sys.users.delete(gone)
})
after(() => served[Symbol.asyncDispose]())

const as = (authorization: string): { headers: Record<string, string> } => ({ headers: { authorization } })
const body = (response: Response): Promise<any> => response.json()

test('a token is read by the scheme, in any case, and its user is the caller', async () => {
  for (const header of [`Token ${ada.id}`, `token ${ada.id}`, `TOKEN   ${ada.id}`]) {
    const answer = await served.ask('/t/mine', as(header))
    assert.equal(answer.status, 200, header)
    assert.deepEqual(await body(answer), { name: 'Ada' })
  }
  assert.equal(
    (await body(await served.ask(`/t/me?as=${ada.id}`, as('Token url')))).said,
    'unknown_parameter',
    'the request is there to be read',
  )
})

test('without a header, or with that of another scheme, the caller is nobody', async () => {
  for (const init of [{}, as('Basic YTpi'), as(`Bearer ${ada.id}`), as(`Tokens ${ada.id}`), as(`Tokenx`), as('')]) {
    asked.length = 0
    assert.deepEqual(await body(await served.ask('/t/me', init)), { name: null })
    assert.deepEqual(asked, [])
    const refused = await served.ask('/t/mine', init)
    assert.equal(refused.status, 401)
    assert.equal(refused.headers.get('www-authenticate'), 'Token')
    assert.equal((await body(refused)).said, 'unauthenticated')
  }
})

test('a token of nobody is refused everywhere, also where everyone may call', async () => {
  const huge = 'x'.repeat(9_000)
  for (const token of ['k-e-y', gone, 'no-id-at-all', '%00', '', `${ada.id} ${ada.id}`, `${ada.id},`, `"${ada.id}"`, 'é', huge]) {
    for (const path of ['/t/me', '/t/mine']) {
      const answer = await served.ask(path, as(`Token ${token}`))
      assert.equal(answer.status, 401, token.slice(0, 40))
      assert.equal(answer.headers.get('www-authenticate'), 'Token error="invalid_token"')
      assert.equal((await body(answer)).said, 'unauthenticated')
    }
  }
  asked.length = 0
  for (const header of ['Token', 'Token\tx', `Token ${huge}`, 'Token a b', 'Token=x', 'Token,x']) await served.ask('/t/me', as(header))
  assert.deepEqual(asked, [], 'what can be no token is asked of nobody')
})

test('what the login of a group throws, or gives that is no id, is our own failure', async () => {
  for (const token of ['breaks', 'number']) {
    const answer = await served.ask('/t/me', as(`Token ${token}`))
    assert.equal(answer.status, 500)
    assert.equal(answer.headers.get('www-authenticate'), null)
  }
  assert.ok(served.lines.some((line) => line.includes('no such key')))
})

test('in a group with a login of its own no session of ours counts', async () => {
  const { token } = await served.running.auth!.openSession(ada.id)
  const cookie = `${served.running.auth!.cookieName}=${token}`
  assert.equal((await body(await served.ask('/api/auth/me', { headers: { cookie } }))).name, 'Ada', 'the cookie is good')
  assert.deepEqual(await body(await served.ask('/t/me', { headers: { cookie } })), { name: null })
  assert.equal((await served.ask('/t/mine', { headers: { cookie } })).status, 401)
  assert.equal((await served.ask('/t/mine', as(`Bearer ${token}`))).status, 401)
  assert.equal((await served.ask('/t/mine', as(`Token ${token}`))).status, 401)
  // Nor where the scheme is the one that ours has.
  assert.equal((await served.ask('/b/me', as(`Bearer ${token}`))).status, 401)
  assert.deepEqual(await body(await served.ask('/b/me', { headers: { cookie } })), { name: null })
  assert.deepEqual(await body(await served.ask('/b/me', as(`bearer ${ada.id}`))), { name: 'Ada' })
  // And the other way round.
  assert.equal((await served.ask('/api/auth/me', as(`Token ${ada.id}`))).status, 401)
})

test('an endpoint that does not ask who calls takes everyone for nobody, whatever they send', async () => {
  const { token } = await served.running.auth!.openSession(ada.id)
  const cookie = `${served.running.auth!.cookieName}=${token}`
  asked.length = 0
  for (const path of ['/t/unasked', '/unasked'])
    for (const headers of [as('Token k-e-y'), as(`Token ${ada.id}`), as('Bearer wrong'), as(`Bearer ${token}`), { headers: { cookie } }]) {
      const answer = await served.ask(path, headers)
      assert.deepEqual([answer.status, await body(answer)], [200, { name: null }], `${path} ${JSON.stringify(headers)}`)
    }
  assert.deepEqual(asked, [])
  assert.equal((await served.ask('/t/me', as('Token k-e-y'))).status, 401, 'elsewhere it is refused')
})

test('a header that comes twice is refused before anybody is asked', async () => {
  asked.length = 0
  const text = await sendRaw(
    served.port,
    `GET /t/me HTTP/1.1\r\nHost: x\r\nAuthorization: Token ${ada.id}\r\nauthorization: Token other\r\nConnection: close\r\n\r\n`,
  )
  assert.match(text, /^HTTP\/1\.1 422/)
  assert.match(text, /"said":"malformed"/)
  assert.deepEqual(asked, [])
})

test('a host that is none keeps the form from nothing, and writes nothing into the log', async () => {
  const lines: string[] = []
  const route: Route = {
    name: 'here',
    method: 'GET',
    path: '/here',
    handle: () => ({ status: 204 }),
    problem: async ({ code }, request) => ({ status: 400, body: `${code} at ${new URL(request.toRequest().url).pathname}` }),
  }
  const server = await openServer({
    routes: [route],
    log: openLog({ level: 'warn', write: (line) => lines.push(line) }),
    development: false,
  })
  const { port } = await server.listen('127.0.0.1', 0)
  for (const host of ['a b', 'evil.example/x?', '[', ''])
    assert.match(await sendRaw(port, `GET /here HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`), /malformed at \/here$/, host)
  assert.deepEqual(lines, [])
  await server.close(500)
})

test('a caller costs one statement', async () => {
  const { value, statements } = await counted(() => served.ask('/t/mine', as(`Token ${ada.id}`)))
  assert.equal(value.status, 200)
  assert.equal(statements.length, 1, statements.join('\n'))
})

test('the form of a group is told which model an error is about', async () => {
  const token = as(`Token ${ada.id}`)
  const bob = await served.sys.users.create({ name: 'Bob', email: 'bob@example.com' })
  const theirs = await served.sys.notes.create({ text: 'theirs', owner: bob.id })
  const mine = await served.sys.notes.create({ text: 'mine', owner: ada.id })
  const held = await served.sys.notes.create({ text: 'held', owner: ada.id })
  await served.sys.lines.create({ note: held.id, text: 'x' })
  const tell = async (path: string, init: object): Promise<unknown[]> => {
    const answer = await served.ask(path, init)
    const { said, model } = await body(answer)
    return [answer.status, said, model]
  }
  assert.deepEqual(await tell('/t/notes/nothing', token), [404, 'not_found', 'notes'])
  assert.deepEqual(await tell(`/t/notes/${gone}`, token), [404, 'not_found', 'notes'])
  assert.deepEqual(await tell(`/t/notes/${theirs.id}`, { ...token, method: 'DELETE' }), [403, 'forbidden', 'notes'])
  assert.deepEqual(await tell('/t/notes', { ...token, json: { text: 'mine' } }), [409, 'conflict', 'notes'])
  assert.deepEqual(await tell('/t/notes', { json: { text: 'new' } }), [401, 'unauthenticated', 'notes'])
  assert.deepEqual(await tell(`/t/notes/${mine.id}`, { ...token, json: { text: 'x' }, method: 'PUT' }), [412, 'version_conflict', 'notes'])
  assert.deepEqual(await tell(`/t/notes/${held.id}`, { ...token, method: 'DELETE' }), [409, 'still_referenced', 'notes'])
  assert.deepEqual(await tell('/t/own', { json: { code: 'out_of_ink' } }), [409, 'out_of_ink', 'pens'])
  assert.deepEqual(await tell('/t/own', { json: { code: 'not_found' } }), [404, 'not_found', 'pens'])
  // Our own form names no more than it did.
  const ours = await served.ask(`/api/notes/${gone}`)
  assert.deepEqual(Object.keys(await body(ours)).sort(), ['code', 'detail', 'requestId', 'status', 'title', 'type'])
})

test('every error at and below the prefix has the form of the group', async () => {
  const said = async (path: string, init?: object): Promise<unknown[]> => {
    const answer = await served.ask(path, init)
    assert.match(answer.headers.get('content-type')!, /^application\/json/, path)
    assert.equal(answer.headers.get('access-control-allow-origin'), '*', path)
    assert.equal(answer.headers.get('cache-control'), 'no-store', path)
    return [answer.status, (await body(answer)).said]
  }
  const json = { 'content-type': 'application/json' }
  assert.deepEqual(await said('/t'), [404, 'not_found'])
  assert.deepEqual(await said('/t/nothing/here'), [404, 'not_found'])
  assert.deepEqual(await said('/t/me', { method: 'DELETE' }), [405, 'method_not_allowed'])
  // An address that nobody reads, over a connection and without one.
  for (const path of ['/t/notes/a%2Fb', '/t//notes', '/t/notes/%zz', '/t/me?x=%zz', '/t/notes/a;b']) {
    assert.deepEqual(await said(path), [422, 'malformed'], path)
    const answer = await served.running.fetch(new Request(`http://api.example${path}`, { headers: { origin: 'https://e.example' } }))
    assert.deepEqual([answer.status, (await body(answer)).said], [422, 'malformed'], path)
    assert.equal(answer.headers.get('access-control-allow-origin'), '*')
  }
  assert.deepEqual(await said('/t/notes', { method: 'POST', body: '{"text":', headers: json }), [422, 'malformed'])
  assert.deepEqual(await said('/t/notes', { method: 'POST', body: '[]', headers: json }), [422, 'malformed'])
  assert.deepEqual(await said('/t/notes', { method: 'POST', body: 'text=a', headers: { 'content-type': 'text/plain' } }), [
    415,
    'unsupported_media_type',
  ])
  assert.deepEqual(await said('/t/notes', { method: 'POST', body: 'x'.repeat(1_100_000), headers: json }), [413, 'too_large'])
  assert.deepEqual(await said('/t/notes', { json: { text: 'a', other: 1 } }), [422, 'unknown_field'])
  assert.deepEqual(await said('/t/notes', { json: { text: 'x'.repeat(21) } }), [422, 'invalid_values'])
  assert.deepEqual(await said('/t/me?x=1'), [422, 'unknown_parameter'])
  assert.deepEqual(await said('/t/boom', { method: 'POST' }), [500, 'internal'])
  const evil = { headers: { cookie: 'a=b', origin: 'https://evil.example', ...json }, json: { text: 'a' } }
  assert.deepEqual(await said('/t/notes', evil), [403, 'origin_refused'])
  const allow = (await served.ask('/t/notes/1', { method: 'PATCH' })).headers.get('allow')
  assert.equal(allow, 'GET, HEAD, PUT, DELETE, OPTIONS')
})

test('a prefix may hold parameters', async () => {
  const mine = endpoint({ allow: 'signed-in', method: 'GET', path: '/mine', params: { org: t.text() }, run: () => 1 })
  await using other = await serve(
    defineApp({ models, endpoints: { orgs: group({ prefix: '/orgs/:org', cors: '*', problem: form }, { mine }) } }),
  )
  for (const [path, status] of [
    ['/orgs/a/mine', 401],
    ['/orgs/a', 404],
    ['/orgs/b/nothing/here', 404],
  ] as const) {
    const answer = await other.ask(path)
    assert.deepEqual([answer.status, Object.keys(await body(answer))], [status, ['said']], path)
    assert.equal(answer.headers.get('access-control-allow-origin'), '*', path)
  }
  for (const path of ['/orgs', '/orgs/', '/org/a/x'])
    assert.match((await other.ask(path)).headers.get('content-type')!, /problem\+json/, path)
})

test('the headers of an error stay, whatever the form', async () => {
  const guess = { json: { email: 'ada@example.com', password: 'wrong-wrong-wrong' } }
  for (const status of [401, 401]) assert.equal((await served.ask('/plain/sign-in', guess)).status, status)
  const answer = await served.ask('/plain/sign-in', guess)
  assert.equal(answer.status, 429)
  assert.deepEqual(await body(answer), { said: 'too_many_requests' })
  assert.match(answer.headers.get('retry-after')!, /^\d+$/)
  // Those that the form has itself are its own.
  const own = await served.ask('/s/mine', { method: 'PUT' })
  assert.deepEqual([own.status, own.headers.get('allow'), own.headers.get('cache-control')], [405, 'NONE', 'private'])
  assert.match(own.headers.get('content-type')!, /^text\/plain/)
  // A group without a prefix has its form at its own addresses.
  const other = await served.ask('/plain/sign-in')
  assert.deepEqual([other.status, await body(other), other.headers.get('allow')], [405, { said: 'method_not_allowed' }, 'POST, OPTIONS'])
})

test('a form that breaks is replaced by ours, and told in the log', async () => {
  const answer = await served.ask('/x/mine')
  assert.equal(answer.status, 401)
  assert.match(answer.headers.get('content-type')!, /problem\+json/)
  assert.ok(served.lines.some((line) => line.includes('the form is broken')))
  // A body that was read before cannot be sent.
  const used = await served.ask('/used/mine')
  assert.equal(used.status, 401)
  assert.match(used.headers.get('content-type')!, /problem\+json/)
  assert.equal((await served.ask('/used/given', { method: 'POST' })).status, 500)
})

test('pages of every origin, or of those named, may call without cookies', async () => {
  const preflight = (path: string, origin: string, method = 'POST'): Promise<Response> =>
    served.ask(path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization, content-type' },
    })
  for (const origin of ['https://anyone.example', 'null']) {
    const answer = await preflight('/t/notes/1', origin, 'PUT')
    assert.equal(answer.status, 204)
    assert.equal(answer.headers.get('access-control-allow-origin'), '*')
    assert.equal(answer.headers.get('access-control-allow-credentials'), null)
    assert.match(answer.headers.get('access-control-allow-headers')!, /\bauthorization\b.*\bcontent-type\b/)
    assert.equal(answer.headers.get('access-control-allow-methods'), 'GET, HEAD, PUT, DELETE, OPTIONS')
    const real = await served.ask('/t/me', { headers: { origin } })
    assert.equal(real.headers.get('access-control-allow-origin'), '*')
    assert.equal(real.headers.get('access-control-allow-credentials'), null)
  }
  const listed = await preflight('/k/mine', 'https://listed.example', 'GET')
  assert.equal(listed.headers.get('access-control-allow-origin'), 'https://listed.example')
  assert.equal(listed.headers.get('access-control-allow-credentials'), null)
  assert.match(listed.headers.get('vary')!, /Origin/)
  const nothing = await served.ask('/k/nothing', { headers: { origin: 'https://listed.example' } })
  assert.deepEqual([nothing.status, nothing.headers.get('access-control-allow-origin')], [404, 'https://listed.example'])
  for (const origin of ['https://evil.example', 'https://listed.example.evil.example', 'http://listed.example', 'null']) {
    for (const answer of [await preflight('/k/mine', origin, 'GET'), await served.ask('/k/mine', { headers: { origin } })]) {
      assert.equal(answer.headers.get('access-control-allow-origin'), null, origin)
      assert.match(answer.headers.get('vary')!, /Origin/)
    }
  }
})

test('what takes too long is told in the form of the route, once, and in ours when that takes too long too', async () => {
  const told: string[] = []
  const never = new Promise<never>(() => {})
  const slow = (path: string, answer: Promise<unknown>): Route => ({
    name: path,
    method: 'GET',
    path,
    handle: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    problem: async ({ code }) => {
      told.push(`${path} ${code}`)
      await answer
      return { status: 503, body: `own ${code}` }
    },
  })
  const server = await openServer({
    routes: [slow('/late', Promise.resolve()), slow('/later', never)],
    log: openLog({ level: 'silent' }),
    development: false,
    requestTime: 100,
  })
  const ask = (path: string): Promise<Response> => server.fetch(new Request(`http://api.example${path}`))
  const late = await ask('/late')
  assert.deepEqual([late.status, await late.text(), late.headers.get('retry-after')], [503, 'own timeout', '1'])
  const later = await ask('/later')
  assert.deepEqual([later.status, (await body(later)).code], [503, 'timeout'])
  assert.deepEqual(told, ['/late timeout', '/later timeout'])
  // What is refused before there is a route is not waited for any longer.
  const { port } = await server.listen('127.0.0.1', 0)
  const signal = AbortSignal.timeout(60_000)
  for (const [path, init, status] of [
    ['/later?x=%zz', {}, 503],
    ['/later', { method: 'POST', body: 'x'.repeat(1_100_000) }, 503],
  ] as const) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal })
    assert.deepEqual([answer.status, (await body(answer)).code], [status, 'timeout'])
  }
  await server.close(500)
})

test('what a group cannot be is said at the start', () => {
  const problemsOf = (options: object, parts: object = {}): string[] => {
    const broken: any = defineApp({ models, endpoints: { face: group(options as never, { mine: endpoints.mine }) }, ...parts } as never)
    return problemsIn(broken, registryOf(broken)).map(({ id, message }) => `${id} ${message}`)
  }
  const user = (): null => null
  for (const authenticate of [user, { scheme: 'Token', user }, { scheme: 'X-Key.1', user }])
    assert.deepEqual(problemsOf({ authenticate }), [])
  for (const authenticate of [
    {},
    null,
    'Token',
    { scheme: 'Token' },
    { user },
    { scheme: '', user },
    { scheme: 'Two words', user },
    { scheme: 'a:b', user },
  ])
    assert.match(
      problemsOf({ authenticate }).join(),
      /^O057 The group face has an 'authenticate' that cannot/,
      JSON.stringify(authenticate),
    )
  const plain = defineModels({ notes: { text: t.text() } })
  plain.models.notes.access({ read: 'everyone' })
  const anyone = endpoint({ allow: 'everyone', run: () => 1 })
  const named: any = defineApp({ models: plain.models, endpoints: { bearer: group({}, { anyone }), cookie: group({}, { anyone }) } })
  assert.deepEqual(
    problemsIn(named, registryOf(named)).map(({ id }) => id),
    ['O061', 'O061'],
  )
  const nobody: any = defineApp({ models: plain.models, endpoints: { face: group({ authenticate: user }, { anyone }) } })
  assert.match(
    problemsIn(nobody, registryOf(nobody))
      .map(({ message }) => message)
      .join(),
    /no user model/,
  )
  for (const cors of ['*', [], ['https://a.example', 'http://localhost:5173']]) assert.deepEqual(problemsOf({ cors }), [])
  for (const cors of [
    'https://a.example',
    ['*'],
    ['https://a.example/'],
    ['a.example'],
    ['null'],
    [7],
    ['https://u:p@a.example'],
    ['https://*.example'],
    ['https://a.example:99999'],
    // Browsers never write one so.
    ['https://A.example'],
    ['https://a.example:443'],
    null,
    {},
  ])
    assert.match(problemsOf({ cors }).join(), /^O058 The group face has cors with/, JSON.stringify(cors))
})
