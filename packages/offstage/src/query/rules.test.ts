import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declareApp } from '../schema/app.ts'
import { me as typedMe } from '../schema/me.ts'
import { createModel, type ModelNode } from '../schema/model.ts'
import type { Registry } from '../schema/registry.ts'
import { resolve } from '../schema/resolve.ts'
import { t as typed } from '../schema/t.ts'
import { checkRules } from './check.ts'
import { anonymous, system, type Principal } from './principal.ts'
import { bind, compileRule } from './rules.ts'
import type { Filter } from './tree.ts'

const t = typed as any
const me = typedMe as any

function app(
  rules: { [model: string]: object } = {},
  fields: { [model: string]: object } = {},
  parts: object = {},
): { registry: Registry; problems: ReturnType<typeof checkRules> } {
  const models: Record<string, ModelNode> = {
    users: createModel({
      name: t.text(),
      email: t.email().unique(),
      role: t.enum('member', 'admin').writable('nobody'),
      team: t.ref('teams').optional().writable('nobody'),
      ...fields['users'],
    }),
    teams: createModel({ name: t.text(), members: t.many('users', 'team'), ...fields['teams'] }),
    notes: createModel({
      text: t.text(),
      done: t.boolean().default(false),
      owner: t.user(),
      team: t.ref('teams').optional(),
      ...fields['notes'],
    }),
  }
  for (const [name, rule] of Object.entries(rules)) models[name]!.access(rule)
  const declared = declareApp({ models, ...parts })
  const registry = resolve(declared)
  return { registry, problems: checkRules(registry, declared) }
}

const { registry } = app()
const notes = registry.models.get('notes')!
const ada: Principal = { kind: 'user', id: 'ada', row: { id: 'ada', name: 'Ada', role: 'admin', team: 'red' } }
const loner: Principal = { kind: 'user', id: 'loner', row: { id: 'loner', name: 'Lone', role: 'member', team: null } }
const bound = (rule: unknown, who: Principal): Filter => bind(compileRule(registry, notes, rule), who, registry)

test('words let everyone, the signed-in or nobody pass, and no rule is nobody', () => {
  for (const [rule, forAnonymous, forUser] of [
    ['everyone', 'true', 'true'],
    ['signed-in', 'false', 'true'],
    ['nobody', 'false', 'false'],
    [undefined, 'false', 'false'],
    [[], 'false', 'false'],
  ] as const) {
    assert.equal(bound(rule, anonymous).is, forAnonymous)
    assert.equal(bound(rule, ada).is, forUser)
    assert.equal(bound(rule, system).is, 'true')
  }
})

test('me is the caller, and me.x a column of the caller', () => {
  assert.deepEqual(bound({ owner: me }, ada), { is: 'compare', field: 'owner', op: 'eq', value: 'ada' })
  assert.deepEqual(bound({ team: me.team }, ada), { is: 'compare', field: 'team', op: 'eq', value: 'red' })
  assert.deepEqual(bound({ owner: { in: [me] } }, ada), { is: 'in', field: 'owner', values: ['ada'] })
  assert.deepEqual(bound({ owner: me.id }, ada), bound({ owner: me }, ada))
})

test('what the caller lacks closes a rule, under not as well', () => {
  for (const rule of [
    { team: me.team },
    { not: { team: me.team } },
    { team: { not: me.team } },
    { team: { in: [me.team] } },
    { team: { notIn: [me.team] } },
    { not: { or: [{ team: me.team }, { done: true }] } },
  ]) {
    assert.equal(bound(rule, loner).is, 'false', JSON.stringify(rule))
    assert.equal(bound(rule, anonymous).is, 'false')
    assert.notEqual(bound(rule, ada).is, 'false')
  }
  for (const rule of [me.is({ role: 'admin' }), { not: me.is({ role: 'admin' }) }, { not: { owner: me } }, { not: { not: { owner: me } } }])
    assert.equal(bound(rule, anonymous).is, 'false')
})

test('a list opens by any of its parts, and a part that is lacking does not close the others', () => {
  assert.deepEqual(bound([{ team: me.team }, { done: true }], loner), { is: 'compare', field: 'done', op: 'eq', value: true })
  assert.equal(bound(['nobody', me.is({ role: 'admin' })], ada).is, 'true')
})

test("me.is on the caller's own columns is decided at once, and through relations asks the database", () => {
  assert.equal(bound(me.is({ role: 'admin' }), ada).is, 'true')
  assert.equal(bound(me.is({ role: 'admin' }), loner).is, 'false')
  assert.equal(bound(me.is({ not: { role: 'admin' } }), loner).is, 'true')
  assert.equal(bound(me.is({ role: 'member', team: { name: 'Red' } }), ada).is, 'false')
  assert.deepEqual(bound(me.is({ role: 'admin', team: { name: 'Red' } }), ada), {
    is: 'exists',
    model: 'users',
    where: {
      is: 'and',
      of: [
        { is: 'compare', field: 'id', op: 'eq', value: 'ada' },
        { is: 'some', field: 'team', where: { is: 'compare', field: 'name', op: 'eq', value: 'Red' } },
      ],
    },
  })
})

test('every problem inside rules is reported with its place', () => {
  const { problems } = app({
    notes: { read: { owner: me, colour: 'red' }, create: {}, update: { text: me }, delete: { done: 'yes' } },
    teams: { read: 'all', create: me.is({ rank: 1 }), update: { name: me.nickname } },
  })
  assert.deepEqual(
    problems.map(({ id, message }) => [id, message.slice(0, message.indexOf(':'))]),
    [
      ['O101', 'teams.read'],
      ['O101', 'teams.create'],
      ['O101', 'teams.update'],
      ['O101', 'notes.read'],
      ['O101', 'notes.create'],
      ['O101', 'notes.update'],
      ['O101', 'notes.delete'],
    ],
  )
  for (const problem of problems) assert.match(problem.place ?? '', /rules\.test\.ts:\d+/)
  for (const [word, meant] of [
    ['signedin', 'signed-in'],
    ['everone', 'everyone'],
  ])
    assert.match(app({ teams: { read: word } }).problems[0]!.message, new RegExp(`not '${word}'\\. Did you mean '${meant}'\\?`))
  assert.doesNotMatch(app({ teams: { read: 'admins' } }).problems[0]!.message, /Did you mean/)
})

test('a column of the user that rules depend on must say who may write it', () => {
  const rank = { users: { rank: t.integer().default(0), mentor: t.user().optional() } }
  const offending = (rules: { [model: string]: object }, parts: object = {}): string[] =>
    app(rules, rank, parts)
      .problems.filter(({ id }) => id === 'O102')
      .map(({ message }) => message.split(' ')[0]!)
  assert.deepEqual(offending({ notes: { read: me.is({ rank: { gte: 1 } }) } }), ['users.rank'])
  assert.deepEqual(offending({ notes: { read: [{ not: { or: [me.is({ rank: 1 })] } }] } }), ['users.rank'])
  assert.deepEqual(offending({ notes: { read: { owner: { id: me, rank: 2 } } } }), ['users.rank'])
  assert.deepEqual(offending({ notes: { read: { owner: { id: me, or: [{ rank: 2 }, { name: 'x' }] } } } }), ['users.rank', 'users.name'])
  assert.deepEqual(offending({ notes: { update: { and: [{ owner: me }, { owner: { rank: 2 } }] } } }), ['users.rank'])
  assert.deepEqual(offending({ notes: { update: { or: [{ owner: me }, { owner: { rank: 2 } }] } } }), [])
  assert.deepEqual(offending({ notes: { read: { owner: me.mentor } } }), ['users.mentor'])
  assert.deepEqual(offending({ notes: { read: me.is({ mentor: { rank: 1 } }) } }), ['users.mentor', 'users.rank'])
  assert.deepEqual(offending({}, { admin: me.is({ rank: 9 }) }), ['users.rank'])
  assert.deepEqual(offending({ notes: { read: { owner: me } }, users: { read: { or: [{ id: me }, { rank: 1 }] } } }), [])
  assert.deepEqual(offending({ notes: { read: [me.is({ role: 'admin' }), { team: me.team }] } }), [])
})

test('a unique value over rows that not all may read is a warning, unless it is held to the caller', () => {
  const warned = (rules: object, fields: object): number =>
    app({ notes: rules }, { notes: fields }).problems.filter(({ id, level }) => id === 'O104' && level === 'warning').length
  const slug = { slug: t.text({ max: 50 }).unique() }
  assert.equal(warned({ read: { owner: me }, create: { owner: me } }, slug), 1)
  assert.equal(warned({ read: 'everyone', create: { owner: me } }, slug), 0)
  assert.equal(warned({ read: { owner: me } }, slug), 0)
  assert.equal(warned({ read: { owner: me }, create: { owner: me } }, { slug: t.text({ max: 50 }).unique().writable('nobody') }), 0)
})
