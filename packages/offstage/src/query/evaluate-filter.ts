// Whether one row passes a filter, in memory: the reference that every store is compared with.

import { normaliseEmail, normaliseSearch } from '../schema/normalise.ts'
import type { Json, Row } from '../schema/kind.ts'
import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'
import { isMe } from './build.ts'
import type { Filter, Operand, Rank } from './tree.ts'
import { compareValues } from './values.ts'

/** Where rows on the other side of relations are found. */
export interface World {
  readonly registry: Registry
  /** All rows of a model, in wire form. */
  rows(model: string): readonly Row[]
}

export function matches(world: World, model: ModelDef, row: Row, filter: Filter): boolean {
  switch (filter.is) {
    case 'true':
      return true
    case 'false':
      return false
    case 'and':
      return filter.of.every((part) => matches(world, model, row, part))
    case 'or':
      return filter.of.some((part) => matches(world, model, row, part))
    case 'not':
      return !matches(world, model, row, filter.of)
    case 'some': {
      const field = model.fields.get(filter.field)!
      const target = world.registry.models.get(field.target!)!
      return others(world, field, row, filter.between).some((other) => matches(world, target, other, filter.where))
    }
    case 'exists': {
      const other = world.registry.models.get(filter.model)!
      return world.rows(filter.model).some((found) => matches(world, other, found, filter.where))
    }
    case 'search': {
      const texts = filter.fields.map((name) => searched(row, name))
      return filter.words.every((word) => texts.some((text) => text.includes(` ${word}`)))
    }
    case 'me':
      throw new Error('A rule must be bound to a caller before it is evaluated.')
    default:
      return leaf(filter, row, model)
  }
}

/** The words of a field, each with a space before and after. */
const searched = (row: Row, field: string): string => normaliseSearch(String(row[field] ?? ''))

export function rankOf(world: World, model: ModelDef, row: Row, { words, fields }: Rank): number {
  let sum = 0
  for (const { field, weight, mask } of fields) {
    if (mask && !matches(world, model, row, mask)) continue
    const text = searched(row, field)
    for (const word of words) sum += weight * (text.includes(` ${word} `) ? 2 : text.includes(` ${word}`) ? 1 : 0)
  }
  return sum
}

/** The rows on the other side of a reference or list, each once, in their own order. */
export function others(world: World, field: FieldDef, row: Row, between?: Filter): readonly Row[] {
  const rows = world.rows(field.target!)
  const target = world.registry.models.get(field.target!)!
  const key = target.columns[0]!.name
  if (field.kind.name === 'ref') {
    const id = row[field.name] ?? null
    return id === null ? [] : rows.filter((other) => other[key] === id)
  }
  const own = row[world.registry.models.get(field.model)!.columns[0]!.name]
  if (!field.through) return rows.filter((other) => other[field.via!] === own)
  const middle = world.registry.models.get(field.through)!
  const linked = new Set(
    world
      .rows(field.through)
      .filter((link) => link[field.via!] === own && (!between || matches(world, middle, link, between)))
      .map((link) => link[field.to!]),
  )
  return rows.filter((other) => linked.has(other[key]!))
}

type Leaf = Extract<Filter, { is: 'compare' | 'in' | 'null' | 'json' }>

/** A test on the row's own columns. Without a value, every comparison is false. */
export function leaf(filter: Leaf, row: Row, model: ModelDef): boolean {
  const value = row[filter.field] ?? null
  if (filter.is === 'null') return value === null
  if (value === null) return false
  if (filter.is === 'json') return jsonTest(value, filter.path, filter.op, filter.value)
  const field = model.fields.get(filter.field)!
  const { storage } = field.kind
  if (field.kind.name === 'email' && model.unique.flat().includes(field.name)) {
    // What makes two addresses the same to `unique` makes them equal here, and the same index serves both.
    const same = (other: Operand): boolean => normaliseEmail(String(other)) === normaliseEmail(String(value))
    if (filter.is === 'in') return filter.values.some((item) => !isMe(item) && same(item))
    if (filter.op === 'eq') return same(filter.value)
  }
  if (filter.is === 'in') return filter.values.some((item) => !isMe(item) && compareValues(storage, value, item) === 0)
  if (isMe(filter.value)) throw new Error('A rule must be bound to a caller before it is evaluated.')
  const operand = filter.value
  switch (filter.op) {
    case 'contains':
      return String(value).includes(String(operand))
    case 'startsWith':
      return String(value).startsWith(String(operand))
    case 'endsWith':
      return String(value).endsWith(String(operand))
  }
  const order = compareValues(storage, value, operand)
  switch (filter.op) {
    case 'eq':
      return order === 0
    case 'lt':
      return order < 0
    case 'lte':
      return order <= 0
    case 'gt':
      return order > 0
    case 'gte':
      return order >= 0
  }
}

export function jsonTest(value: Json, path: readonly string[], op: 'equals' | 'exists' | 'contains', wanted: Json): boolean {
  let found: Json | undefined = value
  for (const key of path) {
    found =
      typeof found === 'object' && found !== null && !Array.isArray(found) && Object.hasOwn(found, key)
        ? (found as { [key: string]: Json })[key]
        : undefined
    if (found === undefined) return false
  }
  if (op === 'exists') return true
  return op === 'equals' ? found === wanted : Array.isArray(found) && found.includes(wanted)
}
