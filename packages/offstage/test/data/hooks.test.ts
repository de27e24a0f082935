import assert from 'node:assert/strict'
import { test } from 'node:test'
import { t } from '../../src/schema/t.ts'
import { openModels, openShop, paths, refusal, world } from './fixture.ts'

const posts = {
  users: { name: t.text() },
  posts: {
    title: t.text({ max: 20 }),
    slug: t.text({ max: 20 }).writable('nobody'),
    at: t.datetime().optional(),
    author: t.user(),
    hits: t.integer().default(0),
  },
  events: { what: t.text(), by: t.text().optional() },
}
const open = { read: 'everyone', create: 'signed-in', update: 'signed-in', delete: 'signed-in' }

test('a creating hook fills in what the caller may not write, and its patch is validated', async () => {
  await using test = await openModels(posts, ({ models }) => {
    models.posts.access(open)
    models.posts.on('creating', ({ row }: any) => ({ slug: row.title.toLowerCase().replaceAll(' ', '-') }))
  })
  const user = await test.sys['users'].create({ name: 'u' })
  const post = await test.as(user)['posts'].create({ title: 'Hello You' })
  assert.equal(post.slug, 'hello-you')
  assert.equal(post.author, user.id)
  await refusal(test.as(user)['posts'].create({ title: 'x', slug: 'y' }), 'forbidden')
})

test('hooks see rows with dates and without hidden columns, the user, and the row as it was', async () => {
  const seen: any[] = []
  await using shop = await openShop(({ models }) => {
    models.users.on('updating', ({ row, before, user }: any) => void seen.push([row, before, user]))
    models.users.on('updated', ({ row, before }: any) => void seen.push([row, before]))
  })
  await shop.as(shop.alice)['users'].update(shop.alice.id, { name: 'Al' })
  const [[row, before, user], [after, was]] = seen
  assert.equal(row.name, 'Al')
  assert.equal(before.name, 'alice')
  assert.equal(user.id, shop.alice.id)
  assert.ok(row.createdAt instanceof Date && user.createdAt instanceof Date)
  assert.ok(!('secret' in row) && !('secret' in user))
  assert.equal(after.version, 2)
  assert.equal(was.version, 1)
})

test('a hook writes as whoever caused the write, in the same transaction, and db.system is the bypass', async () => {
  await using shop = await openShop(({ models }) => {
    models.tasks.on('created', async ({ row, db }: any) => {
      await db.projects.update(row.project, { title: `has ${row.title}` })
      await db.system.orphans.create({ text: row.title })
    })
  })
  const project = await shop.as(shop.bob)['projects'].create({ title: 'p', slug: 'p' })
  shop.log.length = 0
  await shop.as(shop.alice)['tasks'].create({ title: 't', project: project.id })
  assert.equal((await shop.sys['projects'].get(project.id)).title, 'has t')
  assert.deepEqual(
    shop.log.map((entries) => entries.map(({ model, op, actor }) => [model, op, actor])),
    [
      [
        ['tasks', 'create', shop.alice.id],
        ['projects', 'update', shop.alice.id],
        ['orphans', 'create', null],
      ],
    ],
  )
})

test('what a hook is denied, or throws, undoes the write that set it off', async () => {
  await using shop = await openShop(({ models }) => {
    models.tasks.on('created', async ({ db }: any) => db.orphans.create({ text: 'x' }))
    models.labels.on('creating', () => {
      throw new Error('no labels today')
    })
  })
  const project = await shop.as(shop.bob)['projects'].create({ title: 'p', slug: 'p' })
  const before = await world(shop)
  await refusal(shop.as(shop.alice)['tasks'].create({ title: 't', project: project.id }), 'forbidden')
  await assert.rejects(shop.sys['labels'].create({ name: 'x' }), /no labels today/)
  await assert.rejects(
    shop.as(shop.bob)['projects'].update(project.id, { title: 'x', labels: { create: [{ name: 'x' }] } }),
    /no labels today/,
  )
  assert.equal(await world(shop), before)
})

test('hooks that set each other off without end are stopped, and the chain is shown', async () => {
  await using test = await openModels(posts, ({ models }) => {
    models.posts.on('updated', ({ row, db }: any) => db.system.posts.update(row.id, { hits: { increment: 1 } }))
  })
  const user = await test.sys['users'].create({ name: 'u' })
  const post = await test.sys['posts'].create({ title: 'a', slug: 'a', author: user.id })
  const error = await refusal(test.sys['posts'].update(post.id, { title: 'b' }), 'hook_depth')
  assert.match(error.message, /posts\.updated -> posts\.updated/)
  assert.equal((await test.sys['posts'].get(post.id)).hits, 0)
})

test('the row that comes back is the row after its hooks', async () => {
  await using test = await openModels(posts, ({ models }) => {
    models.posts.on('created', ({ row, db }: any) => db.system.posts.update(row.id, { slug: 'made' }, { return: 'none' }))
  })
  const user = await test.sys['users'].create({ name: 'u' })
  const post = await test.sys['posts'].create({ title: 'a', slug: 'a', author: user.id })
  assert.equal(post.slug, 'made')
  assert.equal(post.version, 2)
})

test('a hook that writes past its transaction is caught at once', async () => {
  const outer: { sys?: any } = {}
  await using test = await openModels(posts, ({ models }) => {
    models.posts.on('created', () => outer.sys.events.create({ what: 'x' }))
  })
  outer.sys = test.sys
  const user = await test.sys['users'].create({ name: 'u' })
  await refusal(test.sys['posts'].create({ title: 'a', slug: 'a', author: user.id }), 'outer_write')
  assert.equal(await test.sys['posts'].count(), 0)
})

test('a write that a hook begins and does not await is done wholly or refused, never cut in half', async () => {
  const late: Promise<unknown>[] = []
  await using test = await openModels(posts, ({ models }) => {
    models.posts.on('created', ({ db }: any) => {
      const run = (work: Promise<unknown>): unknown =>
        late.push(
          work.then(
            () => 'done',
            (error: any) => error.code,
          ),
        )
      run(db.system.events.create({ what: 'late' }))
      run(db.system.transaction((tx: any) => tx.events.create({ what: 'inside' })))
    })
  })
  const user = await test.sys['users'].create({ name: 'u' })
  await test.sys['posts'].create({ title: 'a', slug: 'a', author: user.id })
  const outcomes = await Promise.all(late)
  assert.ok(
    outcomes.every((outcome) => outcome === 'done' || outcome === 'invalid_call'),
    String(outcomes),
  )
  assert.equal(await test.sys['events'].count(), outcomes.filter((outcome) => outcome === 'done').length)
  assert.equal(test.log.at(-1)!.length, 1 + (await test.sys['events'].count()))
})

test('hooks run for bulk writes, for nested rows and for what a cascade takes along', async () => {
  const seen: string[] = []
  await using shop = await openShop(({ models }) => {
    for (const event of ['creating', 'created', 'updating', 'updated', 'deleting', 'deleted'])
      models.tasks.on(event, ({ row }: any) => void seen.push(`${event} ${row.title}`))
  })
  const asAlice = shop.as(shop.alice)
  const project = await asAlice['projects'].create({ title: 'p', slug: 'p', tasks: { create: [{ title: 'a' }, { title: 'b' }] } })
  await shop.as(shop.alice)['tasks'].updateMany({ project: project.id }, { points: 1 })
  await shop.as(shop.alice)['projects'].delete(project.id)
  assert.deepEqual(seen, [
    'creating a',
    'created a',
    'creating b',
    'created b',
    'updating a',
    'updated a',
    'updating b',
    'updated b',
    'deleting a',
    'deleted a',
    'deleting b',
    'deleted b',
  ])
})

test('a wrong patch says which hook returned it', async () => {
  let answer: unknown
  await using test = await openModels(posts, ({ models }) => models.posts.on('updating', () => answer))
  const user = await test.sys['users'].create({ name: 'u' })
  const post = await test.sys['posts'].create({ title: 'a', slug: 'a', author: user.id })
  for (const wrong of [7, [], { nope: 1 }, { id: 'x' }, { version: 3 }]) {
    answer = wrong
    assert.match((await refusal(test.sys['posts'].update(post.id, { title: 'b' }), 'invalid_call')).message, /'updating' hook of posts/)
  }
  answer = { title: 'x'.repeat(21) }
  assert.deepEqual(paths(await refusal(test.sys['posts'].update(post.id, { title: 'b' }), 'invalid_values')), ['title'])
})
