import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blank, openConduit, refused, succeeded, type Conduit } from './fixture.ts'

const values = { title: 'How to Train', description: 'Ever wonder?', body: 'It takes a Jacobian.' }
const create = async ({ send }: Conduit, as: string, article: object = values): Promise<any> =>
  succeeded(await send('POST', '/api/articles', { as, body: { article } })).article
const at = async ({ send }: Conduit, slug: string, as?: string): Promise<any> =>
  succeeded(await send('GET', `/api/articles/${encodeURIComponent(slug)}`, { ...(as && { as }) })).article

test('an article is written, and read by everyone', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const { createdAt, updatedAt, ...article } = await create(conduit, as, { ...values, tagList: ['training', 'dragons'] })
  assert.deepEqual(article, {
    ...values,
    slug: 'how-to-train',
    tagList: ['training', 'dragons'],
    favorited: false,
    favoritesCount: 0,
    author: { username: 'ada', bio: null, image: null, following: false },
  })
  assert.equal(createdAt, updatedAt)
  assert.deepEqual(await at(conduit, 'how-to-train'), { ...article, createdAt, updatedAt })
})

test('an article needs a title, a description and a body, and says which is missing', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  for (const field of ['title', 'description', 'body'] as const) {
    const { [field]: _, ...without } = values
    for (const article of [without, { ...values, [field]: '' }]) {
      refused(await conduit.send('POST', '/api/articles', { as, body: { article } }), 422, { [field]: blank })
    }
    for (const odd of [null, 5, {}]) {
      const { status, body } = await conduit.send('POST', '/api/articles', { as, body: { article: { ...values, [field]: odd } } })
      assert.deepEqual([status, Object.keys(body.errors)], [422, [field]])
    }
  }
  for (const body of [{}, { article: null }, { article: [] }, [], 'null'])
    assert.equal((await conduit.send('POST', '/api/articles', { as, body })).status, 422)
  for (const tagList of [null, 'dragons', [''], [5, 6], [null], [['x']], Array.from({ length: 1000 }, (_, n) => `t${n}`)]) {
    const { status, body } = await conduit.send('POST', '/api/articles', { as, body: { article: { ...values, tagList } } })
    assert.deepEqual([status, Object.keys(body.errors)], [422, ['tagList']], JSON.stringify(tagList))
  }
  assert.equal(await conduit.test.sys.articles.count({}), 0)
  assert.equal(await conduit.test.sys.tags.count({}), 0)
})

test('articles of one title have slugs of their own, also when they come at once', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  assert.equal((await create(conduit, as)).slug, 'how-to-train')
  const slugs = await Promise.all(Array.from({ length: 8 }, async () => (await create(conduit, as)).slug))
  assert.equal(new Set([...slugs, 'how-to-train']).size, 9)
  for (const slug of slugs) assert.equal((await at(conduit, slug)).title, values.title)
})

test('a title of any letters has a slug that is an address', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  for (const title of ['Ünïcödé & Co.', '如何训练', '???', 'feed', 'a/b', '-', '\u{1f409}', 'x'.repeat(200), 'Straße', '%2e%2e']) {
    const { slug } = await create(conduit, as, { ...values, title })
    assert.match(slug, /^[\p{L}\p{N}][\p{L}\p{N}\p{M}-]*$/u, title)
    const found = await conduit.send('GET', `/api/articles/${encodeURIComponent(slug)}`)
    // `feed` is the address of something else; the article is in the lists.
    if (slug === 'feed') assert.equal(found.status, 401)
    else assert.equal(succeeded(found).article.title, title)
  }
})

test('tags keep their order, each is there once, and all are in the list of tags', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const tagList = ['zebra', 'ant', 'Zebra', 'ant', 'mule', 'zebra', 'über', 'b']
  const { slug } = await create(conduit, as, { ...values, tagList })
  assert.deepEqual((await at(conduit, slug)).tagList, ['zebra', 'ant', 'Zebra', 'mule', 'über', 'b'])
  await create(conduit, as, { ...values, tagList: ['ant'] })
  const { tags } = succeeded(await conduit.send('GET', '/api/tags'))
  assert.equal(tags[0], 'ant')
  assert.deepEqual(tags.toSorted(), ['Zebra', 'ant', 'b', 'mule', 'zebra', 'über'])
})

test('the author changes what they send; tags are replaced, emptied, or left alone', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  const first = await create(conduit, as, { ...values, tagList: ['a', 'b'] })
  const put = async (article: object): Promise<any> => {
    conduit.test.clock.advance(1000)
    const now = succeeded(await conduit.send('PUT', `/api/articles/${first.slug}`, { as, body: { article } })).article
    assert.deepEqual(now, await at(conduit, first.slug, as))
    return now
  }
  const changed = await put({ body: 'Anew.' })
  assert.deepEqual({ ...changed, updatedAt: '' }, { ...first, body: 'Anew.', updatedAt: '' })
  assert.ok(changed.updatedAt > first.updatedAt)
  assert.deepEqual((await put({ description: 'Other.' })).tagList, ['a', 'b'])
  assert.deepEqual((await put({ tagList: ['c', 'a'] })).tagList, ['c', 'a'])
  assert.deepEqual((await put({ tagList: [] })).tagList, [])
  for (const article of [{ tagList: null }, { title: null }, { title: '' }, { body: '' }, { description: null }])
    assert.equal((await conduit.send('PUT', `/api/articles/${first.slug}`, { as, body: { article } })).status, 422, JSON.stringify(article))
  assert.deepEqual({ ...(await put({})), updatedAt: '' }, { ...changed, description: 'Other.', tagList: [], updatedAt: '' })
})

test('a new title is a new slug, and the old one is no address any more', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  await create(conduit, as, { ...values, title: 'Taken' })
  const { slug } = await create(conduit, as)
  const change = async (title: string, slug: string): Promise<string> =>
    succeeded(await conduit.send('PUT', `/api/articles/${slug}`, { as, body: { article: { title } } })).article.slug
  assert.equal(await change('How to train!', slug), slug)
  const next = await change('Taken', slug)
  assert.match(next, /^taken-.+/)
  refused(await conduit.send('GET', `/api/articles/${slug}`), 404, { article: ['not found'] })
  assert.equal((await at(conduit, next)).title, 'Taken')
})

test('who is not the author changes and deletes nothing', async () => {
  await using conduit = await openConduit()
  const slug = await conduit.write(await conduit.register('ada'), 'Mine', ['kept'])
  const before = await at(conduit, slug)
  const as = await conduit.register('ben')
  const body = { article: { title: 'Hijacked', tagList: [] } }
  refused(await conduit.send('PUT', `/api/articles/${slug}`, { as, body }), 403, { article: ['forbidden'] })
  refused(await conduit.send('PUT', `/api/articles/${slug}`, { as, body: { article: { tagList: ['more'] } } }), 403, {
    article: ['forbidden'],
  })
  refused(await conduit.send('PUT', `/api/articles/${slug}`, { as, body: { article: {} } }), 403, { article: ['forbidden'] })
  refused(await conduit.send('DELETE', `/api/articles/${slug}`, { as }), 403, { article: ['forbidden'] })
  refused(await conduit.send('PUT', `/api/articles/${slug}`, { body }), 401, { token: ['is missing'] })
  refused(await conduit.send('DELETE', `/api/articles/${slug}`), 401, { token: ['is missing'] })
  refused(await conduit.send('POST', '/api/articles', { body: { article: values } }), 401, { token: ['is missing'] })
  assert.deepEqual(await at(conduit, slug), before)
})

test('an article that is not there is not found, by whatever is tried', async () => {
  await using conduit = await openConduit()
  const as = await conduit.register('ada')
  for (const [method, path, body] of [
    ['GET', ''],
    ['PUT', '', { article: { body: 'x' } }],
    ['DELETE', ''],
    ['POST', '/favorite'],
    ['DELETE', '/favorite'],
    ['GET', '/comments'],
    ['POST', '/comments', { comment: { body: 'x' } }],
    ['DELETE', '/comments/1'],
  ] as const)
    refused(await conduit.send(method, `/api/articles/nowhere${path}`, { as, body }), 404, { article: ['not found'] })
})

test('with an article go its tags, favorites and comments, and nothing of others', async () => {
  await using conduit = await openConduit()
  const ada = await conduit.register('ada')
  const ben = await conduit.register('ben')
  const slugs = [await conduit.write(ada, 'Goes', ['a', 'b']), await conduit.write(ada, 'Stays', ['a'])]
  for (const slug of slugs) {
    await conduit.send('POST', `/api/articles/${slug}/favorite`, { as: ben })
    await conduit.send('POST', `/api/articles/${slug}/comments`, { as: ben, body: { comment: { body: 'Well.' } } })
  }
  assert.equal((await conduit.send('DELETE', `/api/articles/${slugs[0]}`, { as: ada })).text, '')
  const { sys } = conduit.test
  assert.deepEqual(
    await Promise.all([sys.articles.count({}), sys.tags.count({}), sys.favorites.count({}), sys.comments.count({}), sys.users.count({})]),
    [1, 1, 1, 1, 2],
  )
  assert.deepEqual(succeeded(await conduit.send('GET', '/api/tags')).tags, ['a'])
  refused(await conduit.send('DELETE', `/api/articles/${slugs[0]}`, { as: ada }), 404, { article: ['not found'] })
})

test('a favorite counts once for each user, and each sees their own flag', async () => {
  await using conduit = await openConduit()
  const ada = await conduit.register('ada')
  const ben = await conduit.register('ben')
  const slug = await conduit.write(ada, 'Liked')
  const favorite = (method: string, as?: string): ReturnType<typeof conduit.send> =>
    conduit.send(method, `/api/articles/${slug}/favorite`, { ...(as && { as }) })
  const seen = async (as?: string): Promise<[boolean, number]> => {
    const { favorited, favoritesCount } = await at(conduit, slug, as)
    return [favorited, favoritesCount]
  }
  for (const answer of await Promise.all(Array.from({ length: 20 }, () => favorite('POST', ben))))
    assert.deepEqual([succeeded(answer).article.favorited, answer.body.article.favoritesCount], [true, 1])
  assert.deepEqual(
    [await seen(), await seen(ada), await seen(ben)],
    [
      [false, 1],
      [false, 1],
      [true, 1],
    ],
  )
  assert.equal(succeeded(await favorite('POST', ada)).article.favoritesCount, 2)
  for (const _ of [1, 2]) assert.deepEqual(succeeded(await favorite('DELETE', ben)).article.favoritesCount, 1)
  assert.deepEqual(
    [await seen(ada), await seen(ben)],
    [
      [true, 1],
      [false, 1],
    ],
  )
  for (const method of ['POST', 'DELETE']) refused(await favorite(method), 401, { token: ['is missing'] })
  // Favorites leave the time of the last change alone.
  const { createdAt, updatedAt } = await at(conduit, slug)
  assert.equal(updatedAt, createdAt)
})
