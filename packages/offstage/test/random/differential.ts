// One random question after another, answered by a store and by the evaluator: they must agree on rows, counts and aggregates.

import assert from 'node:assert/strict'
import { follow } from '../../src/migrate/follow.ts'
import { OffstageError } from '../../src/base/errors.ts'
import type { Row } from '../../src/schema/kind.ts'
import type { ModelDef, Registry } from '../../src/schema/registry.ts'
import { authorise, authoriseAggregate, authoriseFilter } from '../../src/query/authorise.ts'
import { always, not } from '../../src/query/build.ts'
import { evaluate, evaluateCount } from '../../src/query/evaluate.ts'
import { evaluateAggregate } from '../../src/query/evaluate-aggregate.ts'
import { eyesOf } from '../../src/query/policies.ts'
import { system, type Principal } from '../../src/query/principal.ts'
import { compileRules, type Policies } from '../../src/query/rules.ts'
import type { Query } from '../../src/query/tree.ts'
import type { Store } from '../../src/store/store.ts'
import { randomApp } from './app.ts'
import { Dice } from './dice.ts'
import { Questions } from './questions.ts'
import { insertOrder, randomPrincipal, randomRows, type World } from './rows.ts'

export interface DifferentialFigures {
  cases: number
  worlds: number
  /** Questions that were refused, the same way whatever the store: not counted as cases. */
  refused: number
  pages: number
  texts: number
  rows: number
  aggregates: number
  partitions: number
}

type Open = (registry: Registry) => Promise<Store>

const questionsPerWorld = 20

export async function differential(
  cases: number,
  firstSeed: number,
  open: Open,
  progress?: (figures: DifferentialFigures) => void,
): Promise<DifferentialFigures> {
  const figures: DifferentialFigures = { cases: 0, worlds: 0, refused: 0, pages: 0, texts: 0, rows: 0, aggregates: 0, partitions: 0 }
  for (let seed = firstSeed; figures.cases < cases; seed++) {
    const dice = new Dice(seed)
    const registry = randomApp(dice)
    const world = randomRows(dice, registry, dice.chance(0.2) ? 30 : 8)
    const store = await open(registry)
    try {
      await fill(store, registry, world)
      const asked = new Case(store, registry, compileRules(registry), world, dice, figures)
      for (let i = 0; i < questionsPerWorld; i++) {
        try {
          await asked.ask()
        } catch (error) {
          throw new Error(`The store and the evaluator differ at seed ${seed}, question ${i}.`, { cause: error })
        }
      }
    } finally {
      await store.close()
    }
    figures.worlds++
    progress?.(figures)
  }
  return figures
}

/** References that may be absent are set afterwards: rows may refer to each other in a circle. */
export async function fill(store: Store, registry: Registry, world: World): Promise<void> {
  await follow(store, registry)
  await store.transaction(async (tx) => {
    const later: { model: string; id: string; changes: Row }[] = []
    for (const name of insertOrder) {
      const open = registry.models.get(name)!.columns.filter((field) => field.kind.name === 'ref' && field.optional)
      for (const row of world.get(name)!) {
        await tx.insert(name, { ...row, ...Object.fromEntries(open.map((field) => [field.name, null])) })
        if (open.length > 0)
          later.push({
            model: name,
            id: row['id'] as string,
            changes: Object.fromEntries(open.map((field) => [field.name, row[field.name]!])),
          })
      }
    }
    for (const { model, id, changes } of later) assert.equal(await tx.update(model, id, changes), 1)
  })
}

class Case {
  readonly store: Store
  readonly registry: Registry
  readonly policies: Policies
  readonly world: World
  readonly dice: Dice
  readonly figures: DifferentialFigures
  constructor(store: Store, registry: Registry, policies: Policies, world: World, dice: Dice, figures: DifferentialFigures) {
    this.store = store
    this.registry = registry
    this.policies = policies
    this.world = world
    this.dice = dice
    this.figures = figures
  }

  async ask(): Promise<void> {
    const { dice, world, figures } = this
    const principal: Principal = dice.chance(0.15) ? system : randomPrincipal(dice, world)
    const model = dice.pick([...this.registry.models.values()])
    try {
      const questions = new Questions(dice, this.registry, eyesOf(this.policies, principal))
      const roll = dice.next()
      if (roll < 0.6) await this.#query(questions.query(model), principal)
      else if (roll < 0.85) await this.#aggregate(questions, model, principal)
      else await this.#partition(questions, model, principal)
      figures.cases++
    } catch (error) {
      if (!(error instanceof OffstageError) || error.status >= 500) throw error
      figures.refused++
    }
  }

  /** Page after page, as objects and as text; then the same question as others, whose values differ but whose shape often does not. */
  async #query(question: Query, principal: Principal): Promise<void> {
    await this.#pages(authorise(question, principal, this.policies))
    const other = randomPrincipal(this.dice, this.world)
    let theirs: Query
    try {
      theirs = authorise(question, other, this.policies)
    } catch {
      return
    }
    await this.#pages(theirs)
  }

  async #pages(first: Query): Promise<void> {
    const { figures } = this
    for (let query = first; ;) {
      const whole = evaluate(this.registry, this.world, query)
      const expected = whole.more ? whole : { ...whole, last: undefined }
      const page = await this.store.list(query)
      assert.deepEqual(page, expected)
      figures.pages++
      figures.rows += page.rows.length
      const text = await this.store.listText(query)
      if (text) {
        const { texts, ...rest } = text
        assert.deepEqual(
          texts,
          page.rows.map((row) => JSON.stringify(row)),
        )
        const { rows: _, ...more } = expected
        assert.deepEqual(rest, more)
        figures.texts++
      }
      if (!page.more) return
      const { offset: _, ...rest } = query
      query = { ...rest, after: page.last! }
    }
  }

  async #aggregate(questions: Questions, model: ModelDef, principal: Principal): Promise<void> {
    const aggregate = authoriseAggregate(questions.aggregate(model), principal, this.policies)
    assert.deepEqual(await this.store.aggregate(aggregate), evaluateAggregate(this.registry, this.world, aggregate))
    this.figures.aggregates++
  }

  async #partition(questions: Questions, model: ModelDef, principal: Principal): Promise<void> {
    const filter = questions.filter(model, 3)
    const counted = async (where: typeof filter): Promise<number> => {
      const authorised = authoriseFilter(model.name, where, principal, this.policies)
      const count = await this.store.count(model.name, authorised)
      assert.equal(count, evaluateCount(this.registry, this.world, model.name, authorised))
      return count
    }
    assert.equal((await counted(filter)) + (await counted(not(filter))), await counted(always), 'rows(p) and rows(not p) are all rows')
    this.figures.partitions++
  }
}
