// Values in wire form: random ones for a column, and what they become in a column of another type. The latter is written down once more
// here, from what `conversions.ts` promises, so that the databases are not judged by their own words.

import { normaliseEmail, normaliseSearch } from '../../../src/schema/normalise.ts'
import type { Json } from '../../../src/schema/kind.ts'
import type { ColumnDef, ColumnType } from '../../../src/store/blueprint.ts'
import { digitsOf, isDecimal, isTextual, isWhole, lengthOf } from '../../../src/store/conversions.ts'
import type { Dice } from '../../random/dice.ts'

const texts = [
  '',
  'a',
  'A',
  'a ',
  'é',
  'e\u0301',
  '\u{1f600}\u{1f600}',
  'x%_\\y',
  "it's",
  '`"\\\'',
  'null',
  'ß',
  'line\nbreak\t',
  'The réd SHOES',
  '東京タワー',
  '-- step {}',
  '?',
  '10',
  '-7',
  '7.50',
  'true',
  '2026-01-31',
  '2026-01-31T12:00:00.000Z',
]
const instants = [
  '2026-01-01T00:00:00.000Z',
  '1969-07-20T20:17:40.001Z',
  '2026-03-29T01:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '1000-01-01T00:00:00.000Z',
]
const days = ['2026-02-28', '1969-07-20', '9999-12-31', '1000-01-01', '2024-02-29']
const jsons: readonly Json[] = [{ b: 1, a: [1, null, 'ü'] }, [], 'text', 5, true, { a: 1.5, '': { '"': '\\' } }, [[{}]]]
const largest = Number.MAX_SAFE_INTEGER

/** A value for the column; `n` makes it differ from others. */
export function randomValue(dice: Dice, kind: string, column: ColumnDef, n: number): Json {
  const { type, choices, min, max } = column
  if (choices) return dice.pick(choices)
  if (kind === 'email') return `Nick${n}@${dice.pick(['x.org', 'Ümlaut.DE', 'ｘ.org'])}`
  if (kind === 'url') return `https://x.org/${n}?q=${dice.pick(['é', '%20', "'"])}`
  if (isDecimal(type)) return randomDecimal(dice, digitsOf(type), min, max)
  switch (type) {
    case 'integer': {
      if (min === undefined && max === undefined && dice.chance(0.15)) return dice.pick([largest, -largest, 0])
      return dice.int(Math.ceil(Number(min ?? -20)), Math.floor(Number(max ?? Math.max(Number(min ?? 0), 0) + 20)))
    }
    case 'real':
      if (min === undefined && max === undefined && dice.chance(0.2)) return dice.pick([0.1, -1e-7, 1.5e300, 0])
      return dice.int(Math.ceil(Number(min ?? -20)), Math.floor(Number(max ?? Math.max(Number(min ?? 0), 0) + 20)))
    case 'boolean':
      return dice.chance(0.5)
    case 'datetime':
      return dice.chance(0.3)
        ? dice.pick(instants)
        : new Date(1_700_000_000_000 + n * 86_400_001 - (dice.chance(0.3) ? n : 0)).toISOString()
    case 'date':
      return dice.chance(0.3) ? dice.pick(days) : new Date(n * 86_400_000).toISOString().slice(0, 10)
    case 'json':
      return dice.chance(0.5) ? dice.pick(jsons) : { n }
    default:
      return dice.chance(0.5) ? dice.pick(texts) : dice.chance(0.3) ? String(n) : `Tëxt ${n}`
  }
}

function randomDecimal(dice: Dice, digits: { precision: number; scale: number }, min?: Json, max?: Json): string {
  const { precision, scale } = digits
  const unit = 10n ** BigInt(scale)
  const bound = 10n ** BigInt(precision) - 1n
  const low = min === undefined ? -bound : unitsOf(String(min), scale)!
  const high = max === undefined ? bound : unitsOf(String(max), scale)!
  if (dice.chance(0.1)) return decimalText(dice.pick([low, high]), scale)
  const near = BigInt(dice.int(-2_000, 2_000)) * (dice.chance(0.5) ? unit : 1n)
  const within = near < low ? low : near > high ? high : near
  return decimalText(within, scale)
}

/** A decimal in units of its last digit; undefined if digits would be cut, or it is none. */
function unitsOf(text: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) return undefined
  const [, sign, whole, fraction = ''] = match
  if (/[^0]/.test(fraction.slice(scale))) return undefined
  return BigInt(`${sign}${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`)
}

function decimalText(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  return units < 0n ? `-${text}` : text
}

function decimalIn(text: string, { precision, scale }: { precision: number; scale: number }): string | undefined {
  const units = unitsOf(text, scale)
  return units === undefined || units >= 10n ** BigInt(precision) || units <= -(10n ** BigInt(precision))
    ? undefined
    : decimalText(units, scale)
}

/** Undefined where the value has no place in the new type. */
export function converted(from: ColumnType, to: ColumnType, value: Json): Json | undefined {
  if (value === null || from === to) return value
  if (from === 'json') return isTextual(to) ? fitting(to, JSON.stringify(value)) : undefined
  if (isTextual(to)) return isTextual(from) ? fitting(to, String(value)) : fitting(to, String(value))
  if (isTextual(from)) return fromText(to, String(value))
  if (from === 'datetime') return to === 'date' && String(value).endsWith('T00:00:00.000Z') ? String(value).slice(0, 10) : undefined
  if (from === 'date') return to === 'datetime' ? `${String(value)}T00:00:00.000Z` : undefined
  if (from === 'boolean') return to === 'integer' ? Number(value) : undefined
  if (from === 'real') return fromReal(to, value as number)
  const text = String(value)
  if (isDecimal(to)) return decimalIn(text, digitsOf(to))
  if (to === 'boolean') return text === '0' ? false : text === '1' ? true : undefined
  if (to === 'real') return Number(text)
  const whole = isDecimal(from) ? unitsOf(text, 0) : BigInt(text)
  if (whole === undefined || whole > BigInt(largest) || whole < -BigInt(largest)) return undefined
  return to === 'serial' ? String(whole) : Number(whole)
}

function fitting(to: ColumnType, text: string): string | undefined {
  if ((to === 'uuid' || to === 'key') && text === '') return undefined
  return [...text].length <= lengthOf(to as 'text') ? text : undefined
}

function fromText(to: ColumnType, text: string): Json | undefined {
  if (isDecimal(to)) return /^-?\d+(\.\d+)?$/.test(text) ? withoutMinusZero(decimalIn(text, digitsOf(to))) : undefined
  if (isWhole(to)) {
    if (!/^(0|-?[1-9]\d{0,15})$/.test(text) || !Number.isSafeInteger(Number(text))) return undefined
    return to === 'serial' ? text : Number(text)
  }
  if (to === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined
  const form = to === 'date' ? /^\d{4}-\d\d-\d\d$/ : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
  const time = form.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) return undefined
  return text
}

const withoutMinusZero = (text: string | undefined): string | undefined =>
  text !== undefined && /^-[0.]+$/.test(text) ? text.slice(1) : text

function fromReal(to: ColumnType, value: number): Json | undefined {
  if (to === 'integer') return Number.isSafeInteger(value) ? value : undefined
  // Only what the shortest digits of the number say, without an exponent: other cases are asked of `real` alone.
  return isDecimal(to) && !String(value).includes('e') ? decimalIn(String(value), digitsOf(to)) : undefined
}

/** What the database must hold in a column, given the values that the world knows of the row. */
export function expectedValue({ name, shadow }: ColumnDef, row: Readonly<Record<string, Json>>): Json | undefined {
  if (!shadow) return row[name]
  const source = row[shadow.of]
  if (source === null || source === undefined) return null
  return (shadow.use === 'email' ? normaliseEmail : normaliseSearch)(String(source))
}

/** Whether the limits of the column allow the value. */
export function allows(column: ColumnDef, value: Json): boolean {
  if (value === null) return column.nullable
  const { type, choices, min, max } = column
  if (choices) return choices.includes(String(value))
  if (isTextual(type)) return [...String(value)].length <= lengthOf(type) && (!['uuid', 'key'].includes(type) || value !== '')
  if (isDecimal(type)) {
    const { scale } = digitsOf(type)
    const units = unitsOf(String(value), scale)!
    return (min === undefined || units >= unitsOf(String(min), scale)!) && (max === undefined || units <= unitsOf(String(max), scale)!)
  }
  if (type !== 'integer' && type !== 'real') return true
  return (min === undefined || Number(value) >= Number(min)) && (max === undefined || Number(value) <= Number(max))
}
