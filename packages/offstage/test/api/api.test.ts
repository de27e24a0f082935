// The app over HTTP. Ids such as C9 are those of the project's list of security checks.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openFixture, seen, sentinel, type Fixture } from './fixture.ts'

let app: Fixture
let project: string
let foreign: string
const unknownId = '01890000-0000-7000-8000-000000000000'

before(async () => {
  app = await openFixture()
  const make = async (as: string, title: string): Promise<string> =>
    ((await (await app.ask('/api/projects', { as, json: { title } })).json()) as any).id
  project = await make(app.users.alice, 'Ours')
  foreign = await make(app.users.mallory, 'Theirs')
})
after(() => app.close())

const alice = (path: string, init: Parameters<Fixture['ask']>[1] = {}): Promise<Response> => app.ask(path, { as: app.users.alice, ...init })
const body = async (response: Response): Promise<any> => response.json()
const status = async (response: Promise<Response> | Response): Promise<number> => (await response).status

test('create answers 201 with the row, its place and its tag; reading it again with the tag answers 304', async () => {
  const created = await alice('/api/projects', { json: { title: 'New', due: '2026-01-31T12:00:00+01:00', meta: { a: [1] } } })
  assert.equal(created.status, 201)
  const row = await body(created)
  assert.equal(created.headers.get('location'), `/api/projects/${row.id}`)
  assert.equal(row.due, '2026-01-31T11:00:00.000Z')
  assert.equal(row.owner, app.users.alice)
  assert.equal(row.note, undefined)
  const got = await alice(`/api/projects/${row.id}`)
  const tag = got.headers.get('etag')!
  assert.match(tag, /^"1\.[\w-]{22}"$/)
  assert.equal(created.headers.get('etag'), tag)
  assert.deepEqual(await body(got), row)
  assert.equal(got.headers.get('cache-control'), 'private, no-cache')
  assert.equal(got.headers.get('vary'), 'Cookie, Authorization')
  const again = await alice(`/api/projects/${row.id}`, { headers: { 'if-none-match': `"x", W/${tag}` } })
  assert.equal(again.status, 304)
  assert.equal(await again.text(), '')
  assert.equal(await status(alice(`/api/projects/${row.id}`, { method: 'DELETE' })), 204)
  assert.equal(await status(alice(`/api/projects/${row.id}`)), 404)
})

test('a list has data and next, pages by the cursor, counts when asked, and asks the same by a body', async () => {
  for (let i = 0; i < 5; i++) await alice('/api/projects', { json: { title: `Page ${i}`, views: i } })
  const first = await body(await alice('/api/projects?title.startsWith=Page&sort=-views&limit=2&count=true&select=title,views'))
  assert.deepEqual(first.data, [
    { title: 'Page 4', views: 4 },
    { title: 'Page 3', views: 3 },
  ])
  assert.equal(first.count, 5)
  const second = await body(
    await alice(`/api/projects?title.startsWith=Page&sort=-views&limit=2&select=title,views&after=${encodeURIComponent(first.next)}`),
  )
  assert.deepEqual(
    second.data.map((row: any) => row.views),
    [2, 1],
  )
  const asked = await body(
    await alice('/api/projects/query', {
      json: { where: { title: { startsWith: 'Page' } }, sort: '-views', limit: 2, count: true, select: ['title', 'views'] },
    }),
  )
  assert.deepEqual(asked, first)
  const groups = await body(await alice('/api/projects/aggregate?count=true&sum=views&title.startsWith=Page'))
  assert.deepEqual(groups, [{ count: 5, sum_views: 10 }])
  assert.deepEqual(
    await body(await alice('/api/projects/aggregate', { json: { measures: { n: 'count' }, where: { title: { startsWith: 'Page' } } } })),
    [{ n: 5 }],
  )
})

test('writes answer with what the address asks for, or with nothing', async () => {
  const { tasks } = await body(
    await alice('/api/projects?include=tasks', { json: { title: 'With tasks', tasks: { create: [{ title: 'One' }] } } }),
  )
  assert.equal(tasks[0].title, 'One')
  const patched = await alice(`/api/projects/${project}?select=title`, { method: 'PATCH', json: { title: 'Renamed' } })
  assert.deepEqual([patched.status, await body(patched)], [200, { title: 'Renamed' }])
  const silent = await alice(`/api/projects/${project}`, {
    method: 'PATCH',
    json: { title: 'Ours' },
    headers: { prefer: 'return=minimal' },
  })
  assert.equal(silent.status, 204)
  assert.equal(silent.headers.get('preference-applied'), 'return=minimal')
})

test('C11: a stale If-Match is 412 and changes nothing; a current one, or the version alone, is taken', async () => {
  const got = await alice(`/api/projects/${project}`)
  const tag = got.headers.get('etag')!
  const version = Number(tag.slice(1, tag.indexOf('.')))
  const patch = (ifMatch: string): Promise<Response> =>
    alice(`/api/projects/${project}`, { method: 'PATCH', json: { views: { increment: 1 } }, headers: { 'if-match': ifMatch } })
  const before = (await body(got)).views
  assert.equal(await status(patch(`"${version + 7}.x"`)), 412)
  assert.equal((await body(await alice(`/api/projects/${project}`))).views, before)
  assert.equal(await status(patch(tag)), 200)
  assert.equal(await status(patch(tag)), 412)
  assert.equal(await status(patch(`"${version + 1}"`)), 200)
  assert.equal(await status(patch('*')), 200)
  assert.equal(await status(patch('version three')), 400)
  assert.equal(await status(alice(`/api/projects/${project}`, { method: 'DELETE', headers: { 'if-match': tag } })), 412)
  assert.equal(
    await status(
      app.ask(`/api/projects/${project}`, {
        as: app.users.mallory,
        method: 'PATCH',
        json: { title: 'x' },
        headers: { 'if-match': '"999"' },
      }),
    ),
    404,
  )
})

test('A1 A2: a closed model answers nobody, and an unreadable row is one that is not there', async () => {
  for (const as of [undefined, app.users.alice]) {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', `/${unknownId}`],
      ['PATCH', `/${unknownId}`],
      ['DELETE', `/${unknownId}`],
      ['GET', '/aggregate?count=true'],
      ['POST', '/query'],
    ] as const) {
      const init = { method, ...(as && { as }), ...(method === 'POST' || method === 'PATCH' ? { json: {} } : {}) }
      assert.ok([401, 403, 404].includes(await status(app.ask(`/api/closed${path}`, init))), `${method} ${path}`)
    }
  }
  for (const method of ['GET', 'PATCH', 'DELETE']) {
    const [theirs, none] = await Promise.all(
      [foreign, unknownId].map((id) => alice(`/api/projects/${id}`, { method, ...(method === 'PATCH' && { json: { title: 'x' } }) })),
    )
    assert.equal(theirs!.status, 404)
    const strip = async (r: Response): Promise<any> => ({
      status: r.status,
      headers: [...r.headers].filter(([name]) => name !== 'date'),
      body: { ...(await body(r)), requestId: '' },
    })
    assert.deepEqual(await strip(theirs!), await strip(none!))
  }
  assert.equal(await status(app.ask(`/api/projects/${foreign}`, { as: app.users.mallory })), 200)
})

test('A3 A4 B1 B2 B4 B7: a hidden or unreadable field is in no answer and no question, in the words of an unknown one', async () => {
  const clean = async (response: Response): Promise<string> => {
    const text = await response.text()
    assert.ok(!text.includes(sentinel), text)
    return text
  }
  await clean(await alice('/api/projects?include=owner,tasks'))
  await clean(await alice('/api/users'))
  await clean(await alice('/api/projects', { json: { title: 'A3' } }))
  await clean(await alice('/api/batch', { json: { operations: [{ op: 'create', model: 'projects', values: { title: 'A3b' } }] } }))
  await clean(await alice('/openapi.json'))
  assert.doesNotMatch(await (await alice('/openapi.json')).text(), /"secret"|"note"/)
  const ask = async (query: string): Promise<string> => {
    const response = await alice(`/api/projects${query}`)
    assert.equal(response.status, 400, query)
    return JSON.stringify({ ...(await body(response)), requestId: undefined })
  }
  for (const shape of [
    '?select=X',
    '?sort=X',
    '?X=a',
    '?X.startsWith=a',
    '?where={"X":{"startsWith":"a"}}',
    '?where={"or":[{"not":{"X":"a"}}]}',
    '/aggregate?min=X',
    '/aggregate?count=true&group=X',
    '?include=X',
    '?owner.X=a',
    '?sort=-owner.X',
  ]) {
    const unknown = await ask(shape.replace('X', 'nowhere'))
    for (const name of ['note', 'secret', 'budget'])
      if (!shape.includes('owner') || name === 'secret')
        assert.equal(await ask(shape.replace('X', name)), unknown.replaceAll('nowhere', name), shape)
  }
  const bob = await app.ask('/api/projects', { as: app.users.bob, json: { title: 'Bob', budget: '10.50' } })
  assert.equal((await body(bob)).budget, '10.50')
})

test('B10 B15 G1 G2 G3 G6 G8: questions that no declaration knows are 400 or 404, never more', async () => {
  const bad = [
    '?Title=a',
    '?t1.title=a',
    '?"title"=a',
    '?title%20=a',
    '?__proto__=1',
    '?constructor=1',
    '?toString=1',
    '?include=constructor',
    '?include=__proto__',
    '?select=*',
    '?select=constructor',
    '?sort=title;drop',
    '?sort=title)--',
    "?title.like='",
    '?title.equals=a',
    '?limit=-1',
    '?limit=0',
    '?limit=1e9',
    '?limit=201',
    '?limit=1&limit=2',
    '?limit[]=1',
    '?offset=-5',
    '?offset=1.5',
    '?offset=10001',
    '?offset=1&offset=2',
    '?offset=1&after=abc',
    '?offset=0&after=abc',
    '?where=str',
    '?where=[]',
    '?where={"title":{"$ne":null}}',
    '?title[$ne]=',
    '?where={"meta":{"a%27||1":1}}',
    '?where={"title":{"in":[[1]]}}',
    '?where={"title":{"in":[null]}}',
    '?after=abc',
    '?after=',
    '?views=abc',
    '?views=0x10',
    '?views=1e400',
    '?due=yesterday',
    `?where=${encodeURIComponent(`${'{"not":'.repeat(300)}{}${'}'.repeat(300)}`)}`,
    `?${'a['.repeat(300)}`,
    '?lookup=1',
    '?_q=1',
    '?on=1',
    '?having={}',
    '?groupBy=title',
    '?title.in=a%00b&title.in=%ed%a0%80',
  ]
  for (const query of bad) assert.equal(await status(alice(`/api/projects${query}`)), 400, query)
  for (const path of [
    '/api/__proto__',
    '/api/constructor',
    '/api/toString',
    '/api/call/constructor',
    '/api/call/__proto__',
    '/api/nowhere',
    '/api/users/__proto__',
    "/api/projects/x'--",
    '/api/projects/%22',
    `/api/projects/${'9'.repeat(300)}`,
  ]) {
    assert.equal(await status(alice(path)), 404, path)
  }
  assert.equal(await status(alice(`/api/projects/${'x'.repeat(600)}`)), 400)
  assert.deepEqual((await body(await alice('/api/projects?where={"title":{"in":[]}}'))).data, [])
})

test('C1 C2 C3 C6 C7: a write takes only what this caller may write, by the exact names', async () => {
  const create = (values: object): Promise<Response> => alice('/api/projects', { json: { title: 'C', ...values } })
  for (const values of [{ id: unknownId }, { version: 5 }, { createdAt: '2020-01-01T00:00:00Z' }, { nowhere: 1 }, { TITLE: 'x' }]) {
    assert.ok([400, 403, 422].includes(await status(create(values))), JSON.stringify(values))
  }
  assert.equal(await status(create({ owner: app.users.mallory })), 403)
  assert.equal(await status(alice(`/api/projects/${project}`, { method: 'PATCH', json: { owner: app.users.mallory } })), 403)
  assert.ok([400, 403].includes(await status(alice(`/api/users/${app.users.alice}`, { method: 'PATCH', json: { role: 'manager' } }))))
  for (const text of [
    '{"__proto__":{"role":"manager"},"title":"x"}',
    '{"title":"x","constructor":{"prototype":{}}}',
    '{"title":"x","title":"y"}',
  ]) {
    assert.equal(await status(alice('/api/projects', { method: 'POST', body: text, headers: { 'content-type': 'application/json' } })), 400)
  }
  for (const text of ['[]', '"x"', 'null', '1'])
    assert.equal(
      await status(alice('/api/projects', { method: 'POST', body: text, headers: { 'content-type': 'application/json' } })),
      400,
      text,
    )
  assert.equal(await status(alice('/api/projects', { method: 'POST' })), 400)
  const invalid = await create({ title: 'x'.repeat(200), views: 5000 })
  assert.equal(invalid.status, 422)
  assert.deepEqual((await body(invalid)).errors.map((e: any) => e.path).sort(), ['title', 'views'])
})

test('C9: a batch is all or nothing, names the operation that failed, does not nest, and has a limit', async () => {
  const count = async (): Promise<number> => (await body(await alice('/api/projects?count=true&limit=1'))).count
  const batch = (operations: unknown, more: object = {}): Promise<Response> => alice('/api/batch', { json: { operations, ...more } })
  const before = await count()
  const done = await body(
    await batch([
      { op: 'create', model: 'projects', values: { title: 'B1' } },
      { op: 'update', model: 'projects', id: project, values: { views: 9 } },
      { op: 'create', model: 'tasks', values: { title: 'T', project } },
    ]),
  )
  assert.deepEqual(
    done.results.map((row: any) => row.title),
    ['B1', 'Ours', 'T'],
  )
  assert.equal(await count(), before + 1)
  const denied = await batch([
    { op: 'create', model: 'projects', values: { title: 'B2' } },
    { op: 'update', model: 'projects', id: foreign, values: { title: 'mine now' } },
  ])
  assert.equal(denied.status, 404)
  assert.match((await body(denied)).detail, /^operations\.1: /)
  const invalid = await batch([
    { op: 'create', model: 'projects', values: { title: 'B3' } },
    { op: 'create', model: 'tasks', values: { title: '', project } },
  ])
  assert.equal(invalid.status, 422)
  assert.equal((await body(invalid)).errors[0].path, 'operations.1.values.title')
  assert.equal(
    await status(
      batch([
        { op: 'create', model: 'projects', values: { title: 'B4' } },
        { op: 'delete', model: 'projects', id: project, version: 9999 },
      ]),
    ),
    412,
  )
  assert.equal(await count(), before + 1)
  for (const operations of [
    [{ op: 'batch', operations: [] }],
    [{ op: 'create', model: 'batch', values: {} }],
    [{ op: 'create', model: '__proto__', values: {} }],
    [{ op: 'read', model: 'projects' }],
    [[]],
    [null],
    'x',
    undefined,
    [{ op: 'create', model: 'projects', values: [], id: 'x' }],
    [{ op: 'delete', model: 'projects' }],
    [{ op: 'delete', model: 'projects', id: { not: null } }],
    [{ op: 'create', model: 'projects', values: {}, method: 'DELETE' }],
  ])
    assert.ok([400, 404].includes(await status(batch(operations))), JSON.stringify(operations))
  assert.equal(await status(batch([], { other: 1 })), 400)
  assert.equal(
    await status(batch(Array.from({ length: 101 }, () => ({ op: 'create', model: 'projects', values: { title: 'many' } })))),
    413,
  )
  assert.equal(
    await status(app.ask('/api/batch', { json: { operations: [{ op: 'create', model: 'projects', values: { title: 'x' } }] } })),
    401,
  )
  assert.equal(await count(), before + 1)
})

test('endpoints: who may call, what they take, and what they answer', async () => {
  const call = (name: string, json?: unknown, as?: string): Promise<Response> =>
    app.ask(`/api/call/${name}`, { method: 'POST', ...(json !== undefined && { json }), ...(as && { as }) })
  const { alice: id } = app.users
  assert.equal(await status(call('add', { a: 1 })), 401)
  const added = await call('add', { a: 1, when: '2026-01-01T00:00:00Z' }, id)
  assert.deepEqual([added.status, await body(added)], [200, { sum: 3, when: '2026-01-01T00:00:00.000Z', by: 'Alice', date: true }])
  const wrong = await body(await call('add', { a: 'x', b: 1.5 }, id))
  assert.deepEqual(
    wrong.errors.map((e: any) => e.path),
    ['a', 'b'],
  )
  assert.equal(await status(call('add', {}, id)), 422)
  assert.equal(await status(call('add', { a: 1, c: 1 }, id)), 400)
  assert.equal(await status(call('add', [], id)), 400)
  const problem = await call('add', { a: 101 }, id)
  assert.deepEqual([problem.status, (await body(problem)).code], [409, 'too_big'])
  assert.equal(await status(call('nothing')), 204)
  assert.equal(await status(call('nothing', {})), 204)
  assert.equal(await status(call('nothing', { x: 1 })), 400)
  const ran = seen.ran
  assert.equal(await status(call('never', {}, id)), 403)
  assert.equal(seen.ran, ran)
  assert.deepEqual(await body(await app.ask('/public/ann%20b/peek?n=3')), { params: { name: 'ann b' }, query: { n: 3 } })
  assert.equal(await status(app.ask('/public/ann/peek?n=x')), 422)
  assert.equal(await status(app.ask('/public/ann/peek?m=1')), 400)
  assert.equal(await status(app.ask('/public/ann/peek?n=1&n=2')), 400)
  const raw = await app.ask('/hooks/raw', { method: 'POST', body: '{"not json', headers: { 'content-type': 'text/x' } })
  assert.deepEqual([raw.status, await raw.text(), raw.headers.get('x-ip')], [202, '{"not json', '127.0.0.1'])
  assert.deepEqual(await body(await call('standard', { x: 1 })), { x: 1 })
  assert.equal((await body(await call('standard', { x: 'y' }))).errors[0].path, 'x')
})

test('F2 I7: a GET cannot write, and what an endpoint throws does not leave', async () => {
  const before = (await body(await alice('/api/projects?count=true&limit=1'))).count
  assert.equal(await status(alice('/api/sneaky')), 500)
  assert.equal((await body(await alice('/api/projects?count=true&limit=1'))).count, before)
  const exploded = await app.ask('/api/call/explode', { method: 'POST' })
  assert.equal(exploded.status, 500)
  assert.doesNotMatch(await exploded.text(), /SELECT|home/)
})

test('a group has its own login, form of errors and origins', async () => {
  const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    app.ask(`/partner/v1/${path}`, { method: 'POST', headers })
  const known = await ask('whoami', { 'x-partner': app.users.bob, origin: 'https://partner.example' })
  assert.deepEqual(await body(known), { name: 'Bob' })
  assert.equal(known.headers.get('access-control-allow-origin'), 'https://partner.example')
  for (const headers of [{}, { 'x-partner': unknownId }, { 'x-as': app.users.alice }]) {
    const stranger = await ask('whoami', headers as Record<string, string>)
    assert.deepEqual([stranger.status, await body(stranger)], [401, { error: 'unauthenticated' }])
  }
  assert.deepEqual(await body(await ask('boom')), { error: 'internal' })
})

test('what is not there under the prefix of a group is refused in the form of the group, to its pages too', async () => {
  for (const [path, method, status, code] of [
    ['whoami', 'GET', 405, 'method_not_allowed'],
    ['nothing', 'GET', 404, 'not_found'],
    ['', 'POST', 404, 'not_found'],
  ] as const) {
    const answer = await app.ask(`/partner/v1/${path}`, { method, headers: { origin: 'https://partner.example' } })
    assert.equal(answer.status, status, path)
    assert.deepEqual(await body(answer), { error: code })
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://partner.example')
  }
  assert.match((await app.ask('/partner/v10')).headers.get('content-type')!, /problem/)
})

test('every route answers other methods with 405 and what it allows', async () => {
  const document = await body(await app.ask('/openapi.json'))
  for (const [path, item] of Object.entries(document.paths) as [string, object][]) {
    const known = Object.keys(item)
      .filter((key) => key !== 'parameters')
      .map((key) => key.toUpperCase())
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].filter((name) => !known.includes(name))) {
      // Another address may stand in the same place: `/api/notes/query` is also where the id `query` would be.
      const response = await app.ask(path.replace(/\{[^}]+\}/g, 'x'), { method })
      if (/\/(query|aggregate)$/.test(path) && response.status !== 405) continue
      assert.equal(response.status, 405, `${method} ${path}`)
      for (const name of known) assert.ok(response.headers.get('allow')!.split(', ').includes(name), `${method} ${path}`)
    }
  }
})

test('C12: without a sign-in only what is declared open answers', async () => {
  const document = await body(await app.ask('/openapi.json'))
  const open = new Set([
    '/api/comments',
    '/api/comments/query',
    '/api/comments/aggregate',
    '/public/{name}/peek',
    '/hooks/raw',
    '/api/call/nothing',
    '/api/call/explode',
    '/api/call/standard',
    '/partner/v1/boom',
  ])
  for (const [path, item] of Object.entries(document.paths) as [string, object][]) {
    for (const method of Object.keys(item).filter((key) => key !== 'parameters')) {
      const response = await app.ask(path.replace(/\{[^}]+\}/g, unknownId), {
        method: method.toUpperCase(),
        ...(['post', 'patch', 'put'].includes(method) && { json: {} }),
      })
      if (!open.has(path) || response.status >= 400)
        assert.ok(
          [400, 401, 403, 404, 405, 422, 500].includes(response.status) &&
            (response.status < 500 || path.endsWith('explode') || path.endsWith('boom')),
          `${method} ${path}: ${response.status}`,
        )
      else assert.ok(response.status < 400)
    }
  }
})

test('I6: the docs are closed unless declared, and each kind of problem has its page', async () => {
  const closed = await openFixture({ app: { endpoints: {}, docs: undefined, title: undefined } })
  try {
    for (const path of ['/openapi.json', '/docs', '/docs/scalar.js', '/docs/start.js'])
      assert.equal(await status(closed.ask(path)), 401, path)
    assert.equal(await status(closed.ask('/docs', { as: closed.users.bob })), 403)
    assert.equal(await status(closed.ask('/openapi.json?env=dev&debug=1')), 401)
    for (const path of ['/metrics', '/debug', '/.env', '/.git/HEAD', '/package.json', '/app.js.map'])
      assert.ok([401, 404].includes(await status(closed.ask(path))), path)
  } finally {
    await closed.close()
  }
  const page = await app.ask('/docs')
  assert.match(page.headers.get('content-security-policy')!, /connect-src 'self'/)
  assert.doesNotMatch(await page.text(), /https?:\/\//)
  const script = await app.ask('/docs/scalar.js', { headers: { 'accept-encoding': 'gzip, br' } })
  assert.equal(script.headers.get('content-encoding'), 'br')
  assert.ok((await script.arrayBuffer()).byteLength < 1_200_000)
  assert.match(await (await app.ask('/problems/not_found')).text(), /Status: 404/)
  assert.match(await (await app.ask('/problems/too_big')).text(), /Status: 409/)
  assert.equal(await status(app.ask('/problems/__proto__')), 404)
})
