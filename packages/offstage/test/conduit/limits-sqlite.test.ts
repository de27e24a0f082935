import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openConduit, succeeded } from './fixture.ts'

test('whoever floods an article with comments hides no newer ones', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const slug = await conduit.write(as, 'Flooded')
  const { sys } = conduit.test
  const [{ id: article }, { id: author }] = await Promise.all([sys.articles.get({ slug }), sys.users.get({ username: 'ada' })])
  for (let n = 0; n < 1001; n += 91)
    await sys.transaction(async (tx) => {
      for (let m = n; m < n + 91; m++) await tx.comments.create({ body: `${m}`, article, author })
    })
  const all = async (): Promise<any[]> => succeeded(await conduit.send('GET', `/api/articles/${slug}/comments`)).comments
  const comments = await all()
  assert.deepEqual([comments.length, comments[0].body], [1000, '1000'])
  await conduit.send('POST', `/api/articles/${slug}/comments`, { as, body: { comment: { body: 'The newest.' } } })
  assert.equal((await all())[0].body, 'The newest.')
})

test('of more than 1,000 tags those used most are listed', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  for (let n = 0; n < 21; n++) {
    const words = Array.from({ length: 49 }, (_, m) => `tag ${n * 49 + m}`)
    await conduit.write(as, `No ${n}`, ['common', ...words])
  }
  const { tags } = succeeded(await conduit.send('GET', '/api/tags'))
  assert.deepEqual([tags.length, tags[0]], [1000, 'common'])
})
