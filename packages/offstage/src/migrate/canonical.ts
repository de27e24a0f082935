// One order for everything in a blueprint: databases and people may order columns as they like, so order is never a difference.

import type { Json } from '../schema/kind.ts'
import type { Blueprint, ColumnDef, IndexDef, TableDef } from '../store/blueprint.ts'

export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0

/** The same blueprint in the one order that two can be compared in: by names, the key before the other columns. */
export function canonical(blueprint: Blueprint): Blueprint {
  return { tables: blueprint.tables.map(canonicalTable).toSorted(byName) }
}

function canonicalTable({ name, columns, indexes }: TableDef): TableDef {
  const [key, ...others] = columns.map(canonicalColumn)
  return {
    name,
    columns: key ? [key, ...others.toSorted(byName)] : [],
    indexes: indexes.map(canonicalIndex).toSorted(byName),
  }
}

function canonicalColumn(column: ColumnDef): ColumnDef {
  const { name, type, nullable, min, max, choices, references, shadow } = column
  return {
    name,
    type,
    nullable,
    ...(column.default !== undefined && { default: column.default }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(choices && { choices: [...choices] }),
    ...(references && { references: { table: references.table, column: references.column } }),
    ...(shadow && { shadow: { of: shadow.of, use: shadow.use } }),
  }
}

const canonicalIndex = ({ name, columns, unique, search }: IndexDef): IndexDef => ({
  name,
  columns: [...columns],
  unique,
  ...(search && { search }),
})

/** JSON in which the keys of objects are sorted: equal things give equal text. `undefined` is left out, as JSON does. */
export function sortedJson(value: unknown, indent?: number): string {
  return JSON.stringify(sorted(value as Json), undefined, indent)
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value as Readonly<Record<string, Json>>)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]))
}

export const withoutReference = ({ references: _, ...column }: ColumnDef): ColumnDef => column
export const withoutDefault = ({ default: _, ...column }: ColumnDef): ColumnDef => column

/** Whether two columns, indexes, tables or operations say the same. */
export const same = (a: unknown, b: unknown): boolean => a === b || sortedJson(a) === sortedJson(b)

export const named = <T extends { readonly name: string }>(list: readonly T[], name: string): T | undefined =>
  list.find((one) => one.name === name)
