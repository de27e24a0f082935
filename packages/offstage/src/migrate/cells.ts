// How the values of a column are read and written by code that changes rows: in wire form, whatever the database keeps them as.

import { OffstageError } from '../base/errors.ts'
import { textOf } from '../query/values.ts'
import type { Json } from '../schema/kind.ts'
import { digitsOf, isDecimal } from '../store/conversions.ts'
import type { ColumnType } from '../store/blueprint.ts'
import type { DialectName } from '../store/operations.ts'

export interface Cell {
  /** The expression that `decode` reads. */
  read(sql: string): string
  decode(value: unknown): Json
  /** A parameter. */
  encode(value: Json): unknown
}

export const quoteFor = (dialect: DialectName, name: string): string =>
  dialect === 'mysql' || dialect === 'mariadb' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`

/** Text of anything: drivers differ in what numbers, decimals and instants become. */
function asText(dialect: DialectName, sql: string): string {
  if (dialect === 'postgres') return `(${sql})::text`
  return dialect === 'sqlite' ? `cast(${sql} as text)` : `cast(${sql} as char)`
}

export function cellOf(dialect: DialectName, type: ColumnType): Cell {
  const cell = notNull(dialect, type)
  return {
    read: cell.read,
    decode: (value) => (value === null || value === undefined ? null : cell.decode(value)),
    encode: (value) => (value === null ? null : cell.encode(value)),
  }
}

function notNull(dialect: DialectName, type: ColumnType): Cell {
  const plain: Cell = { read: (sql) => sql, decode: (value) => value as Json, encode: (value) => value }
  const text: Cell = { read: (sql) => asText(dialect, sql), decode: String, encode: String }
  const lite = dialect === 'sqlite'
  if (isDecimal(type)) return lite ? scaled(digitsOf(type).scale, text) : text
  switch (type) {
    case 'serial':
      return lite ? { ...text, encode: Number } : text
    case 'integer':
      return { ...text, decode: Number, encode: dialect === 'postgres' ? String : plain.encode }
    case 'real':
      return { read: plain.read, decode: Number, encode: dialect === 'postgres' ? String : plain.encode }
    case 'boolean':
      return {
        read: text.read,
        decode: (value) => value === '1' || value === 'true',
        encode: (value) => (dialect === 'postgres' ? String(value) : value ? 1 : 0),
      }
    case 'datetime':
      return instant(dialect, text)
    case 'json':
      return { read: text.read, decode: (value) => JSON.parse(String(value)) as Json, encode: (value) => JSON.stringify(value) }
    default:
      return dialect === 'mysql' || dialect === 'mariadb' || type === 'date' ? text : plain
  }
}

/** SQLite keeps decimals as whole units. */
function scaled(scale: number, text: Cell): Cell {
  return {
    read: text.read,
    decode: (value) => textOf(BigInt(String(value)), scale),
    encode(value) {
      const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(String(value))
      const [, sign = '', whole = '', fraction = ''] = match ?? []
      if (!match || fraction.length > scale)
        throw new OffstageError('invalid_call', {
          detail: `Expected a decimal of at most ${scale} places, found ${JSON.stringify(value)}.`,
        })
      return BigInt(sign + whole + fraction.padEnd(scale, '0'))
    },
  }
}

function instant(dialect: DialectName, text: Cell): Cell {
  const iso = (value: Json): string => new Date(String(value)).toISOString()
  if (dialect === 'sqlite') return { ...text, encode: iso }
  if (dialect === 'postgres')
    return { read: (sql) => `to_char(${sql} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`, decode: String, encode: iso }
  return {
    read: (sql) => `date_format(${sql}, '%Y-%m-%dT%H:%i:%s.%f')`,
    decode: (value) => `${String(value).slice(0, 23)}Z`,
    encode: (value) => iso(value).replace('T', ' ').slice(0, 23),
  }
}
