import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultLimits } from '../../src/auth/throttle.ts'
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
    cost: { memory: 8192, passes: 2, lanes: 1 },
    limits: { account: { times: 1000, seconds: 60 }, address: { times: 1000, seconds: 60 } },
  })
  await t.call('signUp', { body: ada })
  const times: [number[], number[]] = [[], []]
  for (let i = 0; i < 60; i++) {
    const answers: unknown[] = []
    // Who comes first takes turns, or what the first warms up would count for the second.
    for (const which of i % 2 === 0 ? [0, 1] : [1, 0]) {
      const start = process.hrtime.bigint()
      answers[which] = visible(await t.call('signIn', { body: which === 0 ? wrong : unknown }))
      times[which]!.push(Number(process.hrtime.bigint() - start))
    }
    assert.deepEqual(answers[0], answers[1])
  }
  // The lower quartile: a busy machine only ever adds time. Without the work an unknown account would answer in a tenth of it.
  const [known, none] = times.map((list) => list.sort((a, b) => a - b)[15]!) as [number, number]
  assert.ok(Math.abs(known - none) / known < 0.25, `${known} ns and ${none} ns`)
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
  const answers = await Promise.all(Array.from({ length: 40 }, () => t.call('signIn', { body: wrong })))
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
  await t.sys.transaction(async (sys: any) => {
    for (let i = 0; i < 1100; i++) await sys.authAttempts.create({ key: `k${i}`, count: 1, until: new Date('2020-01-01') })
  })
  const left: number[] = []
  for (let i = 0; i < 3; i++) {
    await tries(t, 1, unknown)
    left.push(await t.sys.authAttempts.count({ until: { lt: t.clock.now } }))
  }
  assert.deepEqual(left, [600, 100, 0])
})

test('H9 more sign-ins at once than can be hashed are told to come back, and the rest goes on', async () => {
  await using t = await openAuthTest({ cost: { memory: 4096, passes: 8, lanes: 1 } })
  const all = Array.from({ length: 200 }, (_, i) =>
    t.call('signIn', { ip: `198.51.100.${i}`, body: { email: `u${i}@example.com`, password: 'x'.repeat(256) } }),
  )
  const waits: number[] = []
  const still = new AbortController()
  const sampling = (async () => {
    while (!still.signal.aborted) {
      const start = performance.now()
      await t.sys.users.count()
      waits.push(performance.now() - start)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })()
  const answers = await Promise.all(all)
  still.abort()
  await sampling
  const surplus = answers.filter((a) => a.status === 503)
  assert.ok(surplus.length > 100, `${surplus.length} told to come back`)
  assert.equal(surplus[0]!.headers['retry-after'], '2')
  assert.ok(answers.every((a) => a.status === 401 || a.status === 503))
  const worst = waits.sort((a, b) => a - b).at(Math.floor(waits.length * 0.95))!
  assert.ok(worst < 400, `reads waited ${worst} ms`)
})
