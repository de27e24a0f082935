// Reading on one connection. Plans are shared by all connections of a store and found by the shape of the tree.

import { OffstageError } from '../../base/errors.ts'
import type { Row } from '../../schema/kind.ts'
import type { Aggregate, Filter, Page, Query } from '../../query/tree.ts'
import { Recent } from '../recent.ts'
import { Walk } from '../shape.ts'
import type { Reader, TextPage } from '../store.ts'
import { planAggregate, type AggregatePlan } from './aggregate.ts'
import { unavailable, type Connection } from './connection.ts'
import { Emit, parameters, type Statement } from './emit.ts'
import { bounded } from './filter.ts'
import type { Models } from './model.ts'
import { newBudget, planList, type ListPlan } from './rows.ts'
import { planText, type TextPlan } from './text.ts'
import type { SqlRow } from './values.ts'

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

export class Reads implements Reader {
  readonly plans: Plans
  readonly connection: Connection

  constructor(plans: Plans, connection: Connection) {
    this.plans = plans
    this.connection = connection
  }

  /** Overridden by transactions, whose every step first asks whether they still stand. */
  protected ready(): Promise<void> | void {}

  async list(query: Query): Promise<Page> {
    const wait = this.ready()
    if (wait) await wait
    const { plan, values } = planned(
      this.plans.lists,
      (walk) => walk.query(query),
      (walk) => planList(this.plans.models, walk, query),
    )
    const { rows, more } = this.#page(plan.statement, values, query)
    const budget = newBudget()
    const read = rows.map((row) => plan.row(row, budget))
    const last = more ? plan.keys(rows.at(-1)!) : undefined
    return query.count ? { rows: read, more, last, count: this.#count(query.model, query.where) } : { rows: read, more, last }
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
    const { rows, more } = this.#page(plan.statement, values, query)
    const budget = newBudget()
    const texts = rows.map((row) => plan.text(row, budget))
    const last = more ? plan.keys(rows.at(-1)!, texts.at(-1)!) : undefined
    return query.count ? { texts, more, last, count: this.#count(query.model, query.where) } : { texts, more, last }
  }

  async aggregate(aggregate: Aggregate): Promise<readonly Row[]> {
    const wait = this.ready()
    if (wait) await wait
    const { plan, values } = planned(
      this.plans.aggregates,
      (walk) => walk.aggregate(aggregate),
      (walk) => planAggregate(this.plans.models, walk, aggregate),
    )
    return plan.finish(aggregate, this.#rows(plan.statement, values))
  }

  async count(model: string, where: Filter): Promise<number> {
    const wait = this.ready()
    if (wait) await wait
    return this.#count(model, where)
  }

  #count(model: string, where: Filter): number {
    const { models, counts } = this.plans
    const walked = (walk: Walk): void => {
      walk.key += `${model}|`
      walk.filter(where)
    }
    const { plan, values } = planned(counts, walked, (walk) => {
      const emit = new Emit(models, walk)
      const table = models.table(model)
      const alias = emit.alias()
      return emit.finish(`select count(*) from ${table.name} ${alias} where ${bounded(emit, table, alias, where)}`)
    })
    return this.#rows(plan, values)[0]![0] as number
  }

  #page(statement: Statement, values: readonly unknown[], query: Query): { rows: SqlRow[]; more: boolean } {
    if (query.after && query.after.length !== query.sort.length)
      throw new OffstageError('invalid_call', { detail: 'The cursor has another number of values than the order has.' })
    const rows = this.#rows(statement, values)
    const more = query.limit !== undefined && rows.length > query.limit
    if (more) rows.length = query.limit!
    return { rows, more }
  }

  #rows(statement: Statement, values: readonly unknown[]): SqlRow[] {
    try {
      return this.connection.all(statement.sql, parameters(statement, values))
    } catch (error) {
      throw unavailable(error)
    }
  }
}
