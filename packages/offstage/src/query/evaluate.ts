// Questions answered in memory: the reference that every store is compared with. Plain before fast.

import { OffstageError } from '../base/errors.ts'
import type { Json, Row } from '../schema/kind.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { matches, others, rankOf, type World } from './evaluate-filter.ts'
import { maxAnswerRows, maxIncludedRows } from './limits.ts'
import { termField } from './measures.ts'
import type { Filter, Include, Page, Query, Shape, Sort, Term } from './tree.ts'
import { compareNullable } from './values.ts'

export type RowsByModel = ReadonlyMap<string, readonly Row[]>

function worldOf(registry: Registry, rowsByModel: RowsByModel): World {
  return { registry, rows: (model) => rowsByModel.get(model) ?? [] }
}

export function evaluate(registry: Registry, rowsByModel: RowsByModel, query: Query): Page {
  const world = worldOf(registry, rowsByModel)
  const model = registry.models.get(query.model)!
  const found = sorted(
    world,
    model,
    world.rows(query.model).filter((row) => matches(world, model, row, query.where)),
    query.sort,
  )
  const rest = query.after ? found.filter((row) => isAfter(world, model, row, query.sort, query.after!)) : found
  const begin = query.offset ?? 0
  const page = rest.slice(begin, query.limit === undefined ? undefined : begin + query.limit)
  const last = page.at(-1)
  const budget = { left: maxAnswerRows }
  return {
    rows: page.map((row) => shaped(world, model, row, query, budget)),
    more: begin + page.length < rest.length,
    last: last && query.sort.map(({ term }) => termValue(world, model, last, term)),
    ...(query.count ? { count: found.length } : {}),
  }
}

export function evaluateCount(registry: Registry, rowsByModel: RowsByModel, model: string, where: Filter): number {
  const world = worldOf(registry, rowsByModel)
  return world.rows(model).filter((row) => matches(world, registry.models.get(model)!, row, where)).length
}

/** The value of a column, on the row or through references; null where a guard or mask does not hold. */
export function termValue(world: World, model: ModelDef, row: Row, term: Term): Json {
  if (term.rank) return rankOf(world, model, row, term.rank)
  let [at, here] = [model, row]
  for (const { field, mask, guard } of term.through) {
    if (mask && !matches(world, at, here, mask)) return null
    const reference = at.fields.get(field)!
    const [next] = others(world, reference, here)
    at = world.registry.models.get(reference.target!)!
    if (!next || (guard && !matches(world, at, next, guard))) return null
    here = next
  }
  return term.mask && !matches(world, at, here, term.mask) ? null : (here[term.field] ?? null)
}

function sorted(world: World, model: ModelDef, rows: readonly Row[], sort: readonly Sort[]): readonly Row[] {
  const keyed = rows.map((row) => ({ row, values: sort.map(({ term }) => termValue(world, model, row, term)) }))
  const compare = comparer(world, model, sort)
  return keyed.sort((a, b) => compare(a.values, b.values)).map(({ row }) => row)
}

function isAfter(world: World, model: ModelDef, row: Row, sort: readonly Sort[], after: readonly Json[]): boolean {
  return (
    comparer(
      world,
      model,
      sort,
    )(
      sort.map(({ term }) => termValue(world, model, row, term)),
      after,
    ) > 0
  )
}

function comparer(world: World, model: ModelDef, sort: readonly Sort[]): (a: readonly Json[], b: readonly Json[]) => number {
  const storages = sort.map(({ term }) => (term.rank ? 'integer' : termField(world.registry, model, term).kind.storage))
  return (a, b) => {
    for (const [i, { desc }] of sort.entries()) {
      const order = compareNullable(storages[i]!, desc, a[i]!, b[i]!)
      if (order !== 0) return order
    }
    return 0
  }
}

/** Columns in the order selected, then includes, then tests. */
function shaped(world: World, model: ModelDef, row: Row, shape: Shape, budget: { left: number }): Row {
  const out: Row = {}
  for (const { field, mask } of shape.select) out[field] = mask && !matches(world, model, row, mask) ? null : (row[field] ?? null)
  for (const include of shape.include) out[include.as] = included(world, model, row, include, budget)
  for (const { as, where } of shape.tests ?? []) out[as] = matches(world, model, row, where)
  return out
}

function included(world: World, model: ModelDef, row: Row, include: Include, budget: { left: number }): Json {
  const field = model.fields.get(include.field)!
  const target = world.registry.models.get(field.target!)!
  if (include.kind === 'one') {
    if (include.mask && !matches(world, model, row, include.mask)) return null
    const [other] = others(world, field, row)
    return other && (!include.guard || matches(world, target, other, include.guard))
      ? shaped(world, target, other, include.shape, budget)
      : null
  }
  const reached = others(world, field, row, include.between)
  if (include.kind !== 'many') {
    const passing = reached.filter((other) => matches(world, target, other, include.where)).length
    return include.kind === 'count' ? passing : passing > 0
  }
  const { query } = include
  const rows = sorted(
    world,
    target,
    reached.filter((other) => matches(world, target, other, query.where)),
    query.sort,
  )
  const shown = query.limit === undefined ? rows : rows.slice(0, query.limit)
  if (query.limit === undefined && rows.length > maxIncludedRows) throw tooManyRows(include.as)
  if ((budget.left -= shown.length) < 0) throw tooManyRows(include.as)
  return shown.map((other) => shaped(world, target, other, query, budget))
}

export function tooManyRows(include: string): OffstageError {
  return new OffstageError('too_many_rows', {
    detail: `'${include}' would hold more rows than an answer takes (${maxIncludedRows} under one row, ${maxAnswerRows} in all); give it a 'limit' or a 'where', or ask for fewer rows.`,
  })
}
