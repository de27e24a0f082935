import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorise, authoriseAggregate } from '../../src/query/authorise.ts'
import { and, not } from '../../src/query/build.ts'
import { evaluate, evaluateCount } from '../../src/query/evaluate.ts'
import { evaluateAggregate } from '../../src/query/evaluate-aggregate.ts'
import { matches } from '../../src/query/evaluate-filter.ts'
import { eyesOf, readableFor, ruleFor } from '../../src/query/policies.ts'
import { system, type Principal } from '../../src/query/principal.ts'
import { compileRules, type Policies } from '../../src/query/rules.ts'
import type { Query } from '../../src/query/tree.ts'
import type { Row } from '../../src/schema/kind.ts'
import { randomApp } from '../random/app.ts'
import { Dice } from '../random/dice.ts'
import { Questions } from '../random/questions.ts'
import { randomPrincipal, randomRows, type World } from '../random/rows.ts'

const cases = Number(process.env.CASES ?? 300)

/** The data as this caller sees it: rows that may not be read are not there, values that may not be seen are null. */
function seenBy(policies: Policies, principal: Principal, world: World): World {
  const { registry } = policies
  const all = { registry, rows: (name: string) => world.get(name) ?? [] }
  return new Map(
    [...registry.models].map(([name, model]) => [
      name,
      all
        .rows(name)
        .filter((row) => matches(all, model, row, ruleFor(policies, principal, name, 'read')))
        .map((row): Row =>
          Object.fromEntries(
            model.columns.map((field) => [
              field.name,
              matches(all, model, row, readableFor(policies, principal, field)) ? row[field.name]! : null,
            ]),
          ),
        ),
    ]),
  )
}

/** Without `select` a system sees what is not hidden; a caller what exists for the caller. */
function written(policies: Policies, principal: Principal, query: Query): Query {
  const eyes = eyesOf(policies, principal)
  const shape = <S extends Pick<Query, 'model' | 'select' | 'include'>>(at: S): S => ({
    ...at,
    select:
      at.select.length > 0
        ? at.select
        : policies.registry.models
            .get(at.model)!
            .columns.filter((field) => eyes.field(field))
            .map((field) => ({ field: field.name })),
    include: at.include.map((include) =>
      include.kind === 'one'
        ? { ...include, shape: shape(include.shape) }
        : include.kind === 'many'
          ? { ...include, query: shape(include.query) }
          : include,
    ),
  })
  return shape(query)
}

function eachCase(run: (dice: Dice, policies: Policies, world: World, principal: Principal, seed: number) => void): void {
  for (let seed = 0; seed < cases; seed++) {
    const dice = new Dice(seed)
    const policies = compileRules(randomApp(dice))
    const world = randomRows(dice, policies.registry)
    run(dice, policies, world, randomPrincipal(dice, world), seed)
  }
}

test('what a caller is answered is what the whole answer would be, had the data only what the caller may see', () => {
  let answered = 0
  eachCase((dice, policies, world, principal, seed) => {
    const { registry } = policies
    const seen = seenBy(policies, principal, world)
    const questions = new Questions(dice, registry, eyesOf(policies, principal))
    for (const model of registry.models.values()) {
      if (ruleFor(policies, principal, model.name, 'read').is === 'false') continue
      const query = questions.query(model)
      assert.deepEqual(
        evaluate(registry, world, authorise(query, principal, policies)),
        evaluate(registry, seen, written(policies, principal, query)),
        `seed ${seed} ${model.name}`,
      )
      const aggregate = questions.aggregate(model)
      assert.deepEqual(
        evaluateAggregate(registry, world, authoriseAggregate(aggregate, principal, policies)),
        evaluateAggregate(registry, seen, aggregate),
        `seed ${seed} ${model.name} aggregate`,
      )
      answered++
    }
  })
  assert.ok(answered > cases)
})

test('the rows that pass a filter and those that pass its `not` part the readable rows', () => {
  eachCase((dice, policies, world, principal) => {
    const { registry } = policies
    const questions = new Questions(dice, registry, eyesOf(policies, principal))
    for (const model of registry.models.values()) {
      if (ruleFor(policies, principal, model.name, 'read').is === 'false') continue
      const filter = questions.filter(model)
      const rows = (where: Query['where']): unknown[] =>
        evaluate(registry, world, authorise({ ...plain(model.name), where }, principal, policies)).rows.map((row) => row['id'])
      const [yes, no, all] = [rows(filter), rows(not(filter)), rows({ is: 'true' })]
      assert.deepEqual([...yes, ...no].toSorted(), all.toSorted())
      assert.equal(
        evaluateCount(registry, world, model.name, and([authorise({ ...plain(model.name), where: filter }, principal, policies).where])),
        yes.length,
      )
    }
  })
})

function plain(model: string): Query {
  return {
    model,
    select: [{ field: 'id' }],
    include: [],
    where: { is: 'true' },
    sort: [{ term: { through: [], field: 'id' }, desc: false }],
    limit: undefined,
    count: false,
  }
}

test('pages joined by their last values are the whole list', () => {
  eachCase((dice, policies, world, _, seed) => {
    const { registry } = policies
    const questions = new Questions(dice, registry, eyesOf(policies, system))
    for (const model of registry.models.values()) {
      const query: Query = { ...authorise(questions.query(model), system, policies), include: [], limit: 2 }
      const whole = evaluate(registry, world, { ...query, limit: undefined }).rows
      const rows: Row[] = []
      const { offset: _, ...onward } = query
      let page = evaluate(registry, world, query)
      for (;;) {
        rows.push(...page.rows)
        if (!page.more) break
        page = evaluate(registry, world, { ...onward, after: page.last! })
      }
      assert.deepEqual(rows, whole, `seed ${seed}`)
    }
  })
})
