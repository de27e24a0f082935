// What the values of a column become when its type changes, as SQL. A value that cannot become the new type must make the statement
// fail: it becomes something that the column of a STRICT table refuses.

import { OffstageError } from '../../base/errors.ts'
import type { ColumnType } from '../blueprint.ts'
import { conversion, digitsOf, isDecimal, isTextual, lengthOf, type TextType } from '../conversions.ts'

const refusedByNumbers = `'cannot be converted'`
const refusedByText = `x'00'`
const midnight = `'T00:00:00.000Z'`

/** `value` is an expression that can be written more than once. Null stays null. */
export function converted(value: string, from: ColumnType, to: ColumnType): string {
  switch (conversion(from, to)) {
    case 'same':
      return value
    case 'impossible':
      throw new OffstageError('invalid_call', {
        detail: `Values of the type ${from} cannot become ${to}.`,
        hint: 'Add the new one under another name, fill it by a data step, and drop the old one.',
      })
    default:
      return isTextual(to) ? toText(value, from, to) : fromAny(value, from, to)
  }
}

function toText(value: string, from: ColumnType, to: TextType): string {
  if (from === 'boolean') return `CASE ${value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END`
  if (isDecimal(from)) return decimalText(value, digitsOf(from).scale)
  if (!isTextual(from) && from !== 'json') return `CAST(${value} AS TEXT)`
  if (conversion(from, to) === 'lossless') return value
  const least = to === 'uuid' || to === 'key' ? 1 : 0
  const most = lengthOf(to)
  const fits = most === Infinity ? `length(${value}) >= ${least}` : `length(${value}) BETWEEN ${least} AND ${most}`
  return only(value, fits, value, refusedByText)
}

function fromAny(value: string, from: ColumnType, to: ColumnType): string {
  if (isTextual(from)) return fromText(value, to)
  if (isDecimal(from)) return fromDecimal(value, digitsOf(from).scale, to)
  if (from === 'datetime') return only(value, `substr(${value}, 11) = ${midnight}`, `substr(${value}, 1, 10)`, refusedByText)
  if (from === 'date') return `${value} || ${midnight}`
  if (to === 'real') return `CAST(${value} AS REAL)`
  if (isDecimal(to)) {
    const one = 10n ** BigInt(digitsOf(to).scale)
    if (from !== 'real') return `${value} * ${one}`
    const whole = `CAST(round(${value} * ${one}) AS INTEGER)`
    return only(value, `${whole} / ${one}.0 = ${value}`, whole)
  }
  if (from === 'real') return only(value, `CAST(${value} AS INTEGER) = ${value}`, `CAST(${value} AS INTEGER)`)
  return value
}

function fromText(value: string, to: ColumnType): string {
  if (to === 'boolean')
    return `CASE ${value} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE iif(${value} IS NULL, NULL, ${refusedByNumbers}) END`
  if (to === 'date') return only(value, `${value} = date(${value}) AND ${value} >= '0001'`, value, refusedByText)
  if (to === 'datetime')
    return only(value, `${value} = strftime('%Y-%m-%dT%H:%M:%fZ', ${value}) AND ${value} >= '0001'`, value, refusedByText)
  if (!isDecimal(to)) return only(value, `CAST(CAST(${value} AS INTEGER) AS TEXT) = ${value}`, `CAST(${value} AS INTEGER)`)
  const { scale } = digitsOf(to)
  const point = `instr(${value} || '.', '.')`
  const whole = `substr(${value}, 1, ${point} - 1)`
  const digits = `substr(${value}, ${point} + 1)`
  const isNumber = [
    `ltrim(${value}, '-') = substr(${value}, 1 + (${value} GLOB '-*'))`,
    `${whole} GLOB '*[0-9]'`,
    `ltrim(${whole}, '-') NOT GLOB '*[^0-9]*'`,
    `${digits} NOT GLOB '*[^0-9]*'`,
    `${value} NOT GLOB '*.'`,
    `length(rtrim(${digits}, '0')) <= ${scale}`,
  ]
  return only(value, isNumber.join(' AND '), `CAST(${whole} || substr(${digits} || '${'0'.repeat(scale)}', 1, ${scale}) AS INTEGER)`)
}

function fromDecimal(value: string, scale: number, to: ColumnType): string {
  const one = 10n ** BigInt(scale)
  // Both are exact as doubles, so that the quotient is the double nearest to the decimal.
  if (to === 'real') return `${value} / ${one}.0`
  const wanted = isDecimal(to) ? digitsOf(to).scale : 0
  if (wanted >= scale) return `${value} * ${10n ** BigInt(wanted - scale)}`
  const cut = 10n ** BigInt(scale - wanted)
  return only(value, `${value} % ${cut} = 0`, `${value} / ${cut}`)
}

function decimalText(value: string, scale: number): string {
  if (scale === 0) return `CAST(${value} AS TEXT)`
  const one = 10n ** BigInt(scale)
  const printed = `printf('%s%d.%0${scale}d', iif(${value} < 0, '-', ''), abs(${value}) / ${one}, abs(${value}) % ${one})`
  return `iif(${value} IS NULL, NULL, ${printed})`
}

const only = (value: string, test: string, then: string, refused = refusedByNumbers): string =>
  `CASE WHEN ${value} IS NULL THEN NULL WHEN ${test} THEN ${then} ELSE ${refused} END`
