import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OffstageError } from '../../src/base/errors.ts'
import { authorise } from '../../src/query/authorise.ts'
import { parseAggregate } from '../../src/query/parse-aggregate.ts'
import { parseFilter, parseQuery } from '../../src/query/parse-json.ts'
import { parseUrlAggregate, parseUrlQuery, parseUrlShape } from '../../src/query/parse-url.ts'
import { eyesOf } from '../../src/query/policies.ts'
import { anonymous, type Principal } from '../../src/query/principal.ts'
import { alice, policies, refusal, registry } from './tasks.ts'

test('B1 B2 B3 B7 hidden, unreadable, closed and unknown fields are refused in the same words, wherever they stand', () => {
  const eyes = eyesOf(policies, alice)
  const names = ['doesNotExist', 'resetToken', 'budget']
  const asks: ((name: string) => unknown)[] = [
    (name) => parseQuery(registry, 'users', { where: { [name]: 'x' } }, { eyes }),
    (name) => parseQuery(registry, 'users', { where: { [name]: { startsWith: 'x' } } }, { eyes }),
    (name) => parseQuery(registry, 'users', { where: { [name]: { gt: [] } } }, { eyes }),
    (name) => parseQuery(registry, 'users', { where: { or: [{ not: { and: [{ [name]: null }] } }] } }, { eyes }),
    (name) => parseQuery(registry, 'users', { sort: `-${name}` }, { eyes }),
    (name) => parseQuery(registry, 'users', { select: [name] }, { eyes }),
    (name) => parseQuery(registry, 'users', { include: { [name]: true } }, { eyes }),
    (name) => parseUrlQuery(registry, 'users', `${name}=1`, { eyes }),
    (name) => parseUrlQuery(registry, 'users', `${name}.foo=1`, { eyes }),
    (name) => parseUrlQuery(registry, 'users', `select=${name}`, { eyes }),
    (name) => parseUrlShape(registry, 'users', `include=${name}`, { eyes }),
    (name) => parseAggregate(registry, 'users', { group: [name], measures: { n: 'count' } }, { eyes }),
    (name) => parseAggregate(registry, 'users', { measures: { n: { sum: name } } }, { eyes }),
    (name) => parseUrlAggregate(registry, 'users', `min=${name}`, { eyes }),
    (name) => parseUrlAggregate(registry, 'users', `group=${name}.month&count=true`, { eyes }),
    // Without the caller's eyes the parser lets through what only authorise can know.
    (name) => authorise(parseQuery(registry, 'users', { where: { [name]: 5 } }), alice, policies),
    (name) => authorise(parseQuery(registry, 'users', { sort: name }), alice, policies),
    (name) => authorise(parseQuery(registry, 'users', { select: [name] }), alice, policies),
  ]
  for (const [i, ask] of asks.entries()) {
    const answers = names.map((name) => ({ ...refusal(() => ask(name)), detail: refusal(() => ask(name)).detail.replaceAll(name, '?') }))
    assert.deepEqual(answers[1], answers[0], `ask ${i}`)
    assert.deepEqual(answers[2], answers[0], `ask ${i}`)
    assert.equal(answers[0]!.code, 'unknown_field', `ask ${i}`)
  }
})

test('a relation to a model that is closed to the caller is a field that is not there', () => {
  const eyes = eyesOf(policies, alice)
  const say = (run: () => unknown): string => refusal(run).detail.replace(/secrets|nothing/, '?')
  assert.equal(
    say(() => parseQuery(registry, 'teams', { include: { secrets: true } }, { eyes })),
    say(() => parseQuery(registry, 'teams', { include: { nothing: true } }, { eyes })),
  )
  assert.equal(
    say(() => parseQuery(registry, 'teams', { where: { secrets: { some: {} } } }, { eyes })),
    say(() => parseQuery(registry, 'teams', { where: { nothing: { some: {} } } }, { eyes })),
  )
  assert.equal(
    refusal(() => authorise(parseQuery(registry, 'teams', { include: { secrets: 'count' } }), alice, policies)).code,
    'unknown_field',
  )
})

test('a closed model is 401 to the anonymous and 403 to others, with the words to write', () => {
  const query = parseQuery(registry, 'secrets')
  assert.equal(refusal(() => authorise(query, anonymous, policies)).status, 401)
  assert.equal(refusal(() => authorise(query, alice, policies)).status, 403)
  assert.throws(
    () => authorise(query, alice, policies),
    (error: OffstageError) => /secrets has no `read` rule; add one at .*tasks\.ts:\d+/.test(error.hint!),
  )
})

test('hidden fields are shown to the system only when it names them', () => {
  assert.deepEqual(parseQuery(registry, 'users', { reveal: ['resetToken'], select: ['id'] }, { trusted: true }).select, [
    { field: 'id' },
    { field: 'resetToken' },
  ])
  assert.equal(refusal(() => parseQuery(registry, 'users', { select: ['resetToken'] }, { trusted: true })).code, 'unknown_field')
  assert.equal(refusal(() => parseQuery(registry, 'users', { reveal: ['resetToken'] })).code, 'unknown_parameter')
  const shown = (query: object, who: Principal): string[] =>
    authorise(parseQuery(registry, 'users', query, { trusted: who.kind === 'system' }), who, policies).select.map(({ field }) => field)
  assert.ok(!shown({}, { kind: 'system' }).includes('resetToken'))
  assert.ok(shown({}, { kind: 'system' }).includes('budget'))
  assert.ok(!shown({}, alice).includes('budget'))
  assert.equal((parseFilter(registry, 'users', { resetToken: 'x' }, { trusted: true }) as any).field, 'resetToken')
})

test('a field that a row may hide is masked in what is shown, sorted and asked', () => {
  const mask = { is: 'compare', field: 'open', op: 'eq', value: true }
  const { where, sort, select } = authorise(
    parseQuery(registry, 'tasks', { where: { note: 'x' }, sort: 'note', select: ['note'] }),
    alice,
    policies,
  )
  assert.deepEqual(where, { is: 'and', of: [mask, { is: 'compare', field: 'note', op: 'eq', value: 'x' }] })
  assert.deepEqual(sort[0]!.term, { through: [], field: 'note', mask })
  assert.deepEqual(select, [{ field: 'note', mask }])
  assert.deepEqual(authorise(parseQuery(registry, 'tasks', { where: { note: null } }), alice, policies).where, {
    is: 'or',
    of: [
      { is: 'not', of: mask },
      { is: 'null', field: 'note' },
    ],
  })
})

test("a relation in a caller's filter, count or sort sees only what the caller may read", () => {
  const readable = { is: 'compare', field: 'approved', op: 'eq', value: true }
  assert.deepEqual(authorise(parseQuery(registry, 'tasks', { where: { comments: { none: {} } } }), alice, policies).where, {
    is: 'not',
    of: { is: 'some', field: 'comments', where: readable },
  })
  assert.deepEqual(authorise(parseQuery(registry, 'tasks', { include: { n: { of: 'comments', count: true } } }), alice, policies).include, [
    { kind: 'count', as: 'n', field: 'comments', where: readable },
  ])
  assert.deepEqual(authorise(parseQuery(registry, 'comments', { sort: 'task.title' }), alice, policies).sort[0]!.term, {
    through: [{ field: 'task' }],
    field: 'title',
  })
})

test('whoever may not ask at all is told so before the question is looked at', () => {
  for (const query of ['code=1', 'nope=1', ''])
    assert.equal(refusal(() => parseUrlQuery(registry, 'secrets', query, { eyes: eyesOf(policies, anonymous) })).code, 'unauthenticated')
})
