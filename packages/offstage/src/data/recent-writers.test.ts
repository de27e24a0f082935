import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anonymous, system, type Principal } from '../query/principal.ts'
import { RecentWriters, replicaGrace } from './recent-writers.ts'

const user = (id: string): Principal => ({ kind: 'user', id, row: {} })

test('a writer is known for a while, and what is kept is bounded by who wrote within it', () => {
  const recent = new RecentWriters()
  for (let i = 0; i < 10_000; i++) recent.wrote(user(String(i)), i)
  assert.ok(recent.size <= replicaGrace, `${recent.size} are kept`)
  assert.deepEqual([recent.has(user('9999'), 9_999), recent.has(user('0'), 9_999)], [true, false])
  recent.wrote(user('5000'), 10_000)
  assert.ok(recent.has(user('5000'), 10_000 + replicaGrace - 1))
  assert.ok(!recent.has(user('5000'), 10_000 + replicaGrace))
})

test('strangers count as one, the system not at all', () => {
  const recent = new RecentWriters()
  recent.wrote(system, 0)
  assert.equal(recent.size, 0)
  recent.wrote(anonymous, 0)
  assert.ok(recent.has(anonymous, 1))
})
