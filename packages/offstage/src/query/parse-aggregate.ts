// Aggregates as JSON or TypeScript objects:
// { where, search, group: ['status', 'customer.city', { placedAt: 'month' }], zone: 'Europe/Berlin',
//   measures: { orders: 'count', revenue: { sum: 'total' } }, having: { revenue: { gte: '10.00' } }, sort: '-revenue', limit: 10 }
// A group goes by the path it was written as. The answer is always in one order: after `sort` by the groups, ascending.

import { OffstageError } from '../base/errors.ts'
import { isPlain } from '../base/realms.ts'
import { ValueError, type MeasureName } from '../schema/kind.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { bucketUnits, canonicalZone } from './buckets.ts'
import { always, and, equal, isIn, not, or } from './build.ts'
import { maxGroups } from './limits.ts'
import { outputColumns, readOutput, type OutputColumn } from './measures.ts'
import { quote, unknownField } from './names.ts'
import { count, entries, parseWhere, type Parsing } from './parse-filter.ts'
import { badParameter, parseLimit, parseSearch, parseTerm, startParsing, unknownKey, WrongWords, type ParseOptions } from './parse-json.ts'
import type { Aggregate, BucketUnit, CompareOp, Filter, Group, Measure } from './tree.ts'

const keys = new Set(['where', 'search', 'group', 'zone', 'measures', 'having', 'sort', 'limit'])
export const measureNames: ReadonlySet<string> = new Set(['count', 'countDistinct', 'sum', 'avg', 'min', 'max'])

export function parseAggregate(registry: Registry, model: string, aggregate: unknown, options: ParseOptions = {}): Aggregate {
  const { parsing, def } = startParsing(registry, model, options)
  return readAggregate(parsing, def, aggregate)
}

export function readAggregate(parsing: Parsing, def: ModelDef, input: unknown): Aggregate {
  const given = new Map(entries(input, 'An aggregate'))
  for (const key of given.keys()) if (!keys.has(key)) throw unknownKey(key, keys)
  const where = given.has('where') ? parseWhere(parsing, def, given.get('where')) : always
  const search = given.has('search') ? parseSearch(parsing, def, given.get('search')) : always
  const group = parseGroups(parsing, def, given.get('group'), parseZone(given.get('zone')))
  const measures = parseMeasures(parsing, def, given.get('measures'), group)
  const columns = outputColumns(parsing.registry, { model: def.name, group, measures })
  return {
    model: def.name,
    where: and([where, search]),
    group,
    measures,
    having: given.has('having') ? parseHaving(parsing, columns, given.get('having'), 0) : always,
    sort: parseOrder(parsing, columns, group, given.get('sort')),
    limit: parseLimit(given.get('limit'), maxGroups),
  }
}

function parseZone(zone: unknown): string {
  if (zone === undefined) return 'UTC'
  const expected = "'zone' takes the name of a time zone, such as 'Europe/Berlin'."
  if (typeof zone !== 'string') throw badParameter(expected)
  const known = canonicalZone(zone)
  if (known === undefined) throw new WrongWords('invalid_filter', expected)
  return known
}

function parseGroups(parsing: Parsing, def: ModelDef, input: unknown, zone: string): readonly Group[] {
  const list: unknown[] = input === undefined ? [] : Array.isArray(input) ? Array.from(input) : [input]
  if (list.length > parsing.limits.groups) throw badParameter(`'group' takes at most ${parsing.limits.groups} keys.`)
  const groups = list.map((item) => {
    if (typeof item === 'string') return parseGroup(parsing, def, item, undefined, zone)
    const pairs = isPlain(item) ? entries(item, 'group') : []
    if (pairs.length !== 1)
      throw badParameter("'group' takes field names, and { field: unit } with a unit of time: ['status', { placedAt: 'month' }].")
    return parseGroup(parsing, def, pairs[0]![0], pairs[0]![1], zone)
  })
  for (const [i, group] of groups.entries()) {
    if (groups.findIndex((other) => other.as === group.as) < i) throw badParameter(`'group' names ${quote(group.as)} twice.`)
  }
  return groups
}

export function parseGroup(parsing: Parsing, def: ModelDef, path: string, unit: unknown, zone: string): Group {
  const { term, field } = parseTerm(parsing, def, path)
  if (!field.kind.groupable) throw badParameter(`${field.model}.${field.name} is ${field.kind.name}, which cannot be grouped by.`)
  if (unit === undefined) return { as: path, term }
  const units =
    field.kind.storage === 'datetime' ? bucketUnits : field.kind.storage === 'date' ? bucketUnits.filter((name) => name !== 'hour') : []
  if (!units.includes(unit as BucketUnit)) {
    throw badParameter(
      units.length > 0
        ? `${field.model}.${field.name} can be grouped by: ${units.join(' ')}.`
        : `${field.model}.${field.name} is ${field.kind.name} and has no ${quote(String(unit))} to group by.`,
    )
  }
  // A date is the same day everywhere.
  return { as: path, term, bucket: { unit: unit as BucketUnit, zone: field.kind.storage === 'date' ? 'UTC' : zone } }
}

function parseMeasures(parsing: Parsing, def: ModelDef, input: unknown, groups: readonly Group[]): readonly Measure[] {
  const list = input === undefined ? [] : entries(input, 'measures')
  if (list.length === 0 && groups.length === 0)
    throw badParameter("An aggregate takes measures: { orders: 'count', revenue: { sum: 'total' } }.")
  if (list.length > parsing.limits.measures) throw badParameter(`'measures' takes at most ${parsing.limits.measures}.`)
  return list.map(([as, value]) => {
    if (!/^[A-Za-z][A-Za-z0-9_.]{0,99}$/.test(as)) throw badParameter(`${quote(as)} is no name for a measure; use letters, digits and '_'.`)
    if (groups.some((group) => group.as === as)) throw badParameter(`${quote(as)} is a group and a measure; choose another name.`)
    if (value === 'count') return { as, fn: 'count' }
    const pairs = isPlain(value) ? entries(value, `measures.${as}`) : []
    const [fn, path] = pairs.length === 1 ? pairs[0]! : []
    if (typeof path !== 'string' || !measureNames.has(fn!))
      throw badParameter(`measures.${as} takes 'count', or one of { countDistinct | sum | avg | min | max | count: 'field' }.`)
    return parseMeasure(parsing, def, as, fn as MeasureName, path)
  })
}

export function parseMeasure(parsing: Parsing, def: ModelDef, as: string, fn: MeasureName, path: string): Measure {
  const { term, field } = parseTerm(parsing, def, path)
  if (!field.kind.measures.includes(fn)) throw badParameter(`${field.model}.${field.name} is ${field.kind.name}, which has no ${fn}.`)
  return { as, fn, term }
}

function parseOrder(
  parsing: Parsing,
  columns: ReadonlyMap<string, OutputColumn>,
  groups: readonly Group[],
  input: unknown,
): Aggregate['sort'] {
  const list = input === undefined ? [] : typeof input === 'string' ? [input] : input
  if (!Array.isArray(list) || !list.every((key) => typeof key === 'string') || list.length > parsing.limits.sortKeys) {
    throw badParameter(`'sort' takes at most ${parsing.limits.sortKeys} names of groups or measures, '-' before one for descending.`)
  }
  const sorts = (list as string[]).map((key) => {
    const desc = key.startsWith('-')
    const as = desc ? key.slice(1) : key
    if (!columns.has(as)) throw unknownField('This aggregate', as)
    return { as, desc }
  })
  return [
    ...sorts,
    ...groups.filter((group) => !sorts.some((sort) => sort.as === group.as)).map((group) => ({ as: group.as, desc: false })),
  ]
}

const order: ReadonlySet<string> = new Set(['lt', 'lte', 'gt', 'gte'])

function parseHaving(parsing: Parsing, columns: ReadonlyMap<string, OutputColumn>, input: unknown, depth: number): Filter {
  if (depth > parsing.limits.filterNesting) throw badParameter(`'having' may nest ${parsing.limits.filterNesting} levels deep.`)
  return and(
    entries(input, 'having').map(([key, value]) => {
      if (key === 'not') return not(parseHaving(parsing, columns, value, depth + 1))
      if (key === 'and' || key === 'or') {
        if (!Array.isArray(value)) throw badParameter(`'${key}' takes a list of filters.`)
        const parts = Array.from(value, (part) => parseHaving(parsing, columns, part, depth + 1))
        return key === 'and' ? and(parts) : or(parts)
      }
      const column = columns.get(key)
      if (!column) throw unknownField('This aggregate', key)
      return onColumn(parsing, column, value, depth)
    }),
  )
}

function onColumn(parsing: Parsing, column: OutputColumn, value: unknown, depth: number): Filter {
  count(parsing)
  if (depth > parsing.limits.filterNesting) throw badParameter(`'having' may nest ${parsing.limits.filterNesting} levels deep.`)
  if (value === null) return { is: 'null', field: column.as }
  if (!isPlain(value)) return equal(column.as, operand(column, value))
  const list = entries(value, `having.${column.as}`)
  if (list.length === 0) throw badParameter(`having.${column.as} has no operator.`)
  return and(list.map(([key, item]) => onOperator(parsing, column, key, item, depth)))
}

function onOperator(parsing: Parsing, column: OutputColumn, key: string, value: unknown, depth: number): Filter {
  if (key === 'not') return not(onColumn(parsing, column, value, depth + 1))
  if (key === 'null' && typeof value === 'boolean') return value ? { is: 'null', field: column.as } : not({ is: 'null', field: column.as })
  if ((key === 'in' || key === 'notIn') && Array.isArray(value) && value.length <= parsing.limits.inItems) {
    const found = isIn(
      column.as,
      Array.from(value, (item) => operand(column, item)),
    )
    return key === 'in' ? found : not(found)
  }
  if (!order.has(key) || column.storage === 'boolean')
    throw badParameter(`having.${column.as} cannot be compared by ${quote(key)} with this value.`)
  return { is: 'compare', field: column.as, op: key as CompareOp, value: operand(column, value) }
}

function operand(column: OutputColumn, value: unknown): string | number | boolean {
  try {
    const read = value === null ? undefined : readOutput(column, value)
    if (read !== undefined) return read as string | number | boolean
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
  }
  throw new OffstageError('invalid_filter', { detail: `The value for having.${column.as} does not fit.` })
}
