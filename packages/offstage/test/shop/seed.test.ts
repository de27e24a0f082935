import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal } from 'offstage'
import { testApp } from 'offstage/testing'
import { shop } from '../../../../examples/shop/app.ts'
import { seedShop } from '../../../../examples/shop/seed/index.ts'
import { repeatable } from '../../src/app/seed.ts'

const env = { PAYMENT_SECRET: 'the secret of the provider in this test' }

test('the seed has a thousand products, its sums agree, and it is the same every time', async () => {
  const fingerprints: string[] = []
  for (let run = 0; run < 2; run++) {
    await using test = await testApp(shop, { env })
    const steps = new Map<string, number | undefined>()
    await seedShop(test.sys, repeatable(1), (step, _, total) => steps.set(step, total), 300)
    assert.deepEqual([...steps.keys()], ['products', 'customers', 'orders', 'reviews'])
    assert.equal(await test.sys.products.count(), 1040)
    assert.equal(await test.sys.users.count({ role: 'customer' }), 300)
    assert.equal(await test.sys.orders.count(), 300)
    const names = (await test.sys.products.list({ select: ['name'], limit: 5000 })).data
    assert.equal(new Set(names.map(({ name }) => name)).size, 1040)

    const orders = (await test.sys.orders.list({ include: { lines: true, payments: true }, sort: ['placedAt', 'total'], limit: 1000 })).data
    for (const order of orders) {
      assert.equal(
        order.lines.reduce((sum, line) => decimal.add(sum, line.total!), '0.00'),
        order.total,
      )
      assert.ok(order.lines.length >= 1 && order.lines.length <= 5)
      for (const line of order.lines) assert.equal(decimal.mul(line.price!, String(line.quantity)), line.total)
      const paid = order.status === 'paid' || order.status === 'shipped'
      assert.deepEqual(
        order.payments.map(({ amount, status }) => [amount, status]),
        paid ? [[order.total, 'succeeded']] : [],
      )
    }
    const rated = (await test.sys.products.list({ where: { ratings: { gt: 0 } }, include: { reviews: true }, limit: 1000 })).data
    assert.ok(rated.length > 20)
    for (const { rating, ratings, reviews } of rated) {
      assert.equal(reviews.length, ratings)
      assert.equal((reviews.reduce((sum, { stars }) => sum + stars, 0) / ratings).toFixed(2), rating)
    }
    fingerprints.push(JSON.stringify([names.map(({ name }) => name), orders.map(({ total, status }) => [total, status])]))
  }
  assert.equal(fingerprints[0], fingerprints[1])
})
