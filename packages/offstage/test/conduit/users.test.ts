import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blank, openConduit, password, refused, succeeded, taken } from './fixture.ts'

const ada = { username: 'ada', email: 'ada@example.com', password }

test('who registers is told what they are, and the token is theirs', async () => {
  await using conduit = await openConduit()
  const { user } = succeeded(await conduit.send('POST', '/api/users', { body: { user: ada } }))
  assert.deepEqual({ ...user, token: '' }, { username: 'ada', email: 'ada@example.com', bio: null, image: null, token: '' })
  const current = succeeded(await conduit.send('GET', '/api/user', { as: user.token }))
  assert.deepEqual({ ...current.user, token: '' }, { ...user, token: '' })
})

test('the scheme of the token is read without regard to case, and a new token is as good as the old', async () => {
  await using conduit = await openConduit()
  const token = await conduit.register('ada')
  const { user } = succeeded(await conduit.send('GET', '/api/user', { headers: { authorization: `token ${token}` } }))
  assert.equal(succeeded(await conduit.send('GET', '/api/user', { as: user.token })).user.username, 'ada')
})

test('registering needs a name, an email and a password, and says which is missing', async () => {
  await using conduit = await openConduit()
  for (const field of ['username', 'email', 'password'] as const) {
    const { [field]: _, ...without } = ada
    for (const user of [without, { ...ada, [field]: '' }]) {
      refused(await conduit.send('POST', '/api/users', { body: { user } }), 422, { [field]: blank })
    }
    for (const odd of [null, 5, true, {}, ['ada']]) {
      const { status, body } = await conduit.send('POST', '/api/users', { body: { user: { ...ada, [field]: odd } } })
      assert.deepEqual([status, Object.keys(body.errors)], [422, [field]])
    }
  }
  refused(await conduit.send('POST', '/api/users', { body: { user: {} } }), 422, { username: blank, email: blank, password: blank })
  assert.equal(await conduit.test.sys.users.count({}), 0)
})

test('what is no registration at all is refused in the words of the specification', async () => {
  await using conduit = await openConduit()
  for (const body of ['', '{}', 'null', '[]', '"x"', '{"user":null}', '{"user":[]}', '{"user":"ada"}', '{', '{"user":{"__proto__":{}}}']) {
    assert.equal((await conduit.send('POST', '/api/users', { body })).status, 422, body)
  }
  // Names that every object of JavaScript has.
  for (const name of ['constructor', 'toString']) {
    const refusal = await conduit.send('POST', '/api/users', { body: `{"user":{},"${name}":1}` })
    assert.ok(Object.hasOwn(refusal.body.errors, name))
    assert.equal(refusal.status, 422)
  }
  for (const user of [
    { ...ada, email: 'no address' },
    { ...ada, password: 'seven77' },
  ]) {
    assert.equal((await conduit.send('POST', '/api/users', { body: { user } })).status, 422, JSON.stringify(user))
  }
  assert.equal(await conduit.test.sys.users.count({}), 0)
})

test('a name and an email are had once', async () => {
  await using conduit = await openConduit()
  await conduit.register('ada')
  const send = (user: object): ReturnType<typeof conduit.send> =>
    conduit.send('POST', '/api/users', { body: { user: { ...ada, ...user } } })
  refused(await send({ email: 'other@example.com' }), 409, { username: taken })
  refused(await send({ username: 'other' }), 409, { email: taken })
  refused(await send({ username: 'other', email: 'ADA@Example.com' }), 409, { email: taken })
  assert.equal(await conduit.test.sys.users.count({}), 1)
})

test('of ten who want one name at once, one has it', async () => {
  await using conduit = await openConduit()
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => conduit.send('POST', '/api/users', { body: { user: { ...ada, email: `ada${n}@example.com` } } })),
  )
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, ...Array.from({ length: 9 }, () => 409)])
  assert.equal(await conduit.test.sys.users.count({}), 1)
})

test('login takes the right email and password, and tells apart neither the one nor the other', async () => {
  await using conduit = await openConduit()
  await conduit.register('ada')
  const login = (user: object): ReturnType<typeof conduit.send> => conduit.send('POST', '/api/users/login', { body: { user } })
  const { user } = succeeded(await login({ email: 'ada@example.com', password }))
  assert.equal(succeeded(await conduit.send('GET', '/api/user', { as: user.token })).user.email, 'ada@example.com')
  refused(await login({ email: 'ada@example.com', password: 'wrong password' }), 401, { credentials: ['invalid'] })
  refused(await login({ email: 'nobody@example.com', password }), 401, { credentials: ['invalid'] })
  refused(await login({ email: 'ada', password }), 401, { credentials: ['invalid'] })
  refused(await login({ email: '', password }), 422, { email: blank })
  refused(await login({ email: 'ada@example.com', password: '' }), 422, { password: blank })
  refused(await login({}), 422, { email: blank, password: blank })
})

test('a token that has ended does not stand in the way of signing in again, nor of signing up', async () => {
  await using conduit = await openConduit()
  await conduit.register('ada')
  const user = { email: 'ada@example.com', password }
  succeeded(await conduit.send('POST', '/api/users/login', { as: 'nonsense', body: { user } }))
  const bob = { username: 'bob', email: 'bob@example.com', password }
  assert.equal((await conduit.send('POST', '/api/users', { as: 'nonsense', body: { user: bob } })).status, 201)
})

test('the current user is nobody without a token, and nobody with one that is not ours', async () => {
  await using conduit = await openConduit()
  for (const method of ['GET', 'PUT']) {
    const body = method === 'PUT' ? { user: {} } : undefined
    refused(await conduit.send(method, '/api/user', { body }), 401, { token: ['is missing'] })
    refused(await conduit.send(method, '/api/user', { as: 'nonsense', body }), 401, { token: ['is invalid'] })
  }
})

test('a user changes what they send and nothing else', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const put = async (user: object): Promise<any> => {
    const { token: _, ...rest } = succeeded(await conduit.send('PUT', '/api/user', { as, body: { user } })).user
    const { token: __, ...now } = succeeded(await conduit.send('GET', '/api/user', { as })).user
    assert.deepEqual(rest, now)
    return now
  }
  const start = { username: 'ada', email: 'ada@example.com', bio: null, image: null }
  assert.deepEqual(await put({}), start)
  assert.deepEqual(await put({ bio: 'Writes.' }), { ...start, bio: 'Writes.' })
  assert.deepEqual(await put({ image: 'https://example.com/a.png' }), { ...start, bio: 'Writes.', image: 'https://example.com/a.png' })
  assert.deepEqual(await put({ bio: null, image: '' }), start)
  assert.deepEqual(await put({ bio: 'x' }).then(() => put({ bio: '' })), start)
  assert.deepEqual(await put({ username: 'lovelace', email: 'L@example.com' }), { ...start, username: 'lovelace', email: 'L@example.com' })
  assert.deepEqual(await put({ username: 'lovelace' }), { ...start, username: 'lovelace', email: 'L@example.com' })
})

test('what may not be empty may be neither empty nor null in a change', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  for (const field of ['username', 'email', 'password']) {
    refused(await conduit.send('PUT', '/api/user', { as, body: { user: { bio: 'no', [field]: '' } } }), 422, { [field]: blank })
    const { status, body } = await conduit.send('PUT', '/api/user', { as, body: { user: { bio: 'no', [field]: null } } })
    assert.deepEqual([status, Object.keys(body.errors)], [422, [field]])
  }
  assert.equal((await conduit.send('PUT', '/api/user', { as, body: { user: { password: 'short7c' } } })).status, 422)
  assert.equal(succeeded(await conduit.send('GET', '/api/user', { as })).user.bio, null)
})

test('a new password counts from then on, and goes in whole or not at all', async () => {
  await using conduit = await openConduit()
  await conduit.register('taken')
  const as = await conduit.register('ada')
  const login = async (password: string, email = 'ada@example.com'): Promise<number> =>
    (await conduit.send('POST', '/api/users/login', { body: { user: { email, password } } })).status
  const change = { password: 'another one', username: 'lovelace' }
  refused(await conduit.send('PUT', '/api/user', { as, body: { user: { ...change, username: 'taken' } } }), 409, { username: taken })
  assert.deepEqual([await login(password), await login('another one')], [200, 401])
  assert.equal((await conduit.send('PUT', '/api/user', { as, body: { user: { username: 'other', password: 'short' } } })).status, 422)
  assert.equal(succeeded(await conduit.send('GET', '/api/user', { as })).user.username, 'ada')
  assert.equal(succeeded(await conduit.send('PUT', '/api/user', { as, body: { user: change } })).user.username, 'lovelace')
  assert.deepEqual([await login(password), await login('another one')], [401, 200])
})
