import assert from 'node:assert/strict'
import { test } from 'node:test'
import { t } from '../../src/schema/t.ts'
import { crowd } from '../retrying.ts'
import { openModels, openShop, paths, refusal, world } from './fixture.ts'

test('get throws, first gives null, and only what is unique names a row', async () => {
  await using shop = await openShop()
  const { sys } = shop
  assert.equal((await sys['users'].get({ email: 'ALICE@example.com' })).id, shop.alice.id)
  assert.equal((await sys['users'].get(shop.alice.id, { select: ['name'], include: { tenant: true } })).tenant.name, 'A')
  await refusal(sys['users'].get('nonsense'), 'not_found')
  await refusal(sys['users'].get({ name: 'alice' }), 'invalid_filter')
  await refusal(sys['users'].get({ email: { not: 'x@example.com' } }), 'invalid_filter')
  await refusal(sys['users'].get(undefined as any), 'invalid_filter')
  await refusal(sys['users'].get(shop.alice.id, { where: {} }), 'unknown_parameter')
  await refusal(sys['users'].first({ limit: 2 }), 'unknown_parameter')
  assert.equal(await sys['users'].first({ where: { name: 'nobody' } }), null)
  assert.equal((await sys['users'].first({ sort: '-name' })).name, 'mallory')
})

test('pages follow each other by cursors that belong to the caller', async () => {
  await using shop = await openShop()
  await shop.sys['transaction'](async (tx: any) => {
    for (let i = 0; i < 7; i++) await tx.labels.create({ name: `l${i % 3}` })
  })
  const seen: string[] = []
  const db = shop.as(shop.alice)
  for (let after: string | undefined; ;) {
    const page = await db['labels'].list({ sort: 'name', limit: 3, count: true, ...(after && { after }) })
    assert.equal(page.count, 7)
    seen.push(...page.data.map(({ name }: any) => name))
    if (page.next === null) break
    after = page.next
    await refusal(shop.as(shop.bob)['labels'].list({ sort: 'name', limit: 3, after }), 'invalid_cursor')
    await refusal(db['labels'].list({ sort: '-name', limit: 3, after }), 'invalid_cursor')
  }
  assert.deepEqual(seen, ['l0', 'l0', 'l0', 'l1', 'l1', 'l2', 'l2'])
})

test('instants are Dates on every level, in aggregates too, and text on the wire', async () => {
  await using shop = await openShop()
  const asAlice = shop.as(shop.alice)
  const project = await asAlice['projects'].create({
    title: 'p',
    slug: 'p',
    due: '2026-05-01T10:00:00+02:00',
    tasks: { create: [{ title: 't' }] },
  })
  assert.deepEqual(project.due, new Date('2026-05-01T08:00:00Z'))
  const full = await shop.sys['projects'].get(project.id, { include: { tasks: { include: { project: true } }, owner: true } })
  for (const row of [full, full.owner, full.tasks[0], full.tasks[0].project]) assert.ok(row.createdAt instanceof Date)
  const [{ last }] = await shop.sys['projects'].aggregate({ measures: { last: { max: 'due' } } })
  assert.deepEqual(last, project.due)
  const wire = await shop.data.create({ kind: 'system' }, 'labels', { name: 'x' }, undefined)
  assert.equal(wire, undefined)
})

test('values are read by their kinds, all problems at once, with their paths', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  const before = await world(shop)
  const error = await refusal(
    db['projects'].create({ title: '', slug: 7, price: '1.234', tags: new Date(), due: 'tomorrow', tasks: { create: {} }, ratio: NaN }),
    'invalid_values',
  )
  assert.deepEqual(paths(error), ['title', 'slug', 'price', 'tags', 'due', 'tasks', 'ratio'])
  assert.deepEqual(paths(await refusal(db['projects'].create({ title: 'p' }), 'invalid_values')), ['slug'])
  assert.deepEqual(paths(await refusal(db['projects'].create({ title: 'p', slug: null }), 'invalid_values')), ['slug'])
  assert.deepEqual(paths(await refusal(db['projects'].create({ title: 'p', slug: undefined }), 'invalid_values')), ['slug'])
  assert.deepEqual(paths(await refusal(db['projects'].create({ title: 'p', slug: 's', nope: 1, nor: 2 }), 'unknown_field')), [
    'nope',
    'nor',
  ])
  for (const wrong of [null, [], 'x', 7, new Date()]) await refusal(db['projects'].create(wrong as any), 'invalid_values')
  await refusal(db['projects'].create({ title: 'p', slug: 's' }, { return: 'all' }), 'invalid_values')
  await refusal(db['projects'].create({ title: 'p', slug: 's' }, { where: {} }), 'unknown_parameter')
  assert.equal(await world(shop), before)
})

test('a reference to an unknown row and one to an unreadable row get the same answer', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  const project = await db['projects'].create({ title: 'p', slug: 'p' })
  const errors = []
  for (const assignee of [shop.mallory.id, crypto.randomUUID(), 'nonsense'])
    errors.push(await refusal(db['tasks'].create({ title: 't', project: project.id, assignee }), 'invalid_values'))
  for (const error of errors) assert.deepEqual(error.errors, [{ path: 'assignee', code: 'no_such_row', message: 'There is no such row.' }])
  assert.deepEqual(paths(await refusal(shop.sys['tasks'].create({ title: 't', project: crypto.randomUUID() }), 'invalid_values')), [
    'project',
  ])
})

test('a conflict names only what the caller gave', async () => {
  await using shop = await openShop()
  await shop.as(shop.alice)['projects'].create({ title: 'p', slug: 'p' })
  assert.deepEqual(paths(await refusal(shop.as(shop.bob)['projects'].create({ title: 'x', slug: 'p' }), 'conflict')), ['slug'])
})

test('increment, decrement and append are exact and keep the limits', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  const { id } = await db['projects'].create({ title: 'p', slug: 'p', price: '0.10', tags: ['a'], ratio: 0.5 })
  const row = await db['projects'].update(id, { price: { increment: '0.2' }, tags: { append: ['b', 'c'] }, ratio: { decrement: 0.25 } })
  assert.equal(row.price, '0.30')
  assert.deepEqual(row.tags, ['a', 'b', 'c'])
  assert.equal(row.ratio, 0.25)
  assert.deepEqual(paths(await refusal(db['projects'].update(id, { price: { increment: '999999.99' } }), 'invalid_values')), ['price'])
  assert.deepEqual(paths(await refusal(db['projects'].update(id, { title: { increment: 1 } }), 'invalid_values')), ['title'])
  assert.deepEqual(paths(await refusal(db['projects'].update(id, { ratio: { increment: '1' } }), 'invalid_values')), ['ratio'])
  await db['projects'].update(id, { ratio: null })
  assert.deepEqual(paths(await refusal(db['projects'].update(id, { ratio: { increment: 1 } }), 'invalid_values')), ['ratio'])
  await refusal(db['projects'].create({ title: 'q', slug: 'q', ratio: { increment: 1 } }), 'invalid_values')
})

test('bulk writes name their rows, act on what the caller may write, and stop at their limit', async () => {
  await using shop = await openShop()
  const project = (slug: string, owner: any, tenant: any): Promise<any> =>
    shop.sys['projects'].create({ title: 'p', slug, owner: owner.id, tenant: tenant.id })
  await project('a1', shop.alice, shop.a)
  await project('a2', shop.bob, shop.a)
  await project('b1', shop.mallory, shop.b)
  const db = shop.as(shop.alice)
  for (const where of [{}, undefined, null, { and: [] }, { all: false }, { all: true, title: 'p' }, 'x']) {
    await assert.rejects(
      db['projects'].updateMany(where as any, { title: 'x' }),
      (error: any) => ['invalid_filter', 'unknown_field'].includes(error.code) && error.status === 500,
      JSON.stringify(where),
    )
    await assert.rejects(
      db['projects'].deleteMany(where as any),
      (error: any) => ['invalid_filter', 'unknown_field'].includes(error.code) && error.status === 500,
    )
  }
  assert.equal(await db['projects'].updateMany({ all: true }, { title: 'x' }), 2)
  assert.equal((await shop.sys['projects'].get({ slug: 'b1' })).title, 'p')
  await refusal(db['projects'].updateMany({ all: true }, { owner: shop.mallory.id }), 'invalid_values')
  await refusal(db['projects'].updateMany({ all: true }, { tasks: { create: [] } }), 'invalid_values')
  assert.equal(await db['projects'].deleteMany({ title: 'x' }), 1)
  assert.deepEqual((await shop.sys['projects'].list({ sort: 'slug', select: ['slug'] })).data, [{ slug: 'a2' }, { slug: 'b1' }])
})

test('a bulk write sees what the hooks of the rows before it did', async () => {
  await using test = await openModels(
    { users: { name: t.text() }, items: { n: t.integer().default(0), rank: t.integer() } },
    ({ models }) => {
      models.items.on('updated', async ({ row, db }: any) => {
        if (row.rank === 1) await db.system.items.updateMany({ rank: 2 }, { n: { increment: 10 } })
      })
    },
  )
  for (let rank = 1; rank <= 3; rank++) await test.sys['items'].create({ rank })
  assert.equal(await test.sys['items'].updateMany({ all: true }, { n: { increment: 1 } }), 3)
  assert.deepEqual((await test.sys['items'].list({ sort: 'rank', select: ['n'] })).data, [{ n: 1 }, { n: 11 }, { n: 1 }])
})

test('a bulk write that changes nothing in some rows still sees what hooks did to later ones', async () => {
  await using test = await openModels(
    { users: { name: t.text() }, items: { n: t.integer().default(0), rank: t.integer() } },
    ({ models }) => {
      models.items.on('updated', async ({ row, db }: any) => {
        if (row.rank === 1) await db.system.items.updateMany({ rank: 3 }, { rank: 30 })
      })
    },
  )
  for (const [rank, n] of [
    [1, 0],
    [2, 5],
    [3, 0],
  ])
    await test.sys['items'].create({ rank, n })
  assert.equal(await test.sys['items'].updateMany({ rank: { lt: 10 } }, { n: 5 }), 2)
  assert.deepEqual((await test.sys['items'].list({ sort: 'rank', select: ['rank', 'n'] })).data, [
    { n: 5, rank: 1 },
    { n: 5, rank: 2 },
    { n: 0, rank: 30 },
  ])
})

test('upsert updates the row with the key or makes it, under the rules of what it does', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  const made = await db['projects'].upsert({ slug: 's' }, { create: { title: 'new', slug: 's' }, update: { title: 'old' } })
  assert.equal(made.title, 'new')
  assert.equal((await db['projects'].upsert({ slug: 's' }, { create: { title: 'new', slug: 's' }, update: { title: 'old' } })).title, 'old')
  await refusal(
    shop.as(shop.mallory)['projects'].upsert({ slug: 's' }, { create: { title: 'x', slug: 's' }, update: { title: 'x' } }),
    'conflict',
  )
  await refusal(db['coupons'].upsert({ code: 'c' }, { create: { code: 'c', stock: 1 }, update: {} }), 'forbidden')
  await refusal(db['projects'].upsert({ slug: 's' }, { create: {}, update: {}, more: 1 } as any), 'unknown_parameter')
  const all = await Promise.all(
    crowd(20, () =>
      shop.sys['coupons'].upsert({ code: 'one' }, { create: { code: 'one', stock: 1 }, update: { stock: { increment: 1 } } }),
    ),
  )
  assert.equal(Math.max(...all.map(({ stock }: any) => stock)), 20)
})

test('an update that changes nothing writes nothing', async () => {
  await using shop = await openShop()
  const row = await shop.as(shop.alice)['projects'].create({ title: 'p', slug: 'p', tags: ['a'] })
  shop.log.length = 0
  shop.clock.now = new Date('2026-04-01T00:00:00Z')
  assert.deepEqual(await shop.as(shop.alice)['projects'].update(row.id, { title: 'p', tags: ['a'], price: '0' }), row)
  assert.deepEqual(shop.log, [])
  const next = await shop.as(shop.alice)['projects'].update(row.id, { title: 'q' })
  assert.deepEqual([next.version, next.updatedAt, next.createdAt], [2, shop.clock.now, row.createdAt])
})

test('defaults come from the caller, and the system gives what it has no caller for', async () => {
  await using shop = await openShop()
  const row = await shop.as(shop.alice)['projects'].create({ title: 'p', slug: 'p' })
  assert.deepEqual([row.owner, row.tenant], [shop.alice.id, shop.a.id])
  assert.deepEqual(paths(await refusal(shop.sys['projects'].create({ title: 'p', slug: 'q' }), 'invalid_values')), ['owner', 'tenant'])
})

test('db.as loads the user each time, so what was taken away is gone at once', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.bob)
  assert.equal((await db['projects'].create({ title: 'p', slug: 'p', budget: 7 })).budget, 7)
  await shop.sys['users'].update(shop.bob.id, { role: 'member' })
  assert.ok(!('budget' in (await db['projects'].first())))
  await refusal(shop.as(crypto.randomUUID())['projects'].list(), 'not_found')
  for (const wrong of [undefined, '', {}, 7]) assert.throws(() => shop.as(wrong as any), /`as` takes/)
})

test('ids of adopted tables: given by the app, or counted', async () => {
  await using test = await openModels({ users: { name: t.text() }, ...(await adopted()) })
  assert.equal((await test.sys['places'].create({ id: 'home', name: 'x' })).id, 'home')
  assert.deepEqual(paths(await refusal(test.sys['places'].create({ name: 'x' }), 'invalid_values')), ['id'])
  await refusal(test.sys['places'].create({ id: 'home', name: 'y' }), 'conflict')
  assert.deepEqual(paths(await refusal(test.sys['places'].create({ id: 'query', name: 'y' }), 'invalid_values')), ['id'])
  const numbers = await Promise.all(crowd(12, () => test.sys['numbers'].create({ name: 'n' })))
  assert.deepEqual(
    numbers.map(({ id }: any) => id).toSorted((x: string, y: string) => Number(x) - Number(y)),
    Array.from({ length: 12 }, (_, i) => String(i + 1)),
  )
})

async function adopted(): Promise<Record<string, any>> {
  const { createModel } = await import('../../src/schema/model.ts')
  return {
    places: createModel({ name: t.text() }, { own: { id: t.key() } }),
    numbers: createModel({ name: t.text() }, { own: { id: t.serial() } }),
  }
}
