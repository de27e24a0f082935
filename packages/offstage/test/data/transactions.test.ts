import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crowd } from '../retrying.ts'
import { openShop, refusal, world } from './fixture.ts'

const settled = async (work: readonly Promise<unknown>[]): Promise<{ done: number; codes: Record<string, number> }> => {
  const codes: Record<string, number> = {}
  let done = 0
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'fulfilled') done++
    else codes[result.reason.code ?? String(result.reason)] = (codes[result.reason.code ?? String(result.reason)] ?? 0) + 1
  }
  return { done, codes }
}

test('L1 of 50 creates with one unique value, differing by case, one succeeds', async () => {
  await using shop = await openShop()
  const outcome = await settled(
    crowd(50, (i) => shop.sys['users'].create({ name: 'x', email: i % 2 ? 'same@example.com' : 'SAME@Example.com' })),
  )
  assert.deepEqual(outcome, { done: 1, codes: { conflict: 49 } })
})

test('L2 a stock of 10 is taken by exactly 10 of 200', async () => {
  await using shop = await openShop()
  const { id } = await shop.sys['coupons'].create({ code: 'c', stock: 10 })
  const taken = await Promise.all(crowd(200, () => shop.sys['coupons'].updateMany({ id, stock: { gte: 1 } }, { stock: { decrement: 1 } })))
  assert.equal(taken.filter((n) => n === 1).length, 10)
  assert.equal((await shop.sys['coupons'].get(id)).stock, 0)
})

test('L2 without a guard the limit of the field holds', async () => {
  await using shop = await openShop()
  const { id } = await shop.sys['coupons'].create({ code: 'c', stock: 10 })
  const outcome = await settled(crowd(200, () => shop.sys['coupons'].update(id, { stock: { decrement: 1 } })))
  assert.deepEqual(outcome, { done: 10, codes: { invalid_values: 190 } })
  assert.equal((await shop.sys['coupons'].get(id)).stock, 0)
})

test('L3 of 100 increments none is lost', async () => {
  await using shop = await openShop()
  const project = await shop.as(shop.alice)['projects'].create({ title: 'p', slug: 'p', tasks: { create: [{ title: 't' }] } })
  const [task] = (await shop.sys['tasks'].list({ where: { project: project.id } })).data
  await Promise.all(crowd(100, () => shop.as(shop.alice)['tasks'].update(task.id, { points: { increment: 1 } })))
  assert.equal((await shop.sys['tasks'].get(task.id)).points, 100)
  assert.equal((await shop.sys['tasks'].get(task.id)).version, 101)
})

test('L6 what is moved between rows in a transaction stays the same in sum', async () => {
  await using shop = await openShop()
  const [one, two] = [
    await shop.sys['coupons'].create({ code: 'a', stock: 100 }),
    await shop.sys['coupons'].create({ code: 'b', stock: 100 }),
  ]
  const move = (from: string, to: string, n: number): Promise<unknown> =>
    shop.sys['transaction'](async (tx: any) => {
      await tx.coupons.update(from, { stock: { decrement: n } })
      if (n % 7 === 0) throw new Error('killed')
      await tx.coupons.update(to, { stock: { increment: n } })
    })
  await settled(Array.from({ length: 100 }, (_, i) => (i % 2 ? move(one.id, two.id, i) : move(two.id, one.id, i))))
  const { data } = await shop.sys['coupons'].list()
  assert.equal(data[0].stock + data[1].stock, 200)
  assert.ok(data.every(({ stock }: any) => stock >= 0))
})

test('a closure that throws changes nothing, and logs nothing', async () => {
  await using shop = await openShop()
  const before = await world(shop)
  await assert.rejects(
    shop.sys['transaction'](async (tx: any) => {
      await tx.labels.create({ name: 'x' })
      await tx.users.update(shop.alice.id, { name: 'x' })
      await tx.coupons.deleteMany({ all: true })
      throw new Error('no')
    }),
    /no/,
  )
  assert.equal(await world(shop), before)
  assert.deepEqual(shop.log, [])
})

test('a write that fails inside a transaction leaves nothing of itself, even when the error is caught', async () => {
  await using shop = await openShop()
  await shop.as(shop.alice)['transaction'](async (tx: any) => {
    await tx.labels.create({ name: 'kept' })
    await refusal(tx.projects.create({ title: 'p', slug: 'p', owner: shop.bob.id, tasks: { create: [{ title: 'x' }] } }), 'forbidden')
    await refusal(
      tx.projects.create({ title: 'p', slug: 'p', tasks: { create: [{ title: 'ok' }, { title: 'x'.repeat(51) }] } }),
      'invalid_values',
    )
  })
  assert.equal(await shop.sys['projects'].count(), 0)
  assert.equal(await shop.sys['tasks'].count(), 0)
  assert.equal(await shop.sys['labels'].count(), 1)
  assert.deepEqual(
    shop.log.map((entries) => entries.map(({ model }) => model)),
    [['labels']],
  )
})

test('a nested transaction is undone alone, and its outer one goes on', async () => {
  await using shop = await openShop()
  await shop.sys['transaction'](async (tx: any) => {
    await tx.labels.create({ name: 'outer' })
    await tx
      .transaction(async (inner: any) => {
        await inner.labels.create({ name: 'inner' })
        throw new Error('undo')
      })
      .catch(() => {})
    await tx.transaction((inner: any) => inner.labels.create({ name: 'second' }))
  })
  assert.deepEqual((await shop.sys['labels'].list({ sort: 'id', select: ['name'] })).data, [{ name: 'outer' }, { name: 'second' }])
  assert.equal(shop.log.length, 1)
  assert.equal(shop.log[0]!.length, 2)
})

test('writes side by side in one transaction take turns', async () => {
  await using shop = await openShop()
  await shop.sys['transaction'](async (tx: any) => {
    const outcome = await settled([
      ...Array.from({ length: 10 }, (_, i) => tx.labels.create({ name: `l${i}` })),
      tx.users.create({ name: 'x', email: 'alice@example.com' }),
      tx.transaction(async (inner: any) => {
        await inner.labels.create({ name: 'gone' })
        throw Object.assign(new Error('x'), { code: 'mine' })
      }),
      tx.labels.create({ name: 'last' }),
    ])
    assert.deepEqual(outcome, { done: 11, codes: { conflict: 1, mine: 1 } })
  })
  assert.equal(await shop.sys['labels'].count(), 11)
})

test('a write on an outer db inside a transaction throws at once, from any depth', async () => {
  await using shop = await openShop()
  await shop.sys['transaction'](async (tx: any) => {
    await refusal(shop.sys['labels'].create({ name: 'x' }), 'outer_write')
    await refusal(shop.as(shop.alice)['labels'].create({ name: 'x' }), 'outer_write')
    await refusal(
      shop.sys['transaction'](async () => {}),
      'outer_write',
    )
    await tx.transaction(async () => {
      await refusal(tx.labels.create({ name: 'x' }), 'outer_write')
      await refusal(shop.sys['labels'].create({ name: 'x' }), 'outer_write')
    })
    assert.equal(await shop.sys['labels'].count(), 0, 'reads may look outside')
  })
})

test('work left running by a transaction that ended may write on its own', async () => {
  await using shop = await openShop()
  const ended = Promise.withResolvers<void>()
  let late!: Promise<unknown>
  let leak: any
  await shop.sys['transaction'](async (tx: any) => {
    leak = tx
    late = ended.promise.then(() => shop.sys['labels'].create({ name: 'after' }))
  })
  ended.resolve()
  await late
  assert.equal(await shop.sys['labels'].count(), 1)
  await refusal(leak.labels.create({ name: 'x' }), 'invalid_call')
})

test('a transaction that takes too long is rolled back and refused', async () => {
  await using shop = await openShop()
  await refusal(
    shop.sys['transaction'](
      async (tx: any) => {
        await tx.labels.create({ name: 'x' })
        await new Promise((resolve) => setTimeout(resolve, 200))
        await tx.labels.create({ name: 'y' })
      },
      { timeout: 50 },
    ),
    'timeout',
  )
  assert.equal(await shop.sys['labels'].count(), 0)
})

test('inside a transaction db.as and db.system stay in it', async () => {
  await using shop = await openShop()
  await assert.rejects(
    shop.as(shop.alice)['transaction'](async (tx: any) => {
      await tx.system.coupons.create({ code: 'c', stock: 1 })
      await tx.as(shop.bob.id).labels.create({ name: 'bob' })
      assert.equal(await tx.coupons.count(), 1)
      throw new Error('undo')
    }),
    /undo/,
  )
  assert.equal(await shop.sys['coupons'].count(), 0)
  assert.equal(await shop.sys['labels'].count(), 0)
})

test('a read-only db refuses every write, by whatever door', async () => {
  await using shop = await openShop()
  const db = shop.data.as({ kind: 'system' }, { readOnly: true })
  const before = await world(shop)
  assert.equal((await db['users'].list()).data.length, 3)
  for (const write of [
    () => db['labels'].create({ name: 'x' }),
    () => db['users'].update(shop.alice.id, { name: 'x' }),
    () => db['users'].delete(shop.alice.id),
    () => db['users'].updateMany({ all: true }, { name: 'x' }),
    () => db['users'].deleteMany({ all: true }),
    () => db['users'].upsert({ email: 'x@example.com' }, { create: { name: 'x', email: 'x@example.com' }, update: {} }),
    () => db['system'].labels.create({ name: 'x' }),
    () => db['as'](shop.alice.id).labels.create({ name: 'x' }),
    () => db['transaction']((tx: any) => tx.labels.create({ name: 'x' })),
  ])
    await refusal(write(), 'invalid_call')
  assert.equal(await world(shop), before)
})

test('data.transaction is one transaction for all that goes through it', async () => {
  await using shop = await openShop()
  await assert.rejects(
    shop.data.transaction({ kind: 'system' }, async (inner) => {
      const user = await inner.signUp({ name: 'n', email: 'n@example.com' })
      await inner.as({ kind: 'system' })['memberships'].create({ user: user['id'], role: 'x' })
      throw new Error('undo')
    }),
    /undo/,
  )
  assert.equal(await shop.sys['users'].count(), 3)
})
