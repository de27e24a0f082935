// Columns as PostgreSQL's words: their types, constants and limits, as they are written and as the catalog shows them.

import { OffstageError } from '../../base/errors.ts'
import type { Json } from '../../schema/kind.ts'
import { checkName, type ColumnDef, type ColumnType, type TableDef } from '../blueprint.ts'
import { digitsOf, isDecimal, isTextual } from '../conversions.ts'

const longestName = 63

export function quote(name: string): string {
  if (Buffer.byteLength(name) > longestName)
    throw new OffstageError('invalid_call', {
      detail: `PostgreSQL would cut the name ${name}, which has over ${longestName} bytes.`,
      hint: `Give the table or column a shorter one: model(fields, { table: 'short' }), t.text().column('short').`,
    })
  return `"${name.replaceAll('"', '""')}"`
}
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** As the catalog shows it. */
export function typeName(type: ColumnType): string {
  if (isTextual(type)) return 'text'
  if (isDecimal(type)) return `numeric(${digitsOf(type).precision},${digitsOf(type).scale})`
  switch (type) {
    case 'integer':
    case 'serial':
      return 'bigint'
    case 'real':
      return 'double precision'
    case 'datetime':
      return 'timestamp(3) with time zone'
    // `jsonb` would sort the keys of objects and forget how numbers were written.
    default:
      return type
  }
}

/** By the order of code points, which is that of the other databases, and makes indexes serve prefixes. */
export const typeText = (type: ColumnType): string => (isTextual(type) ? 'text collate "C"' : typeName(type))

/** A constant in wire form, as it stands in a statement. */
export function constant(type: ColumnType, value: Json): string {
  if (value === null) return 'null'
  if (type === 'boolean' || type === 'integer' || type === 'serial') return String(value)
  return literal(type === 'json' ? JSON.stringify(value) : String(value))
}

/** Without its key, checks and references. */
export function columnText({ name, type, nullable }: ColumnDef, fallback: Json | undefined): string {
  const filled = fallback === undefined ? '' : ` default ${constant(type, fallback)}`
  return `${quote(name)} ${typeText(type)}${nullable ? '' : ' not null'}${filled}`
}

/** The CHECK of a column, which has a name if there is one. */
export function checkText(column: ColumnDef): string {
  const { type, min, max, choices } = column
  const name = quote(column.name)
  const tests: string[] = []
  if (type === 'integer') tests.push(`${name} between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`)
  // NaN and Infinity are no JSON.
  if (type === 'real') tests.push(`${name} between '${-Number.MAX_VALUE}' and '${Number.MAX_VALUE}'`)
  if (min !== undefined) tests.push(`${name} >= ${constant(type, min)}`)
  if (max !== undefined) tests.push(`${name} <= ${constant(type, max)}`)
  if (choices) tests.push(`${name} in (${choices.map(literal).join(', ')})`)
  return tests.join(' and ')
}

export function tableText(table: TableDef): string {
  const checks = table.columns.flatMap((column) => {
    const name = checkName(table.name, column)
    return name === undefined ? [] : [`constraint ${quote(name)} check (${checkText(column)})`]
  })
  const lines = [
    ...table.columns.map((column) => columnText(column, column.default)),
    `primary key (${quote(table.columns[0]!.name)})`,
    ...checks,
  ]
  return `create table ${quote(table.name)} (${lines.join(', ')})`
}
