// SQLite's words for the shared emitter, and how it keeps the values of each kind.

import type { Json } from '../../schema/kind.ts'
import type { FieldDef } from '../../schema/registry.ts'
import { textOf } from '../../query/values.ts'
import type { Codec, Dialect, SqlValue } from '../sql/dialect.ts'
import { found } from './search-index.ts'
import { literal, quote, units } from './values.ts'

const plain = (value: Json): SqlValue => value as SqlValue
const asIs = (sql: string): string => sql

const text: Codec = { encode: plain, decode: undefined, read: asIs, json: (sql) => `json_quote(${sql})` }
// Ids of adopted tables: numbers there, text on the wire.
const serial: Codec = {
  encode: (value) => (value === null ? null : Number(value)),
  decode: String,
  read: asIs,
  json: (sql) => `json_quote(cast(${sql} as text))`,
}
const boolean: Codec = {
  encode: (value) => (value === null ? null : value ? 1 : 0),
  decode: (value) => value === 1,
  read: asIs,
  json: (sql) => `case ${sql} when 1 then 'true' when 0 then 'false' else 'null' end`,
}
const json: Codec = {
  encode: (value) => (value === null ? null : JSON.stringify(value)),
  decode: (value) => JSON.parse(value as string) as Json,
  read: asIs,
  json: (sql) => `coalesce(${sql}, 'null')`,
}

/** Scaled to whole units, so that sums and comparisons are exact; printed by text, because JavaScript's numbers end at 2^53. */
function decimal(scale: number): Codec {
  return {
    encode: (value) => (value === null ? null : units(String(value), scale)),
    decode: (value) => textOf(BigInt(value as string), scale),
    read: (sql) => `cast(${sql} as text)`,
    json(sql) {
      if (scale === 0) return `iif(${sql} is null, 'null', concat('"', ${sql}, '"'))`
      const one = `1${'0'.repeat(scale)}`
      return `iif(${sql} is null, 'null', printf('"%s%d.%0${scale}d"', iif(${sql} < 0, '-', ''), abs(${sql}) / ${one}, abs(${sql}) % ${one}))`
    },
  }
}

function codec({ kind, options }: FieldDef): Codec {
  switch (kind.storage) {
    case 'integer':
      return kind.name === 'integer' ? text : serial
    case 'decimal':
      return decimal(options['scale'] as number)
    case 'boolean':
      return boolean
    case 'json':
      return json
    default:
      return text
  }
}

/** Concatenates; a call of an SQL function takes at most 1,000 arguments. */
function concat(pieces: readonly string[]): string {
  if (pieces.length <= 900) return `concat(${pieces.join(', ')})`
  return concat([concat(pieces.slice(0, 900)), ...pieces.slice(900)])
}

/** Ten digits pass 64 bits after 900 million rows at the earliest, and SQLite's own sum then fails instead of being wrong. */
const isShort = ({ kind, options }: FieldDef): boolean => kind.storage === 'decimal' && Number(options['precision']) <= 10

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  always: '1',
  never: '0',
  rows: 'kept',
  rowId: '_rowid_',
  existsByRow: true,
  step: 'offstage_step()',
  countRow: (list) => `offstage_row(${literal(list)})`,
  quote,
  literal,
  placeholder: () => '?',
  codec,
  // As a double, a whole number would be added without its last digits.
  encodeStep: (column, step) => (column.field.kind.name === 'integer' ? BigInt(step) : column.encode(step)),
  contains: (sql, value) => `(instr(${sql}, ${value}) > 0)`,
  endsWith: (sql, value) => `(substr(${sql}, length(${sql}) - length(${value}) + 1) = ${value})`,
  // Any blob comes after any text.
  afterAllText: new Uint8Array(0),
  inList: (sql, list) => `${sql} in (select value from json_each(${list}))`,
  // Whole numbers keep all 64 bits.
  encodeList(column, values) {
    const items = values.map((value) => {
      const encoded = column.encode(value)
      return typeof encoded === 'bigint' ? encoded.toString() : JSON.stringify(encoded)
    })
    return `[${items.join()}]`
  },
  jsonTest: (sql, token) => `offstage_json(${sql}, ${token(({ path, op, value }) => JSON.stringify([path, op, value]))})`,
  search: (table, alias, _plain, words) => found(table, alias, words),
  // Descending, SQLite has nulls last by itself; said only where needed, because it can keep an index from being used.
  orderBy: ({ sql, desc, nullable }) => (desc ? `${sql} desc` : nullable ? `${sql} nulls last` : sql),
  // The cast keeps the value out of SQLite's planning: for a bare `limit ?` it would plan the statement anew at every call.
  limit: (token) => `cast(${token} as integer)`,
  encodeLimit: (rows) => rows,
  // Without a limit SQLite takes the order of a derived table for idle.
  noLimit: '-1',
  concat,
  list: ({ text: row, from }, counted) => `(select concat(${counted ? 'count(*), ' : ''}'[', group_concat(${row}), ']') from ${from})`,
  isTrue: (value) => value === 1,
  exactText: true,
  // Where the sum could pass 64 bits, the high and the low half are summed apart: enough for 2^31 rows.
  exactSum(sql, { field }) {
    if (isShort(field)) return { select: [`cast(sum(${sql}) as text)`], read: ([sum]) => BigInt(sum as string) }
    return {
      select: [`cast(sum((${sql}) >> 32) as text)`, `cast(sum((${sql}) & 4294967295) as text)`],
      read: ([high, low]) => (BigInt(high as string) << 32n) + BigInt(low as string),
    }
  },
  bucket: (sql, unit, _storage, token) => `offstage_bucket(${sql}, ${literal(unit)}, ${token(String)})`,
}
