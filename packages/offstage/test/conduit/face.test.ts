import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openConduit, password, refused, succeeded } from './fixture.ts'
import { operations } from './shapes.ts'

test('the document has the operations of the specification, and no others', async () => {
  await using conduit = await openConduit()
  const { paths, components } = succeeded(await conduit.stray('GET', '/openapi.json'))
  const verbs = ['get', 'post', 'put', 'patch', 'delete']
  const documented = Object.entries<object>(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((verb) => verbs.includes(verb))
      .map((verb) => `${verb.toUpperCase()} ${path}`),
  )
  assert.deepEqual(
    documented.filter((operation) => operation.includes(' /api/') && !operation.includes('/api/live')).toSorted(),
    operations.toSorted(),
  )
  const schemes = Object.values<any>(components.securitySchemes)
  assert.ok(schemes.some(({ type, in: place, name }) => type === 'apiKey' && place === 'header' && name === 'Authorization'))
  const security = (path: string, verb: string): string[] =>
    (paths[path][verb].security as object[]).map((scheme) => Object.keys(scheme).join()).toSorted()
  assert.deepEqual(security('/api/user', 'get').length, 1)
  assert.deepEqual(security('/api/articles', 'get')[0], '')
})

test('pages of other origins may call with a token, and never with cookies', async () => {
  await using conduit = await openConduit()
  const origin = 'https://frontend.example'
  for (const [path, method] of [
    ['/api/user', 'PUT'],
    ['/api/articles/some-slug', 'DELETE'],
    ['/api/articles', 'POST'],
    ['/api/tags', 'GET'],
  ] as const) {
    const headers = { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization,content-type' }
    const preflight = await conduit.stray('OPTIONS', path, { headers })
    assert.ok([200, 204].includes(preflight.status), `${path} ${preflight.status}`)
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
    assert.equal(preflight.headers.get('access-control-allow-credentials'), null)
    const allowed = (name: string): string[] => (preflight.headers.get(name) ?? '').toLowerCase().split(/\s*,\s*/)
    assert.ok(allowed('access-control-allow-methods').includes(method.toLowerCase()), path)
    for (const name of ['authorization', 'content-type']) assert.ok(allowed('access-control-allow-headers').includes(name), name)
  }
  const as = await conduit.register('ada')
  for (const sent of [{ as }, {}]) {
    const answer = await conduit.send('GET', '/api/user', { ...sent, headers: { origin } })
    assert.equal(answer.headers.get('access-control-allow-origin'), '*')
    assert.equal(answer.headers.get('access-control-allow-credentials'), null)
  }
  const user = { username: 'ben', email: 'ben@example.com', password }
  succeeded(await conduit.send('POST', '/api/users', { body: { user }, headers: { origin, 'sec-fetch-site': 'cross-site' } }))
})

test('whatever goes wrong below /api is said in the form of the specification', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const article = { title: 't', description: 'd', body: 'b' }
  const cases: [status: number, method: string, path: string, headers?: Record<string, string>, body?: string][] = [
    [404, 'GET', '/api/nowhere'],
    [404, 'POST', '/api/nowhere', {}, '{}'],
    [404, 'GET', '/api'],
    [404, 'GET', '/api/users/ada/secrets'],
    [405, 'GET', '/api/users/login'],
    [405, 'DELETE', '/api/tags'],
    [405, 'PATCH', '/api/user', {}, '{}'],
    [422, 'POST', '/api/articles', {}, '{"article":'],
    [422, 'POST', '/api/articles', {}, ''],
    [422, 'POST', '/api/articles', {}, '[]'],
    [422, 'GET', '/api/articles?limit=1&limit=2'],
    [415, 'POST', '/api/articles', { 'content-type': 'text/plain' }, JSON.stringify({ article })],
    [415, 'POST', '/api/articles', { 'content-type': 'application/x-www-form-urlencoded' }, 'article[title]=t'],
    [413, 'POST', '/api/articles', {}, JSON.stringify({ article: { ...article, body: 'x'.repeat(1_100_000) } })],
  ]
  for (const [status, method, path, headers, body] of cases) {
    const answer = await conduit.stray(method, path, { as, ...(headers && { headers }), ...(body !== undefined && { body }) })
    assert.deepEqual([answer.status, Object.keys(answer.body)], [status, ['errors']], `${method} ${path} ${answer.text}`)
    for (const messages of Object.values<unknown[]>(answer.body.errors))
      assert.ok(messages.length > 0 && messages.every((message) => typeof message === 'string'))
  }
  assert.equal(await conduit.test.sys.articles.count({}), 0)
})

test('there is nothing beside the face: no routes of models, no login of our own, no batch', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  for (const [method, path] of [
    ['GET', '/api/follows'],
    ['GET', '/api/users'],
    ['GET', '/api/favorites'],
    ['POST', '/api/users/query'],
    ['POST', '/api/batch'],
    ['POST', '/api/auth/sign-up'],
    ['POST', '/api/auth/sign-in'],
    ['GET', '/api/auth/me'],
  ] as const) {
    const answer = await conduit.stray(method, path, { as, ...(method === 'POST' && { body: {} }) })
    assert.ok([404, 405].includes(answer.status), `${method} ${path} ${answer.status}`)
    assert.ok('errors' in answer.body)
  }
})

test('every operation but those that sign in refuses a token that is wrong, and those of users want one', async () => {
  await using conduit = await openConduit()
  const slug = await conduit.write(await conduit.register('ada'), 'There')
  const signIn = ['POST /api/users', 'POST /api/users/login']
  const open = ['GET /api/profiles/{username}', 'GET /api/articles', 'GET /api/tags']
  for (const operation of operations) {
    const [method, path] = operation.replace('{slug}', slug).replace('{username}', 'ada').replace('{id}', '1').split(' ') as [
      string,
      string,
    ]
    const sent = method === 'POST' || method === 'PUT' ? { body: {} } : {}
    if (signIn.includes(operation)) {
      assert.equal((await conduit.send(method, path, { ...sent, as: 'wrong' })).status, 422)
      continue
    }
    refused(await conduit.send(method, path, { ...sent, as: 'wrong' }), 401, { token: ['is invalid'] })
    if (open.includes(operation) || operation.startsWith('GET /api/articles/{slug}')) continue
    refused(await conduit.send(method, path, sent), 401, { token: ['is missing'] })
  }
  assert.equal((await conduit.send('GET', `/api/articles/${slug}`)).status, 200)
})

test('a token that is missing or wrong is told so in the header too', async () => {
  await using conduit = await openConduit()
  const missing = await conduit.send('GET', '/api/user')
  assert.match(missing.headers.get('www-authenticate') ?? '', /^Token\b/)
  const wrong = await conduit.send('GET', '/api/articles', { as: 'nonsense' })
  refused(wrong, 401, { token: ['is invalid'] })
  assert.match(wrong.headers.get('www-authenticate') ?? '', /^Token\b.*invalid_token/)
})
