// PostgreSQL's words for the shared emitter, and how it keeps the values of each kind. The driver gives every value as text.

import type { BucketUnit } from '../../query/tree.ts'
import type { Json } from '../../schema/kind.ts'
import type { FieldDef } from '../../schema/registry.ts'
import { offsetTable } from '../../query/buckets.ts'
import { unitsOf } from '../../query/values.ts'
import { literal, quote } from './column-text.ts'
import { limitText } from './limits.ts'
import { found } from './search-index.ts'
import type { Codec, Dialect, SqlValue, Token } from '../sql/dialect.ts'

const plain = (value: Json): SqlValue => value as SqlValue
const asIs = (sql: string): string => sql
const orNull = (sql: string): string => `coalesce(${sql}, 'null')`

const text: Codec = { encode: plain, decode: undefined, read: asIs, json: (sql) => orNull(`to_json(${sql})::text`) }
const number: Codec = { encode: plain, decode: Number, read: asIs, json: (sql) => orNull(`${sql}::text`) }
// Ids of adopted tables: numbers there, text on the wire.
const serial: Codec = { encode: plain, decode: undefined, read: asIs, json: (sql) => orNull(`'"' || ${sql}::text || '"'`) }
const date: Codec = serial
const decimal: Codec = serial
const boolean: Codec = { encode: plain, decode: (value) => value === 't', read: asIs, json: (sql) => orNull(`${sql}::text`) }
const json: Codec = {
  encode: (value) => (value === null ? null : JSON.stringify(value)),
  decode: (value) => JSON.parse(value as string) as Json,
  read: asIs,
  json: (sql) => orNull(`${sql}::text`),
}
const datetime: Codec = {
  encode: plain,
  decode: (value) => instant(value as string),
  read: asIs,
  json: (sql) => orNull(`to_char(${sql} at time zone 'UTC', '\\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\\"')`),
}

/** `2026-01-31 12:00:00.5+00` is `2026-01-31T12:00:00.500Z`. */
function instant(text: string): string {
  const fraction = text.length > 22 ? text.slice(20, -3).padEnd(3, '0') : '000'
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`
}

function codec({ kind }: FieldDef): Codec {
  switch (kind.storage) {
    case 'integer':
      return kind.name === 'integer' ? number : serial
    case 'real':
      return number
    case 'decimal':
      return decimal
    case 'boolean':
      return boolean
    case 'datetime':
      return datetime
    case 'date':
      return date
    case 'json':
      return json
    default:
      return text
  }
}

interface JsonTest {
  readonly path: readonly string[]
  readonly value: Json
}

// Strict paths go through objects only, never into the items of a list unless told to.
const pathOf = ({ path }: JsonTest): string => `strict $${path.map((key) => `.${JSON.stringify(key)}`).join('')}`
const tests = { exists: '', equals: ' ? (@ == $v)', contains: '[*] ? (@ == $v)' }

const formats: Readonly<Record<BucketUnit, string>> = {
  hour: 'YYYY-MM-DD"T"HH24":00"',
  day: 'YYYY-MM-DD',
  week: 'YYYY-MM-DD',
  month: 'YYYY-MM',
  year: 'YYYY',
}

interface Clock {
  readonly at: readonly string[]
  readonly seconds: readonly number[]
}

const clocks = new Map<string, Clock>()

/** All changes of the zone's clock there are, so that the parameters do not depend on the rows. */
function clockOf(zone: string): Clock {
  let clock = clocks.get(zone)
  if (!clock) {
    const table = offsetTable(zone, '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z')
    clocks.set(zone, (clock = { at: table.map(({ at }) => at), seconds: table.map(({ seconds }) => seconds) }))
  }
  return clock
}

/** Local time keeps to the years 1 to 9999. */
function localTime(sql: string, token: Token): string {
  const at = token((zone: string) => clockOf(zone).at)
  const shift = `(${token((zone: string) => clockOf(zone).seconds)}::int[])[width_bucket(${sql}, ${at}::timestamptz[])]`
  const local = `${sql} at time zone 'UTC' + ${shift} * interval '1 second'`
  // Neither bound may take the place of a missing value.
  return `case when ${sql} is null then null else greatest(least(${local}, timestamp '9999-12-31 23:59:59.999'), timestamp '0001-01-01') end`
}

export const postgresDialect: Dialect = {
  name: 'postgres',
  always: 'true',
  never: 'false',
  rows: 'whole',
  rowId: undefined,
  existsByRow: false,
  step: undefined,
  countRow: undefined,
  quote,
  literal,
  placeholder: (at) => `$${at}`,
  codec,
  encodeStep: (_column, step) => step,
  contains: (sql, value) => `(strpos(${sql}, ${value}) > 0)`,
  endsWith: (sql, value) => `(right(${sql}, length(${value})) = ${value})`,
  // The last code point there is, more often than a text that means anything begins with it.
  afterAllText: '\u{10ffff}'.repeat(1_000),
  inList: (sql, list) => `(${sql} = any(${list}))`,
  encodeList: (column, values) => values.map((value) => column.encode(value)),
  jsonTest(sql, token, op) {
    const path = token((test: JsonTest) => `${pathOf(test)}${tests[op]}`)
    const value = token(({ value: v }: JsonTest) => JSON.stringify({ v }))
    return `coalesce(jsonb_path_exists(${sql}::jsonb, ${path}::jsonpath, ${value}::jsonb, true), false)`
  },
  search: (table, alias, _plain, words) => found(table, alias, words),
  // Ascending, nulls are last by themselves; said only where needed, because it keeps an index from being read backwards.
  orderBy: ({ sql, desc, nullable }) => (desc ? `${sql} desc${nullable ? ' nulls last' : ''}` : sql),
  limit: limitText,
  encodeLimit: (rows) => rows,
  noLimit: 'all',
  concat: (pieces) => `(${pieces.map((piece, index) => (index === 0 ? `${piece}::text` : piece)).join(' || ')})`,
  list({ text: row, from, order }, counted) {
    const rows = `'[' || coalesce(string_agg(${row}, ','${order && ` order by ${order}`}), '') || ']'`
    return `(select ${counted ? 'count(*) || ' : ''}${rows} from ${from})`
  },
  isTrue: (value) => value === 't',
  exactText: true,
  exactSum: (sql) => ({ select: [`sum(${sql})`], read: ([sum]) => unitsOf(String(sum)).units }),
  bucket(sql, unit, storage, token) {
    const local = storage === 'date' ? `${sql}::timestamp` : localTime(sql, token)
    return `to_char(${unit === 'week' ? `date_trunc('week', ${local})` : local}, ${literal(formats[unit])})`
  },
}
