// Random rows that fit a registry: references point at rows that are there.

import type { Row } from '../../src/schema/kind.ts'
import { anonymous, type Principal } from '../../src/query/principal.ts'
import type { FieldDef, Registry } from '../../src/schema/registry.ts'
import type { Dice } from './dice.ts'
import { idOf, randomValue, uniqueEmail } from './values.ts'

export type World = Map<string, Row[]>

/** Models in an order in which rows can be inserted one by one: a reference that must be there is to an earlier model. */
export const insertOrder = ['teams', 'users', 'posts', 'tags', 'marks'] as const

export function randomRows(dice: Dice, registry: Registry, most: number = 6): World {
  const sizes = new Map([...registry.models.keys()].map((name) => [name, dice.int(name === 'users' || name === 'posts' ? 1 : 0, most)]))
  const world: World = new Map()
  for (const [name, model] of registry.models) {
    world.set(
      name,
      Array.from({ length: sizes.get(name)! }, (_, i): Row =>
        Object.fromEntries(
          model.columns.map((field) => [field.name, field.name === 'id' ? idOf(field, i) : columnValue(dice, field, sizes, i)]),
        ),
      ),
    )
  }
  // A reference that must have a value cannot point into an empty model: such rows are not there.
  for (const [name, model] of registry.models) {
    world.set(
      name,
      world.get(name)!.filter((row) => model.columns.every((field) => field.optional || row[field.name] !== null)),
    )
  }
  return settle(registry, world)
}

function columnValue(dice: Dice, field: FieldDef, sizes: ReadonlyMap<string, number>, i: number): Row[string] {
  if (field.optional && dice.chance(0.3)) return null
  if (field.unique) return uniqueEmail(i, dice.chance(0.5))
  if (field.kind.name !== 'ref') return randomValue(dice, field)
  const size = sizes.get(field.target!)!
  return size === 0 ? null : idOf(field, dice.int(0, size - 1))
}

/** Rows that were dropped may have been referred to. */
function settle(registry: Registry, world: World): World {
  for (;;) {
    let changed = false
    for (const [name, model] of registry.models) {
      const kept: Row[] = []
      for (const row of world.get(name)!) {
        const broken = model.columns.filter(
          (field) =>
            field.kind.name === 'ref' &&
            row[field.name] !== null &&
            !world.get(field.target!)!.some((other) => other['id'] === row[field.name]),
        )
        if (broken.length > 0) changed = true
        if (broken.some((field) => !field.optional)) continue
        for (const field of broken) row[field.name] = null
        kept.push(row)
      }
      world.set(name, kept)
    }
    if (!changed) return world
  }
}

/** Anonymous, or one of the users. */
export function randomPrincipal(dice: Dice, world: World): Principal {
  const users = world.get('users')!
  if (users.length === 0 || dice.chance(0.2)) return anonymous
  const row = dice.pick(users)
  return { kind: 'user', id: row['id'] as string, row }
}
