// SQLite's names, texts and numbers as they stand in statements.

import { unitsOf } from '../../query/values.ts'

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const largest = 2n ** 63n - 1n

/** A comparison value beyond what a column can hold compares as the largest one: 18 digits never reach it. */
export function units(value: string, scale: number): bigint {
  const exact = unitsOf(value)
  const scaled = exact.scale <= scale ? exact.units * 10n ** BigInt(scale - exact.scale) : exact.units / 10n ** BigInt(exact.scale - scale)
  return scaled > largest ? largest : scaled < -largest ? -largest : scaled
}
