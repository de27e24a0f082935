// Values of every kind in wire form: few enough that comparisons hit, with the awkward ones among them.

import type { Json } from '../../src/schema/kind.ts'
import type { FieldDef } from '../../src/schema/registry.ts'
import type { Dice } from './dice.ts'

const texts = [
  '',
  'a',
  'A',
  'ab',
  'B',
  'é',
  'e\u0301',
  'Ω',
  '\uffee',
  '\u{1f600}',
  'x%_\\y',
  "it's",
  'null',
  '10',
  ' ',
  '<b>&amp;',
  '\u2028',
  'line\nbreak',
  'ß',
  '1e3',
  'Red shoe 9',
  'The réd SHOES',
  'x red-red shore 99',
  '東京タワー',
  'a b red',
]
const instants = [
  '2025-12-31T22:30:00.000Z',
  '2025-12-31T23:30:00.000Z',
  '2026-01-01T00:00:00.000Z',
  '2026-01-31T12:00:00.123Z',
  '2026-03-29T00:59:59.999Z',
  '2026-03-29T01:00:00.000Z',
  '2026-10-25T00:30:00.000Z',
  '2026-10-25T01:30:00.000Z',
  '1969-07-20T20:17:40.000Z',
  '2026-02-28T23:59:59.999Z',
]
const jsons: readonly Json[] = [
  { a: 1, b: [1, 'x', null] },
  { a: '1' },
  { a: null, c: { d: true } },
  { a: { b: 'x' }, c: { d: [false, 0] } },
  [1, 2],
  'text',
  5,
  true,
  {},
  { a: true, b: [] },
  { a: 1.5 },
  { a: 'é\u{1f600}' },
]
const integers = [-2, -1, 0, 1, 2, 3, 10, 9_007_199_254_740_991, -9_007_199_254_740_991]
const decimals = ['-1.50', '-0.01', '0.00', '0.10', '0.20', '2.00', '10.00', '9999999999.99']
const floats = [-1.25, 0, 0.25, 0.5, 1, 2.75, 1024.125, 3]
const dates = ['2025-12-29', '2026-01-01', '2026-01-04', '2026-01-05', '2026-12-31', '1970-01-01']

/** A value of a column; of ids and references one that may exist. */
export function randomValue(dice: Dice, field: FieldDef): Json {
  switch (field.kind.name) {
    case 'id':
    case 'ref':
      return idOf(field, dice.int(0, 7))
    case 'text':
      return dice.pick(texts)
    case 'email':
      return field.unique
        ? uniqueEmail(dice.int(0, 7), dice.chance(0.5))
        : dice.pick(['a@x.example', 'B@x.example', 'ada@example.com', 'é@x.example'])
    case 'url':
      return dice.pick(['https://x.example/', 'https://x.example/a?b=1&c=2', 'http://y.example/'])
    case 'integer':
      return field.name === 'version' || field.name === 'level' ? dice.int(1, 3) : dice.pick(integers)
    case 'number':
      return dice.pick(floats)
    case 'decimal':
      return dice.pick(decimals)
    case 'boolean':
      return dice.chance(0.5)
    case 'datetime':
      return dice.pick(instants)
    case 'date':
      return dice.pick(dates)
    case 'enum':
      return dice.pick(field.options['choices'] as string[])
    case 'json':
      return dice.pick(jsons)
    case 'many':
      throw new Error('A list is no column.')
  }
}

/** Emails that differ by case alone are one and the same where they are unique. */
export function uniqueEmail(i: number, upper: boolean): string {
  return `${upper ? 'É' : 'é'}${i}@x.example`
}

/** The `i`th id of a model: digits for serial ids, which count as numbers; a UUID otherwise. */
export function idOf(field: FieldDef, i: number): string {
  return field.options['form'] === 'serial'
    ? String([1, 2, 10, 9, 100, 11, 3, 25, 4, 5, 6, 7][i] ?? i + 100)
    : `0197a000-0000-7000-8000-${String(i).padStart(12, '0')}`
}
