// What tables the models want, said without any database's words: what stores build from, what a migration's snapshot keeps, and
// what two versions of an app are compared by.

import { createHash } from 'node:crypto'
import type { Json } from '../schema/kind.ts'
import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'

/**
 * `uuid` and `key` are ids as text, `serial` is an id kept as a whole number. `text(255)` and `text(768)` are texts of at most so many
 * code points, which every database can index whole; `text` is any other. `json` keeps its text as it was written.
 */
export type ColumnType =
  | 'uuid'
  | 'key'
  | 'serial'
  | 'text(255)'
  | 'text(768)'
  | 'text'
  | 'integer'
  | 'real'
  | `decimal(${number},${number})`
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'json'

export interface ColumnDef {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
  /** A constant, in wire form, kept in the database too: so that a node of the version before can still insert rows. */
  readonly default?: Json
  /** Limits that the database checks, because arithmetic in it could break them. In wire form. */
  readonly min?: number | string
  readonly max?: number | string
  readonly choices?: readonly string[]
  /** The column of another table (its key) that this one refers to. */
  readonly references?: { readonly table: string; readonly column: string }
  /** A normalised copy of another column, kept by Offstage: nullable, always `text` or `text(255)`. */
  readonly shadow?: { readonly of: string; readonly use: ShadowUse }
}

export type ShadowUse = 'email' | 'search'

export interface IndexDef {
  readonly name: string
  readonly columns: readonly string[]
  readonly unique: boolean
  /** Finds rows by the beginnings of words in these shadows, which stand in order of their names. */
  readonly search?: true
}

export interface TableDef {
  readonly name: string
  /** In declared order; the first is the key. */
  readonly columns: readonly ColumnDef[]
  readonly indexes: readonly IndexDef[]
}

export interface Blueprint {
  /** In order of their names. */
  readonly tables: readonly TableDef[]
}

/** The ending cannot clash with a declared name, which has no underscore. */
export const shadowName = (column: string, use: ShadowUse): string => `${column}__${endings[use]}`

// Older databases have `__search`, which held the whole text.
const endings: Readonly<Record<ShadowUse, string>> = { email: 'email', search: 'words' }

/** PostgreSQL cuts names at 63 bytes, MySQL refuses over 64 characters: a longer one ends in a hash of itself. */
export function physicalName(...parts: readonly string[]): string {
  const name = parts.join('__')
  if (Buffer.byteLength(name) <= 63) return name
  return `${[...name].slice(0, 40).join('')}__${hashOf(name)}`
}

/** Eight hexadecimal digits of the content of a thing: in the name of a CHECK they tell whether it still says the same. */
export const hashOf = (content: unknown): string => createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8)

/** The name of the CHECK of a column, which changes with what it checks; undefined when nothing is to be checked. */
export function checkName(table: string, column: ColumnDef): string | undefined {
  const { name, type, min, max, choices } = column
  const always = type === 'integer' || type === 'real'
  if (!always && min === undefined && max === undefined && choices === undefined) return undefined
  return physicalName(table, name, hashOf([type, min ?? null, max ?? null, choices ?? null]))
}

export const referenceName = (table: string, column: string): string => physicalName(table, column, 'ref')

export function blueprintOf(registry: Registry): Blueprint {
  const tables = [...registry.models.values()].filter(({ adopted }) => !adopted).map((model) => tableOf(registry, model))
  return { tables: tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
}

function tableOf(registry: Registry, model: ModelDef): TableDef {
  const unique = new Set(model.unique.flat())
  const columns = model.columns.map((field) => columnDef(registry, field))
  for (const field of model.columns) {
    const shadow = (use: ShadowUse, type: ColumnType): void => {
      columns.push({ name: shadowName(field.column, use), type, nullable: true, shadow: { of: field.column, use } })
    }
    if (field.kind.name === 'email' && unique.has(field.name)) {
      // Beside others in an index there is no room for more.
      const grouped = model.unique.some((group) => group.length > 1 && group.includes(field.name))
      shadow('email', grouped ? 'text(255)' : 'text(768)')
    }
    if (field.searchable) shadow('search', 'text')
  }
  const search = searchIndexOf(model)
  return { name: model.table, columns, indexes: [...indexesOf(model), ...(search ? [search] : [])] }
}

function columnDef(registry: Registry, field: FieldDef): ColumnDef {
  const { options } = field
  const fixed = field.default && 'value' in field.default ? field.default.value : null
  const limited = ['integer', 'number', 'decimal'].includes(field.kind.name)
  const target = field.kind.name === 'ref' ? registry.models.get(field.target ?? '') : undefined
  return {
    name: field.column,
    type: typeOf(field),
    nullable: field.optional,
    ...(fixed !== null && field.kind.storage !== 'json' && { default: fixed }),
    ...(limited && options['min'] !== undefined && { min: options['min'] as number | string }),
    ...(limited && options['max'] !== undefined && { max: options['max'] as number | string }),
    ...(field.kind.name === 'enum' && { choices: options['choices'] as readonly string[] }),
    ...(target && { references: { table: target.table, column: target.columns[0]!.column } }),
  }
}

function typeOf({ kind, options }: FieldDef): ColumnType {
  if (kind.name === 'id' || kind.name === 'ref') {
    const form = options['form'] as 'uuid' | 'key' | 'serial'
    return form
  }
  switch (kind.storage) {
    case 'decimal':
      return `decimal(${options['precision'] as number},${options['scale'] as number})`
    case 'text': {
      const max = kind.name === 'email' || kind.name === 'enum' ? 255 : Number(options['max'] ?? Infinity)
      return max <= 255 ? 'text(255)' : max <= 768 ? 'text(768)' : 'text'
    }
    default:
      return kind.storage
  }
}

/** Undefined where a model has nothing to search in. */
export function searchIndexOf(model: ModelDef): IndexDef | undefined {
  const columns = model.columns.filter((field) => field.searchable).map((field) => shadowName(field.column, 'search'))
  if (columns.length === 0) return undefined
  return { name: physicalName(model.table, 'search'), columns: columns.toSorted(), unique: false, search: true }
}

function indexesOf(model: ModelDef): IndexDef[] {
  const indexes = new Map<string, IndexDef>()
  const field = (name: string): FieldDef => model.fields.get(name)!
  const id = model.columns[0]!
  const byShadow = (name: string): boolean => field(name).kind.name === 'email'
  const add = (names: readonly string[], use: 'unique' | 'index'): void => {
    const columns = names.map((name) => (use === 'unique' && byShadow(name) ? shadowName(field(name).column, 'email') : field(name).column))
    // Every order ends with the id, so an index that does too needs no sorting.
    if (use === 'index' && names.at(-1) !== id.name) columns.push(id.column)
    const parts = [model.table, names.map((one) => field(one).column).join('_'), use]
    const same = indexes.get(physicalName(...parts))
    if (same && same.columns.join() === columns.join()) return
    // `a_b` may be one column or two.
    const name = same ? physicalName(...parts, hashOf(columns)) : physicalName(...parts)
    indexes.set(name, { name, columns, unique: use === 'unique' })
  }
  for (const names of model.unique) if (names.length !== 1 || names[0] !== id.name) add(names, 'unique')
  // A unique index finds as well as another would; that of an email is on its shadow, and does not.
  const found = (name: string): boolean => model.unique.some((group) => group.length === 1 && group[0] === name) && !byShadow(name)
  for (const names of model.index) if (names.length > 1 || !found(names[0]!)) add(names, 'index')
  return [...indexes.values()]
}
