import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OffstageError } from '../base/errors.ts'
import { makeCursor, readCursor } from './cursor.ts'
import { anonymous, system, type Principal } from './principal.ts'
import type { Query } from './tree.ts'

const secret = 's'.repeat(32)
const ada: Principal = { kind: 'user', id: 'ada', row: {} }
const query: Query = {
  model: 'notes',
  select: [],
  include: [],
  where: { is: 'true' },
  limit: 50,
  count: false,
  sort: [
    { term: { through: [], field: 'due' }, desc: true },
    { term: { through: [], field: 'id' }, desc: true },
  ],
}
const cursor = makeCursor(query, ada, [null, 'id-\u{1f600}'], secret)
const read = (change: Partial<Query>, who: Principal = ada, key: string = secret): unknown =>
  readCursor({ ...query, cursor, ...change }, who, [key])

test('a cursor gives back the values it was made of', () => {
  assert.deepEqual(read({}), [null, 'id-\u{1f600}'])
  assert.deepEqual(read({ limit: 10, count: true, select: [{ field: 'id' }] }), [null, 'id-\u{1f600}'])
  assert.equal(readCursor(query, ada, [secret]), undefined)
})

test('B13 a cursor of another question, caller or secret, and a changed one, are refused', () => {
  const refused = (run: () => unknown): void =>
    assert.throws(run, (error) => error instanceof OffstageError && error.code === 'invalid_cursor' && error.status === 400)
  refused(() => read({ model: 'tasks' }))
  refused(() => read({ where: { is: 'null', field: 'due' } }))
  refused(() => read({ sort: query.sort.slice(1) }))
  refused(() => read({}, anonymous))
  refused(() => read({}, system))
  refused(() => read({}, { ...ada, id: 'eve' }))
  refused(() => read({}, ada, 't'.repeat(32)))
  for (let i = 0; i < cursor.length; i++)
    refused(() => read({ cursor: cursor.slice(0, i) + (cursor[i] === 'A' ? 'B' : 'A') + cursor.slice(i + 1) }))
  for (const text of ['', '.', '..', 'x', `${cursor}.`, `${cursor}=`, cursor.slice(0, -1), 'é.é', `.${cursor}`])
    refused(() => read({ cursor: text }))
})

test('a cursor that the secret before this one signed is still good', () => {
  assert.deepEqual(readCursor({ ...query, cursor }, ada, ['another'.repeat(6), secret]), readCursor({ ...query, cursor }, ada, [secret]))
})
