import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openConduit, refused, succeeded } from './fixture.ts'

test('a profile is for everyone, and says whether the one who asks follows', async () => {
  await using conduit = await openConduit()
  const ada = await conduit.register('ada')
  const ben = await conduit.register('ben')
  const profile = async (as?: string): Promise<any> =>
    succeeded(await conduit.send('GET', '/api/profiles/ada', { ...(as && { as }) })).profile
  const plain = { username: 'ada', bio: null, image: null, following: false }
  assert.deepEqual([await profile(), await profile(ben), await profile(ada)], [plain, plain, plain])

  assert.deepEqual(succeeded(await conduit.send('POST', '/api/profiles/ada/follow', { as: ben })), {
    profile: { ...plain, following: true },
  })
  assert.deepEqual([await profile(), await profile(ben), await profile(ada)], [plain, { ...plain, following: true }, plain])
  assert.deepEqual(succeeded(await conduit.send('DELETE', '/api/profiles/ada/follow', { as: ben })), { profile: plain })
  assert.deepEqual(await profile(ben), plain)
})

test('to follow twice is to follow once, twenty times at once too, and to unfollow nobody is no mistake', async () => {
  await using conduit = await openConduit()
  await conduit.register('ada')
  const as = await conduit.register('ben')
  const follow = (): ReturnType<typeof conduit.send> => conduit.send('POST', '/api/profiles/ada/follow', { as })
  for (const answer of await Promise.all(Array.from({ length: 20 }, follow))) assert.equal(succeeded(answer).profile.following, true)
  assert.equal(await conduit.test.sys.follows.count({}), 1)
  for (const _ of [1, 2]) assert.equal(succeeded(await conduit.send('DELETE', '/api/profiles/ada/follow', { as })).profile.following, false)
  assert.equal(await conduit.test.sys.follows.count({}), 0)
})

test('to follow needs a token and someone to follow', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ben')
  refused(await conduit.send('GET', '/api/profiles/nobody'), 404, { profile: ['not found'] })
  for (const method of ['POST', 'DELETE']) {
    refused(await conduit.send(method, '/api/profiles/nobody/follow'), 401, { token: ['is missing'] })
    refused(await conduit.send(method, '/api/profiles/ben/follow'), 401, { token: ['is missing'] })
    refused(await conduit.send(method, '/api/profiles/nobody/follow', { as }), 404, { profile: ['not found'] })
  }
})

test('a name of any letters has its profile, and one that can be no part of an address is no name', async () => {
  await using conduit = await openConduit()
  const names = ['Åsa Ö', '50%', '李', 'x?y#z', "o'brien", 'follow', '...', ' ', '<b>', ';']
  const register = (username: string, n: number): ReturnType<typeof conduit.send> =>
    conduit.send('POST', '/api/users', { body: { user: { username, email: `${n}@example.com`, password: 'password123' } } })
  for (const odd of ['a/b', 'a\\b', '.', '..', '/', 'a\u0001b']) {
    const { status, body } = await register(odd, 100)
    assert.deepEqual([status, Object.keys(body.errors)], [422, ['username']], odd)
  }
  for (const [n, username] of names.entries()) {
    assert.equal((await register(username, n)).status, 201, username)
    const { profile } = succeeded(await conduit.send('GET', `/api/profiles/${encodeURIComponent(username)}`))
    assert.equal(profile.username, username)
  }
})
