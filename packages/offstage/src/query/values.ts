// How values compare: the same on every database, whatever its own habits.

import type { Json, Storage } from '../schema/kind.ts'

/** By code point, which is the order of UTF-8 bytes; JavaScript's own order puts U+FFFF after the emoji. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? lift(x) - lift(y) : x - y
  }
  return a.length - b.length
}

/** Surrogates stand for what comes after U+FFFF. */
function lift(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}

/** Both present. Negative, zero or positive. */
export function compareValues(storage: Storage, a: Json, b: Json): number {
  if (storage === 'decimal' || (storage === 'integer' && (typeof a === 'string' || typeof b === 'string')))
    return compareExact(String(a), String(b))
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return Number(a) - Number(b)
}

/** Decimal text of any scale, or whole numbers as text. */
function compareExact(a: string, b: string): number {
  const [x, y] = [unitsOf(a), unitsOf(b)]
  const scale = Math.max(x.scale, y.scale)
  const difference = x.units * 10n ** BigInt(scale - x.scale) - y.units * 10n ** BigInt(scale - y.scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** `'-1.50'` is -150 units of scale 2. */
export function unitsOf(text: string): { readonly units: bigint; readonly scale: number } {
  const point = text.indexOf('.')
  return point < 0
    ? { units: BigInt(text), scale: 0 }
    : { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 }
}

/** Back to text of that scale. */
export function textOf(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const at = digits.length - scale
  return (units < 0n ? '-' : '') + digits.slice(0, at) + (scale > 0 ? `.${digits.slice(at)}` : '')
}

/** Nulls last, whichever way the rest goes. */
export function compareNullable(storage: Storage, desc: boolean, a: Json, b: Json): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order = compareValues(storage, a, b)
  return desc ? -order : order
}
