import assert from 'node:assert/strict'
import { test } from 'node:test'
import { t } from '../../src/schema/t.ts'
import { openModels, openShop, refusal, world } from './fixture.ts'

test('deleting a row takes along what cascades, clears what clears, and the log knows all of it', async () => {
  await using shop = await openShop()
  const sys = shop.sys
  const label = await sys['labels'].create({ name: 'red' })
  const [asAlice, asBob] = [shop.as(shop.alice), shop.as(shop.bob)]
  const one = await asAlice['projects'].create({ title: 'p', slug: 'p', tasks: { create: [{ title: 'a', assignee: shop.bob.id }] } })
  await asBob['projects'].create({ title: 'q', slug: 'q', labels: { connect: [label.id] } })
  const {
    data: [task],
  } = await sys['tasks'].list()
  shop.log.length = 0
  await refusal(sys['users'].delete(shop.bob.id), 'still_referenced')
  assert.equal((await sys['tasks'].get(task.id)).assignee, shop.bob.id, 'the refused deletion cleared nothing')
  assert.equal(await asBob['projects'].deleteMany({ slug: 'q' }), 1)
  await sys['users'].delete(shop.bob.id)
  assert.equal((await sys['tasks'].get(task.id)).assignee, null)
  assert.equal((await sys['tasks'].get(task.id)).version, 2)
  await shop.as(shop.alice)['projects'].delete(one.id)
  assert.equal(await sys['tasks'].count(), 0)
  assert.equal(await sys['projectLabels'].count(), 0)
  assert.equal(await sys['labels'].count(), 1)
  assert.deepEqual(
    shop.log.map((entries) => entries.map(({ model, op }) => `${op} ${model}`)),
    [
      ['delete projectLabels', 'delete projects'],
      ['update tasks', 'delete users'],
      ['delete tasks', 'delete projects'],
    ],
  )
})

test('a refused deletion changes nothing, however much would have gone along', async () => {
  await using test = await openModels({
    roots: { name: t.text() },
    twigs: { root: t.ref('roots').onDelete('cascade') },
    nests: { twig: t.ref('twigs') },
  })
  const root = await test.sys['roots'].create({ name: 'r' })
  const twig = await test.sys['twigs'].create({ root: root.id })
  const nest = await test.sys['nests'].create({ twig: twig.id })
  const before = await world(test)
  await refusal(test.sys['roots'].delete(root.id), 'still_referenced')
  assert.equal(await world(test), before)
  await test.sys['nests'].delete(nest.id)
  await test.sys['roots'].delete(root.id)
  assert.equal(await test.sys['twigs'].count(), 0)
})

test('rows that refer to themselves and to each other in a ring go together', async () => {
  await using test = await openModels({
    nodes: { parent: t.ref('nodes').optional().onDelete('cascade') },
    people: { boss: t.ref('people').optional() },
  })
  const a = await test.sys['nodes'].create({})
  const b = await test.sys['nodes'].create({ parent: a.id })
  await test.sys['nodes'].create({ parent: b.id })
  await test.sys['nodes'].update(a.id, { parent: b.id })
  const loop = await test.sys['nodes'].create({})
  await test.sys['nodes'].update(loop.id, { parent: loop.id })
  await test.sys['nodes'].delete(b.id)
  await test.sys['nodes'].delete(loop.id)
  assert.equal(await test.sys['nodes'].count(), 0)
  const own = await test.sys['people'].create({})
  await test.sys['people'].update(own.id, { boss: own.id })
  await test.sys['people'].create({ boss: own.id })
  await refusal(test.sys['people'].delete(own.id), 'still_referenced')
  await test.sys['people'].deleteMany({ id: { not: own.id } })
  await test.sys['people'].delete(own.id)
  assert.equal(await test.sys['people'].count(), 0)
})

test('a cascade takes hundreds of rows along', async () => {
  await using test = await openModels({ roots: { name: t.text() }, leaves: { root: t.ref('roots').onDelete('cascade'), n: t.integer() } })
  const root = await test.sys['roots'].create({ name: 'r' })
  const inTime = { timeout: 60_000 }
  await test.sys['transaction'](async (tx: any) => {
    for (let n = 0; n < 450; n++) await tx.leaves.create({ root: root.id, n }, { return: 'none' })
  }, inTime)
  await test.sys['transaction']((tx: any) => tx.roots.delete(root.id), inTime)
  assert.equal(await test.sys['leaves'].count(), 0)
})
