// Reading by plans, which all connections of a store share: found by the shape of the tree.

import { OffstageError } from '../../base/errors.ts'
import type { Row } from '../../schema/kind.ts'
import type { Aggregate, Filter, Page, Query } from '../../query/tree.ts'
import { Recent } from '../recent.ts'
import { Walk } from '../shape.ts'
import type { Reader, TextPage } from '../store.ts'
import { planAggregate, type AggregatePlan } from './aggregate.ts'
import type { SqlRow } from './dialect.ts'
import { Emit, type Statement } from './emit.ts'
import type { Models } from './model.ts'
import { emitCount } from './parts.ts'
import { newBudget, planList, type ListPlan } from './rows.ts'
import { planText, type TextPlan } from './text.ts'

const plansPerStore = 1_000

export class Plans {
  readonly models: Models
  readonly lists: Recent<string, ListPlan> = new Recent(plansPerStore)
  /** False where the text path is not proven. */
  readonly texts: Recent<string, TextPlan | false> = new Recent(plansPerStore)
  readonly aggregates: Recent<string, AggregatePlan> = new Recent(plansPerStore)
  readonly counts: Recent<string, Statement> = new Recent(plansPerStore)

  constructor(models: Models) {
    this.models = models
  }
}

/** The plan of this shape, made from this tree when there is none yet. */
function planned<P>(
  cache: Recent<string, P>,
  walk: (walk: Walk) => void,
  make: (walk: Walk) => P,
): { plan: P; values: readonly unknown[] } {
  const found = new Walk(false)
  walk(found)
  let plan = cache.get(found.key)
  if (plan === undefined) {
    const recorded = new Walk(true)
    walk(recorded)
    plan = make(recorded)
    cache.set(found.key, plan)
  }
  return { plan, values: found.values }
}

export abstract class Reads implements Reader {
  readonly plans: Plans

  constructor(plans: Plans) {
    this.plans = plans
  }

  /** Overridden by transactions, whose every step first asks whether they still stand. */
  protected ready(): Promise<void> | void {}

  /** Runs a statement with the values of a tree of its shape. */
  protected abstract rows(statement: Statement, values: readonly unknown[]): SqlRow[] | Promise<SqlRow[]>

  list(query: Query): Promise<Page> {
    return this.listWith(query, (plan) => plan.statement)
  }

  /** `statement` may be another one for the same plan: one that locks, say. */
  protected async listWith(query: Query, statement: (plan: ListPlan) => Statement): Promise<Page> {
    const wait = this.ready()
    if (wait) await wait
    const { plan, values } = planned(
      this.plans.lists,
      (walk) => walk.query(query),
      (walk) => planList(this.plans.models, walk, query),
    )
    const { rows, more } = await this.#page(statement(plan), values, query)
    const budget = newBudget()
    const read = rows.map((row) => plan.row(row, budget))
    const last = more ? plan.keys(rows.at(-1)!) : undefined
    return { rows: read, more, last, ...(query.count && { count: await this.#total(plan, rows, query) }) }
  }

  async listText(query: Query): Promise<TextPage | undefined> {
    const wait = this.ready()
    if (wait) await wait
    const { plan, values } = planned(
      this.plans.texts,
      (walk) => walk.query(query),
      (walk) => planText(this.plans.models, walk, query) ?? false,
    )
    if (!plan) return undefined
    const { rows, more } = await this.#page(plan.statement, values, query)
    const budget = newBudget()
    const texts = rows.map((row) => plan.text(row, budget))
    const last = more ? plan.keys(rows.at(-1)!, texts.at(-1)!) : undefined
    return { texts, more, last, ...(query.count && { count: await this.#total(plan, rows, query) }) }
  }

  async aggregate(aggregate: Aggregate): Promise<readonly Row[]> {
    const wait = this.ready()
    if (wait) await wait
    const { plan, values } = planned(
      this.plans.aggregates,
      (walk) => walk.aggregate(aggregate),
      (walk) => planAggregate(this.plans.models, walk, aggregate),
    )
    return plan.finish(aggregate, await this.rows(plan.statement, values))
  }

  async count(model: string, where: Filter): Promise<number> {
    const wait = this.ready()
    if (wait) await wait
    return this.#count(model, where)
  }

  /** Each row of a page tells how many pass; a page without rows does not, and says by itself that none do only where it is the first. */
  #total(plan: { count(values: SqlRow): number }, rows: readonly SqlRow[], query: Query): number | Promise<number> {
    if (rows.length > 0) return plan.count(rows[0]!)
    return query.after || query.offset !== undefined ? this.#count(query.model, query.where) : 0
  }

  async #count(model: string, where: Filter): Promise<number> {
    const { models, counts } = this.plans
    const walked = (walk: Walk): void => {
      walk.key += `${model}|`
      walk.filter(where)
    }
    const { plan, values } = planned(counts, walked, (walk) => {
      const emit = new Emit(models, walk)
      return emit.finish(emitCount(emit, models.table(model), where))
    })
    const rows = await this.rows(plan, values)
    return Number(rows[0]![0])
  }

  async #page(statement: Statement, values: readonly unknown[], query: Query): Promise<{ rows: SqlRow[]; more: boolean }> {
    if (query.after && query.after.length !== query.sort.length)
      throw new OffstageError('invalid_call', { detail: 'The cursor has another number of values than the order has.' })
    const rows = await this.rows(statement, values)
    const more = query.limit !== undefined && rows.length > query.limit
    if (more) rows.length = query.limit!
    return { rows, more }
  }
}
