import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAggregate } from '../../src/query/parse-aggregate.ts'
import { parseQuery } from '../../src/query/parse-json.ts'
import { parseUrlAggregate, parseUrlQuery } from '../../src/query/parse-url.ts'
import { eyesOf } from '../../src/query/policies.ts'
import { alice, filter, policies, refusal, registry, url } from './tasks.ts'

test('the filter of the design says what it says', () => {
  assert.deepEqual(
    filter({
      open: true,
      views: { gte: 10 },
      author: { team: { name: 'red' } },
      comments: { some: { text: { contains: 'x' } } },
      or: [{ status: 'paid' }, { due: null }],
      not: { title: 'a' },
    }),
    {
      is: 'and',
      of: [
        { is: 'compare', field: 'open', op: 'eq', value: true },
        { is: 'compare', field: 'views', op: 'gte', value: 10 },
        {
          is: 'some',
          field: 'author',
          where: { is: 'some', field: 'team', where: { is: 'compare', field: 'name', op: 'eq', value: 'red' } },
        },
        { is: 'some', field: 'comments', where: { is: 'compare', field: 'text', op: 'contains', value: 'x' } },
        {
          is: 'or',
          of: [
            { is: 'compare', field: 'status', op: 'eq', value: 'paid' },
            { is: 'null', field: 'due' },
          ],
        },
        { is: 'not', of: { is: 'compare', field: 'title', op: 'eq', value: 'a' } },
      ],
    },
  )
})

test('equal filters in JSON and in a URL are the same tree', () => {
  for (const [json, text] of [
    [{ views: { gte: 10 } }, 'views.gte=10'],
    [{ views: { gte: 10 } }, 'views[gte]=10'],
    [{ author: { team: { name: 'red' } } }, 'author.team.name=red'],
    [{ author: { team: { name: 'red' } } }, 'author[team][name]=red'],
    [{ status: { in: ['open', 'paid'] } }, 'status.in=open&status.in=paid'],
    [{ due: null }, 'due.null=true'],
    [{ due: { not: null } }, 'due.null=false'],
    [{ author: 'x' }, 'author=x'],
    [{ author: { not: 'x' } }, 'author.not=x'],
    [{ author: { in: ['x', 'y'] } }, 'author.in=x&author.in=y'],
    [{ title: 'a b+c&d=e' }, 'title=a+b%2Bc%26d%3De'],
    [{ comments: { some: { text: 'x' } } }, 'comments.some.text=x'],
    [{ comments: { none: { text: 'x' } } }, 'comments.none.text=x'],
    [{ views: { gte: 1 }, open: true }, 'views.gte=1&open=true'],
    [{ or: [{ open: true }, { views: 1 }] }, 'where={"or":[{"open":true},{"views":1}]}'],
    [{ open: true, or: [{ views: 1 }, { views: 2 }] }, 'where={"or":[{"views":1},{"views":2}]}&open=true'],
    [{ title: '' }, 'title='],
    [{ price: '2.50' }, 'price=2.5'],
    [{ due: { lt: new Date('2026-01-31T10:00:00Z') } }, 'due.lt=2026-01-31T12:00:00%2B02:00'],
  ] as const)
    assert.deepEqual(url(text), filter(json), text)
})

test('on a reference a text is an id and an object a filter, and not with an object stops at the relation', () => {
  assert.deepEqual(filter({ author: { not: { name: 'x' } } }), {
    is: 'some',
    field: 'author',
    where: { is: 'not', of: { is: 'compare', field: 'name', op: 'eq', value: 'x' } },
  })
  assert.deepEqual(filter({ not: { author: { name: 'x' } } }), {
    is: 'not',
    of: { is: 'some', field: 'author', where: { is: 'compare', field: 'name', op: 'eq', value: 'x' } },
  })
  assert.deepEqual(filter({ author: {} }), { is: 'some', field: 'author', where: { is: 'true' } })
  assert.deepEqual(filter({ author: null }), { is: 'null', field: 'author' })
})

test('every is no row that does not, notIn is not in, and nothing is in an empty list', () => {
  const text = { is: 'compare', field: 'text', op: 'eq', value: 'x' }
  assert.deepEqual(filter({ comments: { every: { text: 'x' } } }), {
    is: 'not',
    of: { is: 'some', field: 'comments', where: { is: 'not', of: text } },
  })
  assert.deepEqual(filter({ views: { notIn: [1] } }), { is: 'not', of: { is: 'in', field: 'views', values: [1] } })
  assert.deepEqual(
    [filter({ views: { in: [] } }), filter({ views: { notIn: [] } }), filter({ or: [] }), filter({ and: [] })].map((f: any) => f.is),
    ['false', 'true', 'false', 'true'],
  )
})

test('JSON is asked by path', () => {
  assert.deepEqual(filter({ meta: { path: 'a.b', equals: 1 } }), { is: 'json', field: 'meta', path: ['a', 'b'], op: 'equals', value: 1 })
  assert.deepEqual(filter({ meta: { path: ['a'], exists: false } }), {
    is: 'not',
    of: { is: 'json', field: 'meta', path: ['a'], op: 'exists', value: true },
  })
  for (const bad of [
    { meta: 'x' },
    { meta: {} },
    { meta: { path: 'a' } },
    { meta: { path: 'a"b', equals: 1 } },
    { meta: { path: '', equals: 1 } },
    { meta: { equals: { a: 1 } } },
    { meta: { equals: Number.NaN } },
    { meta: { exists: 1 } },
    { meta: { a: 1 } },
  ]) {
    assert.equal(refusal(() => filter(bad)).status, 400, JSON.stringify(bad))
  }
})

test('what is no filter is refused, never ignored', () => {
  const bad: unknown[] = [
    null,
    [],
    'x',
    1,
    undefined,
    new Map(),
    new Date(),
    { views: { gte: '10' } },
    { views: { foo: 1 } },
    { views: {} },
    { views: undefined },
    { or: [undefined] },
    { or: { 0: {}, length: 1 } },
    { open: 'true' },
    { status: 'unknown' },
    { views: { in: [1, null] } },
    { views: { in: 1 } },
    { views: { gte: null } },
    { views: { contains: '1' } },
    { title: { toString: 'x' } },
    { title: ['a'] },
    { title: { $gt: '' } },
    { comments: {} },
    { comments: { any: {} } },
    { comments: 'x' },
    { comments: null },
    { author: { in: [null] } },
    { not: [] },
    { views: { null: 1 } },
    { price: '1.234' },
    { due: '2026-01-31' },
    { author: 5 },
    JSON.parse('{"__proto__":{"views":1}}'),
    { title: 'a\0' },
    { title: '\ud800' },
  ]
  for (const where of bad) assert.equal(refusal(() => filter(where)).status, 400, String(where))
})

test('B10 B4 a URL with what is not known is refused', () => {
  for (const query of [
    'nope=1',
    'views.foo=1',
    'views.gte=x',
    'open=yes',
    'views=1&views=2',
    'views[gte]=1&views.gte=2',
    'limit=-1',
    'limit=1e9',
    'limit=0',
    'limit=201',
    'limit[]=1',
    'limit=1&limit=2',
    'where=str',
    'where=[]',
    'where={',
    'sort=',
    'sort=nope',
    'select=',
    'select=*',
    'select=author.name',
    'include=',
    'include=views',
    'include=nope',
    'include=author.nope',
    'count=1',
    'offset=-1',
    'offset=10001',
    'offset=1.0',
    'offset=0&after=x',
    'include={"comments":{"offset":1}}',
    'lookup=1',
    '_q=1',
    'populate=1',
    '__proto__=1',
    '__proto__[x]=1',
    'constructor=1',
    'Title=x',
    'tasks.title=x',
    '"title"=x',
    'title%00=x',
    'after=',
    '=1',
    '.=1',
    'author..name=x',
    'author.=x',
    'comments=x',
    'comments.some=x',
    'meta=1',
    'search=a%00',
    `search=${'a'.repeat(201)}`,
    'sort=title,views,open,due,status,price',
    'include=author.team.secrets',
    'fields[]=title',
    'alias[x]=title',
  ])
    assert.equal(refusal(() => parseUrlQuery(registry, 'tasks', query, { eyes: eyesOf(policies, alice) })).status, 400, query)
  assert.equal(refusal(() => url('title=%E0%A4')).code, 'malformed')
  assert.equal(refusal(() => url('title=%')).code, 'malformed')
})

test('limits hold', () => {
  const deep = (levels: number): unknown => (levels === 0 ? { open: true } : { not: { and: [deep(levels - 1), { views: 1 }] } })
  assert.equal(refusal(() => filter(deep(20))).code, 'invalid_filter')
  assert.equal(refusal(() => filter({ or: Array.from({ length: 201 }, () => ({ views: 1 })) })).code, 'invalid_filter')
  assert.equal(refusal(() => filter({ views: { in: Array.from({ length: 1_001 }, (_, i) => i) } })).code, 'invalid_filter')
  let nested: object = { open: true }
  for (let i = 0; i < 50_000; i++) nested = { not: nested }
  assert.equal(refusal(() => filter(nested)).code, 'invalid_filter')
  assert.equal(
    refusal(() =>
      parseQuery(registry, 'tasks', { include: { author: { include: { tasks: { include: { author: { include: { team: true } } } } } } } }),
    ).status,
    400,
  )
  assert.equal(refusal(() => parseQuery(registry, 'tasks', { sort: 'author.team.id.id.id' })).status, 400)
  assert.equal(parseQuery(registry, 'tasks', { limit: 10_000 }, { trusted: true }).limit, 10_000)
  assert.equal(parseQuery(registry, 'tasks').limit, 50)
})

test('includes say one row, rows, a number or a truth', () => {
  const { include } = parseQuery(registry, 'tasks', {
    include: {
      author: { select: ['id'] },
      comments: { where: { approved: true }, sort: '-text', limit: 3 },
      talk: { of: 'comments', exists: { text: 'x' } },
    },
  })
  assert.deepEqual(
    include.map(({ kind, as, field }) => [kind, as, field]),
    [
      ['one', 'author', 'author'],
      ['many', 'comments', 'comments'],
      ['exists', 'talk', 'comments'],
    ],
  )
  assert.deepEqual(parseQuery(registry, 'tasks', { include: { comments: 'count' } }).include, [
    { kind: 'count', as: 'comments', field: 'comments', where: { is: 'true' } },
  ])
  assert.deepEqual(
    parseUrlQuery(registry, 'tasks', 'include=author,comments,author.team').include,
    parseQuery(registry, 'tasks', { include: { author: { include: { team: true } }, comments: true } }).include,
  )
  for (const bad of [
    true,
    [],
    { author: 5 },
    { author: { where: {} } },
    { author: 'count' },
    { views: true },
    { x: true },
    { title: { of: 'comments' } },
    { 'a b': { of: 'comments' } },
    { __proto__x: { of: 'comments' } },
    { comments: { count: true, limit: 1 } },
    { comments: { skip: 1 } },
    { comments: { limit: 1_001 } },
  ]) {
    assert.equal(refusal(() => parseQuery(registry, 'tasks', { include: bad })).status, 400, JSON.stringify(bad))
  }
})

test('a sort always ends with the id, in the direction of the last key', () => {
  const keys = (sort?: unknown): string[] =>
    parseQuery(registry, 'tasks', sort === undefined ? {} : { sort }).sort.map(
      ({ term, desc }) => (desc ? '-' : '') + [...term.through.map((s) => s.field), term.field].join('.'),
    )
  assert.deepEqual(keys(), ['id'])
  assert.deepEqual(keys('-due'), ['-due', '-id'])
  assert.deepEqual(keys(['author.name', '-id', 'title']), ['author.name', '-id'])
})

test('an aggregate in a URL is the aggregate in JSON', () => {
  assert.deepEqual(
    parseUrlAggregate(
      registry,
      'tasks',
      'status=open&group=status,due.month,author.team&zone=Europe/Berlin&count=true&sum=price,views&having={"sum_price":{"gte":"10"}}&sort=-sum_price&limit=5',
    ),
    parseAggregate(registry, 'tasks', {
      where: { status: 'open' },
      group: ['status', { due: 'month' }, 'author.team'],
      zone: 'Europe/Berlin',
      measures: { count: 'count', sum_price: { sum: 'price' }, sum_views: { sum: 'views' } },
      having: { sum_price: { gte: 10 } },
      sort: '-sum_price',
      limit: 5,
    }),
  )
})

test('an aggregate that makes no sense is refused', () => {
  for (const bad of [
    {},
    { measures: {} },
    { measures: { n: 'sum' } },
    { measures: { n: { sum: 'title' } } },
    { measures: { n: { sum: 'nope' } } },
    { measures: { n: { sum: ['views'] } } },
    { measures: { '': 'count' } },
    { measures: { __proto__x: 'count' } },
    { group: ['meta'] },
    { group: ['status', 'status'] },
    { group: [{ due: 'minute' }] },
    { group: [{ status: 'month' }] },
    { group: 'comments' },
    { group: ['due'], zone: 'Mars/X' },
    { group: ['status'], measures: { status: 'count' } },
    { measures: { n: 'count' }, having: { m: 1 } },
    { measures: { n: 'count' }, having: { n: { gte: 1.5 } } },
    { measures: { n: 'count' }, having: { n: { contains: '1' } } },
    { measures: { n: 'count' }, sort: 'views' },
    { measures: { n: 'count' }, having: { n: 'x' } },
    { measures: { n: 'count' }, limit: 0 },
    { measures: { n: 'count' }, after: 'x' },
    { measures: { n: { avg: 'views' } }, having: { n: { gt: '1' } } },
  ])
    assert.equal(refusal(() => parseAggregate(registry, 'tasks', bad)).status, 400, JSON.stringify(bad))
})
