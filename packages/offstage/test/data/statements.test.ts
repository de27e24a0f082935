import assert from 'node:assert/strict'
import { test } from 'node:test'
import { me } from '../../../../examples/conduit/kit.ts'
import * as models from '../../../../examples/conduit/models.ts'
import { articlesView, articleView } from '../../../../examples/conduit/views.ts'
import { openData } from '../../src/data/open.ts'
import { system, type Principal } from '../../src/query/principal.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { openTestStore } from '../database.ts'
import { counted } from '../statements.ts'

interface Conduit extends AsyncDisposable {
  readonly sys: any
  readonly reader: any
  readonly anonymous: any
}

/** 25 articles of two authors, of whom the reader follows the first; three tags and two favorites each. */
async function openConduit(): Promise<Conduit> {
  const registry = resolve({ models, user: 'users' })
  const store = await openTestStore(registry)
  const data = openData({ registry, store, secret: 's'.repeat(32) })
  const sys = data.as(system) as any
  const user = (username: string): Promise<any> => sys.users.create({ username, email: `${username}@example.com` })
  const [ada, bob, reader] = [await user('ada'), await user('bob'), await user('reader')]
  await sys.follows.create({ follower: reader.id, followed: ada.id })
  for (let i = 0; i < 25; i++) {
    await sys.articles.create({
      title: `Article ${i}`,
      description: 'About it.',
      body: 'All of it.',
      author: (i % 2 ? ada : bob).id,
      tags: { create: [{ name: 'all' }, { name: `of ${i}` }, { name: i % 2 ? 'odd' : 'even' }] },
      favorites: { create: [{ user: reader.id }, { user: bob.id }] },
    })
  }
  // As a request has it: the user's row is read once, before.
  const principal: Principal = { kind: 'user', id: reader.id, row: reader }
  return { sys, reader: data.as(principal), anonymous: sys.as(null), [Symbol.asyncDispose]: () => store.close() }
}

const page = { limit: 20, offset: 0, sort: '-createdAt', count: true }

test('a list with an author, flags, tags and counts is one statement, whoever asks', async () => {
  await using conduit = await openConduit()
  const lists = [
    { db: conduit.anonymous, where: {}, count: 25, following: false },
    { db: conduit.reader, where: {}, count: 25, following: undefined },
    { db: conduit.reader, where: { tags: { some: { name: 'odd' } } }, count: 12, following: true },
    { db: conduit.reader, where: { author: { username: 'bob' } }, count: 13, following: false },
    { db: conduit.reader, where: { favorites: { some: { user: { username: 'reader' } } } }, count: 25, following: undefined },
    { db: conduit.reader, where: { author: { followers: { some: { follower: me } } } }, count: 12, following: true },
    { db: conduit.anonymous, where: { author: { followers: { some: { follower: me } } } }, count: 0, following: undefined },
  ]
  for (const { db, where, count, following } of lists) {
    const { value, statements } = await counted<any>(() => db.articles.list({ where, ...articlesView, ...page }))
    assert.equal(statements.length, 1, statements.join('\n'))
    assert.equal(value.count, count, JSON.stringify(where))
    assert.equal(value.data.length, Math.min(count, 20))
    for (const article of value.data) {
      assert.equal(article.tags.length, 3)
      assert.equal(article.favoritesCount, 2)
      assert.equal(article.favorited, db === conduit.reader)
      if (following !== undefined) assert.equal(article.author.following, following)
    }
  }
})

test('a page behind the first is one statement too, and one behind the last tells the count by a second', async () => {
  await using conduit = await openConduit()
  const list = (more: object): Promise<{ value: any; statements: readonly string[] }> =>
    counted(() => conduit.reader.articles.list({ ...articlesView, ...page, ...more }))
  const second = await list({ offset: 20 })
  assert.deepEqual([second.value.data.length, second.value.count, second.value.next, second.statements.length], [5, 25, null, 1])
  const beyond = await list({ offset: 25 })
  assert.deepEqual([beyond.value.data.length, beyond.value.count, beyond.value.next, beyond.statements.length], [0, 25, null, 2])
})

test('one article with all that belongs to it is one statement, and a cascade of includes is too', async () => {
  await using conduit = await openConduit()
  const one = await counted<any>(() => conduit.reader.articles.get({ slug: 'article-7' }, articleView))
  assert.equal(one.statements.length, 1)
  assert.deepEqual([one.value.title, one.value.author.following], ['Article 7', true])
  const whole = await counted<any>(() =>
    conduit.reader.users.list({ include: { followers: { include: { follower: true } } }, count: true }),
  )
  assert.equal(whole.statements.length, 1)
})
