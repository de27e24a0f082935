import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row } from '../../src/schema/kind.ts'
import { createModel } from '../../src/schema/model.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import { blueprintOf } from '../../src/store/blueprint.ts'
import { at, insert, query } from '../../src/store/contract/notes.ts'
import type { Store } from '../../src/store/store.ts'
import { Dice } from '../random/dice.ts'
import { openVersion } from './follow-versions.ts'

const any = t as any

/** A field and a value that it takes. */
const kinds: readonly (readonly [() => any, (i: number) => unknown])[] = [
  [() => any.text(), (i) => `text ${i % 3}`],
  [() => any.text({ max: 20 }), (i) => `short ${i % 3}`],
  [() => any.text().searchable(), (i) => `Found ${i}`],
  [() => any.integer(), (i) => i],
  [() => any.integer({ max: 5 }), (i) => i % 5],
  [() => any.decimal(10, 2), (i) => `${i}.50`],
  [() => any.decimal(12, 3), (i) => `${i}.125`],
  [() => any.decimal(18, 2, { max: '3' }), (i) => `${i % 3}.00`],
  [() => any.boolean(), (i) => i % 2 === 0],
  [() => any.datetime(), () => at],
  [() => any.date(), () => '2026-01-31'],
  [() => any.enum('a', 'b', 'c'), (i) => 'abc'[i % 3]],
  [() => any.enum('a', 'b'), (i) => 'ab'[i % 2]],
  [() => any.json(), (i) => ({ i })],
  [() => any.email(), (i) => `A${i}@Example.org`],
]

type Fields = ReadonlyMap<string, { readonly field: any; readonly value: (i: number) => unknown }>

/** One or two fields come, go or are others. */
function edited(dice: Dice, before: Fields): Fields {
  const after = new Map(before)
  for (const name of [dice.pick(names), dice.pick(names)]) {
    const [make, value] = dice.pick(kinds)
    const field = dice.chance(0.5) ? make().optional() : dice.chance(0.6) ? make().default(value(1)) : make()
    if (dice.chance(0.25)) after.delete(name)
    else after.set(name, { field, value })
  }
  return after
}
const names = ['alpha', 'beta', 'gamma', 'delta']

const modelsOf = (fields: Fields): Record<string, unknown> => ({
  things: createModel(Object.fromEntries([...fields].map(([name, { field }]) => [name, field]))),
})

const rowOf = (fields: Fields, i: number): Row =>
  ({
    id: `r${i}`,
    createdAt: at,
    updatedAt: at,
    version: 1,
    ...Object.fromEntries([...fields].map(([name, { value }]) => [name, value(i)])),
  }) as Row

async function fits(store: Store, models: Record<string, unknown>): Promise<void> {
  const found = (await store.tables.introspect()).filter(({ name }) => !name.startsWith('offstage_'))
  assert.deepEqual(found, store.tables.expected(blueprintOf(resolve({ models } as never))))
}

test('whatever the models become, the tables fit them, or those of before as they were', { timeout: 400_000 }, async () => {
  const refusals = new Set<string>()
  let followed = 0
  for (let seed = 1; seed <= 4; seed++) {
    const dice = new Dice(seed)
    let before: Fields = new Map()
    let rows = 0
    for (let step = 0; step < 25; step++) {
      const fields = edited(dice, before)
      const models = modelsOf(fields)
      const { store, follow } = await openVersion(`random-${seed}`, models)
      const told = `seed ${seed}, step ${step}`
      try {
        await follow()
        followed++
        before = fields
        await fits(store, models)
        assert.deepEqual(await follow({ dryRun: true }), [], told)
        assert.equal((await store.list(query('things', ['id']))).rows.length, rows, told)
        if (dice.chance(0.4)) await insert(store, 'things', [rowOf(fields, ++rows)])
      } catch (error) {
        const { code, message } = error as { code?: string; message: string }
        assert.equal(code, 'data_loss', `${told}: ${message}`)
        refusals.add(message.replace(/^[^-]*- /, '').slice(0, 40))
        await fits(store, modelsOf(before))
      }
      await store.close()
    }
  }
  assert.ok(followed > 10 && refusals.size > 5, `${followed} followed, ${refusals.size} refusals`)
})
