import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp, type TestApp } from 'offstage/testing'
import { shop } from '../../../../examples/shop/app.ts'
import { sign } from '../../../../examples/shop/payments/signature.ts'
import { crowd, retrying } from '../retrying.ts'

const secret = 'the secret of the provider in this test'
const open = (): Promise<TestApp<typeof shop>> => testApp(shop, { env: { PAYMENT_SECRET: secret } })
const address = 'Ada Lovelace, 12 Mill Lane, Ashford'

async function product(test: TestApp<typeof shop>, values: { price?: string; stock?: number; name?: string } = {}): Promise<string> {
  const { id: category } = await test.sys.categories.create({ name: 'Mugs' })
  return (await test.sys.products.create({ name: 'Mug', description: 'For tea.', price: '12.50', stock: 10, category, ...values })).id
}

const customer = async (test: TestApp<typeof shop>, n = 1): Promise<string> =>
  (await test.sys.users.create({ name: `Ada Number ${n}`, email: `ada${n}@example.com` })).id
const staff = async (test: TestApp<typeof shop>): Promise<string> =>
  (await test.sys.users.create({ name: 'Sam', email: 'sam@example.com', role: 'staff' })).id

/** An order of one product that the customer has placed. */
async function placed(test: TestApp<typeof shop>, user: string, item: string, quantity = 1): Promise<string> {
  const api = test.as(user)
  const cart = await api.orders.create({ lines: { create: [{ product: item, quantity }] } })
  return (await api.call.checkout({ order: cart.id, address })).id
}

function notify(test: TestApp<typeof shop>, body: object, header?: string): Promise<Response> {
  const bytes = Buffer.from(JSON.stringify(body))
  return test.fetch('/webhooks/payments', {
    method: 'POST',
    body: bytes,
    headers: { 'content-type': 'application/json', 'payment-signature': header ?? sign(bytes, secret) },
  })
}

const fails =
  (code: string, status: number) =>
  (error: any): boolean => {
    assert.deepEqual([error.code, error.status], [code, status])
    return true
  }

test('of 200 parallel checkouts of a product with a stock of 50, exactly 50 succeed and the stock is 0', async () => {
  await using test = await open()
  const item = await product(test, { stock: 50 })
  const carts = await Promise.all(
    crowd(200, async (n) => {
      const api = test.as(await customer(test, n))
      return { api, id: (await retrying(() => api.orders.create({ lines: { create: [{ product: item, quantity: 1 }] } }))).id }
    }),
  )
  const results = await Promise.allSettled(crowd(200, (n) => carts[n]!.api.call.checkout({ order: carts[n]!.id, address })))
  const refused = results.filter((result) => result.status === 'rejected')
  assert.equal(results.length - refused.length, 50)
  assert.deepEqual(new Set(refused.map(({ reason }) => reason.code)), new Set(['out_of_stock']))
  assert.equal((await test.sys.products.get(item)).stock, 0)
  assert.equal(await test.sys.orders.count({ status: 'placed' }), 50)
  assert.equal(await test.sys.orders.count({ status: 'cart' }), 150)
})

test('a checkout writes prices, names and the exact total down, and later prices change nothing', async () => {
  await using test = await open()
  const mug = await product(test, { price: '12.35' })
  const jug = await product(test, { name: 'Jug', price: '0.10' })
  const api = test.as(await customer(test))
  const cart = await api.orders.create({
    lines: {
      create: [
        { product: mug, quantity: 3 },
        { product: jug, quantity: 7 },
      ],
    },
  })
  const order = await api.call.checkout({ order: cart.id, address })
  assert.deepEqual([order.status, order.total, order.address], ['placed', '37.75', address])
  await test.sys.products.update(mug, { price: '99.00' })
  const lines = await api.lines.list({ where: { order: cart.id }, sort: '-total' })
  assert.deepEqual(
    lines.data.map(({ name, price, quantity, total }) => [name, price, quantity, total]),
    [
      ['Mug', '12.35', 3, '37.05'],
      ['Jug', '0.10', 7, '0.70'],
    ],
  )
  assert.deepEqual([(await test.sys.products.get(mug)).stock, (await test.sys.products.get(jug)).stock], [7, 3])
})

test('a checkout that fails for one line leaves every stock and the cart as they were', async () => {
  await using test = await open()
  const plenty = await product(test, { stock: 10 })
  const few = await product(test, { stock: 1 })
  const api = test.as(await customer(test))
  const cart = await api.orders.create({
    lines: {
      create: [
        { product: plenty, quantity: 4 },
        { product: few, quantity: 2 },
      ],
    },
  })
  await assert.rejects(api.call.checkout({ order: cart.id, address }), fails('out_of_stock', 409))
  assert.deepEqual([(await test.sys.products.get(plenty)).stock, (await test.sys.products.get(few)).stock], [10, 1])
  assert.equal((await test.sys.orders.get(cart.id)).status, 'cart')
  assert.equal(await test.sys.lines.count({ price: { not: null } }), 0)
})

test('one cart checked out twenty times at once becomes one order', async () => {
  await using test = await open()
  const item = await product(test, { stock: 50 })
  const api = test.as(await customer(test))
  const cart = await api.orders.create({ lines: { create: [{ product: item, quantity: 2 }] } })
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => api.call.checkout({ order: cart.id, address })))
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal((await test.sys.products.get(item)).stock, 48)
})

test('a webhook repeated twenty times in parallel makes one payment and one paid order', async () => {
  await using test = await open()
  const user = await customer(test)
  const order = await placed(test, user, await product(test))
  const { page } = await test.as(user).call.pay({ order })
  const again = await test.as(user).call.pay({ order })
  assert.equal(again.page, page)
  const reference = new URLSearchParams(page.split('?')[1]).get('reference')!
  const answers = await Promise.all(crowd(20, () => notify(test, { reference, amount: '12.50', outcome: 'succeeded' })))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  const payments = (await test.sys.payments.list()).data
  assert.deepEqual(
    payments.map(({ status, amount, version }) => [status, amount, version]),
    [['succeeded', '12.50', 2]],
  )
  assert.equal((await test.as(user).orders.get(order)).status, 'paid')
  await notify(test, { reference, amount: '12.50', outcome: 'failed' })
  assert.equal((await test.sys.payments.list()).data[0]?.status, 'succeeded')
})

test('a webhook with a wrong, missing or old signature, or another amount, changes nothing', async () => {
  await using test = await open()
  const user = await customer(test)
  const order = await placed(test, user, await product(test))
  const { page } = await test.as(user).call.pay({ order })
  const event = { reference: new URLSearchParams(page.split('?')[1]).get('reference')!, amount: '12.50', outcome: 'succeeded' }
  const bytes = Buffer.from(JSON.stringify(event))
  const old = sign(bytes, secret, new Date(Date.now() - 3_600_000))
  for (const header of [
    '',
    't=1,v1=00',
    sign(bytes, 'another secret altogether'),
    sign(Buffer.from('{}'), secret),
    old,
    `${sign(bytes, secret)}, v0=1`,
  ]) {
    const answer = await notify(test, event, header)
    assert.deepEqual([answer.status, ((await answer.json()) as any).code], [400, 'bad_signature'], header)
  }
  assert.equal((await notify(test, { ...event, amount: '0.01' })).status, 409)
  assert.equal((await notify(test, { ...event, reference: 'pay_unknown' })).status, 404)
  assert.equal((await test.sys.orders.get(order)).status, 'placed')
})

test("another customer's order does not exist: reading, changing, ordering and paying it is 404", async () => {
  await using test = await open()
  const item = await product(test)
  const cart = await test.as(await customer(test, 1)).orders.create({ lines: { create: [{ product: item }] } })
  const other = test.as(await customer(test, 2))
  await assert.rejects(other.orders.get(cart.id), fails('not_found', 404))
  await assert.rejects(other.orders.update(cart.id, { address: 'mine now' }), fails('not_found', 404))
  await assert.rejects(other.call.checkout({ order: cart.id, address }), (error: any) => [404, 422].includes(error.status))
  await assert.rejects(other.lines.create({ order: cart.id, product: item }), (error: any) => [403, 422].includes(error.status))
  assert.equal((await other.orders.list()).data.length, 0)
  assert.equal((await other.lines.list()).data.length, 0)
  await assert.rejects(other.call.pay({ order: cart.id }), (error: any) => [404, 409, 422].includes(error.status))
})

test('customers cannot write prices, totals, names, statuses, ratings, roles or stock', async () => {
  await using test = await open()
  const item = await product(test)
  const user = await customer(test)
  const api = test.as(user) as any
  const cart = await api.orders.create({ lines: { create: [{ product: item }] } })
  const line = await api.lines.first()
  const refused = (error: any): boolean => [403, 422].includes(error.status)
  for (const values of [{ price: '0.01' }, { total: '0.01' }, { name: 'Gold' }]) {
    await assert.rejects(api.lines.update(line.id, values), refused, JSON.stringify(values))
    await assert.rejects(api.orders.create({ lines: { create: [{ product: item, ...values }] } }), refused, JSON.stringify(values))
  }
  for (const values of [{ status: 'paid' }, { total: '0.01' }, { placedAt: '2026-01-01T00:00:00Z' }])
    await assert.rejects(api.orders.update(cart.id, values), refused, JSON.stringify(values))
  for (const values of [{ price: '0.01' }, { stock: 1000 }, { rating: '5.00' }])
    await assert.rejects(api.products.update(item, values), refused, JSON.stringify(values))
  await assert.rejects(api.users.update(user, { role: 'staff' }), refused)
  assert.equal(await test.sys.orders.count(), 1)
})

test('an order that is placed cannot be changed any more by its customer', async () => {
  await using test = await open()
  const item = await product(test)
  const user = await customer(test)
  const order = await placed(test, user, item)
  const api = test.as(user)
  const line = (await api.lines.first())!
  await assert.rejects(api.orders.update(order, { address: 'elsewhere, far away' }), fails('forbidden', 403))
  await assert.rejects(api.lines.update(line.id, { quantity: 50 }), fails('forbidden', 403))
  await assert.rejects(api.lines.delete(line.id), fails('forbidden', 403))
})

test('only who bought and paid may review, once, and the rating follows', async () => {
  await using test = await open()
  const item = await product(test)
  const user = await customer(test)
  const api = test.as(user)
  const review = { product: item, stars: 4, text: 'Holds tea.' }
  await assert.rejects(api.reviews.create(review), fails('forbidden', 403))
  const order = await placed(test, user, item)
  await assert.rejects(api.reviews.create(review), fails('forbidden', 403))
  await test.sys.orders.update(order, { status: 'paid' })
  const made = await api.reviews.create(review)
  assert.equal(made.by, 'Ada 1.')
  await assert.rejects(api.reviews.create(review), fails('conflict', 409))
  assert.deepEqual((({ rating, ratings }) => [rating, ratings])(await test.as(null).products.get(item)), ['4.00', 1])
  await api.reviews.update(made.id, { stars: 1 })
  assert.equal((await test.sys.products.get(item)).rating, '1.00')
  await api.reviews.delete(made.id)
  assert.deepEqual((({ rating, ratings }) => [rating, ratings])(await test.sys.products.get(item)), ['0.00', 0])
})

test('staff ship paid orders and cancel others; what was cancelled is back in stock', async () => {
  await using test = await open()
  const item = await product(test)
  const user = await customer(test)
  const order = await placed(test, user, item, 3)
  const api = test.as(await staff(test))
  await assert.rejects(test.as(user).call.moveOrder({ order, to: 'cancelled' }), fails('forbidden', 403))
  await assert.rejects(api.call.moveOrder({ order, to: 'shipped' }), fails('wrong_status', 409))
  await api.call.moveOrder({ order, to: 'cancelled' })
  assert.equal((await test.sys.products.get(item)).stock, 10)
  await assert.rejects(api.call.moveOrder({ order, to: 'cancelled' }), fails('wrong_status', 409))
  assert.equal((await test.sys.products.get(item)).stock, 10)
})

test('staff see sales by month and by category; a customer sees only the own part of it', async () => {
  await using test = await open()
  const item = await product(test)
  const one = await placed(test, await customer(test, 1), item, 2)
  const ada = await customer(test, 2)
  const two = await placed(test, ada, item, 1)
  for (const id of [one, two]) await test.sys.orders.update(id, { status: 'paid', placedAt: new Date('2026-03-31T23:30:00Z') })
  const byMonth = {
    group: [{ placedAt: 'month' }],
    zone: 'Europe/Berlin',
    measures: { revenue: { sum: 'total' }, orders: 'count' },
  } as const
  const sam = test.as(await staff(test))
  assert.deepEqual(await sam.orders.aggregate(byMonth), [{ placedAt: '2026-04', revenue: '37.50', orders: 2 }])
  assert.deepEqual(await sam.lines.aggregate({ group: 'product.category.name', measures: { revenue: { sum: 'total' } } }), [
    { 'product.category.name': 'Mugs', revenue: '37.50' },
  ])
  assert.deepEqual(await test.as(ada).orders.aggregate(byMonth), [{ placedAt: '2026-04', revenue: '12.50', orders: 1 }])
})
