import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseQuery } from '../../src/query/parse-json.ts'
import { t } from '../../src/schema/t.ts'
import { openModels, refusal, type DataTest } from './fixture.ts'

const { me } = t

interface Blog extends DataTest {
  readonly ada: any
  readonly bob: any
}

/** Ada follows Bob; Bob has written two posts, of which Ada likes the first; Ada has written none. */
async function openBlog(): Promise<Blog> {
  const test = await openModels(
    {
      users: { name: t.text(), team: t.text().optional(), code: t.text().optional().hidden(), followers: t.many('follows', 'followed') },
      follows: { follower: t.user(), followed: t.ref('users') },
      posts: {
        title: t.text(),
        team: t.text().optional(),
        views: t.integer().default(0),
        author: t.user(),
        likes: t.many('likes', 'post'),
      },
      likes: { user: t.user(), post: t.ref('posts') },
    },
    ({ models }) => {
      for (const model of Object.values<any>(models)) model.access({ read: 'everyone', update: 'signed-in', delete: 'signed-in' })
    },
  )
  const { sys } = test
  const [ada, bob] = [await sys['users'].create({ name: 'Ada', team: 'red' }), await sys['users'].create({ name: 'Bob' })]
  await sys['follows'].create({ follower: ada.id, followed: bob.id })
  const first = await sys['posts'].create({ title: 'first', author: bob.id, team: 'red' })
  await sys['posts'].create({ title: 'second', author: bob.id })
  await sys['likes'].create({ user: ada.id, post: first.id })
  return { ...test, ada, bob, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() }
}

const view = {
  select: ['title'],
  include: {
    author: { select: ['name'], include: { following: { of: 'followers', exists: { follower: me } } } },
    liked: { of: 'likes', exists: { user: me } },
    mine: { of: 'likes', count: { user: me } },
    others: { of: 'likes', count: { user: { not: me } } },
    likes: { select: ['user'], where: { user: me } },
  },
  sort: 'title',
} as const
const feed = { author: { followers: { some: { follower: me } } } }

test('one view declared once answers each caller for themselves', async () => {
  await using blog = await openBlog()
  const posts = (db: any): Promise<any> => db.posts.list(view)
  assert.deepEqual((await posts(blog.as(blog.ada))).data, [
    { title: 'first', author: { name: 'Bob', following: true }, liked: true, mine: 1, others: 0, likes: [{ user: blog.ada.id }] },
    { title: 'second', author: { name: 'Bob', following: true }, liked: false, mine: 0, others: 0, likes: [] },
  ])
  assert.deepEqual((await posts(blog.as(blog.bob))).data, [
    { title: 'first', author: { name: 'Bob', following: false }, liked: false, mine: 0, others: 1, likes: [] },
    { title: 'second', author: { name: 'Bob', following: false }, liked: false, mine: 0, others: 0, likes: [] },
  ])
})

test('for the anonymous no row passes what names the caller, and what is negated of them does not either', async () => {
  await using blog = await openBlog()
  const db = blog.as(null) as any
  assert.deepEqual((await db.posts.list(view)).data, [
    { title: 'first', author: { name: 'Bob', following: false }, liked: false, mine: 0, others: 0, likes: [] },
    { title: 'second', author: { name: 'Bob', following: false }, liked: false, mine: 0, others: 0, likes: [] },
  ])
  assert.deepEqual((await db.posts.list({ where: feed })).data, [])
  assert.equal(await db.posts.count({ not: { author: me } }), 0)
  assert.equal(await db.posts.count({ author: { not: me } }), 0)
  assert.equal(await db.posts.count({ or: [{ author: me }, { title: 'first' }] }), 1)
})

test('me stands in every filter of code: lists, one row, counts, aggregates, bulk writes, and transactions', async () => {
  await using blog = await openBlog()
  const [ada, bob] = [blog.as(blog.ada) as any, blog.as(blog.bob) as any]
  assert.equal((await ada.posts.list({ where: feed, count: true })).count, 2)
  assert.equal((await bob.posts.list({ where: feed, count: true })).count, 0)
  assert.equal((await ada.posts.first({ where: { team: me.team } })).title, 'first')
  // Bob has no team: nothing equals that.
  assert.equal(await bob.posts.first({ where: { team: me.team } }), null)
  assert.equal(await bob.posts.count({ author: me }), 2)
  assert.equal(await bob.posts.count({ author: { in: [me, blog.ada.id] } }), 2)
  assert.equal(await ada.posts.exists({ author: me.id }), false)
  assert.deepEqual(await bob.posts.aggregate({ where: { author: me }, measures: { posts: 'count' } }), [{ posts: 2 }])
  assert.equal(await ada.posts.updateMany({ author: me }, { views: 5 }), 0)
  assert.equal(await bob.transaction((tx: any) => tx.posts.updateMany({ author: me }, { views: 5 })), 2)
  assert.deepEqual(
    (await blog.sys['posts'].list()).data.map(({ views }: any) => views),
    [5, 5],
  )
  assert.equal(await bob.likes.deleteMany({ user: me }), 0)
  assert.equal(await ada.likes.deleteMany({ user: me }), 1)
})

test('a page that names the caller goes on with its cursor, and not as another', async () => {
  await using blog = await openBlog()
  const page = { where: feed, sort: 'title', limit: 1 }
  await blog.sys['follows'].create({ follower: blog.bob.id, followed: blog.bob.id })
  const first = await blog.as(blog.ada)['posts'].list(page)
  assert.equal((await blog.as(blog.ada)['posts'].list({ ...page, after: first.next })).data[0].title, 'second')
  await refusal(blog.as(blog.bob)['posts'].list({ ...page, after: first.next }), 'invalid_cursor')
})

test('the system is nobody, and what me cannot mean is refused with what to write', async () => {
  await using blog = await openBlog()
  for (const db of [blog.sys, blog.as(blog.ada)['system']] as any[]) {
    const refused = await refusal(db.posts.list({ where: { author: me } }), 'invalid_call')
    assert.match(refused.detail!, /db\.as\(user\)/)
    await refusal(db.posts.list(view), 'invalid_call')
    await refusal(db.posts.deleteMany({ author: me }), 'invalid_call')
  }
  const db = blog.as(blog.ada) as any
  assert.match((await refusal(db.posts.list({ where: { title: me } }), 'invalid_call')).detail!, /posts\.title/)
  assert.match((await refusal(db.posts.list({ where: { author: me.nme } }), 'invalid_call')).detail!, /no column of users/)
  assert.match((await refusal(db.posts.list({ where: me.is({ name: 'Ada' }) }), 'invalid_call')).detail!, /rules only/)
  await refusal(db.posts.list({ where: { and: [me.is({ name: 'Ada' })] } }), 'invalid_call')
  // What a question from outside becomes knows no caller, whatever object gets into it.
  assert.throws(() => parseQuery(blog.data.registry, 'posts', { where: { author: me } }), { code: 'invalid_filter' })
})
