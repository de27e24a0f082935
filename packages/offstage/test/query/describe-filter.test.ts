// Fields that are called like the parameters of a URL: bare, a name is the parameter; with an operator, or in JSON, it is the field.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAggregate } from '../../src/query/parse-aggregate.ts'
import { parseFilter, parseQuery } from '../../src/query/parse-json.ts'
import { parseUrlAggregate, parseUrlQuery, urlWords } from '../../src/query/parse-url.ts'
import { printUrlAggregate, printUrlQuery } from '../../src/query/print.ts'
import { declareApp } from '../../src/schema/app.ts'
import { check } from '../../src/schema/check.ts'
import { createModel } from '../../src/schema/model.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t as typed } from '../../src/schema/t.ts'
import { refusal, url } from './tasks.ts'

const t = typed as any
const words = [...urlWords]
const numbers = Object.fromEntries(words.map((word) => [word, t.integer()]))
const models: any = {
  rows: createModel({ ...numbers, reveal: t.integer(), owner: t.ref('rows').optional() }),
  // Relations of these names, and a time to group by.
  links: createModel({
    ...Object.fromEntries(words.map((word) => [word, t.ref('rows').optional()])),
    group: t.datetime(),
    limit: t.many('links', 'sort'),
    sort: t.ref('links').optional(),
  }),
}
for (const model of Object.values<any>(models)) model.access({ read: 'everyone' })
const app = declareApp({ models } as never)
const registry = resolve(app)

const where = (model: string, query: string): unknown => parseUrlQuery(registry, model, query).where
const json = (model: string, filter: object): unknown => parseFilter(registry, model, filter)

test('a field may be called like any parameter of a URL', () => {
  assert.deepEqual(check(app, registry), [])
  assert.ok(words.length >= 18)
})

test('with an operator, below a relation or in JSON the name is the field, whatever it is called', () => {
  for (const word of words) {
    const five = json('rows', { [word]: 5 })
    for (const form of [`${word}.eq=5`, `${word}[eq]=5`, `where={"${word}":5}`]) {
      assert.deepEqual(where('rows', form), five, form)
      assert.deepEqual(parseUrlAggregate(registry, 'rows', `measures={"n":"count"}&${form}`).where, five, form)
    }
    for (const [form, filter] of [
      [`${word}.gte=5`, { [word]: { gte: 5 } }],
      [`${word}.not=5`, { [word]: { not: 5 } }],
      [`${word}.null=true`, { [word]: null }],
      [`${word}.in=5&${word}.in=6`, { [word]: { in: [5, 6] } }],
      [`owner.${word}=5`, { owner: { [word]: 5 } }],
      [`owner.${word}.eq=5`, { owner: { [word]: 5 } }],
    ] as const)
      assert.deepEqual(where('rows', form), json('rows', filter), form)
    for (const key of ['sort', 'select'] as const)
      assert.deepEqual(parseUrlQuery(registry, 'rows', `${key}=${word}`), parseQuery(registry, 'rows', { [key]: [word] }), `${key}=${word}`)
    assert.deepEqual(
      parseUrlAggregate(registry, 'rows', `group=${word}&sum=${word}&sort=-sum_${word}`),
      parseAggregate(registry, 'rows', { group: [word], measures: { [`sum_${word}`]: { sum: word } }, sort: `-sum_${word}` }),
    )
  }
})

test('relations of these names are included, followed and grouped by', () => {
  for (const word of words.filter((name) => name !== 'group'))
    assert.deepEqual(
      parseUrlQuery(registry, 'links', `include=${word}`),
      parseQuery(registry, 'links', { include: { [word]: true } }),
      word,
    )
  assert.deepEqual(
    parseUrlQuery(registry, 'links', 'include=sort.where,limit&sort=sort.where.limit'),
    parseQuery(registry, 'links', { include: { sort: { include: { where: true } }, limit: true }, sort: 'sort.where.limit' }),
  )
  assert.deepEqual(where('links', 'sort.eq=x'), json('links', { sort: 'x' }))
  assert.deepEqual(where('links', 'sort.sort=x'), json('links', { sort: { sort: 'x' } }))
  assert.deepEqual(where('links', 'limit.some.sort=x'), json('links', { limit: { some: { sort: 'x' } } }))
  assert.deepEqual(
    parseUrlAggregate(registry, 'links', 'group=group.month,sort.group.year&count=true'),
    parseAggregate(registry, 'links', { group: [{ group: 'month' }, { 'sort.group': 'year' }], measures: { count: 'count' } }),
  )
})

test('bare, the name is the parameter and never the field', () => {
  const {
    limit,
    offset,
    sort,
    select,
    count,
    where: filter,
  } = parseUrlQuery(registry, 'rows', 'limit=5&offset=5&sort=limit&select=count&count=true')
  assert.deepEqual([limit, offset, sort[0]!.term.field, select, count, filter], [5, 5, 'limit', [{ field: 'count' }], true, { is: 'true' }])
  const both = parseUrlQuery(registry, 'rows', 'limit=5&limit.eq=6&limit.lt=9')
  assert.deepEqual([both.limit, both.where], [5, json('rows', { and: [{ limit: 6 }, { limit: { lt: 9 } }] })])
  for (const wrong of ['limit=red', 'count=5', 'where=5', 'include=5', 'after=', 'search=5', 'limit=5&limit=6'])
    assert.equal(refusal(() => parseUrlQuery(registry, 'rows', wrong)).status, 400, wrong)
  // The same word means the same on both addresses, so what it cannot mean here is refused.
  for (const wrong of ['zone=5', 'group=5', 'group=limit', 'sum=5', 'max=limit', 'having={}'])
    assert.match(refusal(() => parseUrlQuery(registry, 'rows', wrong)).detail, /write \w+\.eq=…$/, wrong)
  for (const wrong of ['select=limit', 'after=5', 'include=owner'])
    assert.match(refusal(() => parseUrlAggregate(registry, 'rows', `group=limit&${wrong}`)).detail, /write \w+\.eq=…$/, wrong)
  for (const wrong of ['group=5', 'zone=5', 'sum=5', 'measures=5', 'having=5', 'offset=5', 'count=true&group=count'])
    assert.equal(refusal(() => parseUrlAggregate(registry, 'rows', wrong)).status, 400, wrong)
})

test('`.eq` is equal for every field that can be, and belongs to URLs', () => {
  for (const [long, short] of [
    ['title.eq=x', 'title=x'],
    ['title.eq=', 'title='],
    ['views.eq=3', 'views=3'],
    ['price.eq=2.5', 'price=2.5'],
    ['due.eq=2026-01-31T10:00:00Z', 'due=2026-01-31T10:00:00Z'],
    ['status.eq=paid', 'status=paid'],
    ['open.eq=true', 'open=true'],
    ['author.eq=x', 'author=x'],
    ['author.team.name.eq=red', 'author.team.name=red'],
    ['comments.some.text.eq=x', 'comments.some.text=x'],
  ] as const)
    assert.deepEqual(url(long), url(short), long)
  for (const wrong of ['meta.eq=1', 'comments.eq=x', 'title.eq.eq=x', 'eq=1', 'title.eq=x&title.eq=y', 'views.eq=red'])
    assert.equal(refusal(() => url(wrong)).status, 400, wrong)
  assert.match(refusal(() => json('rows', { limit: { eq: 5 } })).detail, /by itself: \{ limit: … \}/)
})

test('what is printed as a URL is read as the same question', () => {
  for (const word of words) {
    const query = parseQuery(registry, 'rows', { where: { [word]: 5 }, limit: 7 })
    assert.match(printUrlQuery(registry, query), new RegExp(`^${word}\\.eq=5&`))
    assert.deepEqual(parseUrlQuery(registry, 'rows', printUrlQuery(registry, query)), query)
    const aggregate = parseAggregate(registry, 'rows', { where: { [word]: 5 }, group: word, measures: { n: { max: word } } })
    assert.deepEqual(parseUrlAggregate(registry, 'rows', printUrlAggregate(registry, aggregate)), aggregate)
  }
})
