// Group L of the security checks: races and invariants, through HTTP.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, retrying } from '../retrying.ts'
import { openWorld, password, type World } from './world.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

const times = (n: number, run: (i: number) => Promise<{ status: number }>): Promise<number[]> =>
  Promise.all(crowd(n, async (i) => (await retrying(() => run(i))).status))
const tally = (statuses: readonly number[], status: number): number => statuses.filter((found) => found === status).length

test('L1 of fifty sign-ups with one address, spelt in any case, one succeeds', async () => {
  const statuses = await times(50, (i) =>
    world.send('anon', 'POST', '/api/auth/sign-up', { email: i % 2 ? 'Same@Example.com' : 'same@example.com', name: 'Same', password }),
  )
  assert.equal(tally(statuses, 201), 1)
  assert.equal(tally(statuses, 409) + tally(statuses, 503) + tally(statuses, 429), 49)
})

test('L2 a coupon with a stock of ten is redeemed ten times by two hundred', async () => {
  const statuses = await times(200, () => world.send('alice', 'POST', '/api/call/redeem', { code: 'TEN' }))
  assert.deepEqual([tally(statuses, 200), tally(statuses, 409)], [10, 190])
  assert.equal((await world.sys.coupons.get(world.coupon.id)).stock, 0)
})

test('L3 a hundred increments at once add a hundred', async () => {
  const before = (await world.sys.tasks.get(world.tasks.mine.id)).points
  const statuses = await times(100, () => world.send('alice', 'POST', '/api/call/score', { task: world.tasks.mine.id }))
  assert.equal(statuses.filter((status) => status < 300).length, 100)
  assert.equal((await world.sys.tasks.get(world.tasks.mine.id)).points, before + 100)
})

test('L6 a hundred transfers at once keep the sum', async () => {
  const [a, b] = [world.tasks.bobs.id, world.tasks.theirs.id]
  const sum = async (): Promise<number> => (await world.sys.tasks.get(a)).points + (await world.sys.tasks.get(b)).points
  const before = await sum()
  await Promise.all(
    crowd(100, (i) =>
      world.sys.transaction(async (sys) => {
        const [from, to] = i % 2 ? [a, b] : [b, a]
        await sys.tasks.update(from, { points: { decrement: 1 } })
        if (i % 10 === 0) throw new Error('given up half-way')
        await sys.tasks.update(to, { points: { increment: 1 } })
      }),
    ).map((moved) => moved.catch((error: Error) => assert.equal(error.message, 'given up half-way'))),
  )
  assert.equal(await sum(), before)
})
