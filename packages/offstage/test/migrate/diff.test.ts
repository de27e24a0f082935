import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { applyOperations } from '../../src/migrate/apply-operations.ts'
import { canonical } from '../../src/migrate/canonical.ts'
import { diff } from '../../src/migrate/diff.ts'
import { Dice } from '../random/dice.ts'
import { edited, randomBlueprint, renamed } from './blueprints.ts'

describe('the operations between two blueprints', () => {
  test('applied to the first they give the second, whatever the two are', () => {
    for (let seed = 0; seed < 3000; seed++) {
      const dice = new Dice(seed)
      const before = randomBlueprint(dice)
      const after = dice.chance(0.5) ? edited(dice, before) : randomBlueprint(dice)
      const { operations } = diff(before, after)
      try {
        assert.deepEqual(applyOperations(before, operations), canonical(after))
        assert.deepEqual(diff(after, after), { operations: [], problems: [] })
      } catch (error) {
        throw new Error(`seed ${seed}: ${JSON.stringify({ before, after, operations }, null, 1)}`, { cause: error })
      }
    }
  })

  test('a rename that is told loses nothing, whatever is renamed together', () => {
    for (let seed = 0; seed < 2000; seed++) {
      const dice = new Dice(seed)
      const before = randomBlueprint(dice)
      const { blueprint, renames } = renamed(dice, before)
      const { operations, problems } = diff(before, blueprint, renames)
      assert.deepEqual(problems, [], `seed ${seed}`)
      assert.deepEqual(applyOperations(before, operations), canonical(blueprint), `seed ${seed}`)
      const others = operations.filter(({ op }) => !op.startsWith('rename'))
      assert.deepEqual(others, [], `seed ${seed}`)
    }
  })
})
