import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allEyes, callerEyes } from '../../src/query/names.ts'
import { parseAggregate } from '../../src/query/parse-aggregate.ts'
import { parseFilter, parseQuery } from '../../src/query/parse-json.ts'
import { parseUrlAggregate, parseUrlQuery } from '../../src/query/parse-url.ts'
import { printAggregate, printFilter, printQuery, printUrlAggregate, printUrlQuery } from '../../src/query/print.ts'
import { randomApp } from '../random/app.ts'
import { Dice } from '../random/dice.ts'
import { Questions } from '../random/questions.ts'

const cases = Number(process.env.CASES ?? 300)

test('a random question is the same tree from JSON and from a URL', () => {
  for (let seed = 0; seed < cases; seed++) {
    const dice = new Dice(seed)
    const registry = randomApp(dice)
    const trusted = dice.chance(0.3)
    const questions = new Questions(dice, registry, trusted ? allEyes : callerEyes(registry))
    for (const model of registry.models.values()) {
      const query = questions.query(model)
      assert.deepEqual(
        parseQuery(registry, model.name, JSON.parse(JSON.stringify(printQuery(registry, query))), { trusted }),
        query,
        `seed ${seed}, JSON`,
      )
      assert.deepEqual(
        parseUrlQuery(registry, model.name, printUrlQuery(registry, query), { trusted }),
        query,
        `seed ${seed}, URL ${decodeURIComponent(printUrlQuery(registry, query))}`,
      )
      const filter = questions.filter(model, 4)
      assert.deepEqual(
        parseFilter(registry, model.name, JSON.parse(JSON.stringify(printFilter(registry, model, filter))), { trusted }),
        filter,
        `seed ${seed}, filter`,
      )
    }
  }
})

test('a random aggregate is the same tree from JSON and from a URL', () => {
  for (let seed = 0; seed < cases; seed++) {
    const dice = new Dice(seed)
    const registry = randomApp(dice)
    const questions = new Questions(dice, registry, callerEyes(registry))
    for (const model of registry.models.values()) {
      const aggregate = questions.aggregate(model)
      assert.deepEqual(
        parseAggregate(registry, model.name, JSON.parse(JSON.stringify(printAggregate(registry, aggregate)))),
        aggregate,
        `seed ${seed}, JSON`,
      )
      assert.deepEqual(parseUrlAggregate(registry, model.name, printUrlAggregate(registry, aggregate)), aggregate, `seed ${seed}, URL`)
    }
  }
})
