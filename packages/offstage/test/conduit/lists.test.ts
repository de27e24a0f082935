import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counted } from '../statements.ts'
import { openConduit, refused, succeeded, type Conduit } from './fixture.ts'

interface Found {
  readonly titles: readonly string[]
  readonly count: number
  readonly articles: readonly any[]
}
async function find({ send }: Conduit, query: string, as?: string): Promise<Found> {
  const { articles, articlesCount } = succeeded(await send('GET', `/api/articles${query}`, { ...(as && { as }) }))
  return { titles: articles.map(({ title }: { title: string }) => title), count: articlesCount, articles }
}

test('articles come newest first, twenty at a time unless asked otherwise, and the count is of all', async () => {
  await using conduit = await openConduit()
  assert.deepEqual(await find(conduit, ''), { titles: [], count: 0, articles: [] })
  const as = await conduit.register('ada')
  for (let n = 1; n <= 23; n++) await conduit.write(as, `No ${n}`)
  const newest = Array.from({ length: 23 }, (_, n) => `No ${23 - n}`)
  const pages: [string, readonly string[]][] = [
    ['', newest.slice(0, 20)],
    ['?offset=20', newest.slice(20)],
    ['?limit=5', newest.slice(0, 5)],
    ['?limit=5&offset=5', newest.slice(5, 10)],
    ['?offset=3&limit=1', newest.slice(3, 4)],
    ['?limit=100', newest],
    ['?offset=23', []],
    ['?offset=9999', []],
  ]
  for (const [query, titles] of pages) {
    const found = await find(conduit, query)
    assert.deepEqual([found.titles, found.count], [titles, 23], query)
  }
})

test('articles of one time are on one page each', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  conduit.test.clock.set('2026-05-01T12:00:00Z')
  const article = { description: 'd', body: 'b' }
  for (let n = 0; n < 9; n++)
    succeeded(await conduit.send('POST', '/api/articles', { as, body: { article: { ...article, title: `${n}` } } }))
  const pages = await Promise.all([0, 2, 4, 6, 8].map((offset) => find(conduit, `?limit=2&offset=${offset}`)))
  assert.deepEqual(
    pages.flatMap(({ titles }) => titles).toSorted(),
    Array.from({ length: 9 }, (_, n) => `${n}`),
  )
})

test('a page that is none is refused, and so is a filter that nobody knows', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  for (const path of ['/api/articles', '/api/articles/feed'])
    for (const query of [
      'limit=0',
      'limit=-1',
      'limit=101',
      'limit=x',
      'limit=1.5',
      'limit=',
      'offset=-1',
      'offset=10001',
      'offset=x',
      'offset=1e99',
      'page=2',
    ]) {
      const { status, body } = await conduit.send('GET', `${path}?${query}`, { as })
      assert.deepEqual([status, Object.keys(body.errors)], [422, [query.split('=')[0]]], query)
    }
})

test('articles are found by tag, author and who favors them, each and all together', async () => {
  await using conduit = await openConduit()
  const ada = await conduit.register('ada')
  const ben = await conduit.register('ben')
  const one = await conduit.write(ada, 'One', ['red', 'blue'])
  await conduit.write(ada, 'Two', ['red'])
  const three = await conduit.write(ben, 'Three', ['red'])
  for (const slug of [one, three]) await conduit.send('POST', `/api/articles/${slug}/favorite`, { as: ben })
  const found: [string, string[]][] = [
    ['?tag=red', ['Three', 'Two', 'One']],
    ['?tag=blue', ['One']],
    ['?tag=RED', []],
    ['?author=ada', ['Two', 'One']],
    ['?author=ben', ['Three']],
    ['?author=nobody', []],
    ['?favorited=ben', ['Three', 'One']],
    ['?favorited=ada', []],
    ['?favorited=nobody', []],
    ['?favorited=ben&author=ada', ['One']],
    ['?favorited=ben&author=ada&tag=blue', ['One']],
    ['?favorited=ben&author=ben&tag=blue', []],
    ['?tag=', []],
    ["?tag=' or 1=1 --", []],
    ['?tag=%25', []],
  ]
  for (const [query, titles] of found)
    for (const as of [undefined, ada, ben]) {
      const answer = await find(conduit, query, as)
      assert.deepEqual([answer.titles, answer.count], [titles, titles.length], query)
    }
  assert.deepEqual((await find(conduit, '?tag=red&limit=1&offset=1')).titles, ['Two'])
  assert.equal((await find(conduit, '?tag=red&limit=1&offset=1')).count, 3)
})

test('flags in a list are those of the one who asks', async () => {
  await using conduit = await openConduit()
  const ada = await conduit.register('ada')
  const ben = await conduit.register('ben')
  const slug = await conduit.write(ada, 'Liked')
  await conduit.write(ada, 'Other')
  await conduit.send('POST', `/api/articles/${slug}/favorite`, { as: ben })
  await conduit.send('POST', '/api/profiles/ada/follow', { as: ben })
  const flags = async (as?: string): Promise<unknown> =>
    (await find(conduit, '', as)).articles.map(({ title, favorited, favoritesCount, author }) => [
      title,
      favorited,
      favoritesCount,
      author.following,
    ])
  const others = [
    ['Other', false, 0, false],
    ['Liked', false, 1, false],
  ]
  assert.deepEqual(await flags(), others)
  assert.deepEqual(await flags(ada), others)
  assert.deepEqual(await flags(ben), [
    ['Other', false, 0, true],
    ['Liked', true, 1, true],
  ])
})

test('the feed has what those write whom one follows, and ends with the following', async () => {
  await using conduit = await openConduit()
  const [ada, ben, cy] = (await Promise.all(['ada', 'ben', 'cy'].map(conduit.register))) as [string, string, string]
  for (const [as, title] of [
    [ada, 'A1'],
    [ben, 'B1'],
    [cy, 'C1'],
    [ada, 'A2'],
  ] as const)
    await conduit.write(as, title)
  assert.deepEqual(await find(conduit, '/feed', ben), { titles: [], count: 0, articles: [] })
  for (const name of ['ada', 'cy']) await conduit.send('POST', `/api/profiles/${name}/follow`, { as: ben })
  const feed = await find(conduit, '/feed', ben)
  assert.deepEqual([feed.titles, feed.count], [['A2', 'C1', 'A1'], 3])
  assert.ok(feed.articles.every(({ author }) => author.following === true))
  assert.deepEqual((await find(conduit, '/feed?limit=1&offset=1', ben)).titles, ['C1'])
  assert.equal((await find(conduit, '/feed?limit=1&offset=1', ben)).count, 3)
  assert.equal((await find(conduit, '/feed', ada)).count, 0)
  await conduit.send('DELETE', '/api/profiles/ada/follow', { as: ben })
  assert.deepEqual((await find(conduit, '/feed', ben)).titles, ['C1'])
  refused(await conduit.send('GET', '/api/articles/feed'), 401, { token: ['is missing'] })
})

test('a list of twenty articles, with authors, tags, flags and counts, is as few statements as a list of one', async () => {
  await using conduit = await openConduit()
  const [ada, ben] = [await conduit.register('ada'), await conduit.register('ben')]
  await conduit.send('POST', '/api/profiles/ada/follow', { as: ben })
  const lists: [string, string | undefined, number][] = [
    ['', undefined, 2],
    ['', ben, 3],
    ['?tag=red&author=ada', ben, 3],
    ['/feed', ben, 3],
  ]
  for (const many of [1, 20]) {
    while ((await conduit.test.sys.articles.count({})) < many) {
      const slug = await conduit.write(ada, 'One of many', ['red', 'blue'])
      await conduit.send('POST', `/api/articles/${slug}/favorite`, { as: ben })
    }
    for (const [query, as, most] of lists) {
      const { value, statements } = await counted(() => find(conduit, query, as))
      assert.equal(value.articles.length, many)
      assert.ok(statements.length <= most, `${query} sent ${statements.length} statements:\n${statements.join('\n')}`)
    }
  }
})

test('the list of tags is for everyone, those used most first', async () => {
  await using conduit = await openConduit()
  assert.deepEqual(succeeded(await conduit.send('GET', '/api/tags')), { tags: [] })
  const as = await conduit.register('ada')
  for (const tags of [['often'], ['often', 'rare'], ['often', 'some'], ['some']]) await conduit.write(as, 'Tagged', tags)
  assert.deepEqual(succeeded(await conduit.send('GET', '/api/tags', { as })), { tags: ['often', 'some', 'rare'] })
})
