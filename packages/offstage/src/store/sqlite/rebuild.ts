// A table with rows gets its new form by being copied: the one way that serves every change SQLite's ALTER TABLE has no words for.
// Every value must have somewhere to go and every column somewhere to come from, else it is a problem.

import type { Json } from '../../schema/kind.ts'
import type { Connection } from './connection.ts'
import type { Column } from '../sql/dialect.ts'
import type { Table } from '../sql/model.ts'
import { formOf } from './tables.ts'
import { literal, quote } from './values.ts'

/** A table as it was made. */
export interface KnownTable {
  readonly name: string
  readonly text: string
  readonly columns: readonly { readonly column: string; readonly form: string; readonly nullable: boolean }[]
}

export interface Change {
  /** For people: `created the table notes`. */
  readonly said: string
  readonly sql: readonly string[]
}

export interface Problem {
  readonly what: string
  readonly write: string
}

export interface Rebuild {
  readonly problems: readonly Problem[]
  readonly change?: Change
}

export function rebuild(connection: Connection, table: Table, old: KnownTable, text: string, now: () => Date): Rebuild {
  const problems: Problem[] = []
  const said: string[] = []
  const taken = new Set<string>()
  const wanted = new Set([...table.columns.values()].map(({ field }) => field.column))
  const sources = new Map<Column, string>()
  const any = (condition: string): boolean => connection.all(`select 1 from ${quote(old.name)} where ${condition} limit 1`, []).length > 0

  for (const column of table.columns.values()) {
    const { field } = column
    const place = `${field.model}.${field.name}`
    const renamed = old.columns.find((one) => one.column === field.renamedFrom && !wanted.has(one.column))
    const from = old.columns.find((one) => one.column === field.column) ?? renamed
    if (from) taken.add(from.column)
    if (from && from.form !== formOf(column) && any(`${quote(from.column)} is not null`)) {
      problems.push({
        what: `${place} would change from ${from.form} to ${formOf(column)}`,
        write: `keep the old type and add the new one under another name`,
      })
      continue
    }
    const kept = from && from.form === formOf(column) ? quote(from.column) : undefined
    const filler = fillerOf(column, now)
    if (!column.nullable && filler === undefined && (!kept || any(`${kept} is null`))) {
      problems.push({
        what: `${place} is required, and ${kept ? 'some rows have no value' : 'the rows that are there have none'}`,
        write: 'give it a .default(value), or make it .optional()',
      })
      continue
    }
    if (from && from === renamed) said.push(`renamed ${from.column} to ${field.column}`)
    else if (!from) said.push(`added ${field.column}`)
    sources.set(column, kept ? (column.nullable || filler === undefined ? kept : `coalesce(${kept}, ${filler})`) : (filler ?? 'null'))
  }
  for (const { column } of old.columns) {
    if (taken.has(column)) continue
    if (any(`${quote(column)} is not null`))
      problems.push({
        what: `${old.name}.${column} is declared no more, and has values`,
        write: `put the field back, or say where it went: .renamedFrom('${column}')`,
      })
    else said.push(`dropped ${column}, which was empty`)
  }
  if (problems.length > 0) return { problems }
  return { problems, change: { said: `${old.name}: ${said.join(', ') || 'limits changed'}`, sql: copy(table, sources, text) } }
}

function copy(table: Table, sources: ReadonlyMap<Column, string>, text: string): string[] {
  const next = quote(`${table.model.table}__new`)
  const names = [...[...sources.keys()].map(({ name }) => name), ...table.shadows.map(({ name }) => name)]
  const values = [...sources.values(), ...table.shadows.map(({ of, use }) => `offstage_${use}(${sources.get(of)})`)]
  return [
    text,
    `insert into ${next} (${names.join(', ')}) select ${values.join(', ')} from ${table.name}`,
    `drop table ${table.name}`,
    `alter table ${next} rename to ${table.name}`,
  ]
}

/** What rows get that have no value: a default that is the same for all of them. */
function fillerOf(column: Column, now: () => Date): string | undefined {
  const { field } = column
  if (field.default && 'value' in field.default) return constant(column, field.default.value)
  if (!field.own || field.name === 'id') return undefined
  return constant(column, field.name === 'version' ? 1 : now().toISOString())
}

function constant(column: Column, value: Json): string | undefined {
  const encoded = column.encode(value)
  if (encoded === null) return undefined
  return typeof encoded === 'string' ? literal(encoded) : String(encoded)
}
