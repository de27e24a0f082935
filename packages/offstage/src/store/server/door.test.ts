import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Door } from './door.ts'
import { Waiting } from './waiting.ts'

test('while a server is away attempts become rarer, up to one in half a second; who asks between them is told at once', async () => {
  let [time, attempts, away] = [1_000, 0, true]
  const connect = async (): Promise<number> => {
    attempts++
    if (away) throw new Error(`attempt ${attempts}`)
    return attempts
  }
  const door = new Door({}, connect, () => time)
  for (const [index, pause] of [50, 100, 200, 400, 500, 500].entries()) {
    const error = { message: `attempt ${index + 1}` }
    await assert.rejects(door.open('read'), error)
    time += pause - 1
    await assert.rejects(door.open('read'), error, 'the same one, of the last attempt')
    assert.equal(attempts, index + 1)
    time += 1
  }
  away = false
  assert.equal(await door.open('read'), 7)
  assert.equal(await door.open('read'), 8)
  away = true
  await assert.rejects(door.open('write'), { message: 'attempt 9' })
  time += 50
  await assert.rejects(door.open('write'), { message: 'attempt 10' }, 'it begins with short pauses again')
  door.close()
  await assert.rejects(door.open('read'), { code: 'unavailable' })
})

test('who waits for a connection is told within two seconds to come back; the others keep their order', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const waiting = new Waiting<string>('All are in use.')
  const told: string[] = []
  const wait = (name: string, first?: boolean): unknown =>
    waiting.wait(first).then(
      (connection) => told.push(`${name} ${connection}`),
      ({ code, headers }) => told.push(`${name} ${code} ${headers['retry-after']}`),
    )
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  void wait('a')
  t.mock.timers.tick(1_000)
  for (const name of ['b', 'c']) void wait(name)
  void wait('urgent', true)
  t.mock.timers.tick(899)
  await settled()
  assert.deepEqual(told, [])
  t.mock.timers.tick(1)
  await settled()
  assert.deepEqual(told.splice(0), ['a unavailable 1'])
  waiting.next()!.resolve('1')
  waiting.next()!.resolve('2')
  t.mock.timers.tick(1_000)
  await settled()
  assert.deepEqual(told, ['urgent 1', 'b 2', 'c unavailable 1'])
  assert.deepEqual([waiting.size, waiting.next()], [0, undefined])
})
