// Aggregates in memory, and the last steps of one that every store shares: `having`, order, limit.

import { OffstageError } from '../base/errors.ts'
import type { Json, Row } from '../schema/kind.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { bucketOf } from './buckets.ts'
import { isMe } from './build.ts'
import { matches, type World } from './evaluate-filter.ts'
import { termValue } from './evaluate.ts'
import { maxGroups } from './limits.ts'
import { mean, outputColumns, scaleOf, termField, wholeNumber, type OutputColumn } from './measures.ts'
import type { Aggregate, Filter, Group, Measure } from './tree.ts'
import { compareNullable, compareValues, textOf, unitsOf } from './values.ts'

export function evaluateAggregate(
  registry: Registry,
  rowsByModel: ReadonlyMap<string, readonly Row[]>,
  aggregate: Aggregate,
): readonly Row[] {
  const world: World = { registry, rows: (model) => rowsByModel.get(model) ?? [] }
  const model = registry.models.get(aggregate.model)!
  const groups = new Map<string, { readonly key: Row; readonly rows: Row[] }>()
  // Without groups there is one answer, also over no rows.
  if (aggregate.group.length === 0) groups.set('[]', { key: {}, rows: [] })
  for (const row of world.rows(aggregate.model)) {
    if (!matches(world, model, row, aggregate.where)) continue
    const values = aggregate.group.map((group) => groupValue(world, model, row, group))
    const text = JSON.stringify(values)
    let group = groups.get(text)
    if (!group) groups.set(text, (group = { key: Object.fromEntries(aggregate.group.map(({ as }, i) => [as, values[i]!])), rows: [] }))
    group.rows.push(row)
  }
  const rows = [...groups.values()].map((group): Row => ({
    ...group.key,
    ...Object.fromEntries(aggregate.measures.map((measure) => [measure.as, measureValue(world, model, group.rows, measure)])),
  }))
  return finishAggregate(registry, aggregate, rows)
}

function groupValue(world: World, model: ModelDef, row: Row, { term, bucket }: Group): Json {
  const value = termValue(world, model, row, term)
  return bucket && typeof value === 'string' ? bucketOf(value, bucket.unit, bucket.zone) : value
}

function measureValue(world: World, model: ModelDef, rows: readonly Row[], { fn, term }: Measure): Json {
  if (!term) return rows.length
  const values = rows.map((row) => termValue(world, model, row, term)).filter((value) => value !== null)
  const field = termField(world.registry, model, term)
  if (fn === 'count') return values.length
  if (fn === 'countDistinct') return new Set(values).size
  if (values.length === 0) return null
  if (fn === 'sum' || fn === 'avg')
    return field.kind.storage === 'real'
      ? sumOfFloats(values as number[], fn)
      : exactSum(values, scaleOf(field), field.kind.storage === 'decimal', fn)
  return values.reduce((best, value) => (compareValues(field.kind.storage, value, best) < 0 === (fn === 'min') ? value : best))
}

function sumOfFloats(values: readonly number[], fn: 'sum' | 'avg'): number {
  const sum = values.reduce((total, value) => total + value, 0)
  return fn === 'sum' ? sum : sum / values.length
}

function exactSum(values: readonly Json[], scale: number, isDecimal: boolean, fn: 'sum' | 'avg'): Json {
  const sum = values.reduce((total: bigint, value) => total + unitsOf(String(value)).units, 0n)
  if (fn === 'avg') return mean(sum, scale, values.length)
  return isDecimal ? textOf(sum, scale) : wholeNumber(sum)
}

/** `having`, sort and limit over the rows of the answer. */
export function finishAggregate(registry: Registry, aggregate: Aggregate, rows: readonly Row[]): readonly Row[] {
  const columns = outputColumns(registry, aggregate)
  const kept = aggregate.having.is === 'true' ? [...rows] : rows.filter((row) => holds(columns, row, aggregate.having))
  kept.sort((a, b) => {
    for (const { as, desc } of aggregate.sort) {
      const order = compareNullable(columns.get(as)!.storage, desc, a[as]!, b[as]!)
      if (order !== 0) return order
    }
    return 0
  })
  if (aggregate.limit === undefined && kept.length > maxGroups) {
    throw new OffstageError('too_many_rows', {
      detail: `This aggregate has over ${maxGroups} groups; filter more, group by less, or ask for the first with 'sort' and 'limit'.`,
    })
  }
  return aggregate.limit === undefined ? kept : kept.slice(0, aggregate.limit)
}

function holds(columns: ReadonlyMap<string, OutputColumn>, row: Row, having: Filter): boolean {
  switch (having.is) {
    case 'true':
      return true
    case 'false':
      return false
    case 'and':
      return having.of.every((part) => holds(columns, row, part))
    case 'or':
      return having.of.some((part) => holds(columns, row, part))
    case 'not':
      return !holds(columns, row, having.of)
    case 'null':
      return row[having.field] === null
    case 'in':
    case 'compare': {
      const value = row[having.field]!
      if (value === null) return false
      const order = (item: unknown): number => compareValues(columns.get(having.field)!.storage, value, item as Json)
      if (having.is === 'in') return having.values.some((item) => !isMe(item) && order(item) === 0)
      const result = order(having.value)
      return having.op === 'eq'
        ? result === 0
        : having.op === 'lt'
          ? result < 0
          : having.op === 'lte'
            ? result <= 0
            : having.op === 'gt'
              ? result > 0
              : result >= 0
    }
    default:
      throw new Error(`'having' cannot hold '${having.is}'.`)
  }
}
