// Random shapes and values: an endpoint takes exactly what the schema in its docs takes, and what was read can be sent in the same shape.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBody } from '../../src/api/input.ts'
import { openOutput } from '../../src/api/output.ts'
import { inputSchema } from '../../src/api/part-schemas.ts'
import { OffstageError, t } from '../../src/index.ts'
import { infoOf } from '../../src/schema/read-shape.ts'
import { resolve } from '../../src/schema/resolve.ts'
import type { Part, Parts } from '../../src/schema/shape.ts'
import { openSchemas, told } from '../answers.ts'
import { Dice } from '../random/dice.ts'

const names = ['a', 'b', 'c', 'd', 'e f']
const instant = '2026-01-01T00:00:00.000Z'
const sound: Readonly<Record<string, unknown>> = { text: 'x', integer: 3, boolean: true, enum: 'x', datetime: instant, number: 1.5 }

function randomPart(dice: Dice, depth: number): Part {
  const parts = (): Parts => Object.fromEntries(dice.some(names, 4).map((name) => [name, randomPart(dice, depth - 1)]))
  const makers = [
    () => t.text({ min: dice.int(0, 1), max: 3 }),
    () => t.integer({ min: 0, max: 5 }),
    () => t.boolean(),
    () => t.enum('x', 'y'),
    () => t.datetime(),
    () => t.number(),
    () => t.list(randomPart(dice, depth - 1), { min: dice.int(0, 1), max: 2 }),
    () => t.map(randomPart(dice, depth - 1), { max: 2 }),
    () => t.object(parts(), { others: dice.pick(['refuse', 'drop']) }),
    () => t.partial(parts()),
  ]
  const part = makers[dice.int(0, depth === 0 ? 5 : makers.length - 1)]!()
  return dice.chance(0.25) ? part.optional() : part
}

function randomValue(dice: Dice, depth: number): unknown {
  if (depth > 0 && dice.chance(0.3)) return dice.times(0, 3, () => randomValue(dice, depth - 1))
  if (depth > 0 && dice.chance(0.4)) return Object.fromEntries(dice.some(names, 3).map((name) => [name, randomValue(dice, depth - 1)]))
  return dice.pick(['', 'x', 'xxxx', instant, '2026-02-30T00:00:00Z', 0, 5, 6, -1, 1.5, true, false, null])
}

/** A value of the part, rarely with something wrong in it. */
function likelyValue(dice: Dice, part: Part): unknown {
  const info = infoOf(part)
  if (dice.chance(0.04)) return randomValue(dice, 2)
  if (info.optional && dice.chance(0.25)) return null
  if (!('is' in info)) return sound[info.kind.name]
  if (info.is === 'list') return dice.times(info.min, info.min + 1, () => likelyValue(dice, info.item))
  if (info.is === 'map') return Object.fromEntries(dice.some(names, 2).map((name) => [name, likelyValue(dice, info.item)]))
  const given = Object.entries(info.parts).filter(() => info.is === 'object' || dice.chance(0.5))
  return Object.fromEntries(given.map(([name, inner]) => [name, likelyValue(dice, inner)]))
}

test('an endpoint takes exactly what its schema takes, and can send what it took, whatever the shape', () => {
  const registry = resolve({ models: {} })
  const schemas = openSchemas()
  const counts = { taken: 0, refused: 0 }
  for (let seed = 0; seed < 1_000; seed++) {
    const dice = new Dice(seed)
    const input: Parts = { v: randomPart(dice, 3) }
    const value = { v: dice.chance(0.7) ? likelyValue(dice, input['v']!) : randomValue(dice, 3) }
    const schema = inputSchema(registry, input, 'input')
    const about = `seed ${seed}: ${JSON.stringify(value)} for ${JSON.stringify(schema)}`
    const fits = schemas.validate(schema, value)
    const read = (): unknown => openBody(registry, input)(value)
    counts[fits ? 'taken' : 'refused']++
    if (!fits) {
      assert.throws(read, (error: OffstageError) => error instanceof OffstageError && error.status < 500 && error.errors!.length > 0, about)
      continue
    }
    const written = JSON.parse(JSON.stringify(openOutput(registry, input)(read()))) as unknown
    assert.ok(schemas.validate(inputSchema(registry, input, 'output'), written), `${about}: ${told(schemas.errors).join()}`)
    assert.deepEqual(openBody(registry, input)(written), read(), about)
  }
  assert.ok(counts.taken > 200 && counts.refused > 200, JSON.stringify(counts))
})
