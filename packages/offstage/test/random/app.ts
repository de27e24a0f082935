// Random declarations: a few models with every kind of field, references, lists, many-to-many, and rules of every form.

import { me } from '../../src/schema/me.ts'
import { createModel, type ModelNode } from '../../src/schema/model.ts'
import type { FieldDef, ModelDef, Registry } from '../../src/schema/registry.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import type { Dice } from './dice.ts'
import { randomValue } from './values.ts'

const any = t as any
const who = me as any

// Some have names that are parameters of a URL too.
const makers: Readonly<Record<string, () => any>> = {
  title: () => any.text().searchable(),
  group: () => any.text(),
  body: () => any.text().searchable(),
  mail: () => any.email(),
  login: () => any.email().unique(),
  where: () => any.url().searchable(),
  limit: () => any.integer(),
  ratio: () => any.number(),
  sum: () => any.decimal(12, 2),
  count: () => any.boolean(),
  after: () => any.datetime(),
  birthday: () => any.date(),
  status: () => any.enum('draft', 'open', 'done'),
  meta: () => any.json(),
}

/** `users` (with `role`, `team`, `level`), `teams`, `posts`, `tags`, and `marks` between posts and tags; a serial id now and then. */
export function randomApp(dice: Dice): Registry {
  // Where a field is declared is a stack for each of thousands, a third of the time that a test takes; nobody asks for it here.
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return declared(dice)
  } finally {
    Error.stackTraceLimit = limit
  }
}

function declared(dice: Dice): Registry {
  const models: Record<string, ModelNode> = {}
  const fields = (extra: Record<string, unknown>): object => {
    const out: Record<string, unknown> = { ...extra }
    for (const [name, make] of Object.entries(makers)) {
      if (name in out || dice.chance(0.35)) continue
      let field = make()
      if (dice.chance(0.6)) field = field.optional()
      if (dice.chance(0.12)) field = field.hidden()
      else if (dice.chance(0.2)) field = field.readable(fieldRule(dice))
      out[name] = field
    }
    return out
  }
  const own = (): object => (dice.chance(0.25) ? { own: { id: any.serial() } } : {})
  const maybe = (field: any): any => (dice.chance(0.5) ? field.optional() : field)
  const masked = (field: any): any => (dice.chance(0.15) ? field.readable(fieldRule(dice)) : field)
  models.users = createModel(
    fields({
      role: any.enum('member', 'staff', 'admin').writable('nobody'),
      team: any.ref('teams').optional().writable('nobody'),
      level: any.integer().optional().writable('nobody'),
      posts: any.many('posts', 'author'),
    }),
    own(),
  )
  models.teams = createModel(
    fields({ lead: masked(any.ref('users').optional()), members: any.many('users', 'team'), posts: any.many('posts', 'team') }),
    own(),
  )
  models.posts = createModel(
    fields({
      author: masked(maybe(any.ref('users'))),
      team: masked(any.ref('teams').optional()),
      sort: any.ref('posts').optional(),
      include: any.many('posts', 'sort'),
      marks: any.many('marks', 'post'),
      tags: any.many('tags').through('marks'),
    }),
    own(),
  )
  models.tags = createModel(fields({ marks: any.many('marks', 'tag'), posts: any.many('posts').through('marks') }), own())
  models.marks = createModel(fields({ post: masked(any.ref('posts')), tag: masked(maybe(any.ref('tags'))) }), own())
  const registry = resolve({ models, user: 'users' })
  for (const [name, model] of Object.entries(models)) {
    model.access({
      read: randomRule(dice, registry, registry.models.get(name)!),
      ...(dice.chance(0.5) ? { update: randomRule(dice, registry, registry.models.get(name)!) } : {}),
    })
  }
  return resolve({ models, user: 'users' })
}

function aboutMe(dice: Dice): unknown {
  return who.is(
    dice.pick([
      { role: 'admin' },
      { not: { role: 'member' } },
      { level: { gte: 2 } },
      { team: null },
      { or: [{ role: 'staff' }, { level: 1 }] },
      { team: { members: { some: { role: 'admin' } } } },
      { role: 'staff', posts: { none: {} } },
      { level: who.level },
    ]),
  )
}

/** Of any model: only what all have. */
function fieldRule(dice: Dice): unknown {
  return dice.pick<unknown>([
    'nobody',
    'everyone',
    'signed-in',
    aboutMe(dice),
    [aboutMe(dice), { createdAt: { lt: '2026-02-01T00:00:00Z' } }],
    { version: { gt: 1 } },
    { not: { version: 2 } },
  ])
}

function randomRule(dice: Dice, registry: Registry, model: ModelDef): unknown {
  const roll = dice.next()
  if (roll < 0.3) return 'everyone'
  if (roll < 0.36) return 'signed-in'
  if (roll < 0.4) return 'nobody'
  if (roll < 0.48) return aboutMe(dice)
  if (roll < 0.7) return dice.times(1, 3, () => rulePart(dice, registry, model, 2))
  return rulePart(dice, registry, model, 2)
}

function rulePart(dice: Dice, registry: Registry, model: ModelDef, depth: number): unknown {
  const roll = dice.next()
  if (roll < 0.15) return aboutMe(dice)
  if (roll < 0.25 && depth > 0) return { not: rulePart(dice, registry, model, depth - 1) }
  if (roll < 0.35 && depth > 0) return { or: dice.times(1, 2, () => rulePart(dice, registry, model, depth - 1)) }
  return ruleLeaf(dice, registry, model, depth)
}

function ruleLeaf(dice: Dice, registry: Registry, model: ModelDef, depth: number): object {
  const field = dice.pick([...model.fields.values()])
  if (field.kind.name === 'many') {
    return {
      [field.name]: {
        [dice.pick(['some', 'none', 'every'])]: depth > 0 ? ruleLeaf(dice, registry, registry.models.get(field.target!)!, depth - 1) : {},
      },
    }
  }
  if (field.kind.name === 'ref') {
    if (field.target === 'users' && dice.chance(0.6))
      return { [field.name]: dice.pick([who, { in: [who] }, { not: who }, { notIn: [who] }]) }
    if (field.target === 'teams' && dice.chance(0.6))
      return { [field.name]: dice.pick([who.team, { not: who.team }, { in: [who.team] }, { notIn: [who.team] }]) }
    return { [field.name]: depth > 0 ? ruleLeaf(dice, registry, registry.models.get(field.target!)!, depth - 1) : null }
  }
  if (model.name === 'users' && field.name === 'id') return { id: who }
  if (field.kind.name === 'integer' && dice.chance(0.4))
    return { [field.name]: dice.pick([who.level, { lte: who.level }, { not: who.level }]) }
  return { [field.name]: randomTest(dice, field) }
}

function randomTest(dice: Dice, field: FieldDef): unknown {
  if (field.kind.name === 'json') return { path: 'a', exists: true }
  if (dice.chance(0.2)) return dice.pick([null, { not: null }])
  const value = randomValue(dice, field)
  return dice.pick<unknown>([value, { not: value }, { in: [value] }])
}
