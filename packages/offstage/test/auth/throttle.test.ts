// Alone: it puts an argon2 of its own in before Offstage takes that of Node.

import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchHashes } from '../hashes.ts'
import { defaultLimits } from '../../src/auth/throttle.ts'
import { crowd } from '../retrying.ts'
import { counted } from '../statements.ts'
import { ada, openAuthTest, type Answer, type AuthTest } from './fixture.ts'

const login = { email: ada.email, password: ada.password }
const wrong = { ...login, password: 'wrong-9-figs' }
const unknown = { email: 'nobody@example.com', password: 'wrong-9-figs' }

const visible = ({ status, body, headers }: Answer): unknown => ({ status, body, headers })

async function tries(t: AuthTest, times: number, body: object, ip?: string): Promise<number[]> {
  const statuses: number[] = []
  for (let i = 0; i < times; i++) statuses.push((await t.call('signIn', { body, ...(ip && { ip }) })).status)
  return statuses
}

test('E1 a wrong password and an unknown account get one answer after the same work', async () => {
  await using t = await openAuthTest({
    cost: { memory: 64, passes: 2, lanes: 1 },
    limits: { account: { times: 1000, seconds: 60 }, address: { times: 1000, seconds: 60 } },
  })
  await t.call('signUp', { body: ada })
  const work: unknown[] = []
  const unwatch = watchHashes(({ memory, passes, parallelism, tagLength }) => work.push({ memory, passes, parallelism, tagLength }))
  const seen = async (body: object): Promise<unknown> => {
    work.length = 0
    const { value, statements } = await counted(() => t.call('signIn', { body }))
    return { answer: visible(value), statements, hashes: [...work] }
  }
  // The first try of an account or an address is written otherwise than those after it.
  for (const body of [wrong, unknown]) await t.call('signIn', { body })
  for (let i = 0; i < 3; i++) {
    const [known, none] = [await seen(wrong), await seen(unknown)]
    assert.deepEqual(known, none)
    assert.deepEqual((known as { hashes: unknown }).hashes, [{ memory: 64, passes: 2, parallelism: 1, tagLength: 32 }])
  }
  unwatch()
})

test('E3 known and unknown accounts are locked alike, and with the right password too', async () => {
  await using t = await openAuthTest()
  await t.call('signUp', { body: ada })
  const { times } = defaultLimits.account
  const known = await tries(t, times + 3, wrong)
  assert.deepEqual(known, await tries(t, times + 3, unknown))
  assert.deepEqual(known, [...Array<number>(times).fill(401), 429, 429, 429])
  const locked = await t.call('signIn', { body: login, ip: '203.0.113.77' })
  assert.deepEqual(visible(locked), visible(await t.call('signIn', { body: unknown, ip: '203.0.113.77' })))
  assert.equal(locked.headers['retry-after'], '900')

  t.clock.now = new Date(t.clock.now.getTime() + defaultLimits.account.seconds * 1000)
  assert.equal((await t.call('signIn', { body: login })).status, 200)
})

test('the right password clears the account, but not the address', async () => {
  await using t = await openAuthTest({ limits: { address: { times: 12, seconds: 900 } } })
  await t.call('signUp', { body: ada })
  assert.deepEqual(await tries(t, 9, wrong), Array<number>(9).fill(401))
  assert.deepEqual(await tries(t, 1, login), [200])
  assert.deepEqual(await tries(t, 4, wrong), [401, 401, 401, 429])
  assert.deepEqual(await tries(t, 2, login, '203.0.113.5'), [200, 200])
})

test('H14 one address cannot try many accounts; a /64 is one address', async () => {
  await using t = await openAuthTest({ limits: { address: { times: 5, seconds: 900 } } })
  const statuses: number[] = []
  for (let i = 0; i < 7; i++)
    statuses.push((await t.call('signIn', { body: { ...unknown, email: `u${i}@example.com` }, ip: `2001:db8:1:2::${i + 1}` })).status)
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429])
  assert.equal((await t.call('signIn', { body: unknown, ip: '2001:db8:1:3::1' })).status, 401)
})

test('H15 spellings of one email are one account', async () => {
  await using t = await openAuthTest()
  const spelled = ['ada@example.com', 'ADA@example.com', ' ada@example.com', 'ａda@example.com']
  const statuses: number[] = []
  for (let i = 0; i < 12; i++) statuses.push((await t.call('signIn', { body: { ...wrong, email: spelled[i % 4] } })).status)
  assert.deepEqual(statuses.slice(10), [429, 429])
})

test('H16 tries at the same moment are counted one by one', async () => {
  await using t = await openAuthTest()
  await t.call('signUp', { body: ada })
  const answers = await Promise.all(crowd(40, () => t.call('signIn', { body: wrong })))
  assert.equal(answers.filter((a) => a.status === 401).length, defaultLimits.account.times)
  assert.equal(answers.filter((a) => a.status === 429).length, 30)
})

test('guessing the old password of a stolen session is counted as well', async () => {
  await using t = await openAuthTest()
  const { cookie } = await t.call('signUp', { body: ada })
  const guess = { current: 'wrong-9-figs', password: 'another-9-figs' }
  for (let i = 0; i < defaultLimits.account.times; i++) assert.equal((await t.call('changePassword', { cookie, body: guess })).status, 422)
  assert.equal((await t.call('changePassword', { cookie, body: { ...guess, current: ada.password } })).status, 429)
})

test('sign-ups from one address are bounded', async () => {
  await using t = await openAuthTest({ limits: { signUp: { times: 2, seconds: 3600 } } })
  const statuses: number[] = []
  for (let i = 0; i < 3; i++) statuses.push((await t.call('signUp', { body: { ...ada, email: `u${i}@example.com` } })).status)
  assert.deepEqual(statuses, [201, 201, 429])
})

test('emails that were tried are not readable in the database', async () => {
  await using t = await openAuthTest()
  await tries(t, 1, { email: 'my-secret-password', password: 'x' })
  const kept = await t.sys.authAttempts.list()
  assert.equal(kept.data.length, 2)
  assert.equal(JSON.stringify(kept).includes('secret'), false)
})

test('counts that are over are forgotten, some at each sign-in', async () => {
  await using t = await openAuthTest()
  await t.sys.transaction(
    async (sys: any) => {
      for (let i = 0; i < 1100; i++) await sys.authAttempts.create({ key: `k${i}`, count: 1, until: new Date('2020-01-01') })
    },
    { timeout: 60_000 },
  )
  const left: number[] = []
  for (let i = 0; i < 3; i++) {
    await tries(t, 1, unknown)
    left.push(await t.sys.authAttempts.count({ until: { lt: t.clock.now } }))
  }
  assert.deepEqual(left, [600, 100, 0])
})

test('H9 more sign-ins at once than can be hashed are told to come back, and the rest goes on', async () => {
  await using t = await openAuthTest({ cost: { memory: 4096, passes: 8, lanes: 1 } })
  const count = { hashes: 0, atOnce: 0, most: 0, reads: 0 }
  const unwatch = watchHashes((_, done) => {
    count.hashes++
    count.most = Math.max(count.most, ++count.atOnce)
    void done.then(() => count.atOnce--)
  })
  const still = new AbortController()
  const reading = (async () => {
    for (; !still.signal.aborted; await sleep(1)) {
      const busy = count.atOnce > 0
      await t.sys.users.count()
      if (busy && count.atOnce > 0) count.reads++
    }
  })()
  const all = Array.from({ length: 200 }, (_, i) =>
    t.call('signIn', { ip: `198.51.100.${i}`, body: { email: `u${i}@example.com`, password: 'x'.repeat(256) } }),
  )
  const answers = await Promise.all(all)
  still.abort()
  await reading
  unwatch()
  const surplus = answers.filter((a) => a.status === 503)
  assert.ok(surplus.length > 100, `${surplus.length} told to come back`)
  assert.equal(surplus[0]!.headers['retry-after'], '2')
  assert.ok(answers.every((a) => a.status === 401 || a.status === 503))
  // One processor, and one thread of Node's four, are left to the rest.
  assert.ok(count.most <= Math.max(1, Math.min(3, availableParallelism() - 1)), `${count.most} hashes at once`)
  assert.ok(count.reads >= count.hashes, `${count.reads} reads were answered while ${count.hashes} hashes were made`)
})
