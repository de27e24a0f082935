// What the values of a column become when its type changes, in the words of MySQL and MariaDB; what they mean stands in
// `store/conversions.ts`. `modify column` does most of it; where it would say things otherwise, updates before or after it make them
// right. They may run twice, because nobody may know whether they ran.

import type { ColumnType } from '../blueprint.ts'
import { conversion, digitsOf, formOf, isDecimal, isTextual, isWhole, largestWhole as largest, lengthOf } from '../conversions.ts'
import { typeName } from './column-text.ts'

/** What must hold for every value, where a strict session would not refuse it. `value` is a quoted column. */
export function fits(value: string, from: ColumnType, to: ColumnType): string | undefined {
  if (conversion(from, to) !== 'checked') return undefined
  if (isTextual(to)) {
    const least = to === 'uuid' || to === 'key' ? 1 : 0
    return `char_length(${value}) between ${least} and ${lengthOf(to)}`
  }
  if (isTextual(from)) {
    if (to === 'json' || to === 'real') return undefined
    // To some regular expressions, the end is also before a last line break.
    const form = `${value} regexp '${formOf(to)}(?![[:space:]])'`
    if (to === 'date' || to === 'datetime') return `${value} is null or (${form} and cast(left(${value}, 10) as date) is not null)`
    const digits = `trim(leading '-' from ${value})`
    return isWhole(to) ? `${form} and (char_length(${digits}) < ${largest.length} or ${digits} <= '${largest}')` : form
  }
  if (to === 'boolean') return `${value} in (0, 1)`
  if (from === 'datetime') return `${value} = cast(${value} as date)`
  if (from === 'real' && isDecimal(to)) return `${value} = cast(${value} as ${typeName(to)})`
  if (isWhole(to)) return `${value} = truncate(${value}, 0) and abs(${value}) <= ${largest}`
  if (isDecimal(to)) return isDecimal(from) ? `${value} = truncate(${value}, ${digitsOf(to).scale})` : undefined
  return undefined
}

interface Update {
  readonly set: string
  readonly where: string
}

/** While the column has its old type still. */
export function updateBefore(value: string, from: ColumnType, to: ColumnType): Update | undefined {
  if (!isTextual(from)) return undefined
  if (to === 'boolean') return { set: `if(${value} = 'true', '1', '0')`, where: `${value} in ('true', 'false')` }
  if (to === 'datetime') return { set: `replace(replace(${value}, 'T', ' '), 'Z', '')`, where: `${value} like '%T%'` }
  return undefined
}

/** When the column has its new type. */
export function updateAfter(value: string, from: ColumnType, to: ColumnType): Update | undefined {
  if (!isTextual(to)) return undefined
  if (from === 'boolean') return { set: `if(${value} = '0', 'false', 'true')`, where: `${value} not in ('true', 'false')` }
  if (from === 'datetime') return { set: `concat(replace(${value}, ' ', 'T'), 'Z')`, where: `${value} like '% %'` }
  return undefined
}
