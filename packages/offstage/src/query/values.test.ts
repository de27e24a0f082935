import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bucketOf, canonicalZone, offsetTable } from './buckets.ts'
import { mean, wholeNumber } from './measures.ts'
import { compareNullable, compareText, compareValues, textOf, unitsOf } from './values.ts'

test('text compares by code point, which is the order of its UTF-8 bytes', () => {
  const texts = [
    '',
    'A',
    'a',
    'ab',
    'é',
    '\u{d7ff}',
    '\u{e000}',
    '\u{ffee}',
    '\u{10000}',
    '\u{1f600}',
    '\u{10ffff}',
    'a\u{ffee}',
    'a\u{1f600}',
  ]
  for (const a of texts)
    for (const b of texts) assert.equal(Math.sign(compareText(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)), `${a} ${b}`)
})

test('decimals and large whole numbers compare exactly, ids of digits as numbers', () => {
  assert.ok(compareValues('decimal', '9999999999.99', '9999999999.98') > 0)
  assert.equal(compareValues('decimal', '1.5', '1.50'), 0)
  assert.ok(compareValues('decimal', '-2.00', '-10.00') > 0)
  assert.ok(compareValues('integer', '9', '10') < 0)
  assert.ok(compareValues('integer', '9007199254740993', 9007199254740991) > 0)
  assert.ok(compareValues('boolean', false, true) < 0)
})

test('nulls come last both ways', () => {
  assert.equal(compareNullable('integer', false, null, 1), 1)
  assert.equal(compareNullable('integer', true, null, 1), 1)
  assert.equal(compareNullable('integer', true, null, null), 0)
})

test('decimal text survives being scaled', () => {
  for (const text of ['0.00', '-0.01', '12.50', '-1234567890.12', '7']) {
    const { units, scale } = unitsOf(text)
    assert.equal(textOf(units, scale), text)
  }
})

test('a mean is the double nearest to the exact quotient', () => {
  assert.equal(mean(10n, 0, 4), 2.5)
  assert.equal(mean(1n, 0, 3), 1 / 3)
  assert.equal(mean(-1n, 0, 3), -1 / 3)
  assert.equal(mean(30n, 2, 3), 0.1)
  assert.equal(mean(0n, 2, 3), 0)
  assert.equal(mean(9_007_199_254_740_993n * 2n, 0, 2), 9_007_199_254_740_992)
  assert.equal(mean(3n * (2n ** 60n + 1n), 0, 3), Number(2n ** 60n + 1n))
})

test('sums are numbers within 2^53 and digits beyond', () => {
  assert.equal(wholeNumber(9_007_199_254_740_991n), 9_007_199_254_740_991)
  assert.equal(wholeNumber(9_007_199_254_740_992n), '9007199254740992')
  assert.equal(wholeNumber(-9_007_199_254_740_992n), '-9007199254740992')
})

test('buckets cut local time, with the offset that holds at the instant', () => {
  const berlin = 'Europe/Berlin'
  assert.equal(bucketOf('2025-12-31T23:30:00.000Z', 'year', berlin), '2026')
  assert.equal(bucketOf('2025-12-31T23:30:00.000Z', 'year', 'UTC'), '2025')
  assert.equal(bucketOf('2026-06-30T22:00:00.000Z', 'month', berlin), '2026-07')
  assert.equal(bucketOf('2026-03-29T00:59:59.999Z', 'hour', berlin), '2026-03-29T01:00')
  assert.equal(bucketOf('2026-03-29T01:00:00.000Z', 'hour', berlin), '2026-03-29T03:00')
  assert.equal(bucketOf('2026-10-25T00:30:00.000Z', 'hour', berlin), '2026-10-25T02:00')
  assert.equal(bucketOf('2026-10-25T01:30:00.000Z', 'hour', berlin), '2026-10-25T02:00')
  assert.equal(bucketOf('2026-01-04T12:00:00.000Z', 'week', 'UTC'), '2025-12-29')
  assert.equal(bucketOf('2026-01-05', 'week', 'UTC'), '2026-01-05')
  assert.equal(bucketOf('1969-12-31', 'week', 'UTC'), '1969-12-29')
  assert.equal(bucketOf('0001-01-01T00:00:00.000Z', 'day', 'America/New_York'), '0001-01-01')
  assert.equal(bucketOf('9999-12-31T23:59:59.999Z', 'year', 'Asia/Tokyo'), '9999')
})

test("the table of offsets says what the platform's own calendar says, at every instant", () => {
  for (const name of [
    'Europe/Berlin',
    'America/New_York',
    'Africa/Casablanca',
    'Pacific/Apia',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
  ]) {
    const zone = canonicalZone(name)!
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
    })
    const table = offsetTable(zone, '1901-01-01T00:00:00.000Z', '2090-01-01T00:00:00.000Z')
    assert.deepEqual(
      table,
      table.toSorted((a, b) => (a.at < b.at ? -1 : 1)),
    )
    for (let i = 0; i < 4_000; i++) {
      const ms =
        Date.UTC(1901, 0, 1) + Math.floor((((i * 7919) % 4_000) / 4_000) * (Date.UTC(2090, 0, 1) - Date.UTC(1901, 0, 1))) + i * 1_000
      const [year, month, day, hour] = format.format(ms).match(/\d+/g)!
      assert.equal(
        bucketOf(new Date(ms).toISOString(), 'hour', zone),
        `${year}-${month}-${day}T${hour}:00`,
        `${zone} ${new Date(ms).toISOString()}`,
      )
    }
  }
})

test('a table for a span holds what the span needs and no more', () => {
  const table = offsetTable('Europe/Berlin', '2026-01-01T00:00:00.000Z', '2026-12-31T00:00:00.000Z')
  assert.deepEqual(
    table.map(({ at, seconds }) => [at, seconds]),
    [
      ['2025-10-26T01:00:00.000Z', 3_600],
      ['2026-03-29T01:00:00.000Z', 7_200],
      ['2026-10-25T01:00:00.000Z', 3_600],
    ],
  )
})

test('zones are known by name, in any case, and offsets are no names', () => {
  assert.equal(canonicalZone('europe/berlin'), 'Europe/Berlin')
  for (const zone of ['', 'Mars/Olympus', '+02:00', '../etc', 'Europe/Berlin\0']) assert.equal(canonicalZone(zone), undefined, zone)
})
