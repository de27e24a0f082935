import assert from 'node:assert/strict'
import { test } from 'node:test'
import { model } from '../../src/schema/kit.ts'
import { t } from '../../src/schema/t.ts'
import { crowd } from '../retrying.ts'
import { openModels, refusal, world, type DataTest } from './fixture.ts'

interface Likes extends DataTest {
  readonly ada: any
  readonly bob: any
  readonly post: any
}

/** Likes are made and deleted by their user, and never changed. */
async function openLikes(declare: (models: any) => void = () => {}): Promise<Likes> {
  const test = await openModels(
    {
      users: { name: t.text().unique(), motto: t.text().default('') },
      posts: { title: t.text() },
      likes: model({ user: t.user(), post: t.ref('posts'), note: t.text().default('') }, { unique: [['user', 'post']] }),
      pairs: model(
        { left: t.text({ max: 50 }), right: t.text({ max: 50 }), count: t.integer().default(1), secret: t.boolean().default(false) },
        { unique: [['left', 'right']] },
      ),
    },
    ({ models, me }) => {
      models.users.access({ read: 'everyone' })
      models.posts.access({ read: 'everyone' })
      models.likes.access({ read: 'everyone', create: { user: me }, delete: { user: me } })
      models.pairs.access({ read: { secret: false }, create: 'signed-in', update: 'signed-in' })
      declare(models)
    },
  )
  const { sys } = test
  const [ada, bob] = [await sys['users'].create({ name: 'ada' }), await sys['users'].create({ name: 'bob' })]
  return { ...test, ada, bob, post: await sys['posts'].create({ title: 'x' }), [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() }
}

test('an upsert that changes nothing asks only that the row may be read', async () => {
  await using app = await openLikes()
  const db = app.as(app.ada) as any
  const key = { user: app.ada.id, post: app.post.id }
  const made = await db.likes.upsert(key, { create: { post: app.post.id }, update: {} })
  assert.deepEqual(await db.likes.upsert(key, { create: { post: app.post.id }, update: {} }), made)
  await refusal(db.likes.upsert(key, { create: { post: app.post.id }, update: { note: 'x' } }), 'forbidden')
  const before = await world(app)
  // Read by everyone: found by Bob too, who could not make it.
  assert.deepEqual(await (app.as(app.bob) as any).likes.upsert(key, { create: {}, update: {} }), made)
  await refusal(
    (app.as(app.bob) as any).likes.upsert({ ...key, post: (await app.sys['posts'].create({ title: 'y' })).id }, { create: {}, update: {} }),
    'forbidden',
  )
  await refusal((app.as(null) as any).likes.upsert({ user: app.bob.id, post: app.post.id }, { create: {}, update: {} }), 'unauthenticated')
  assert.equal((await app.sys['likes'].list()).data.length, 1)
  assert.equal(JSON.stringify(JSON.parse(before).likes), JSON.stringify(JSON.parse(await world(app)).likes))
})

test('the new row has what the key says, unless it is given otherwise; a key that its writer may not give is refused', async () => {
  await using app = await openLikes()
  const db = app.as(app.ada) as any
  const like = await db.likes.upsert({ user: app.ada.id, post: app.post.id }, { create: {}, update: {} })
  assert.deepEqual([like.user, like.post], [app.ada.id, app.post.id])
  await refusal(db.likes.upsert({ user: app.bob.id, post: app.post.id }, { create: {}, update: {} }), 'forbidden')
  const pair = await db.pairs.upsert({ left: 'a', right: 'b' }, { create: { right: 'c' }, update: {} })
  assert.deepEqual([pair.left, pair.right], ['a', 'c'])
  const [other, id] = [await db.pairs.upsert({ id: pair.id }, { create: {}, update: { count: 7 } }), crypto.randomUUID()]
  assert.equal(other.count, 7)
  // Ids are not a caller's to choose; the system may. A row with another one would be another row than was asked for.
  await refusal(db.pairs.upsert({ id }, { create: { left: 'x', right: 'y' }, update: {} }), 'forbidden')
  assert.equal(await app.sys['pairs'].exists({ left: 'x' }), false)
  assert.equal((await app.sys['pairs'].upsert({ id }, { create: { left: 'p', right: 'q' }, update: {} })).id, id)
})

test('a row that may not be read is not found by its key, and stays taken', async () => {
  await using app = await openLikes()
  await app.sys['pairs'].create({ left: 'a', right: 'b', secret: true })
  const before = await world(app)
  await refusal((app.as(app.ada) as any).pairs.upsert({ left: 'a', right: 'b' }, { create: {}, update: {} }), 'conflict')
  assert.equal(await world(app), before)
})

test('20 who upsert the same at once all succeed, and make one row', async () => {
  let hooks = 0
  await using app = await openLikes((models) => models.likes.on('created', () => void hooks++))
  const db = app.as(app.ada) as any
  for (const post of [app.post.id, (await app.sys['posts'].create({ title: 'y' })).id]) {
    const rows = await Promise.all(crowd<any>(20, () => db.likes.upsert({ user: app.ada.id, post }, { create: {}, update: {} })))
    assert.equal(new Set(rows.map(({ id }) => id)).size, 1)
  }
  assert.equal((await app.sys['likes'].list()).data.length, 2)
  assert.ok(hooks >= 2)
  const counted = await Promise.all(
    crowd<any>(20, () => db.pairs.upsert({ left: 'a', right: 'b' }, { create: {}, update: { count: { increment: 1 } } })),
  )
  assert.equal(Math.max(...counted.map(({ count }) => count)), 20)
})

test('20 who upsert the same at once, each inside a transaction of their own, make one row', async () => {
  await using app = await openLikes()
  const db = app.as(app.ada) as any
  const key = { user: app.ada.id, post: app.post.id }
  const rows = await Promise.all(crowd<any>(20, () => db.transaction((tx: any) => tx.likes.upsert(key, { create: {}, update: {} }))))
  assert.equal(new Set(rows.map(({ id }) => id)).size, 1)
})
