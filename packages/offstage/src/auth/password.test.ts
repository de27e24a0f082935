import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OffstageError } from '../base/errors.ts'
import { defaultCost, openPasswords, testCost } from './password.ts'
import { openQueue } from './queue.ts'

test('a password fits its own hash and no other does', async () => {
  const passwords = openPasswords(testCost)
  const stored = await passwords.hash('corgi 🐕 on a skateboard')
  assert.match(stored, /^\$argon2id\$v=19\$m=8,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(await passwords.verify('corgi 🐕 on a skateboard', stored), true)
  assert.equal(await passwords.verify('corgi 🐕 on a skateboard ', stored), false)
  assert.notEqual(stored, await passwords.hash('corgi 🐕 on a skateboard'))
})

test('a hash of another argon2 implementation is read', async () => {
  // The test vector "password"/"somesalt" of the reference implementation: m=64 MiB, t=2, p=1.
  const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  assert.equal(await openPasswords(testCost).verify('password', stored), true)
})

test('an unknown account, or a stored text that is no hash, is simply wrong', async () => {
  const passwords = openPasswords(testCost)
  for (const stored of [undefined, '', 'plain', '$2b$10$abcdefghijklmnopqrstuv']) assert.equal(await passwords.verify('x', stored), false)
})

test('a hash of another cost is stale', async () => {
  const stored = await openPasswords(testCost).hash('x')
  assert.equal(openPasswords(testCost).stale(stored), false)
  assert.equal(openPasswords(defaultCost).stale(stored), true)
})

test('the queue runs few at once, keeps the order, and refuses what is too much', async () => {
  const queue = openQueue(2, 2)
  let most = 0
  let now = 0
  const order: number[] = []
  const work = (n: number) => async (): Promise<void> => {
    most = Math.max(most, ++now)
    await new Promise((done) => setTimeout(done, 2))
    now--
    order.push(n)
  }
  const four = [1, 2, 3, 4].map((n) => queue.run(work(n)))
  await assert.rejects(
    queue.run(work(5)),
    (e) => e instanceof OffstageError && e.code === 'unavailable' && e.headers?.['retry-after'] === '2',
  )
  await Promise.all(four)
  assert.equal(most, 2)
  assert.deepEqual(order, [1, 2, 3, 4])
  await assert.rejects(queue.run(work(6), AbortSignal.abort()))
  await queue.run(work(7))
  assert.equal(order.at(-1), 7)
})
