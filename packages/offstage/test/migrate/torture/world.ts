// What there is: models, the rows that their tables must hold, and what a migration under way does to both.

import { physicalName, type Blueprint, type ColumnDef, type TableDef } from '../../../src/store/blueprint.ts'
import { isTextual, lengthOf } from '../../../src/store/conversions.ts'
import type { Json } from '../../../src/schema/kind.ts'
import { columnOf, tableOf, type FieldSpec, type ModelSpec } from './models.ts'
import { allows, expectedValue } from './values.ts'

export type Row = Record<string, Json>
/** By table and key; without the copies that Offstage keeps. */
export type Rows = Record<string, Record<string, Row>>

export interface World {
  models: ModelSpec[]
  rows: Rows
  /** What was put aside: tables, and columns of tables (`posts._dropped_20260201_title`). */
  aside: string[]
}

/** A world in the middle of being edited. */
export class Draft {
  readonly before: World
  readonly world: World
  readonly says: string[] = []
  /** Old names of what goes: `posts`, `posts.title`, `posts.status.draft`. */
  readonly drops: string[] = []
  /** By new names. */
  readonly fills: Record<string, Json> = {}
  /** The values that a step of code gives out by turns. */
  readonly data: Record<string, readonly Json[]> = {}
  readonly keep: boolean
  readonly now: Date
  readonly day: string
  loses = false
  /** What was changed already, and is left alone for the rest of this migration. */
  readonly touched = new Set<unknown>()

  constructor(before: World, keep: boolean, now: Date) {
    this.before = before
    this.world = structuredClone(before)
    for (const model of this.world.models) {
      model.was = tableOf(model)
      for (const field of model.fields) {
        field.was = columnOf(field)
        delete field.renamedChoices
      }
    }
    this.keep = keep
    this.now = now
    this.day = now.toISOString().slice(0, 10).replaceAll('-', '')
  }

  get models(): ModelSpec[] {
    return this.world.models
  }
  rowsOf(model: ModelSpec): Row[] {
    return Object.values(this.world.rows[tableOf(model)] ?? {})
  }
  asideName(name: string): string {
    return physicalName(`_dropped_${this.day}_${name}`)
  }

  /** No name that is there, or was before this migration; case does not count. */
  freeColumn(model: ModelSpec, name: string): boolean {
    const old = this.before.models.find((one) => tableOf(one) === model.was)
    const taken = [...model.fields, ...(old?.fields ?? [])].flatMap((field) => [field.name, columnOf(field)])
    const wanted = name.toLowerCase()
    return ![...taken, 'id', 'createdAt', 'updatedAt', 'version'].some((one) => one.toLowerCase() === wanted)
  }
  freeTable(name: string): boolean {
    const taken = [...this.models, ...this.before.models].flatMap((model) => [model.name, tableOf(model)])
    return !taken.some((one) => one.toLowerCase() === name.toLowerCase())
  }

  setColumn(model: ModelSpec, column: string, value: (row: Row) => Json): void {
    for (const row of this.rowsOf(model)) row[column] = value(row)
  }
  /** The values of a column that goes: put aside, or gone. */
  removeColumn(model: ModelSpec, column: string): void {
    const aside = this.asideName(column)
    for (const row of this.rowsOf(model)) {
      if (this.keep) row[aside] = row[column]!
      delete row[column]
    }
    if (this.keep) this.world.aside.push(`${tableOf(model)}.${aside}`)
    else this.loses = true
  }
  renameColumn(model: ModelSpec, from: string, to: string): void {
    for (const row of this.rowsOf(model)) {
      const value = row[from]!
      delete row[from]
      row[to] = value
    }
  }
  moveTable(from: string, to: string): void {
    const { rows } = this.world
    rows[to] = rows[from] ?? {}
    delete rows[from]
    this.world.aside = this.world.aside.map((path) => (path.startsWith(`${from}.`) ? `${to}${path.slice(from.length)}` : path))
  }
}

export const fieldsThat = (model: ModelSpec, draft: Draft, fits: (field: FieldSpec) => boolean): FieldSpec[] =>
  model.fields.filter((field) => field.was !== undefined && !draft.touched.has(field) && fits(field))

/** Values given out by turns: what the step of code does in its own words. */
export const givenTo = (key: string, values: readonly Json[]): Json =>
  values[[...key].reduce((sum, one) => sum + one.codePointAt(0)!, 0) % values.length]!

/** What is wrong with the rows for these tables; undefined: nothing, a database must take them. */
export function complaint({ tables }: Blueprint, rows: Rows): string | undefined {
  if (new Set(tables.map(({ name }) => name.toLowerCase())).size < tables.length) return 'two models have one table'
  for (const table of tables) {
    const all = Object.values(rows[table.name] ?? {})
    for (const column of table.columns.filter(({ shadow }) => !shadow)) {
      for (const row of all) {
        const value = row[column.name]
        if (value === undefined) return `${table.name}.${column.name} has no value`
        if (!allows(column, value)) return `${table.name}.${column.name} does not allow ${JSON.stringify(value)}`
        if (value !== null && column.references && !rows[column.references.table]?.[String(value)])
          return `${table.name}.${column.name} refers to ${String(value)}, which is not there`
      }
    }
    const twice = table.indexes.find((index) => index.unique && hasTwins(table, index.columns, all))
    if (twice) return `${twice.name} has twins`
    const wide = table.indexes.find((index) => index.unique && widthOf(table, index.columns) > widest)
    if (wide) return `${wide.name} is too wide for some databases`
  }
  return undefined
}

/** Characters that MySQL keeps unique at most. */
const widest = 768

const widthOf = ({ columns }: TableDef, names: readonly string[]): number =>
  names.reduce((sum, name) => {
    const { type } = columns.find((one) => one.name === name)!
    return sum + (isTextual(type) ? Math.max(lengthOf(type), 64) : 6)
  }, 0)

function hasTwins({ columns }: TableDef, names: readonly string[], rows: readonly Row[]): boolean {
  const defs = names.map((name): ColumnDef => columns.find((one) => one.name === name)!)
  const seen = new Set<string>()
  for (const row of rows) {
    const values = defs.map((column) => expectedValue(column, row))
    if (values.some((value) => value === null)) continue
    const text = JSON.stringify(values)
    if (seen.has(text)) return true
    seen.add(text)
  }
  return false
}
