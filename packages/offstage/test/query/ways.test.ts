// What `offstage access` says is what the evaluator does: for random rules and worlds, a caller may do something with a row exactly where
// one of the ways shown holds, and two rules that differ are never said in the same words.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { and } from '../../src/query/build.ts'
import { matches, type World } from '../../src/query/evaluate-filter.ts'
import { anonymous, type Principal } from '../../src/query/principal.ts'
import { bind, compileRule } from '../../src/query/rules.ts'
import type { Filter } from '../../src/query/tree.ts'
import { waysOf, type Way } from '../../src/query/ways.ts'
import { describeFilters, describeFilter } from '../../src/query/describe-filter.ts'
import type { Row } from '../../src/schema/kind.ts'
import { me as typedMe } from '../../src/schema/me.ts'
import { createModel } from '../../src/schema/model.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t as typed } from '../../src/schema/t.ts'
import { Dice } from '../random/dice.ts'

const t = typed as any
const me = typedMe as any

const registry = resolve({
  models: {
    users: createModel({
      name: t.text(),
      email: t.email().unique(),
      admin: t.boolean().default(false),
      role: t.enum('member', 'staff', 'empty'),
      level: t.integer(),
      team: t.ref('teams').optional(),
      memberships: t.many('memberships', 'user'),
    }),
    teams: createModel({ name: t.text(), open: t.boolean(), boss: t.ref('users').optional(), memberships: t.many('memberships', 'team') }),
    memberships: createModel({ user: t.user(), team: t.ref('teams'), role: t.enum('reader', 'owner') }),
    notes: createModel({
      text: t.text(),
      open: t.boolean(),
      stars: t.integer().optional(),
      owner: t.user(),
      team: t.ref('teams').optional(),
      until: t.datetime().optional(),
    }),
  },
})
const model = (name: string): any => registry.models.get(name)!
const notes = model('notes')

type Make = (dice: Dice, depth: number) => object

/** A filter on the model as a developer may write it. */
const filters: Readonly<Record<string, Make>> = {
  users: (dice, depth) =>
    branch(dice, depth, 'users', [
      () => ({ admin: dice.chance(0.8) }),
      () => ({ role: dice.pick(['member', 'staff', 'empty']) }),
      () => ({ role: { in: dice.some(['member', 'staff', 'empty'], 3) } }),
      () => ({ level: { [dice.pick(['gte', 'lt', 'not'])]: dice.int(0, 2) } }),
      () => ({ id: me }),
      () => ({ team: dice.pick([null, me.team, { not: null }, { not: me.team }]) }),
      () => ({ name: dice.pick(['Ada', me.name, { contains: 'a' }, { not: 'Ada' }]) }),
      () => ({ team: filters['teams']!(dice, depth - 1) }),
      () => ({ memberships: { [dice.pick(['some', 'none', 'every'])]: filters['memberships']!(dice, depth - 1) } }),
    ]),
  teams: (dice, depth) =>
    branch(dice, depth, 'teams', [
      () => ({ open: dice.chance(0.5) }),
      () => ({ boss: dice.pick([me, null, { not: me }]) }),
      () => ({ id: dice.pick([me.team, 'red', { not: me.team }]) }),
      () => ({ boss: filters['users']!(dice, depth - 1) }),
      () => ({ memberships: { [dice.pick(['some', 'none', 'every'])]: filters['memberships']!(dice, depth - 1) } }),
    ]),
  memberships: (dice, depth) =>
    branch(dice, depth, 'memberships', [
      () => ({ user: dice.pick([me, { not: me }, { in: [me, 'ada'] }]) }),
      () => ({ role: dice.pick(['reader', 'owner']) }),
      () => ({ user: me, role: 'owner' }),
      () => ({ team: dice.pick([me.team, 'red']) }),
    ]),
  notes: (dice, depth) =>
    branch(dice, depth, 'notes', [
      () => ({ open: dice.chance(0.7) }),
      () => ({ owner: dice.pick([me, { not: me }, { in: [me, 'ada'] }, { notIn: [me, 'ada'] }]) }),
      () => ({ stars: dice.pick([null, 1, { gte: me.level }, { lt: 2 }, { not: me.level }]) }),
      () => ({ team: dice.pick([null, me.team, { not: me.team }, { not: null }]) }),
      () => ({ until: { [dice.pick(['lt', 'gte'])]: '2026-01-01T00:00:00Z' } }),
      () => ({ team: filters['teams']!(dice, depth - 1) }),
      () => ({ owner: filters['users']!(dice, depth - 1) }),
    ]),
}

function branch(dice: Dice, depth: number, name: string, leaves: readonly (() => object)[]): object {
  const inner = (): object => filters[name]!(dice, depth - 1)
  if (depth <= 0) return dice.pick(leaves.slice(0, 3))()
  switch (dice.int(0, 8)) {
    case 0:
      return { not: inner() }
    case 1:
      return { or: dice.times(1, 3, inner) }
    case 2:
      return { and: dice.times(1, 3, inner) }
    case 3:
      return me.is(filters['users']!(dice, depth - 1))
    default:
      return dice.pick(leaves)()
  }
}

function ruleOf(dice: Dice): unknown {
  const part = (): unknown => (dice.chance(0.25) ? dice.pick(['signed-in', 'everyone', 'nobody']) : filters['notes']!(dice, 3))
  return dice.chance(0.4) ? dice.times(1, 3, part) : part()
}

function worldOf(dice: Dice): { readonly world: World; readonly callers: readonly Principal[] } {
  const maybe = <T>(value: T): T | null => (dice.chance(0.3) ? null : value)
  const ids = ['ada', 'bob', 'cy']
  const rows: Record<string, Row[]> = {
    users: ids.map((id) => ({
      id,
      name: dice.pick(['Ada', 'Bo', 'Cy']),
      email: `${id}@example.com`,
      admin: dice.chance(0.5),
      role: dice.pick(['member', 'staff', 'empty']),
      level: dice.int(0, 2),
      team: maybe(dice.pick(['red', 'blue'])),
    })),
    teams: ['red', 'blue'].map((id) => ({ id, name: id, open: dice.chance(0.5), boss: maybe(dice.pick(ids)) })),
    memberships: dice.times(0, 5, (i) => ({
      id: `m${i}`,
      user: dice.pick(ids),
      team: dice.pick(['red', 'blue']),
      role: dice.pick(['reader', 'owner']),
    })),
    notes: Array.from({ length: 6 }, (_, i) => ({
      id: `n${i}`,
      text: 'x',
      open: dice.chance(0.5),
      stars: maybe(dice.int(0, 2)),
      owner: dice.pick(ids),
      team: maybe(dice.pick(['red', 'blue'])),
      until: maybe(dice.pick(['2025-06-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z'])),
    })),
  }
  const users = rows['users']!.map((row): Principal => ({ kind: 'user', id: row['id'] as string, row }))
  return { world: { registry, rows: (name) => rows[name]! }, callers: [anonymous, ...users] }
}

const holds = (world: World, caller: Principal, row: Row, filter: Filter): boolean =>
  matches(world, notes, row, bind(filter, caller, registry))

function passes(world: World, caller: Principal, row: Row, { who, caller: of, row: on }: Way): boolean {
  if (who === 'strangers' && caller.kind !== 'anonymous') return false
  if (who === 'users' && (caller.kind !== 'user' || !holds(world, caller, row, { is: 'me', where: and(of) }))) return false
  return holds(world, caller, row, and(on))
}

const compiled = (rule: unknown): Filter | undefined => {
  try {
    return compileRule(registry, notes, rule)
  } catch {
    return undefined // such as an empty list of choices that became {}
  }
}

test('the ways shown are the rule: what no way allows is never allowed, and what one allows always is', () => {
  let asked = 0
  let allowed = 0
  let spread = 0
  for (let seed = 1; seed <= 1_500; seed++) {
    const dice = new Dice(seed)
    const rule = compiled(ruleOf(dice))
    if (!rule) continue
    const ways = waysOf(registry, notes, rule)
    if (ways.length > 1) spread++
    for (let i = 0; i < 3; i++) {
      const { world, callers } = worldOf(dice)
      for (const caller of callers) {
        for (const row of world.rows('notes')) {
          const real = holds(world, caller, row, rule)
          const said = ways.some((way) => passes(world, caller, row, way))
          asked++
          if (real) allowed++
          if (real !== said)
            assert.fail(
              `seed ${seed}, ${JSON.stringify(caller)} on ${JSON.stringify(row)}: ${real}, and the ways say ${said}\n${JSON.stringify(rule)}\n${JSON.stringify(ways, null, 1)}`,
            )
        }
      }
    }
  }
  assert.ok(asked > 50_000 && allowed > asked / 10 && allowed < (asked * 9) / 10 && spread > 300, `${asked} ${allowed} ${spread}`)
})

test('rules that differ are not said in the same words', () => {
  const worlds = Array.from({ length: 12 }, (_, i) => worldOf(new Dice(9_000 + i)))
  const behaviour = (filter: Filter): string =>
    worlds
      .map(({ world, callers }) =>
        callers
          .map((caller) =>
            world
              .rows('notes')
              .map((row) => Number(holds(world, caller, row, filter)))
              .join(''),
          )
          .join(),
      )
      .join()
  const seen = new Map<string, { readonly does: string; readonly filter: Filter }>()
  for (let seed = 1; seed <= 3_000; seed++) {
    const filter = compiled(filters['notes']!(new Dice(seed), 3))
    if (!filter) continue
    const does = behaviour(filter)
    const ways = waysOf(registry, notes, filter)
    const texts = [
      describeFilter(registry, notes, filter),
      ways
        .map((way) => `${way.who}: ${describeFilters(registry, registry.user, way.caller)}: ${describeFilters(registry, notes, way.row)}`)
        .join('; '),
    ]
    for (const text of texts) {
      const other = seen.get(text)
      assert.ok(!other || other.does === does, `${text}\n${JSON.stringify(other?.filter)}\n${JSON.stringify(filter)}`)
      seen.set(text, { does, filter })
    }
  }
  assert.ok(seen.size > 1_500, String(seen.size))
})

test('rights are shown by what they hang on: a boolean, a number, a text, a membership, several at once', () => {
  const said = (rule: unknown): string[] =>
    waysOf(registry, notes, compileRule(registry, notes, rule)).map(
      ({ who, caller, row }) =>
        `${who === 'users' && caller.length > 0 ? describeFilters(registry, registry.user, caller) : who}: ${row.length === 0 ? 'all' : describeFilters(registry, notes, row)}`,
    )
  const cases: readonly (readonly [unknown, readonly string[]])[] = [
    ['everyone', ['everyone: all']],
    ['signed-in', ['users: all']],
    [{ open: true }, ['everyone: open is true']],
    [{ owner: me }, ['users: owner is the caller']],
    [
      [{ open: true }, 'signed-in'],
      ['strangers: open is true', 'users: all'],
    ],
    [me.is({ admin: true }), ['admin is true: all']],
    [me.is({ level: { gte: 3 } }), ['level is at least 3: all']],
    [me.is({ role: 'staff', admin: true }), ['admin is true and role is staff: all']],
    [me.is({ or: [{ role: 'staff' }, { admin: true }] }), ['role is staff: all', 'admin is true: all']],
    [{ and: [{ not: me.is({ admin: true }) }, { open: true }] }, ['admin is not true: open is true']],
    [me.is({ name: 'Ada' }), ["name is 'Ada': all"]],
    [me.is({ role: 'empty' }), ["role is 'empty': all"]],
    [{ team: { memberships: { some: { user: me } } } }, ['users: some of team.memberships (user is the caller)']],
    [
      { team: { memberships: { some: { user: me, role: 'owner' } }, open: true } },
      ['users: some of team.memberships (user is the caller and role is owner) and team.open is true'],
    ],
    [
      {
        team: {
          and: [
            { memberships: { some: { role: 'owner', user: me } } },
            { memberships: { some: { user: me, role: 'owner' } } },
            { memberships: { some: { user: me } } },
          ],
        },
      },
      ['users: some of team.memberships (role is owner and user is the caller)'],
    ],
    [me.is({ memberships: { some: { role: 'owner' } } }), ['some of memberships (role is owner): all']],
    [{ or: [{ and: [{ open: true }, { owner: me }] }, { owner: me }] }, ['users: owner is the caller']],
    [{ and: [{ open: true }, { open: false }] }, []],
    [{ team: { not: me.team } }, ["users: team is not the caller's team"]],
    [{ not: { team: { open: true } } }, ['everyone: not (team.open is true)']],
    [{ team: { not: { open: true } } }, ['everyone: team.open is not true']],
    [{ owner: { in: [me, 'ada'] } }, ["everyone: owner is 'ada'", 'users: owner is the caller']],
    [{ until: { gte: '2026-01-01T00:00:00Z' } }, ['everyone: until is no earlier than 2026-01-01T00:00:00.000Z']],
  ]
  for (const [rule, expected] of cases) assert.deepEqual(said(rule), expected, JSON.stringify(rule))
})

test('a rule of too many ways is shown as the formula it is', () => {
  const pairs = Array.from({ length: 8 }, (_, i) => ({ or: [{ stars: i }, { text: `t${i}` }] }))
  const ways = waysOf(registry, notes, compileRule(registry, notes, { and: [{ owner: me }, ...pairs] }))
  assert.equal(ways.length, 1)
  assert.equal(ways[0]!.who, 'users')
  assert.match(describeFilters(registry, notes, ways[0]!.row), /^owner is the caller and \(stars is 0 or text is 't0'\) and /)
})
