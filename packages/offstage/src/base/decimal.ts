// Exact decimal arithmetic on text, for money. Values are what `t.decimal` fields hold; whole numbers are taken too.

/** Decimal text such as `'12.50'`, or a whole number within 2^53. Anything else throws a RangeError. */
export type DecimalInput = string | number

interface Parts {
  readonly units: bigint
  readonly scale: number
}

const pattern = /^(-?)(\d{1,1000})(?:\.(\d{1,1000}))?$/

function parse(input: DecimalInput): Parts {
  if (typeof input === 'number') {
    if (Number.isSafeInteger(input)) return { units: BigInt(input), scale: 0 }
    throw new RangeError(`A number in exact arithmetic must be whole and within 2^53, found ${input}; write it as text: '12.50'.`)
  }
  const match = pattern.exec(input)
  if (!match) throw new RangeError(`Expected decimal text such as '12.50', found ${JSON.stringify(input)}.`)
  const [, sign = '', whole = '', fraction = ''] = match
  return { units: BigInt(sign + whole + fraction), scale: fraction.length }
}

function print({ units, scale }: Parts): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const at = digits.length - scale
  return (units < 0n ? '-' : '') + digits.slice(0, at) + (scale > 0 ? '.' + digits.slice(at) : '')
}

const scaleTo = (parts: Parts, scale: number): bigint => parts.units * 10n ** BigInt(scale - parts.scale)

function both(a: DecimalInput, b: DecimalInput): [bigint, bigint, number] {
  const left = parse(a)
  const right = parse(b)
  const scale = Math.max(left.scale, right.scale)
  return [scaleTo(left, scale), scaleTo(right, scale), scale]
}

/** `'0.10' + '0.2'` is `'0.30'`: the result has the larger scale of the two. */
function add(a: DecimalInput, b: DecimalInput): string {
  const [left, right, scale] = both(a, b)
  return print({ units: left + right, scale })
}

/** The result has the larger scale of the two. */
function sub(a: DecimalInput, b: DecimalInput): string {
  const [left, right, scale] = both(a, b)
  return print({ units: left - right, scale })
}

/** The result has the sum of both scales, so nothing is lost; `round` it to the scale of the field it goes to. */
function mul(a: DecimalInput, b: DecimalInput): string {
  const left = parse(a)
  const right = parse(b)
  return print({ units: left.units * right.units, scale: left.scale + right.scale })
}

/** -1, 0 or 1; `'1.0'` and `'1.00'` are equal. */
function compare(a: DecimalInput, b: DecimalInput): -1 | 0 | 1 {
  const [left, right] = both(a, b)
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * Exactly `scale` digits after the point. Halves go away from zero (`'half-up'`, the default, as on invoices) or to the
 * even neighbour (`'half-even'`, as in bookkeeping of many small amounts).
 */
function round(value: DecimalInput, scale: number, halves: 'half-up' | 'half-even' = 'half-up'): string {
  if (!Number.isInteger(scale) || scale < 0 || scale > 1000)
    throw new RangeError(`A scale is a whole number from 0 to 1000, found ${scale}.`)
  const parts = parse(value)
  if (parts.scale <= scale) return print({ units: scaleTo(parts, scale), scale })
  const divisor = 10n ** BigInt(parts.scale - scale)
  const size = parts.units < 0n ? -parts.units : parts.units
  const quotient = size / divisor
  const twice = (size % divisor) * 2n
  const up = twice > divisor || (twice === divisor && (halves === 'half-up' || quotient % 2n === 1n))
  const units = up ? quotient + 1n : quotient
  return print({ units: parts.units < 0n ? -units : units, scale })
}

/** Exact arithmetic on decimal text: `decimal.add('0.10', '0.20') === '0.30'`. */
export const decimal: {
  readonly add: typeof add
  readonly sub: typeof sub
  readonly mul: typeof mul
  readonly compare: typeof compare
  readonly round: typeof round
} = { add, sub, mul, compare, round }
