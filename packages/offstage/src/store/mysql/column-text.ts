// Columns as the words of MySQL and MariaDB: their types, constants and limits, and where the two differ.

import { OffstageError } from '../../base/errors.ts'
import type { Json } from '../../schema/kind.ts'
import { checkName, physicalName, type ColumnDef, type ColumnType, type IndexDef, type TableDef } from '../blueprint.ts'
import { digitsOf, isDecimal } from '../conversions.ts'
import { supportsOf } from '../references.ts'

export type Flavour = 'mysql' | 'mariadb'

/** By the order of code points, blanks at the end included. */
export const collations: Readonly<Record<Flavour, string>> = { mysql: 'utf8mb4_0900_bin', mariadb: 'utf8mb4_nopad_bin' }

export const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``

// Whether a backslash means itself is up to the session; what MariaDB keeps of such a literal it may read otherwise later, and it shows
// letters of four bytes as question marks.
const isDoubtful = (text: string): boolean => /[\\'\p{Cc}\u{10000}-\u{10ffff}]/u.test(text)

export const literal = (text: string): string =>
  isDoubtful(text) ? `convert(x'${Buffer.from(text).toString('hex')}' using utf8mb4)` : `'${text}'`

/** As the database shows it, without the width that MariaDB prints of whole numbers. */
export function typeName(type: ColumnType): string {
  if (isDecimal(type)) return `decimal(${digitsOf(type).precision},${digitsOf(type).scale})`
  switch (type) {
    case 'uuid':
      return 'varchar(64)'
    case 'key':
    case 'text(255)':
      return 'varchar(255)'
    case 'text(768)':
      return 'varchar(768)'
    // The native `json` of MySQL would sort the keys of objects and write numbers anew; in MariaDB it is a name for this.
    case 'text':
    case 'json':
      return 'longtext'
    case 'integer':
    case 'serial':
      return 'bigint'
    case 'real':
      return 'double'
    case 'boolean':
      return 'tinyint(1)'
    // Holds UTC: sessions have the time zone +00:00.
    case 'datetime':
      return 'datetime(3)'
    case 'date':
      return 'date'
  }
}

/** What is kept: an instant without the letters of its wire form, JSON as its text. */
export function plain(type: ColumnType, value: Exclude<Json, null>): string {
  if (typeof value === 'boolean' && type === 'boolean') return value ? '1' : '0'
  if (type === 'datetime') return String(value).replace('T', ' ').replace('Z', '')
  return type === 'json' ? JSON.stringify(value) : String(value)
}

/** A constant in wire form, as it stands in a statement. */
export function constant(type: ColumnType, value: Json): string {
  if (value === null) return 'null'
  const isNumber = type === 'integer' || type === 'serial' || type === 'real' || type === 'boolean' || isDecimal(type)
  return isNumber ? plain(type, value) : literal(plain(type, value))
}

/** What follows `default`. MySQL takes one of a long text as an expression only. */
export function defaultText(flavour: Flavour, type: ColumnType, value: Json): string {
  const text = constant(type, value)
  const isExpression = text.startsWith('convert(') || (flavour === 'mysql' && value !== null && typeName(type) === 'longtext')
  return isExpression ? `(${text})` : text
}

/** Without its key, checks and references. */
export function columnText(flavour: Flavour, { name, type, nullable }: ColumnDef, fallback: Json | undefined): string {
  const filled = fallback === undefined ? '' : ` default ${defaultText(flavour, type, fallback)}`
  return `${quote(name)} ${typeName(type)}${nullable ? ' null' : ' not null'}${filled}`
}

export interface Check {
  readonly name: string
  readonly test: string
}

export function checksOf(table: string, column: ColumnDef): Check[] {
  const { type, min, max, choices } = column
  const name = quote(column.name)
  if (type === 'json') return [{ name: physicalName(table, column.name, 'json'), test: `json_valid(${name})` }]
  const check = checkName(table, column)
  if (check === undefined) return []
  const tests: string[] = []
  if (type === 'integer') tests.push(`${name} between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`)
  if (type === 'real') tests.push(`${name} between ${-Number.MAX_VALUE} and ${Number.MAX_VALUE}`)
  if (min !== undefined) tests.push(`${name} >= ${constant(type, min)}`)
  if (max !== undefined) tests.push(`${name} <= ${constant(type, max)}`)
  if (choices) tests.push(`${name} in (${choices.map(literal).join(', ')})`)
  return [{ name: check, test: tests.join(' and ') }]
}

export const checkText = ({ name, test }: Check): string => `constraint ${quote(name)} check (${test})`

export function indexText(table: TableDef, index: IndexDef): string {
  const kind = index.search ? 'fulltext ' : index.unique ? 'unique ' : ''
  return `${kind}index ${quote(index.name)} (${indexColumns(table, index)})`
}

export function tableText(flavour: Flavour, table: TableDef): string {
  const lines = [
    ...table.columns.map((column) => columnText(flavour, column, column.default)),
    `primary key (${quote(table.columns[0]!.name)})`,
    ...[...table.indexes, ...supportsOf(table)].map((index) => indexText(table, index)),
    ...table.columns.flatMap((column) => checksOf(table.name, column)).map(checkText),
  ]
  return (
    `create table ${quote(table.name)} (${lines.join(', ')}) ` +
    `engine = InnoDB row_format = dynamic default character set utf8mb4 collate ${collations[flavour]}`
  )
}

// Of one index InnoDB keeps up to 3072 bytes, and four of every character.
const most = 768
const start = 191

const widthOf = (type: ColumnType): number =>
  Number(/^varchar\((\d+)\)$/.exec(typeName(type))?.[1] ?? (typeName(type) === 'longtext' ? Infinity : 6))

/** An index that only finds rows may know the beginnings of long texts alone. One that keeps values unique must know them whole. */
function indexColumns(table: TableDef, index: IndexDef): string {
  if (index.search) return index.columns.map(quote).join(', ')
  const columns = index.columns.map((name) => table.columns.find((column) => column.name === name))
  const widths = columns.map((column) => (column ? widthOf(column.type) : 0))
  const isTooWide = widths.reduce((sum, width) => sum + width, 0) > most
  if (isTooWide && index.unique)
    throw new OffstageError('invalid_call', {
      detail: `The index ${index.name} keeps ${table.name}.${index.columns.join(' + ')} unique, which may be over ${most} characters long: MySQL and MariaDB cannot index that.`,
      hint: 'Give the texts in it a smaller limit: t.text({ max: 255 }).',
    })
  if (!isTooWide) return index.columns.map(quote).join(', ')
  const isCut = widths.map((width, at) => width > start && !columns[at]?.references)
  const rest = widths.reduce((sum, width, at) => sum + (isCut[at] ? 0 : width), 0)
  const room = Math.min(start, Math.floor((most - rest) / isCut.filter(Boolean).length))
  return index.columns.map((name, at) => (isCut[at] ? `${quote(name)}(${room})` : quote(name))).join(', ')
}
