import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal } from './decimal.ts'
import { OffstageError } from './errors.ts'
import { createIds, isUuid } from './ids.ts'
import { codePoints, copyJson, NotJson } from './json.ts'
import { isDate, readInstant } from './time.ts'

test('decimals add, subtract and multiply exactly', () => {
  assert.equal(decimal.add('0.10', '0.2'), '0.30')
  assert.equal(decimal.sub('0.1', '0.30'), '-0.20')
  assert.equal(decimal.sub('1.00', '1'), '0.00')
  assert.equal(decimal.mul('19.99', 3), '59.97')
  assert.equal(decimal.mul('-0.05', '0.5'), '-0.025')
  assert.equal(decimal.add('99999999999999999999.99', '0.01'), '100000000000000000000.00')
})

test('decimals compare by value, not by text', () => {
  assert.equal(decimal.compare('1.0', '1.00'), 0)
  assert.equal(decimal.compare('-0', '0.00'), 0)
  assert.equal(decimal.compare('10', '9.99'), 1)
  assert.equal(decimal.compare('-10', '9.99'), -1)
})

test('halves are rounded away from zero, or to the even neighbour when asked', () => {
  assert.equal(decimal.round('2.345', 2), '2.35')
  assert.equal(decimal.round('-2.345', 2), '-2.35')
  assert.equal(decimal.round('2.345', 2, 'half-even'), '2.34')
  assert.equal(decimal.round('2.355', 2, 'half-even'), '2.36')
  assert.equal(decimal.round('-0.004', 2), '0.00')
  assert.equal(decimal.round('7', 2), '7.00')
  assert.equal(decimal.round('9.99', 0), '10')
})

test('what is no decimal is refused, floats among it', () => {
  for (const bad of ['', '1,5', '.5', '5.', '1e3', ' 1', 'NaN', '0x10', '--1']) assert.throws(() => decimal.add(bad, '1'), RangeError, bad)
  assert.throws(() => decimal.mul(0.1, '1'), RangeError)
  assert.throws(() => decimal.add(2 ** 53, '1'), RangeError)
})

test('ids increase within a millisecond, and when the clock steps back', () => {
  let now = 1_700_000_000_000
  const next = createIds(() => now)
  const made = Array.from({ length: 10_000 }, () => next())
  now -= 5000
  made.push(...Array.from({ length: 100 }, () => next()))
  assert.deepEqual(made, [...new Set(made)].sort())
  assert.ok(made.every((id) => isUuid(id) && id[14] === '7' && '89ab'.includes(id[19]!)))
  assert.equal(Number.parseInt(made[0]!.replace('-', '').slice(0, 12), 16), 1_700_000_000_000)
})

test('an instant keeps milliseconds and becomes Z, whatever its offset', () => {
  assert.equal(readInstant('2026-01-31T13:00:00.123456+01:00'), '2026-01-31T12:00:00.123Z')
  assert.equal(readInstant('2026-01-31T12:00Z'), '2026-01-31T12:00:00.000Z')
  assert.equal(readInstant('0001-01-01T00:00:00Z'), '0001-01-01T00:00:00.000Z')
  assert.equal(readInstant('2024-02-29T00:00:00Z'), '2024-02-29T00:00:00.000Z')
})

test('what is no instant is refused', () => {
  const bad = [
    '2026-01-31T12:00:00',
    '2026-01-31',
    '2026-02-29T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T12:00:60Z',
    '2026-13-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    '9999-12-31T23:59:59-01:00',
    '0001-01-01T00:00:00+01:00',
    '2026-01-31 12:00:00Z',
    '2026-01-31T12:00:00+24:00',
    '2026-01-31T12:00:00Z\n',
  ]
  for (const text of bad) assert.equal(readInstant(text), undefined, text)
})

test('a date is a day of the calendar', () => {
  assert.ok(isDate('2024-02-29') && isDate('0001-01-01') && isDate('9999-12-31'))
  for (const bad of [
    '2026-02-29',
    '2026-04-31',
    '1900-02-29',
    '0000-01-01',
    '2026-1-1',
    '2026-01-32',
    '12026-01-01',
    '2026-01-01T00:00:00Z',
  ])
    assert.equal(isDate(bad), false, bad)
})

test('code points are counted, not UTF-16 units', () => {
  assert.equal(codePoints('a😀é'), 3)
})

test('a copy of JSON has nothing that JSON cannot say', () => {
  assert.deepEqual(copyJson({ a: [1, -0, null, { b: 'x' }] }, 8), { a: [1, 0, null, { b: 'x' }] })
  assert.ok(!Object.is((copyJson([-0], 8) as number[])[0], -0))
  const cycle: unknown[] = []
  cycle.push(cycle)
  for (const bad of [
    undefined,
    Number.NaN,
    Infinity,
    new Date(),
    new Map(),
    { a: undefined },
    [() => 1],
    'a\0',
    '\ud800',
    { '\ud800': 1 },
    JSON.parse('{"__proto__":1}'),
    1n,
    cycle,
  ]) {
    assert.throws(() => copyJson(bad, 8), NotJson)
  }
})

test('an error is told anew with other words, and keeps the rest', () => {
  const given = {
    detail: 'd',
    status: 418,
    title: 't',
    errors: [{ path: 'a', code: 'b', message: 'c' }],
    hint: 'h',
    place: 'p',
    headers: { allow: 'GET' },
    model: 'notes',
    cause: new Error('why'),
  }
  const error = new OffstageError('teapot', given)
  const anew = error.with({ status: 409, errors: undefined })
  assert.deepEqual(
    [anew.code, anew.status, anew.errors, anew.detail, anew.title, anew.hint, anew.place, anew.headers, anew.model],
    ['teapot', 409, undefined, 'd', 't', 'h', 'p', { allow: 'GET' }, 'notes'],
  )
  assert.equal(error.with({}).cause, given.cause)
  assert.deepEqual([error.status, error.errors], [418, given.errors], 'the first one stays as it was')
})
