import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openConduit, succeeded } from './fixture.ts'

test('of tags that are replaced ten times at once, those of one request are left', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const slug = await conduit.write(as, 'Contended', ['old'])
  const lists = Array.from({ length: 10 }, (_, n) => [`shared`, `${n} a`, `${n} b`])
  const answers = await Promise.all(
    lists.map((tagList) => conduit.send('PUT', `/api/articles/${slug}`, { as, body: { article: { tagList, body: tagList[1] } } })),
  )
  for (const [n, answer] of answers.entries()) assert.deepEqual(succeeded(answer).article.tagList, lists[n])
  const { article } = succeeded(await conduit.send('GET', `/api/articles/${slug}`))
  assert.ok(lists.some((list) => JSON.stringify(list) === JSON.stringify(article.tagList)))
  assert.equal(article.tagList[1], article.body)
  assert.equal(await conduit.test.sys.tags.count({}), 3)
})

test('an article that is deleted while others favor it and speak of it leaves nothing', async () => {
  await using conduit = await openConduit()
  const author = await conduit.register('ada')
  const slug = await conduit.write(author, 'Going', ['a', 'b'])
  const readers = await Promise.all(Array.from({ length: 6 }, (_, n) => conduit.register(`reader${n}`)))
  const answers = await Promise.all([
    ...readers.flatMap((as) => [
      conduit.send('POST', `/api/articles/${slug}/favorite`, { as }),
      conduit.send('POST', `/api/articles/${slug}/comments`, { as, body: { comment: { body: 'Stay!' } } }),
    ]),
    conduit.send('DELETE', `/api/articles/${slug}`, { as: author }),
    conduit.send('PUT', `/api/articles/${slug}`, { as: author, body: { article: { tagList: ['c'] } } }),
    conduit.send('DELETE', `/api/articles/${slug}/favorite`, { as: readers[0]! }),
  ])
  // 422: it was there when it was looked for, and gone when something was to refer to it.
  for (const { status, text } of answers) assert.ok([200, 201, 204, 404, 422].includes(status), `${status} ${text}`)
  const { sys } = conduit.test
  const left = await Promise.all([sys.articles.count({}), sys.favorites.count({}), sys.comments.count({}), sys.tags.count({})])
  assert.deepEqual(left, [0, 0, 0, 0])
})
