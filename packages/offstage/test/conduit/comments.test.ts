import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blank, openConduit, refused, succeeded, type Conduit } from './fixture.ts'

const say = async ({ send }: Conduit, as: string, slug: string, body: string): Promise<any> =>
  succeeded(await send('POST', `/api/articles/${slug}/comments`, { as, body: { comment: { body } } })).comment
const all = async ({ send }: Conduit, slug: string, as?: string): Promise<any[]> =>
  succeeded(await send('GET', `/api/articles/${slug}/comments`, { ...(as && { as }) })).comments

test('comments are written by users and read by everyone, newest first', async () => {
  await using conduit = await openConduit()
  const ada = await conduit.register('ada')
  const ben = await conduit.register('ben')
  const slug = await conduit.write(ada, 'Talk')
  await conduit.send('POST', '/api/profiles/ben/follow', { as: ada })
  assert.deepEqual(await all(conduit, slug), [])
  const { id, createdAt, updatedAt, ...comment } = await say(conduit, ben, slug, 'First.')
  assert.deepEqual(comment, { body: 'First.', author: { username: 'ben', bio: null, image: null, following: false } })
  assert.equal(createdAt, updatedAt)
  for (let n = 2; n <= 11; n++) await say(conduit, n % 2 ? ada : ben, slug, `${n}`)
  const found = await all(conduit, slug)
  assert.deepEqual(found.pop(), { ...comment, id, createdAt, updatedAt })
  assert.deepEqual(
    found.map(({ body }) => body),
    Array.from({ length: 10 }, (_, n) => `${11 - n}`),
  )
  const flags = (await all(conduit, slug, ada)).slice(0, 2).map(({ author }) => [author.username, author.following])
  assert.deepEqual(flags, [
    ['ada', false],
    ['ben', true],
  ])
})

test('a comment needs words', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const slug = await conduit.write(as, 'Talk')
  for (const comment of [{ body: '' }, {}])
    refused(await conduit.send('POST', `/api/articles/${slug}/comments`, { as, body: { comment } }), 422, { body: blank })
  for (const body of [{}, { comment: null }, { comment: { body: null } }])
    assert.equal((await conduit.send('POST', `/api/articles/${slug}/comments`, { as, body })).status, 422, JSON.stringify(body))
  assert.deepEqual(await all(conduit, slug), [])
})

test('one deletes a comment of their own, and only that', async () => {
  await using conduit = await openConduit()
  const ada = await conduit.register('ada')
  const ben = await conduit.register('ben')
  const slug = await conduit.write(ada, 'Talk')
  const other = await conduit.write(ada, 'Other')
  const [first, second] = [await say(conduit, ben, slug, 'First.'), await say(conduit, ben, slug, 'Second.')]
  const remove = (id: number | string, as?: string, at = slug): ReturnType<typeof conduit.send> =>
    conduit.send('DELETE', `/api/articles/${at}/comments/${id}`, { ...(as && { as }) })
  refused(await remove(first.id), 401, { token: ['is missing'] })
  // Whoever wrote the article has no say over what others say of it.
  refused(await remove(first.id, ada), 403, { comment: ['forbidden'] })
  refused(await remove(first.id, ben, other), 404, { comment: ['not found'] })
  refused(await remove(first.id, ben, 'nowhere'), 404, { article: ['not found'] })
  refused(await remove(99_999, ben), 404, { comment: ['not found'] })
  for (const id of ['x', '1.5', '-1', '0', '9007199254740993', '1e3', "1' or '1'='1"])
    assert.equal((await remove(encodeURIComponent(id), ben)).status, 404, id)
  assert.equal((await all(conduit, slug)).length, 2)

  const gone = await remove(first.id, ben)
  assert.deepEqual([gone.status, gone.text], [204, ''])
  assert.deepEqual(
    (await all(conduit, slug)).map(({ id }) => id),
    [second.id],
  )
  refused(await remove(first.id, ben), 404, { comment: ['not found'] })
})

test('to comment needs a token and an article', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const body = { comment: { body: 'Hello?' } }
  refused(await conduit.send('POST', '/api/articles/nowhere/comments', { body }), 401, { token: ['is missing'] })
  refused(await conduit.send('POST', '/api/articles/nowhere/comments', { as, body }), 404, { article: ['not found'] })
  refused(await conduit.send('GET', '/api/articles/nowhere/comments'), 404, { article: ['not found'] })
  assert.equal(await conduit.test.sys.comments.count({}), 0)
})
