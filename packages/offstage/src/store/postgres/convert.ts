// What the values of a column become when its type changes, in PostgreSQL's words; what they mean stands in `store/conversions.ts`.

import { conversion, digitsOf, formOf, isDecimal, isTextual, isWhole, largestWhole as largest, lengthOf } from '../conversions.ts'
import type { ColumnType } from '../blueprint.ts'
import { literal, typeName } from './column-text.ts'

/** Only for conversions that are possible, between types that PostgreSQL tells apart. `value` is a quoted column. */
export function converted(value: string, from: ColumnType, to: ColumnType): string {
  if (isTextual(to)) {
    if (from === 'datetime') return `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    if (from === 'date') return `to_char(${value}, 'YYYY-MM-DD')`
    return `${value}::text`
  }
  if (from === 'boolean') return `${value}::integer::bigint`
  if (to === 'boolean') return isTextual(from) ? `${value}::boolean` : `${value} = 1`
  if (from === 'date') return `${value}::timestamp at time zone 'UTC'`
  if (from === 'datetime') return `(${value} at time zone 'UTC')::date`
  // Cast directly, a double would be cut to 15 digits.
  if (from === 'real' && isDecimal(to)) return `${value}::text::${typeName(to)}`
  return `${value}::${typeName(to)}`
}

/** What must hold for every value, where PostgreSQL would not refuse it by itself. */
export function fits(value: string, from: ColumnType, to: ColumnType): string | undefined {
  if (conversion(from, to) !== 'checked') return undefined
  if (isTextual(to)) {
    const least = to === 'uuid' || to === 'key' ? 1 : 0
    return `char_length(${value}${from === 'json' ? '::text' : ''}) between ${least} and ${lengthOf(to)}`
  }
  if (isTextual(from)) {
    if (to === 'json' || to === 'real') return undefined
    const form = `${value} ~ ${literal(formOf(to))}`
    const digits = `ltrim(${value}, '-')`
    return isWhole(to) ? `${form} and (char_length(${digits}) < ${largest.length} or ${digits} <= '${largest}')` : form
  }
  if (to === 'boolean') return `${value} in (0, 1)`
  if (from === 'datetime') return `(${value} at time zone 'UTC')::time = '00:00'`
  if (from === 'real' && isDecimal(to)) return `${value}::text::numeric = round(${value}::text::numeric, ${digitsOf(to).scale})`
  if (isWhole(to)) return `${value} = trunc(${value}) and abs(${value}) <= ${largest}`
  return isDecimal(to) && isDecimal(from) ? `${value} = trunc(${value}, ${digitsOf(to).scale})` : undefined
}
