import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openConduit, password, refused, secret, succeeded, token, type Conduit } from './fixture.ts'

const idOf = async ({ test }: Conduit, username: string): Promise<string> => (await test.sys.users.get({ username })).id
const soon = (): number => Math.floor(Date.now() / 1000) + 3600

test('only a token that we signed, for a user that is there, and not too old, is somebody', async () => {
  await using conduit = await openConduit()
  const real = await conduit.register('ada')
  const sub = await idOf(conduit, 'ada')
  assert.equal((await conduit.send('GET', '/api/user', { as: token({ sub, exp: soon() }) })).status, 200)

  const [head, payload, signature] = real.split('.') as [string, string, string]
  const none = token({ sub, exp: soon() }, '', { alg: 'none' })
  const forged: Record<string, string> = {
    'another secret': token({ sub, exp: soon() }, 'another secret that is long enough'),
    'no secret': token({ sub, exp: soon() }, '\0'),
    'too old': token({ sub, exp: soon() - 7200 }),
    'not yet': token({ sub, exp: soon(), nbf: soon() }),
    'alg none': none,
    'alg none, signed': `${none}${signature}`,
    'alg None': token({ sub, exp: soon() }, '', { alg: 'None' }),
    'another algorithm': token({ sub, exp: soon() }, secret, { alg: 'HS512' }),
    'a changed payload': `${head}.${Buffer.from(JSON.stringify({ sub: 'x', exp: soon() })).toString('base64url')}.${signature}`,
    'without a signature': `${head}.${payload}.`,
    'two parts': `${head}.${payload}`,
    'an unknown user': token({ sub: crypto.randomUUID(), exp: soon() }),
    'no id': token({ sub: "x' or 1=1", exp: soon() }),
    'an empty id': token({ sub: '', exp: soon() }),
    'a number for an id': token({ sub: 1, exp: soon() }),
    'an object for an id': token({ sub: { not: null }, exp: soon() }),
    nobody: token({ exp: soon() }),
    'a critical header': token({ sub, exp: soon() }, secret, { alg: 'HS256', crit: ['x'], x: 1 }),
    'very long': 'x'.repeat(6000),
  }
  for (const [what, as] of Object.entries(forged)) {
    refused(await conduit.send('GET', '/api/user', { as }), 401, { token: ['is invalid'] })
    // Where everyone may call, a wrong token is not taken for no token.
    refused(await conduit.send('GET', '/api/articles', { as }), 401, { token: ['is invalid'] })
    assert.equal((await conduit.send('DELETE', '/api/profiles/ada/follow', { as })).status, 401, what)
  }
})

test('the token of a user who is gone is nobody', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  await conduit.write(as, 'Left')
  await conduit.test.sys.users.delete(await idOf(conduit, 'ada'))
  refused(await conduit.send('GET', '/api/user', { as }), 401, { token: ['is invalid'] })
  refused(await conduit.send('POST', '/api/articles', { as, body: { article: { title: 't', description: 'd', body: 'b' } } }), 401, {
    token: ['is invalid'],
  })
  assert.equal(await conduit.test.sys.articles.count({}), 0)
})

test('neither a cookie, nor another scheme, nor a session of Offstage is a token', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  for (const authorization of [`Bearer ${as}`, `Basic ${as}`, as]) {
    assert.equal((await conduit.send('GET', '/api/user', { headers: { authorization } })).status, 401, authorization.slice(0, 8))
  }
  for (const cookie of [`token=${as}`, `offstage=${as}`, `session=${as}`])
    refused(await conduit.send('GET', '/api/user', { headers: { cookie } }), 401, { token: ['is missing'] })
  const login = await conduit.send('POST', '/api/users/login', { body: { user: { email: 'ada@example.com', password } } })
  assert.equal(login.headers.get('set-cookie'), null)
  assert.equal(await conduit.test.sys.users.count({}), 1)
})

test('nobody acts as another by what they send', async () => {
  await using conduit = await openConduit()
  const ada = await conduit.register('ada')
  const ben = await conduit.register('ben')
  const id = await idOf(conduit, 'ada')
  const slug = await conduit.write(ben, 'Of Ben')
  const article = { title: 't', description: 'd', body: 'b' }
  for (const [method, path, body] of [
    ['POST', '/api/articles', { article: { ...article, author: id, slug: 'mine', createdAt: '2020-01-01T00:00:00Z', favoritesCount: 9 } }],
    ['POST', '/api/articles', { article: { ...article, favorites: { create: [{ user: id }] }, id } }],
    ['PUT', `/api/articles/${slug}`, { article: { author: id, id, slug: 'mine', createdAt: '2020-01-01T00:00:00Z' } }],
    ['POST', `/api/articles/${slug}/comments`, { comment: { body: 'b', author: id, article: id, id: 99 } }],
    ['PUT', '/api/user', { user: { id, token: ada, followers: { create: [{ follower: id }] } } }],
    ['POST', '/api/users', { user: { username: 'cy', email: 'cy@example.com', password, id, bio: 'more', followers: [id] } }],
  ] as const)
    succeeded(await conduit.send(method, path, { as: ben, body }))
  // Favorite and follow ask for no body: an empty one is as good as none, and what is in one does not choose for whom.
  for (const path of [`/api/articles/${slug}/favorite`, '/api/profiles/ben/follow']) {
    assert.equal((await conduit.send('POST', path, { as: ben, body: { user: id } })).status, 422)
    assert.equal((await conduit.send('POST', path, { as: ben, body: { follower: id } })).status, 422)
    assert.equal((await conduit.send('POST', path, { as: ben, body: {} })).status, 200)
  }
  const { sys } = conduit.test
  const ofAda = [sys.favorites.count({ user: id }), sys.follows.count({ follower: id }), sys.articles.count({ author: id })]
  assert.deepEqual([...(await Promise.all(ofAda)), await sys.comments.count({ author: id })], [0, 0, 0, 0])
  assert.deepEqual(await sys.articles.count({ or: [{ slug: 'mine' }, { createdAt: { lt: '2021-01-01T00:00:00Z' } }] }), 0)
  const { articles } = succeeded(await conduit.send('GET', '/api/articles', { as: ada }))
  assert.deepEqual(
    articles.map(({ author, favoritesCount }: any) => [author.username, favoritesCount]),
    [
      ['ben', 0],
      ['ben', 0],
      ['ben', 1],
    ],
  )
  assert.deepEqual([(await sys.users.get(id)).username, (await sys.users.get({ username: 'cy' })).bio], ['ada', null])
})

test('what is sent back whole, as frontends do, changes what is theirs to change', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const slug = await conduit.write(as, 'Whole', ['a'])
  const { article } = succeeded(await conduit.send('GET', `/api/articles/${slug}`, { as }))
  const changed = succeeded(await conduit.send('PUT', `/api/articles/${slug}`, { as, body: { article: { ...article, body: 'Anew.' } } }))
  assert.deepEqual({ ...changed.article, updatedAt: '' }, { ...article, body: 'Anew.', updatedAt: '' })
  const { user } = succeeded(await conduit.send('GET', '/api/user', { as }))
  const { user: now } = succeeded(await conduit.send('PUT', '/api/user', { as, body: { user: { ...user, bio: 'Hi.' } } }))
  assert.deepEqual({ ...now, token: '' }, { ...user, bio: 'Hi.', token: '' })
})

test('what is written comes back as it was: SQL, HTML, every kind of letter', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  for (const words of [
    "Robert'); drop table articles; --",
    '<script>alert(1)</script>&amp;<b>',
    '"quoted" \\ and \n\t in lines',
    '{{constructor}} ${process.env} %s %00 $1 ?',
    '\u{1f409} 龍 ﷺ e\u0301 \u202e',
    '__proto__',
  ]) {
    const article = { title: words, description: words, body: words, tagList: [words] }
    const made = succeeded(await conduit.send('POST', '/api/articles', { as, body: { article } })).article
    const answer = await conduit.send('GET', `/api/articles/${encodeURIComponent(made.slug)}`)
    const { title, description, body, tagList } = answer.body.article
    assert.deepEqual({ title, description, body, tagList }, article)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    const found = succeeded(await conduit.send('GET', `/api/articles?tag=${encodeURIComponent(words)}`))
    assert.equal(found.articlesCount, 1)
  }
  for (const words of ['a\0b', '\ud800']) {
    const article = { title: words, description: 'd', body: 'b' }
    assert.equal((await conduit.send('POST', '/api/articles', { as, body: { article } })).status, 422)
  }
})

test('what is too much is refused before it costs anything', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const article = { title: 't', description: 'd', body: 'b' }
  const sizes: [number, object][] = [
    [201, { ...article, body: 'x'.repeat(60_000) }],
    [422, { ...article, body: 'x'.repeat(900_000) }],
    [413, { ...article, body: 'x'.repeat(1_100_000) }],
    [422, { ...article, title: 'x'.repeat(201) }],
    [422, { ...article, description: 'x'.repeat(1_001) }],
    [422, { ...article, tagList: Array.from({ length: 1_000 }, (_, n) => `tag ${n}`) }],
    [422, { ...article, tagList: ['x'.repeat(81)] }],
    [201, { ...article, tagList: Array.from({ length: 50 }, (_, n) => `tag ${n}`) }],
  ]
  for (const [status, article] of sizes)
    assert.equal((await conduit.send('POST', '/api/articles', { as, body: { article } })).status, status)
  const deep = `{"article":{"title":"t","description":"d","body":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`
  assert.equal((await conduit.send('POST', '/api/articles', { as, body: deep })).status, 422)
  assert.equal(await conduit.test.sys.articles.count({}), 2)
})

test('guessing passwords is stopped, in the form of the specification', async () => {
  await using conduit = await openConduit()
  await conduit.register('ada')
  const login = (password: string): ReturnType<typeof conduit.send> =>
    conduit.send('POST', '/api/users/login', { body: { user: { email: 'ada@example.com', password } } })
  const statuses: number[] = []
  for (let n = 0; n < 12; n++) statuses.push((await login(`wrong guess ${n}`)).status)
  assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429])
  const stopped = await login(password)
  assert.equal(stopped.status, 429)
  assert.match(stopped.headers.get('retry-after') ?? '', /^\d+$/)
})

test('no password, hash or email of another is in any answer', async () => {
  await using conduit = await openConduit()
  const ada = await conduit.register('ada')
  const ben = await conduit.register('ben')
  const slug = await conduit.write(ada, 'Seen')
  await conduit.send('POST', `/api/articles/${slug}/comments`, { as: ada, body: { comment: { body: 'b' } } })
  for (const path of ['/api/articles', `/api/articles/${slug}`, `/api/articles/${slug}/comments`, '/api/profiles/ada', '/api/user']) {
    const { text } = await conduit.send('GET', path, { as: ben })
    assert.doesNotMatch(text, /password|hash|argon2|scrypt|ada@example/i, path)
  }
  const secret = 'a password to look for'
  const { text } = await conduit.send('PUT', '/api/user', { as: ada, body: { user: { password: secret, username: '' } } })
  assert.ok(!text.includes(secret))
})
