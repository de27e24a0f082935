// How SQLite keeps the values of each kind, and how they come back. Wire form in, wire form out.

import type { Json } from '../../schema/kind.ts'
import type { FieldDef } from '../../schema/registry.ts'
import { textOf, unitsOf } from '../../query/values.ts'

export type SqlValue = null | number | bigint | string | Uint8Array

/** One row of an answer: arrays are read faster than objects. */
export type SqlRow = readonly SqlValue[]

/** The logical type, as kept in the table of tables: two columns of one form hold values alike. */
export type Form = 'text' | 'integer' | 'key' | 'real' | 'boolean' | 'json' | `decimal(${number})`

export interface Column {
  readonly field: FieldDef
  /** Quoted. */
  readonly name: string
  readonly form: Form
  readonly type: 'TEXT' | 'INTEGER' | 'REAL'
  readonly nullable: boolean
  encode(value: Json): SqlValue
  /** Absent: the value is as SQLite gives it. Never called with null. */
  readonly decode: ((value: SqlValue) => Json) | undefined
  /** The expression that `decode` reads. */
  read(sql: string): string
  /** The expression whose value is the JSON text of the value, never null. */
  json(sql: string): string
}

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const largest = 2n ** 63n - 1n
const plain = (value: Json): SqlValue => value as SqlValue
const asIs = (sql: string): string => sql
const orNull = (sql: string): string => `coalesce(${sql}, 'null')`

type Codec = Omit<Column, 'field' | 'name' | 'nullable'>

const text: Codec = { form: 'text', type: 'TEXT', encode: plain, decode: undefined, read: asIs, json: (sql) => `json_quote(${sql})` }
const integer: Codec = { ...text, form: 'integer', type: 'INTEGER' }
const real: Codec = { ...text, form: 'real', type: 'REAL' }
// Ids of adopted tables: numbers there, text on the wire.
const key: Codec = {
  form: 'key',
  type: 'INTEGER',
  encode: (value) => (value === null ? null : Number(value)),
  decode: String,
  read: asIs,
  json: (sql) => `json_quote(cast(${sql} as text))`,
}
const boolean: Codec = {
  form: 'boolean',
  type: 'INTEGER',
  encode: (value) => (value === null ? null : value ? 1 : 0),
  decode: (value) => value === 1,
  read: asIs,
  json: (sql) => `case ${sql} when 1 then 'true' when 0 then 'false' else 'null' end`,
}
const json: Codec = {
  form: 'json',
  type: 'TEXT',
  encode: (value) => (value === null ? null : JSON.stringify(value)),
  decode: (value) => JSON.parse(value as string) as Json,
  read: asIs,
  json: orNull,
}

/** Scaled to whole units, so that sums and comparisons are exact; printed by text, because JavaScript's numbers end at 2^53. */
function decimal(scale: number): Codec {
  return {
    form: `decimal(${scale})`,
    type: 'INTEGER',
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

/** A comparison value beyond what a column can hold compares as the largest one: 18 digits never reach it. */
export function units(value: string, scale: number): bigint {
  const exact = unitsOf(value)
  const scaled = exact.scale <= scale ? exact.units * 10n ** BigInt(scale - exact.scale) : exact.units / 10n ** BigInt(exact.scale - scale)
  return scaled > largest ? largest : scaled < -largest ? -largest : scaled
}

function codec(field: FieldDef): Codec {
  switch (field.kind.storage) {
    case 'integer':
      return field.kind.name === 'integer' ? integer : key
    case 'real':
      return real
    case 'decimal':
      return decimal(field.options['scale'] as number)
    case 'boolean':
      return boolean
    case 'json':
      return json
    default:
      return text
  }
}

export function columnOf(field: FieldDef): Column {
  return { ...codec(field), field, name: quote(field.column), nullable: field.optional }
}
