import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorise } from '../../src/query/authorise.ts'
import { evaluate } from '../../src/query/evaluate.ts'
import { parseAggregate } from '../../src/query/parse-aggregate.ts'
import { parseQuery } from '../../src/query/parse-json.ts'
import { parseUrlQuery } from '../../src/query/parse-url.ts'
import { eyesOf } from '../../src/query/policies.ts'
import { printQuery, printUrlQuery } from '../../src/query/print.ts'
import { compileRules } from '../../src/query/rules.ts'
import type { Query } from '../../src/query/tree.ts'
import type { Row } from '../../src/schema/kind.ts'
import { createModel } from '../../src/schema/model.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t as typed } from '../../src/schema/t.ts'
import { alice, refusal, registry as tasks } from './tasks.ts'

const t = typed as any

const goods = createModel({
  name: t.text().searchable(),
  open: t.boolean(),
  text: t.text().searchable().optional(),
  site: t.url().searchable().optional(),
})
goods.access({ read: 'everyone' })
const registry = resolve({ models: { users: createModel({ email: t.email() }), goods }, user: 'users' } as never)

const asked = (query: string): Query => parseUrlQuery(registry, 'goods', query)
const id = [{ field: 'id' }]
const row = (id: string, name: string, text: string | null = null, rest: Row = {}): Row => ({
  id,
  name,
  text,
  site: null,
  open: true,
  ...rest,
})
const answer = (query: Query, rows: readonly Row[]): string[] =>
  evaluate(registry, new Map([['goods', rows]]), { ...query, select: id }).rows.map(({ id }) => String(id))

test('the words of a search are in the tree, so that questions that mean the same are the same', () => {
  const query = asked('search=Red%20%20SHOE,red')
  assert.deepEqual(query.where, { is: 'search', fields: ['name', 'text', 'site'], words: ['red', 'shoe'] })
  assert.deepEqual(query, parseQuery(registry, 'goods', { search: 'réd! shoe' }))
  assert.deepEqual(asked('open=true&search=red').where, {
    is: 'and',
    of: [
      { is: 'compare', field: 'open', op: 'eq', value: true },
      { is: 'search', fields: ['name', 'text', 'site'], words: ['red'] },
    ],
  })
})

test('it is sorted by rank where nothing else is asked, and printed as it was asked', () => {
  const query = asked('search=red')
  const fields = [
    { field: 'name', weight: 3 },
    { field: 'text', weight: 2 },
    { field: 'site', weight: 1 },
  ]
  assert.deepEqual(query.sort, [
    { term: { through: [], field: 'id', rank: { words: ['red'], fields } }, desc: true },
    { term: { through: [], field: 'id' }, desc: false },
  ])
  assert.deepEqual(printQuery(registry, query), { limit: 50, search: 'red' })
  assert.equal(printUrlQuery(registry, query), 'search=red&limit=50')
  const sorted = asked('search=red&sort=-name')
  assert.deepEqual(
    sorted.sort.map(({ term, desc }) => [term.field, desc, term.rank]),
    [
      ['name', true, undefined],
      ['id', true, undefined],
    ],
  )
  assert.deepEqual(parseUrlQuery(registry, 'goods', printUrlQuery(registry, sorted)), sorted)
})

test('a search without a word finds nothing, and one of too many is refused with those that it may have', () => {
  for (const text of ['', '%20', '%25_', '%CC%81', '%F0%9F%98%80']) {
    const query = asked(`search=${text}`)
    assert.deepEqual(query.where, { is: 'false' })
    assert.deepEqual(answer(query, [row('a', '% _ \u{1f600}')]), [])
  }
  const words = Array.from({ length: 17 }, (_, i) => `w${i}`)
  assert.doesNotThrow(() => asked(`search=${words.slice(1).join('+')}`))
  const { code, status, detail } = refusal(() => asked(`search=${words.join('+')}`))
  assert.deepEqual([code, status], ['invalid_filter', 400])
  assert.match(detail, /at most 16 different words; 17 were given.* w0 w1 .* w15$/)
  assert.doesNotThrow(() => asked(`search=${'red+'.repeat(40)}`), 'the same word is one')
  assert.equal(refusal(() => parseUrlQuery(tasks, 'comments', 'search=x')).code, 'unknown_parameter')
  assert.deepEqual(parseAggregate(registry, 'goods', { search: 'Red', measures: { rows: 'count' } }).where, {
    is: 'search',
    fields: ['name', 'text', 'site'],
    words: ['red'],
  })
})

test('a whole word counts more than a beginning, and the field declared first the most', () => {
  const rows = [
    row('beginning', 'reddish'),
    row('whole', 'red'),
    row('second', 'x', 'red'),
    row('third', 'x', null, { site: 'https://red.example/' }),
    row('all', 'red', 'red', { site: 'https://red.example/' }),
    row('secondBeginning', 'x', 'reddish'),
    row('again', 'red, red, red'),
    row('none', 'blue'),
  ]
  assert.deepEqual(answer(asked('search=red'), rows), ['all', 'again', 'whole', 'second', 'beginning', 'secondBeginning', 'third'])
  // 6 + 3 where one is whole, 3 + 4 where it is in the text, and so on.
  const two = [row('a', 'red shoes'), row('b', 'reds', 'shoe'), row('c', 'red', 'shoe'), row('d', 'shoe'), row('e', 'shoe red')]
  assert.deepEqual(answer(asked('search=red+shoe'), two), ['e', 'c', 'a', 'b'])
})

test('the next page goes on within a rank', () => {
  const rows = [row('a', 'red'), row('b', 'reddish'), row('c', 'red'), row('d', 'redder'), row('e', 'red')]
  const seen: string[] = []
  for (let query = asked('search=red&limit=2&select=id'); ;) {
    const page = evaluate(registry, new Map([['goods', rows]]), query)
    seen.push(...page.rows.map(({ id }) => String(id)))
    if (!page.more) break
    query = { ...query, after: page.last! }
  }
  assert.deepEqual(seen, ['a', 'c', 'e', 'b', 'd'])
})

test('B6 a word in a field that the caller may not see neither finds a row nor lifts it', () => {
  const masked = createModel({ name: t.text().searchable().readable({ open: true }), text: t.text().searchable(), open: t.boolean() })
  masked.access({ read: 'everyone' })
  // The check of declarations refuses this; a store is asked well even so.
  const own = resolve({ models: { users: createModel({ email: t.email() }), goods: masked }, user: 'users' } as never)
  const policies = compileRules(own)
  const rows = [
    { id: 'a', name: 'red', text: 'shoe red', open: false },
    { id: 'b', name: 'hat', text: 'shoe red', open: true },
    { id: 'c', name: 'red', text: 'hat', open: false },
    { id: 'd', name: 'red', text: 'shoe', open: true },
  ]
  const ask = (search: string): string => {
    const query = parseQuery(own, 'goods', { search }, { eyes: eyesOf(policies, alice) })
    const authorised = authorise(query, alice, policies)
    return evaluate(own, new Map([['goods', rows]]), authorised)
      .rows.map(({ id }) => id)
      .join(' ')
  }
  assert.equal(ask('red'), 'd a b')
  assert.equal(ask('red shoe'), 'd a b')
  assert.equal(ask('hat'), 'b c')
})
