// How MySQL and MariaDB keep the values of each kind.

import type { Json } from '../../schema/kind.ts'
import type { FieldDef } from '../../schema/registry.ts'
import type { Codec, SqlValue } from '../sql/dialect.ts'

/** For sessions with NO_BACKSLASH_ESCAPES, as all of ours are. Its collation is that of the session, and so of all text beside it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const plain = (value: Json): SqlValue => value as SqlValue
const asIs = (sql: string): string => sql
const orNull = (sql: string): string => `coalesce(${sql}, 'null')`
const quoted = (sql: string): string => orNull(`concat('"', ${sql}, '"')`)

/** The characters that JSON writes otherwise, but quote and backslash. */
const controls = Array.from({ length: 31 }, (_, i) => String.fromCodePoint(i + 1))
const replaced = (sql: string, from: string, to: string): string => `replace(${sql}, ${literal(from)}, ${literal(to)})`

/** As `JSON.stringify` has it. The servers' own function prints control characters in another way. */
function jsonText(sql: string): string {
  const common = replaced(replaced(sql, '\\', '\\\\'), '"', '\\"')
  const rare = controls.reduce((so, one) => replaced(so, one, JSON.stringify(one).slice(1, -1)), common)
  const inner = `case when ${sql} regexp '[\\x01-\\x1f]' then ${rare} else ${common} end`
  return quoted(inner)
}

const text: Codec = { encode: plain, decode: undefined, read: asIs, json: jsonText }
const integer: Codec = {
  encode: (value) => (Number.isSafeInteger(value) ? BigInt(value as number) : (value as SqlValue)),
  decode: undefined,
  read: asIs,
  json: orNull,
}
// Ids of adopted tables: numbers there, text on the wire.
const serial: Codec = {
  encode: (value) => (value !== null && Number.isSafeInteger(Number(value)) ? BigInt(Number(value)) : null),
  decode: String,
  read: asIs,
  json: quoted,
}
// MariaDB thinks that no double has over 22 characters, and cuts those that do where texts are joined.
const real: Codec = { encode: plain, decode: undefined, read: asIs, json: (sql) => orNull(`cast(${sql} as char(40))`) }
const boolean: Codec = {
  encode: (value) => (value === null ? null : value ? 1n : 0n),
  decode: (value) => value === 1,
  read: asIs,
  json: (sql) => `case ${sql} when 1 then 'true' when 0 then 'false' else 'null' end`,
}
const decimal: Codec = {
  encode: plain,
  // Beside text, the servers would calculate with doubles.
  parameter: (token) => `cast(${token} as decimal(65,30))`,
  decode: undefined,
  read: asIs,
  json: quoted,
}
const json: Codec = {
  encode: (value) => (value === null ? null : JSON.stringify(value)),
  decode: (value) => JSON.parse(value as string) as Json,
  read: asIs,
  json: orNull,
}
const date: Codec = { encode: plain, decode: undefined, read: asIs, json: quoted }
const datetime: Codec = {
  encode: (value) => (value === null ? null : `${(value as string).slice(0, 10)} ${(value as string).slice(11, 23)}`),
  decode: (value) => instant(value as string),
  read: asIs,
  json: (sql) => orNull(`concat(left(date_format(${sql}, '"%Y-%m-%dT%H:%i:%s.%f'), 24), 'Z"')`),
}

/** The driver leaves out a fraction that is zero. */
function instant(shown: string): string {
  const fraction = shown.length > 20 ? shown.slice(20, 23).padEnd(3, '0') : '000'
  return `${shown.slice(0, 10)}T${shown.slice(11, 19)}.${fraction}Z`
}

export function codecOf({ kind }: FieldDef): Codec {
  switch (kind.storage) {
    case 'integer':
      return kind.name === 'integer' ? integer : serial
    case 'text':
      return text
    default:
      return { real, boolean, decimal, json, date, datetime }[kind.storage]
  }
}
