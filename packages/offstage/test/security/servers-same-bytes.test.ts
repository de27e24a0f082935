// One request, the same bytes from every database: values at the edges of every kind, kept, shown, found, sorted, paged and summed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { edges, operands, paths, scalars, searches, wrong } from './servers-values.ts'
import { openTrio, type Got, type Sent } from './servers-world.ts'

let trio: Awaited<ReturnType<typeof openTrio>>
before(async () => {
  trio = await openTrio()
})
after(() => trio.close())

const brief = (text: string): string => (text.length > 600 ? `${text.slice(0, 600)}… (${text.length})` : text)
const differences: string[] = []
let asked = 0

async function same(sent: Sent): Promise<Got> {
  const got = await trio.ask(sent)
  asked++
  const [first] = got as [Got]
  got.forEach((one, index) => {
    const isSame = one.status === first.status && one.text === first.text
    if (isSame && one.status < 500) return
    const line = `${sent.method} ${brief(sent.path)} ${brief(JSON.stringify(sent.body) ?? '')}`
    const at = [...first.text].findIndex((sign, i) => sign !== one.text[i])
    const from = Math.max(0, at - 100)
    differences.push(
      `${line}\n  ${trio.names[0]}: ${first.status} ${brief(first.text.slice(from))}\n  ${trio.names[index]}: ${one.status} ${brief(one.text.slice(from))}\n  ${brief(trio.log.at(-1) ?? '')}`,
    )
  })
  return first
}

/** Everything that differed since the last time, at once. */
function agree(least = 1): void {
  const found = differences.splice(0)
  assert.ok(asked >= least, 'too little was asked')
  asked = 0
  assert.equal(found.length, 0, `${found.length} answers differ:\n${found.slice(0, 30).join('\n\n')}`)
}

const get = (path: string): Promise<Got> => same({ method: 'GET', path })
const ask = (body: unknown, model = 'values'): Promise<Got> => same({ method: 'POST', path: `/api/${model}/query`, body })
const create = (body: object): Promise<Got> => same({ method: 'POST', path: '/api/values', body })

test('every value that may be kept is given back alike, whole and in lists, and refused alike where it may not', async () => {
  for (const name of ['g1', 'g2', 'G2']) await same({ method: 'POST', path: '/api/groups', body: { id: name, name: `Group ${name}` } })
  let number = 0
  for (const [field, values] of Object.entries(edges))
    for (const value of values) {
      const id = `${field}-${++number}`
      const made = await create({
        id,
        [field]: value,
        ...(number % 3 && { team: number % 2 ? 'g1' : 'G2' }),
        ...(number > 9 && { parent: 'text-1' }),
      })
      if (field !== 'short' && field !== 'email') assert.equal(made.status, 201, `${id}: ${made.text.slice(0, 300)}`)
      await get(`/api/values/${id}`)
      await get(`/api/values?id=${id}`)
    }
  for (const [field, values] of Object.entries(wrong))
    for (const value of values) {
      const made = await create({ id: `wrong-${++number}`, [field]: value })
      if (value !== null)
        assert.ok(made.status === 400 || made.status === 409 || made.status === 422, `${field} ${brief(String(value))}: ${made.status}`)
    }
  agree(300)
})

test('pages of all rows in every order, one after the other by cursor', async () => {
  for (const field of Object.keys(edges)) {
    if (field === 'meta') continue
    for (const sort of [field, `-${field}`, `team.name,-${field}`, `-few,${field},-id`]) {
      let after = ''
      for (let page = 0; page < 12; page++) {
        const found = await get(`/api/values?select=id,${field === 'text' ? 'few' : field}&limit=37&sort=${sort}${after}`)
        assert.equal(found.status, 200, found.text)
        const { next } = JSON.parse(found.text.slice(found.text.indexOf('\n')))
        if (!next || next.length > 4_000) break
        after = `&after=${encodeURIComponent(next)}`
      }
    }
  }
  agree(100)
})

test('every value finds the same rows by every operator', async () => {
  const operators: Readonly<Record<string, readonly string[]>> = {
    text: ['lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith'],
    short: ['lt', 'contains', 'startsWith', 'endsWith'],
    words: ['contains'],
    email: ['gte', 'startsWith'],
    url: ['lt', 'endsWith'],
    flag: [],
    choice: [],
    meta: [],
  }
  const shape = { select: ['id'], limit: 200, sort: 'id' }
  for (const [field, values] of Object.entries(edges)) {
    if (field === 'meta') continue
    for (const value of values) {
      const where = [
        { [field]: value },
        { [field]: { not: value } },
        { [field]: { in: [value, values[0]] } },
        { [field]: { notIn: [value] } },
      ]
      for (const op of operators[field] ?? ['lt', 'lte', 'gt', 'gte']) where.push({ [field]: { [op]: value } })
      // The longest take their time, and say the same again and again.
      const isLong = typeof value === 'string' && value.length > 10_000
      for (const one of isLong ? where.filter((_, at) => at % 3 === 0) : where) await ask({ ...shape, where: one, count: true })
      await get(`/api/values?select=id&sort=id&limit=200&${field}=${encodeURIComponent(String(value)).slice(0, 9_000)}`)
    }
    await ask({ ...shape, where: { [field]: { in: values.filter((value) => String(value).length < 500) } } })
    await ask({ ...shape, where: { [field]: { in: [] } } })
    await ask({ ...shape, where: { [field]: null } })
    await ask({ ...shape, where: { children: { some: { [field]: { null: false } } } } })
    await ask({ ...shape, where: { parent: { [field]: { null: true } } } })
  }
  agree(500)
})

test('operands at the edges and beyond them', async () => {
  const shape = { select: ['id'], limit: 200, sort: 'id' }
  for (const [field, value] of operands) await ask({ ...shape, where: { [field]: value } })
  for (const limit of ['0', '1', '200', '201', '-1', '1e2', '9007199254740993', '99999999999999999999', 'x', ''])
    await get(`/api/values?select=id&limit=${limit}`)
  for (const after of ['x', 'x.y', 'W10.x', 'A'.repeat(7_999)]) await get(`/api/values?after=${after}`)
  for (const id of ["'", '%00', '%F0%9F%98%80', '%E2%80%A8', 'x'.repeat(300), '%5C', '..', '%2e%2e', '%ff']) await get(`/api/values/${id}`)
  agree(100)
})

test('JSON is found by odd paths and values alike', async () => {
  const shape = { select: ['id'], limit: 200, sort: 'id' }
  for (const path of paths) {
    await ask({ ...shape, where: { meta: { path, exists: true } } })
    await ask({ ...shape, where: { meta: { path, exists: false } } })
    for (const value of [1, 'x', null, 'zero', true]) {
      await ask({ ...shape, where: { meta: { path, equals: value } } })
      await ask({ ...shape, where: { meta: { path, contains: value } } })
    }
  }
  for (const value of scalars) {
    await ask({ ...shape, where: { meta: { path: 'a', equals: value } } })
    await ask({ ...shape, where: { not: { meta: { path: 'a', equals: value } } } })
    await ask({ ...shape, where: { meta: { path: 'a', contains: value } } })
    await ask({ ...shape, where: { meta: { equals: value } } })
    await ask({ ...shape, where: { meta: { contains: value } } })
  }
  agree(300)
})

test('searches with signs that mean something to a database', async () => {
  for (const search of searches) {
    await get(`/api/values?select=id,words&search=${encodeURIComponent(search)}`)
    await get(`/api/values?select=id&sort=id&search=${encodeURIComponent(search)}`)
    await get(`/api/values/aggregate?count=true&search=${encodeURIComponent(search)}`)
  }
  agree(100)
})

test('groups, sums, averages and buckets', async () => {
  const measures = (field: string, which: readonly string[]): object =>
    Object.fromEntries(which.map((one) => [`${one}X`, { [one]: field }]))
  const aggregate = (body: unknown): Promise<Got> => same({ method: 'POST', path: '/api/values/aggregate', body })
  const numeric = ['sum', 'avg', 'min', 'max', 'countDistinct', 'count']
  const others = ['min', 'max', 'countDistinct', 'count']
  for (const field of ['whole', 'few', 'exact', 'fine', 'price']) {
    await aggregate({ measures: measures(field, numeric) })
    await aggregate({ measures: measures(field, numeric), group: ['team'] })
    await aggregate({ measures: measures(field, numeric), group: [field], sort: [field] })
    await aggregate({ measures: measures(field, numeric), where: { id: 'nobody' } })
    for (const one of ['-1', '0', '1', '1.5', '99999999999999999999999', '0.0000000000000000001', 1, 1.5, 1e300])
      await aggregate({ measures: measures(field, ['sum', 'avg', 'min']), group: ['team'], having: { sumX: { gt: one } } })
  }
  for (const field of ['text', 'short', 'email', 'url', 'at', 'day']) {
    await aggregate({ measures: measures(field, others) })
    await aggregate({
      measures: measures(field, ['count']),
      group: [field],
      sort: [`-${field}`],
      limit: 200,
      where: { [field]: { lt: field === 'at' ? '9999-12-31T23:59:59.999Z' : field === 'day' ? '9999-12-31' : 'w' } },
    })
  }
  for (const field of ['flag', 'choice', 'team', 'parent.text', 'team.name', 'parent.flag'])
    await aggregate({ measures: { n: 'count' }, group: [field] })
  for (const unit of ['hour', 'day', 'week', 'month', 'year'])
    for (const zone of [
      'UTC',
      'Europe/Berlin',
      'Pacific/Kiritimati',
      'Pacific/Pago_Pago',
      'Asia/Kathmandu',
      'America/St_Johns',
      'Pacific/Apia',
      'Africa/Monrovia',
      'Antarctica/Troll',
      '+05:30',
      'Etc/GMT+12',
      'X/Y',
      "'",
      '',
    ]) {
      await aggregate({ measures: { n: 'count' }, group: [{ at: unit }], zone })
      await get(`/api/values/aggregate?count=true&group=at.${unit}&zone=${encodeURIComponent(zone)}`)
      if (unit !== 'hour') await get(`/api/values/aggregate?count=true&group=day.${unit}&zone=${encodeURIComponent(zone)}`)
    }
  agree(150)
})

test('changes at the edges: sums beyond what is held, versions, uniqueness by case, rows that are gone', async () => {
  const patch = (id: string, body: object, headers?: Record<string, string>): Promise<Got> =>
    same({ method: 'PATCH', path: `/api/values/${id}`, body, ...(headers && { headers }) })
  await create({
    id: 'change',
    whole: 9_007_199_254_740_991,
    few: 5,
    real: 1.7976931348623157e308,
    exact: '999999999999999999',
    fine: '0.999999999999999999',
    price: '9999999999.99',
    meta: { a: [1] },
    text: 'x',
  })
  for (const body of [
    { whole: { increment: 1 } },
    { whole: { increment: 9_007_199_254_740_991 } },
    { whole: { decrement: 1 } },
    { few: { increment: 1 } },
    { few: { decrement: 11 } },
    { few: { increment: 9_007_199_254_740_991 } },
    { few: { decrement: 3 } },
    { real: { increment: 1.7976931348623157e308 } },
    { real: { decrement: 1.7976931348623157e308 } },
    { real: { increment: 0.1 } },
    { real: { increment: 0.2 } },
    { real: { increment: 5e-324 } },
    { exact: { increment: '1' } },
    { exact: { increment: '999999999999999999' } },
    { exact: { decrement: '1' } },
    { fine: { increment: '0.000000000000000001' } },
    { fine: { decrement: '0.000000000000000001' } },
    { price: { increment: '0.01' } },
    { price: { decrement: '0.01' } },
    { price: { increment: '0.001' } },
    { whole: { increment: 1.5 } },
    { whole: { increment: '1' } },
    { text: { increment: 1 } },
    { text: { append: 'x' } },
    { meta: { append: [2] } },
    { meta: { a: { append: 2 } } },
    { whole: null },
    { whole: { increment: 1 } },
    { text: null },
    { few: null },
    { id: 'other' },
    { version: 7 },
    {},
    { team: 'gone' },
    { team: 'g2' },
    { team: 'g1 ' },
    { team: 'G1' },
    { team: '' },
    { team: '\u{10ffff}' },
    { parent: 'change' },
    { short: 'a' },
    { short: 'Ä' },
    { email: 'ADA@example.com' },
    { email: 'Bob@example.com ' },
  ]) {
    await patch('change', body)
    await get('/api/values/change')
  }
  for (const tag of ['"1"', '"99"', '*', 'W/"1"', '"x"', '1', '"9007199254740993"', '"-1"', '"1e3"'])
    await patch('change', { text: tag }, { 'if-match': tag })
  for (const id of ['Change', 'change ', 'CHANGE', 'change%00', 'ch%C3%A4nge']) await get(`/api/values/${id}`)
  for (const body of [
    { id: 'change' },
    { id: 'CHANGE' },
    { id: 'x y' },
    { id: 'ä' },
    { id: 'x'.repeat(255) },
    { id: 'x'.repeat(256) },
    { id: '' },
    { id: 5 },
    {},
  ])
    await create(body)
  await same({ method: 'POST', path: '/api/order', body: { id: 'o1', picked: "'; --" } })
  await get('/api/order?sort=-picked&user.gte=1&team=x')
  await get('/api/order?select=user,picked&sort=-user')
  for (const body of [
    [
      { op: 'create', model: 'values', values: { id: 'b1', short: 'batch' } },
      { op: 'create', model: 'values', values: { id: 'b2', short: 'batch' } },
    ],
    [
      { op: 'create', model: 'groups', values: { id: 'b3', name: 'x', rows: { create: [{ id: 'b4' }, { id: 'b5', short: 'b5' }] } } },
      { op: 'delete', model: 'groups', id: 'b3' },
    ],
    [{ op: 'updateMany', model: 'values', where: { id: { startsWith: 'price' } }, values: { price: { increment: '9999999999.99' } } }],
    [{ op: 'updateMany', model: 'values', where: { price: { null: false } }, values: { price: { increment: '0.00' } } }],
    [{ op: 'deleteMany', model: 'values', where: { text: { startsWith: 'x'.repeat(60_000) } } }],
    [{ op: 'upsert', model: 'values', key: { short: 'up' }, create: { id: 'up', short: 'up' }, update: { few: 2 } }],
    [{ op: 'delete', model: 'values', id: 'text-1' }],
  ])
    await same({ method: 'POST', path: '/api/batch', body: { operations: body } })
  await same({ method: 'DELETE', path: '/api/groups/g1' })
  await same({ method: 'DELETE', path: '/api/groups/gone' })
  await get('/api/groups?include={"rows":{"select":["id"],"sort":"-id","limit":5}}&count=true')
  await get('/api/values?include={"children":"count","parent":true,"team":{"include":{"rows":"exists"}}}&limit=100&sort=-id&text.null=true')
  agree(80)
})
