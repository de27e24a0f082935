import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { applyOperations } from '../../src/migrate/apply-operations.ts'
import { canonical } from '../../src/migrate/canonical.ts'
import { diff } from '../../src/migrate/diff.ts'
import type { Blueprint } from '../../src/store/blueprint.ts'
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

  test('a reference goes before the index that MySQL keeps for it, and an index that takes its place comes before', () => {
    const id = { name: 'id', type: 'uuid', nullable: false } as const
    const other = { ...id, name: 'other', references: { table: 'a', column: 'id' } } as const
    const index = { name: 'a__other__index', columns: ['other', 'id'], unique: false }
    const unique = { name: 'a__other__unique', columns: ['other'], unique: true }
    const before = { tables: [{ name: 'a', columns: [id, other], indexes: [index] }] }
    const kinds = (after: Blueprint): string[] => diff(before, after).operations.map(({ op }) => op)
    assert.deepEqual(kinds({ tables: [{ name: 'a', columns: [id], indexes: [] }] }), ['alterColumn', 'dropIndex', 'dropColumn'])
    assert.deepEqual(kinds({ tables: [{ name: 'a', columns: [id, other], indexes: [unique] }] }), ['addIndex', 'dropIndex'])
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
