import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { ValueError, type Kind, type KindOptions } from '../kind.ts'
import { booleanKind } from './boolean.ts'
import { dateKind } from './date.ts'
import { datetimeKind } from './datetime.ts'
import { decimalKind } from './decimal.ts'
import { emailKind } from './email.ts'
import { enumKind } from './enum.ts'
import { idKind } from './id.ts'
import { integerKind } from './integer.ts'
import { jsonKind } from './json.ts'
import { manyKind } from './many.ts'
import { numberKind } from './number.ts'
import { textKind } from './text.ts'
import { urlKind } from './url.ts'

const kinds: readonly (readonly [Kind, KindOptions])[] = [
  [textKind, {}],
  [emailKind, {}],
  [urlKind, {}],
  [integerKind, {}],
  [numberKind, {}],
  [decimalKind, { precision: 10, scale: 2 }],
  [booleanKind, {}],
  [datetimeKind, {}],
  [dateKind, {}],
  [enumKind, { choices: ['a', 'b'] }],
  [idKind('id', 'uuid'), {}],
  [idKind('id', 'serial'), {}],
  [idKind('ref', 'key'), {}],
  [manyKind, {}],
]
const refuses = (kind: Kind, options: KindOptions, values: readonly unknown[]): void => {
  for (const value of values) assert.throws(() => kind.read(value, options), ValueError, `${kind.name} took ${inspect(value)}`)
}
const refusesText = (kind: Kind, options: KindOptions, texts: readonly string[]): void => {
  for (const text of texts) assert.throws(() => kind.readText(text, options), ValueError, `${kind.name} took ${text}`)
}

test('what must be given and is empty is told as what was not given', () => {
  const empty: readonly (readonly [Kind, KindOptions, string])[] = [
    [textKind, { min: 1 }, ''],
    [textKind, { min: 8 }, ''],
    [emailKind, {}, ''],
    [emailKind, {}, '  '],
    [urlKind, {}, ''],
  ]
  for (const [kind, options, value] of empty)
    assert.throws(() => kind.read(value, options), { code: 'required', message: 'A value is required.' }, kind.name)
  assert.throws(() => textKind.read('1234567', { min: 8 }), { code: 'too_short', message: 'Needs at least 8 characters, has 7.' })
  assert.throws(() => textKind.read(' ', { min: 2 }), { code: 'too_short' })
  assert.equal(textKind.read('', {}), '')
})

test('no kind but json takes an object or a list where a scalar is expected', () => {
  for (const [kind, options] of kinds) {
    refuses(kind, options, [{}, [], ['a'], { $ne: null }, { toString: () => 'a' }, Object.create(null), () => 'a', Symbol.iterator, 1n])
    for (const value of [{}, [], { $ne: null }]) assert.throws(() => kind.readOperand(value, options), ValueError)
  }
})

test('no kind takes text with U+0000 or a lone surrogate (G7)', () => {
  for (const [kind, options] of kinds) {
    refuses(kind, options, ['a\0b', '\ud800', 'x\udfff'])
    refusesText(kind, options, ['a\0b', '\ud800', 'x\udfff'])
  }
  refuses(jsonKind, {}, ['a\0b', { a: ['\ud800'] }, { 'a\0': 1 }])
  refusesText(jsonKind, {}, ['"a\\u0000b"', '"\\ud800"'])
})

test('text is limited in code points and by its pattern', () => {
  assert.equal(textKind.read('😀😀', { max: 2 }), '😀😀')
  refuses(textKind, { max: 2 }, ['abc'])
  refuses(textKind, { min: 1 }, [''])
  refuses(textKind, {}, ['x'.repeat(65_537), 1, true, null])
  const match = /^a+$/g
  assert.equal(textKind.read('aaa', { match }), 'aaa')
  assert.equal(textKind.read('aaa', { match }), 'aaa')
  refuses(textKind, { match }, ['b'])
  assert.equal(textKind.readOperand('b', { match, min: 5 }), 'b')
})

test('emails are trimmed and must look like one', () => {
  assert.equal(emailKind.read('  Ada@Example.com ', {}), 'Ada@Example.com')
  assert.equal(emailKind.read('jürgen@bücher.example', {}), 'jürgen@bücher.example')
  refuses(emailKind, {}, [
    '',
    'ada',
    'ada@',
    '@example.com',
    'a b@example.com',
    'ada@example',
    'ada@exa mple.com',
    'ada@example..com',
    'a..b@example.com',
    '.a@example.com',
    'ada@-a.com',
    'ada@example.com\n.evil',
    'ada@example.com,eve@example.com',
    'Ada <ada@example.com>',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a.'.repeat(130)}com`,
  ])
  assert.equal(emailKind.readOperand('@example.com', {}), '@example.com')
})

test('urls are http or https', () => {
  for (const url of ['https://example.com', 'HTTP://example.com:8080/a?b#c']) assert.equal(urlKind.read(url, {}), url)
  refuses(urlKind, {}, [
    'javascript:alert(1)',
    ' https://a.example',
    'https://',
    '//example.com',
    'data:text/html,x',
    'ftp://a.example',
    'https://a b',
    'java\nscript:x',
    `https://a.example/${'x'.repeat(2048)}`,
  ])
})

test('integers stay within 2^53 (G7)', () => {
  assert.equal(integerKind.read(Number.MAX_SAFE_INTEGER, {}), 9007199254740991)
  assert.ok(Object.is(integerKind.read(-0, {}), 0))
  refuses(integerKind, {}, [2 ** 53, -(2 ** 53), 2 ** 63, 1.5, 1e400, Number.NaN, '1', true])
  refuses(integerKind, { min: 1, max: 5 }, [0, 6])
  assert.equal(integerKind.readText('-12', {}), -12)
  refusesText(integerKind, {}, ['9007199254740993', '1.5', '0x10', '1e400', 'NaN', '', ' 1', '1_0', '٣', '+1', '01'])
})

test('numbers are finite (G7)', () => {
  assert.ok(Object.is(numberKind.read(-0, {}), 0))
  assert.equal(numberKind.readText('1.5e3', {}), 1500)
  refuses(numberKind, {}, [Number.NaN, Infinity, -Infinity, '1', '0x10'])
  refusesText(numberKind, {}, ['1e400', 'NaN', 'Infinity', '0x10', '1,5', '', '1e99999', '.5', '1e-400', '-0.1e-399', '9007199254740993.0'])
  assert.equal(numberKind.readText('0.0e-999', {}), 0)
})

test('decimals are text of fixed scale', () => {
  const options = { precision: 6, scale: 2 }
  assert.equal(decimalKind.read('7', options), '7.00')
  assert.equal(decimalKind.read('-0.00', options), '0.00')
  assert.equal(decimalKind.read('0007.5', options), '7.50')
  assert.equal(decimalKind.read(9.99, options), '9.99')
  assert.equal(decimalKind.read(-0, options), '0.00')
  assert.equal(decimalKind.read('-9999.99', options), '-9999.99')
  refuses(decimalKind, options, ['10000', '1.005', '1.500', 0.1 + 0.2, 1e21, Number.NaN, '1e3', '', '.', '1.', 'NaN', true])
  refuses(decimalKind, { precision: 18, scale: 2 }, [1234567890123456.78])
  refuses(decimalKind, { ...options, min: '0.00', max: '10.00' }, ['-0.01', '10.01'])
  assert.equal(decimalKind.readOperand('9999999999.99', options), '9999999999.99')
  assert.throws(() => decimalKind.readOperand('12345678901234567.00', options), ValueError)
  assert.equal(decimalKind.read('5', { precision: 3, scale: 0 }), '5')
})

test('booleans are true or false and nothing like it', () => {
  assert.equal(booleanKind.readText('false', {}), false)
  refuses(booleanKind, {}, ['true', 1, 0, null, ''])
  refusesText(booleanKind, {}, ['1', 'TRUE', 'yes', ''])
})

test('instants need an offset, and a year that four digits hold (G7)', () => {
  assert.equal(datetimeKind.read(new Date(0), {}), '1970-01-01T00:00:00.000Z')
  assert.deepEqual(datetimeKind.toServer!('1970-01-01T00:00:00.000Z'), new Date(0))
  refuses(datetimeKind, {}, [
    new Date(Number.NaN),
    new Date(8.64e15),
    new Date('-000001-01-01T00:00:00Z'),
    0,
    '2026-01-31T12:00:00',
    '+275760-09-13T00:00:00.000Z',
  ])
})

test('days are text, never a Date', () => {
  assert.equal(dateKind.read('2024-02-29', {}), '2024-02-29')
  refuses(dateKind, {}, [new Date(), '2026-02-30', '2026-01-31T00:00:00Z', 20260131])
})

test('choices are exact', () => {
  refuses(enumKind, { choices: ['a', 'b'] }, ['c', 'A', '', 'a ', 'toString', 0])
})

test('ids that cannot be are not found, rather than wrong', () => {
  assert.equal(idKind('ref', 'uuid').readOperand('../admin', {}), '../admin')
  assert.equal(idKind('id', 'uuid').readOperand('018F0000-0000-7000-8000-000000000000', {}), '018f0000-0000-7000-8000-000000000000')
  refuses(idKind('id', 'uuid'), {}, ['x', '', 1])
  assert.equal(idKind('id', 'serial').read('12', {}), '12')
  refuses(idKind('id', 'serial'), {}, ['012', '-1', '1.0', '9007199254740993', 12])
  refuses(idKind('id', 'key'), {}, ['a/b', '..', 'query', 'aggregate', 'a b', '', 'ä'])
})

test('json is kept as JSON says it, within its limits', () => {
  assert.deepEqual(jsonKind.read({ a: [1, { b: null }] }, {}), { a: [1, { b: null }] })
  let deep: unknown = 1
  for (let i = 0; i < 40; i++) deep = [deep]
  refuses(jsonKind, {}, [{ a: undefined }, new Date(), Number.NaN, deep, 'x'.repeat(70_000), JSON.parse('{"__proto__":{"x":1}}')])
  refuses(jsonKind, { max: 5 }, ['12345'])
  refusesText(jsonKind, {}, ['{', '', 'undefined'])
})
