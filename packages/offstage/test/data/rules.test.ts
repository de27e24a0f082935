import assert from 'node:assert/strict'
import { test } from 'node:test'
import { system } from '../../src/query/principal.ts'
import { t } from '../../src/schema/t.ts'
import { openModels, openShop, paths, refusal, world } from './fixture.ts'

test('C1 sign-up takes what a new user may write, and nothing that gives rights', async () => {
  await using shop = await openShop()
  const base = { name: 'Eve', email: 'eve@example.com' }
  const before = await world(shop)
  for (const extra of [
    { role: 'admin' },
    { tenant: shop.a.id },
    { secret: 'x' },
    { nick: 'boss' },
    { id: crypto.randomUUID() },
    { createdAt: '2020-01-01T00:00:00Z' },
    { version: 9 },
    { isAdmin: true },
    { projects: { create: [] } },
  ]) {
    await assert.rejects(shop.data.signUp({ ...base, ...extra }), (error: any) => [400, 403].includes(error.status), JSON.stringify(extra))
  }
  assert.equal(await world(shop), before)
  const eve = await shop.data.signUp(base)
  assert.equal(eve['role'], 'member')
  assert.equal(eve['tenant'], null)
  assert.ok(!('secret' in eve))
  assert.equal((await shop.sys['users'].first({ where: { id: eve['id'] }, reveal: ['secret'] })).secret, 'hush')
})

test('C1 a right that sign-up would give itself does not count while it is decided', async () => {
  await using shop = await openShop()
  // Only managers write nicknames; `role` may not be sent, so no order of fields helps.
  await refusal(shop.data.signUp({ nick: 'boss', name: 'Eve', email: 'eve@example.com' }), 'forbidden')
})

test('C2 a user changes the own name and cannot change the own role, tenant or hidden columns', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  assert.equal((await db['users'].update(shop.alice.id, { name: 'Al' })).name, 'Al')
  assert.deepEqual(paths(await refusal(db['users'].update(shop.alice.id, { role: 'admin' }), 'forbidden')), ['role'])
  await refusal(db['users'].update(shop.alice.id, { secret: 'x' }), 'unknown_field')
  await refusal(db['users'].update(shop.alice.id, { tenant: shop.b.id }), 'forbidden')
  await refusal(db['users'].update(shop.bob.id, { name: 'x' }), 'forbidden')
  await refusal(db['users'].update(shop.mallory.id, { name: 'x' }), 'not_found')
})

test('a whole row sent back is no write of what the caller may not write, and a changed value is', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  const row = await db['users'].get(shop.alice.id)
  const after = await db['users'].update(row.id, { ...row, name: 'Al' })
  assert.deepEqual({ ...after, name: row.name, version: row.version }, row)
  assert.deepEqual(paths(await refusal(db['users'].update(row.id, { ...after, version: 9 }), 'unknown_field')), ['version'])
})

test('C3 the row must pass the rule after the write as well', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  const mine = await db['projects'].create({ title: 'p', slug: 'p' })
  const before = await world(shop)
  assert.equal(mine.tenant, shop.a.id)
  await refusal(db['projects'].update(mine.id, { tenant: shop.b.id }), 'invalid_values')
  await refusal(db['projects'].create({ title: 'q', slug: 'q', owner: shop.bob.id }), 'forbidden')
  assert.equal(await world(shop), before)
  assert.equal((await db['projects'].update(mine.id, { owner: shop.bob.id })).owner, shop.bob.id)
})

test('C4 rows nested in a write are writes on their own model, and one denial leaves nothing', async () => {
  await using shop = await openShop()
  const theirs = await shop.sys['projects'].create({ title: 'b', slug: 'b', owner: shop.mallory.id, tenant: shop.b.id })
  const task = await shop.sys['tasks'].create({ title: 'secret', project: theirs.id })
  const db = shop.as(shop.alice)
  const mine = await db['projects'].create({ title: 'p', slug: 'p', tasks: { create: [{ title: 'one' }] } })
  const before = await world(shop)
  assert.deepEqual(paths(await refusal(db['projects'].update(mine.id, { title: 'x', tasks: { connect: [task.id] } }), 'invalid_values')), [
    'tasks.connect.0',
  ])
  const unknown = await refusal(db['projects'].update(mine.id, { title: 'x', tasks: { connect: [crypto.randomUUID()] } }), 'invalid_values')
  assert.deepEqual(
    unknown.errors,
    (await refusal(db['projects'].update(mine.id, { title: 'x', tasks: { connect: [task.id] } }), 'invalid_values')).errors,
  )
  for (const tasks of [{ update: [{ id: task.id, title: 'x' }] }, { delete: [task.id] }, { disconnect: [task.id] }, [task.id]]) {
    await refusal(db['projects'].update(mine.id, { title: 'x', tasks }), 'invalid_values')
  }
  await refusal(db['projects'].update(mine.id, { owner: { update: { role: 'admin' } } }), 'invalid_values')
  assert.deepEqual(
    paths(
      await refusal(
        db['projects'].create({ title: 'n', slug: 'n', tasks: { create: [{ title: 'ok' }, { title: 'no', assignee: shop.mallory.id }] } }),
        'invalid_values',
      ),
    ),
    ['tasks.create.1.assignee'],
  )
  assert.deepEqual(
    paths(
      await refusal(
        db['projects'].create({ title: 'n', slug: 'n', tasks: { create: [{ title: 'a', project: theirs.id }] } }),
        'unknown_field',
      ),
    ),
    ['tasks.create.0.project'],
  )
  assert.equal(await world(shop), before)
})

test('C5 a model between has rules of its own, also when a list is written', async () => {
  await using shop = await openShop()
  const label = await shop.sys['labels'].create({ name: 'red' })
  const project = await shop.as(shop.bob)['projects'].create({ title: 'p', slug: 'p' })
  const db = shop.as(shop.alice)
  await refusal(db['memberships'].create({ user: shop.alice.id, role: 'admin' }), 'forbidden')
  const denied = await refusal(db['projects'].update(project.id, { labels: { connect: [label.id] } }), 'forbidden')
  assert.deepEqual(paths(denied), ['labels.connect.0'])
  assert.equal(await shop.sys['projectLabels'].count(), 0)
  const none = await refusal(
    shop.as(shop.bob)['projects'].update(project.id, { labels: { connect: [label.id, shop.bob.id] } }),
    'invalid_values',
  )
  assert.deepEqual(paths(none), ['labels.connect.1'], 'the path is that of the value, not of the row between')
  assert.equal(await shop.sys['projectLabels'].count(), 0)
  await shop.as(shop.bob)['projects'].update(project.id, { labels: { connect: [label.id, label.id], create: [{ name: 'blue' }] } })
  assert.equal(await shop.sys['projectLabels'].count(), 2)
  await refusal(db['projects'].update(project.id, { labels: { disconnect: [label.id] } }), 'forbidden')
  await shop.as(shop.bob)['projects'].update(project.id, { labels: { disconnect: [label.id] } })
  assert.equal(await shop.sys['projectLabels'].count(), 1)
  assert.equal(await shop.sys['labels'].count(), 2)
})

test('C6 keys that every object has are unknown fields, and nothing is polluted', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  for (const body of [
    '{"__proto__":{"role":"admin"}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"a.__proto__.b":1}',
    '{"toString":"x"}',
    '{"hasOwnProperty":1}',
  ]) {
    await refusal(db['users'].update(shop.alice.id, JSON.parse(body)), 'unknown_field')
    await refusal(db['projects'].create(JSON.parse(body)), 'unknown_field')
    await refusal(db['users'].list({ where: JSON.parse(body) }), 'unknown_field')
  }
  assert.equal(({} as any).polluted, undefined)
  assert.equal((await shop.sys['users'].get(shop.alice.id)).role, 'member')
})

test('C6 a db has its own names and no others', async () => {
  await using shop = await openShop()
  for (const db of [shop.sys, shop.as(shop.alice)]) {
    for (const name of ['__proto__', 'constructor', 'toString', 'then', 'hasOwnProperty', 'nope']) assert.equal(db[name], undefined, name)
  }
})

test('C7 callers do not choose ids', async () => {
  await using shop = await openShop()
  const db = shop.data.as(system, { author: 'caller' })['as'](shop.alice)
  for (const id of ['role:admin', shop.bob.id, 'x'.repeat(10_000), crypto.randomUUID()]) {
    const error = await refusal(db['projects'].create({ title: 'p', slug: 'p', id }), 'unknown_field')
    assert.equal(error.status, 400)
  }
})

test('C11 a stale version changes nothing, and comes after 404 and 403', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  const row = await db['projects'].create({ title: 'p', slug: 'p' })
  await db['projects'].update(row.id, { title: 'q' }, { ifMatch: '1' })
  await refusal(db['projects'].update(row.id, { title: 'r' }, { ifMatch: '1' }), 'version_conflict')
  await refusal(db['projects'].delete(row.id, { ifMatch: '1' }), 'version_conflict')
  await refusal(db['users'].update(shop.bob.id, { name: 'x' }, { ifMatch: '99' }), 'forbidden')
  await refusal(db['users'].update(shop.mallory.id, { name: 'x' }, { ifMatch: '99' }), 'not_found')
  assert.equal((await db['projects'].get(row.id)).title, 'q')
})

test('a model without rules is closed, with a hint at the line to write', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  const error = await refusal(db['orphans'].list(), 'forbidden')
  assert.match(String(error.hint), /no `read` rule/)
  assert.match(String(error.place), /fixture\.ts:\d+/)
  await refusal(db['orphans'].create({ text: 'x' }), 'forbidden')
  await refusal(shop.as(null)['orphans'].create({ text: 'x' }), 'unauthenticated')
  await refusal(db['orphans'].updateMany({ all: true }, { text: 'x' }), 'forbidden')
  await refusal(db['orphans'].deleteMany({ all: true }), 'forbidden')
  await refusal(db['coupons'].update(crypto.randomUUID(), { stock: 1 }), 'forbidden')
})

test('unreadable and missing rows are refused alike', async () => {
  await using shop = await openShop()
  const theirs = await shop.sys['projects'].create({ title: 'b', slug: 'b', owner: shop.mallory.id, tenant: shop.b.id })
  const db = shop.as(shop.alice)
  for (const run of [
    (id: string) => db['projects'].get(id),
    (id: string) => db['projects'].update(id, { title: 'x' }),
    (id: string) => db['projects'].delete(id),
  ]) {
    const [one, other] = [await refusal(run(theirs.id), 'not_found'), await refusal(run(crypto.randomUUID()), 'not_found')]
    assert.equal(one.message, other.message)
  }
  assert.equal(await db['projects'].first({ where: { id: theirs.id } }), null)
  assert.equal(await db['projects'].updateMany({ id: theirs.id }, { title: 'x' }), 0)
})

test('a value that the caller may not read cannot be found out by writing it', async () => {
  await using shop = await openShop()
  const project = await shop.as(shop.bob)['projects'].create({ title: 'p', slug: 'p', diary: 'dear me' })
  const db = shop.as(shop.alice)
  for (const diary of ['dear me', 'else']) await refusal(db['projects'].update(project.id, { diary }), 'forbidden')
  // Writable and hidden: an equal value is a write like any other.
  await db['projects'].update(project.id, { pin: '1234' })
  const { version } = await db['projects'].get(project.id)
  assert.equal((await db['projects'].update(project.id, { pin: '1234' })).version, version + 1)
})

test('a row that its writer may not read back is not written, unless nothing is asked back', async () => {
  await using shop = await openShop(({ models, me }) => models.memberships.access({ create: 'signed-in', read: { user: me } }))
  const db = shop.as(shop.alice)
  await refusal(db['memberships'].create({ user: shop.bob.id, role: 'x' }), 'forbidden')
  assert.equal(await shop.sys['memberships'].count(), 0)
  assert.equal(await db['memberships'].create({ user: shop.bob.id, role: 'x' }, { return: 'none' }), undefined)
  assert.equal(await shop.sys['memberships'].count(), 1)
})

test('what comes back is masked like every read', async () => {
  await using shop = await openShop()
  const db = shop.as(shop.alice)
  const row = await db['projects'].create({ title: 'p', slug: 'p', diary: 'mine', budget: 5 })
  assert.equal(row.diary, 'mine')
  assert.ok(!('budget' in row) && !('pin' in row))
  const given = await db['projects'].update(row.id, { owner: shop.bob.id, diary: 'still' }).catch((error: any) => error)
  assert.equal(given.code, 'forbidden', 'the writable rule must hold on the row after the write')
  const after = await db['projects'].update(
    row.id,
    { owner: shop.bob.id },
    { include: { owner: { select: ['name'] } }, select: ['title', 'diary'] },
  )
  assert.deepEqual(after, { title: 'p', diary: null, owner: { name: 'bob' } })
})

test('a step on a value that the caller may not write tells nothing of the value', async () => {
  await using shop = await openModels(
    {
      users: { name: t.text() },
      jobs: { owner: t.user(), pay: t.integer({ min: 0 }).readable({ owner: t.me }).writable({ owner: t.me }) },
    },
    ({ models }) => {
      models.jobs.access({ read: 'signed-in', create: 'signed-in', update: 'signed-in' })
    },
  )
  const [one, two] = [await shop.sys['users'].create({ name: 'one' }), await shop.sys['users'].create({ name: 'two' })]
  const { id } = await shop.as(one)['jobs'].create({ pay: 500 })
  for (const pay of [{ decrement: 1 }, { decrement: 1000 }, { increment: 1 }, 500, 501])
    await refusal(shop.as(two)['jobs'].update(id, { pay }), 'forbidden')
  assert.equal((await shop.as(one)['jobs'].update(id, { pay: { decrement: 1 } })).pay, 499)
})
