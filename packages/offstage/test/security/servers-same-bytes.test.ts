// One request, the same bytes from every database: values at the edges of every kind, kept, shown, found, sorted, paged and summed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTrio, type Got, type Sent } from './servers-world.ts'

let trio: Awaited<ReturnType<typeof openTrio>>
before(async () => {
  trio = await openTrio()
})
after(() => trio.close())

const brief = (text: string): string => (text.length > 600 ? `${text.slice(0, 600)}… (${text.length})` : text)
const differences: string[] = []
let asked = 0
const tally = new Map<number, number>()

async function same(sent: Sent): Promise<Got> {
  const got = await trio.ask(sent)
  asked++
  tally.set(got[0]!.status, (tally.get(got[0]!.status) ?? 0) + 1)
  if (process.env.ADVLOG) console.log(got[0]!.status, sent.method, brief(sent.path).slice(0,150), (JSON.stringify(sent.body) ?? '').slice(0,150), got[0]!.text.slice(0, 200).replaceAll('\n', ' '))
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
  console.log(asked, tally)
  tally.clear()
  asked = 0
  assert.equal(found.length, 0, `${found.length} answers differ:\n${found.slice(0, 30).join('\n\n')}`)
}

const get = (path: string): Promise<Got> => same({ method: 'GET', path })
const ask = (body: unknown, model = 'values'): Promise<Got> => same({ method: 'POST', path: `/api/${model}/query`, body })
const create = (body: object): Promise<Got> => same({ method: 'POST', path: '/api/values', body })

const edges: Readonly<Record<string, readonly unknown[]>> = {
  text: [
    '', ' ', '  ', 'a', 'A', 'a ', ' a', 'a\t', 'ab', 'B', 'ä', 'a\u0308', 'ß', 'ss', 'İ', 'i', 'é', 'Ω', '\uffff', '\ufffe', '\ufeff',
    '\u{1f600}', '\u{10ffff}', '\u{10ffff}\u{10ffff}', '\u{10fffe}', '\ue000', '\u0001', '\u001f', '\u007f', '\u0080', '\u2028', '\r\n', '\n', '"', "'", '`', '\\', '\\\\', "\\'", "''",
    '%', '_', '\\%', '?', '$1', ':a', '--', '/*', '*/', ';', '{}', '[]', 'null', 'true', '0', '-0', '1e3', 'x\\u0000y', '\\x00', '<script>',
    "Robert'); drop table values;--", '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', 'x'.repeat(65_536), '\u{1f600}'.repeat(65_536), '\\'.repeat(3_000), '"'.repeat(3_000), '\u0001'.repeat(3_000),
  ],
  short: ['', ' ', 'a', 'A', 'a ', 'ä', 'a\u0308', 'ß', 'ss', '\u{1f600}'.repeat(255), '\u{10ffff}', '\\', "'"],
  words: ['red shoe', 'RÉD  shoes!', 'the and or not', '東京タワー', "it's", 'x'.repeat(300), '+red -shoe "a b" *', 'a b c', '\u{1f600} smile', "' or 1=1", 'foo:bar & baz | !qux', '123 4.5'],
  email: ['ada@example.com', 'Bob@Example.COM', 'é@x.example', 'x+y@x.example', "o'neil@x.example", 'ß@x.example', 'i@x.example'],
  url: ['https://x.example/', "http://x.example/?a='\\\\&b=%00", `https://x.example/${'a'.repeat(2_000)}`, 'https://x.example/\u{1f600}'],
  whole: [0, 1, -1, 9_007_199_254_740_991, -9_007_199_254_740_991, 2 ** 31, -(2 ** 31), 2 ** 32, 4_294_967_295, 9_007_199_254_740_990],
  real: [0, 1, -1, 0.1, 0.2, 0.1 + 0.2, 1 / 3, 1e21, 1e20, 1e22, 123456789012345680000, 1e-6, 1e-7, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 1.0000000000000002, 123456.789e-30],
  exact: ['0', '1', '-1', '999999999999999999', '-999999999999999999', '100000000000000000'],
  fine: ['0.000000000000000001', '-0.000000000000000001', '0.999999999999999999', '0.1', '0'],
  price: ['0.00', '0.01', '-0.01', '9999999999.99', '-9999999999.99', '10', '9.9', '100.10', -0.5],
  flag: [true, false],
  at: ['0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00.001Z', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.000Z', '1582-10-04T12:00:00Z', '1582-10-10T12:00:00Z', '1900-02-28T23:59:59Z', '1970-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z', '2038-01-19T03:14:08Z', '2106-02-07T06:28:16Z', '2026-03-29T02:30:00+01:00', '2016-12-31T23:59:59.999Z', '0099-06-01T00:00:00Z', '2026-01-01T00:00:00.1Z', '2026-01-01T00:00:00.01Z'],
  day: ['0001-01-01', '9999-12-31', '1582-10-10', '2000-02-29', '1900-02-28', '0099-12-31', '1970-01-01', '2026-03-29', '2024-12-30'],
  choice: ['a', 'B', 'é', "it's", 'x\\y'],
  meta: [
    {}, [], '', 'x', 0, 1, -1, 1.5, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, true, false,
    { a: 1 }, { a: '1' }, { a: null }, { a: true }, { a: 'true' }, { a: 1.5 }, { a: 1e21 }, { a: 0.1 + 0.2 }, { a: 5e-324 }, { a: 1.7976931348623157e308 },
    { '': 1 }, { '0': 'zero', '1': { '0': 'deep' } }, { 'a.b': 1 }, { 'a"b': 1 }, { "a'b": 1 }, { 'a\\b': 1 }, { '$': 1 }, { '*': 1 }, { '**': 2 }, { '[0]': 1 }, { 'a b': 1 }, { 'é': 1, '\u{1f600}': 2 }, { '@': 1 }, { '?': 1 }, { '\n': 1 }, { '\u0001': 1 }, { '\u2028': 1 }, { '%': 1 }, { last: 1 }, { 'a`b': 1 }, { length: 3, constructor: 1 },
    { a: [1, 'x', null, true, [2], { b: 1 }] }, { a: [] }, { a: [[1]] }, { a: {} }, { a: '' }, { a: '"' }, { a: '\\' }, { a: '\u{1f600}' }, { a: 'é' }, { a: '\u0001' }, { a: '\u2028' }, { a: '/' }, { a: "it's" }, { a: ' x ' }, { a: 'X' }, { a: '$v' },
    { a: { b: { c: 1 } } }, [[1]], [{ a: 1 }], { b: 2, a: 1 }, { z: 1, '2': 1, '10': 1 }, JSON.parse('['.repeat(32) + ']'.repeat(32)), { a: 'x'.repeat(60_000) },
  ],
}
const wrong: Readonly<Record<string, readonly unknown[]>> = {
  text: ['\u0000', '\ud800', 'x'.repeat(65_537), 5],
  short: ['x'.repeat(256)],
  email: ['ada@EXAMPLE.com', 'BOB@example.com', 'É@x.example', 'I@x.example', 'ﬀ', 'a@b'],
  whole: [1.5, 9007199254740992, '1', 1e300],
  real: ['1', null],
  exact: ['1000000000000000000', '1.5', '1e3', 'NaN', 'Infinity', ' 1', '+1', '0x1'],
  fine: ['1', '0.0000000000000000001'],
  price: ['10000000000', '1.234', '1,5', ''],
  at: ['0000-12-31T23:59:59Z', '10000-01-01T00:00:00Z', '0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00', '2026-02-30T00:00:00Z', '2016-12-31T23:59:60Z', 'infinity', 'now', '24:00'],
  day: ['0000-01-01', '2026-02-29', '10000-01-01', 'infinity', 'today', '1900-02-29'],
  choice: ['A', 'b', '', "it''s"],
  meta: [{ a: '\u0000' }, { '\u0000': 1 }, { a: '\ud800' }, JSON.parse('['.repeat(33) + ']'.repeat(33))],
}

test('every value that may be kept is given back alike, whole and in lists, and refused alike where it may not', async () => {
  for (const name of ['g1', 'g2', 'G2']) await same({ method: 'POST', path: '/api/groups', body: { id: name, name: `Group ${name}` } })
  let number = 0
  for (const [field, values] of Object.entries(edges))
    for (const value of values) {
      const id = `${field}-${++number}`
      const made = await create({ id, [field]: value, ...(number % 3 && { team: number % 2 ? 'g1' : 'G2' }), ...(number > 9 && { parent: 'text-1' }) })
      if (made.status !== 201) console.log(id, JSON.stringify(value).slice(0,60), made.text.slice(0,300)); if (process.env.ADV) assert.equal(made.status, 201, `${id}: ${made.text.slice(0, 300)}`)
      await get(`/api/values/${id}`)
      await get(`/api/values?id=${id}`)
    }
  for (const [field, values] of Object.entries(wrong))
    for (const value of values) {
      const made = await create({ id: `wrong-${++number}`, [field]: value })
      if (value !== null) assert.ok(made.status === 400 || made.status === 409 || made.status === 422, `${field} ${brief(String(value))}: ${made.status}`)
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
      const where = [{ [field]: value }, { [field]: { not: value } }, { [field]: { in: [value, values[0]] } }, { [field]: { notIn: [value] } }]
      for (const op of operators[field] ?? ['lt', 'lte', 'gt', 'gte']) where.push({ [field]: { [op]: value } })
      for (const one of where) await ask({ ...shape, where: one, count: true })
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
  const odd: readonly (readonly [string, unknown])[] = [
    ...['lt', 'gt', 'eq'].flatMap((op) =>
      ([
        ['exact', '999999999999999999'], ['exact', '9999999999999999999'], ['exact', '0.5'], ['fine', '999999999999999999'], ['fine', '1'], ['price', '9999999999999999.99'], ['price', '99999999999999999.99'],
        ['price', '0.001'], ['few', 9_007_199_254_740_991], ['few', -9_007_199_254_740_991], ['whole', 1.5], ['real', 1.7976931348623157e308], ['real', 5e-324], ['real', -5e-324],
        ['at', '0001-01-01T00:00:00Z'], ['at', '9999-12-31T23:59:59.999Z'], ['at', '9999-12-31T23:59:59.9999Z'], ['day', '0001-01-01'], ['day', '9999-12-31'], ['text', '\u0000'], ['text', 'x'.repeat(140_000)], ['text', '\u{1f600}'.repeat(65_536)],
        ['id', ''], ['id', 'x'.repeat(255)], ['id', 'x'.repeat(256)], ['id', '\u{1f600}'.repeat(255)], ['team', '\u{10ffff}'], ['short', '\u{1f600}'.repeat(300)], ['email', 'x'.repeat(9_000)], ['choice', 'zzz'],
      ] as const).map(([field, value]): [string, unknown] => [field, op === 'eq' ? value : { [op]: value }]),
    ),
    ['id', { in: Array.from({ length: 1_000 }, (_, i) => `text-${i}`) }], ['whole', { in: Array.from({ length: 1_000 }, (_, i) => i * 1e12) }],
    ['text', { in: Array.from({ length: 1_000 }, (_, i) => `${'\u{1f600}'.repeat(100)}${i}`) }], ['at', { in: ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'] }],
    ['fine', { in: ['0.999999999999999999', '0.1', '5'] }], ['real', { in: [0.1 + 0.2, 5e-324, 1e21, 1.7976931348623157e308] }], ['exact', { in: ['999999999999999999', '-999999999999999999'] }],
    ['text', { startsWith: '\u{10ffff}' }], ['text', { startsWith: '' }], ['text', { contains: '' }], ['text', { endsWith: '' }], ['text', { startsWith: '\u{1f600}'.repeat(60_000) }], ['text', { contains: '\\' }], ['text', { contains: '%' }],
  ]
  for (const [field, value] of odd) await ask({ ...shape, where: { [field]: value } })
  for (const limit of ['0', '1', '200', '201', '-1', '1e2', '9007199254740993', '99999999999999999999', 'x', '']) await get(`/api/values?select=id&limit=${limit}`)
  for (const after of ['x', 'x.y', 'W10.x', 'A'.repeat(7_999)]) await get(`/api/values?after=${after}`)
  for (const id of ["'", '%00', '%F0%9F%98%80', '%E2%80%A8', 'x'.repeat(300), '%5C', '..', '%2e%2e', '%ff']) await get(`/api/values/${id}`)
  agree(100)
})

test('JSON is found by odd paths and values alike', async () => {
  const shape = { select: ['id'], limit: 200, sort: 'id' }
  const paths = [
    'a', ['a'], [''], ['0'], ['1', '0'], ['a.b'], 'a.b', 'a.b.c', ['a"b'], ["a'b"], ['a\\b'], ['$'], ['*'], ['**'], ['[0]'], ['a b'], ['é'], ['\u{1f600}'], ['@'], ['?'], ['\n'], ['\u0001'], ['\u2028'], ['%'], ['last'], ['a`b'],
    ['length'], ['constructor'], ['__proto__'], ['toString'], ['a[0]'], ['a', '0'], ['A'], ['a '], ['a', 'b'], ['x'.repeat(500)], Array.from({ length: 32 }, () => 'a'), [], '', ['\u0000'], ['2'], ['10'],
  ]
  const values = [1, '1', null, true, false, 'true', 1.5, 1e21, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 9007199254740993, 0, -0, '', '"', '\\', '\u{1f600}', 'é', '\u0001', '\u2028', '/', "it's", ' x ', 'x', 'X', '$v', 'x'.repeat(60_000), [], {}, 2, 'zero', 'deep', '\u0000']
  for (const path of paths) {
    await ask({ ...shape, where: { meta: { path, exists: true } } })
    await ask({ ...shape, where: { meta: { path, exists: false } } })
    for (const value of [1, 'x', null, 'zero', true]) {
      await ask({ ...shape, where: { meta: { path, equals: value } } })
      await ask({ ...shape, where: { meta: { path, contains: value } } })
    }
  }
  for (const value of values) {
    await ask({ ...shape, where: { meta: { path: 'a', equals: value } } })
    await ask({ ...shape, where: { not: { meta: { path: 'a', equals: value } } } })
    await ask({ ...shape, where: { meta: { path: 'a', contains: value } } })
    await ask({ ...shape, where: { meta: { equals: value } } })
    await ask({ ...shape, where: { meta: { contains: value } } })
  }
  agree(300)
})

test('searches with signs that mean something to a database', async () => {
  const searches = [
    'red', 'RED', 'réd', 'shoe', 'sho', 'red shoe', 'shoe red', 'the', 'and', 'or not', '東京', '東', "it's", "'", '"', '"a b"', '+red', '-shoe', 'red*', '*', '@', '(', ')', '~red', '<red', '>red', 'a', 'a & b', 'foo:bar', 'foo:*', '!qux', 'baz|x', '\\', "\\'", '%',
    '', ' ', '\u{1f600}', 'smile', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(200), 'x'.repeat(201), '123', '4.5', '4', "' or 1=1 --", '1=1', '\u0000', 'ß', 'ﬀ', 'İ', '\u0301', 'a b c d e f g h i j k l m n o p', 'a b c d e f g h i j k l m n o p q',
  ]
  for (const search of searches) {
    await get(`/api/values?select=id,words&search=${encodeURIComponent(search)}`)
    await get(`/api/values?select=id&sort=id&search=${encodeURIComponent(search)}`)
    await get(`/api/values/aggregate?count=true&search=${encodeURIComponent(search)}`)
  }
  agree(100)
})

test('groups, sums, averages and buckets', async () => {
  const measures = (field: string, which: readonly string[]): object => Object.fromEntries(which.map((one) => [`${one}X`, { [one]: field }]))
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
    await aggregate({ measures: measures(field, ['count']), group: [field], sort: [`-${field}`], limit: 200, where: { [field]: { lt: field === 'at' ? '9999-12-31T23:59:59.999Z' : field === 'day' ? '9999-12-31' : 'w' } } })
  }
  for (const field of ['flag', 'choice', 'team', 'parent.text', 'team.name', 'parent.flag']) await aggregate({ measures: { n: 'count' }, group: [field] })
  for (const unit of ['hour', 'day', 'week', 'month', 'year'])
    for (const zone of ['UTC', 'Europe/Berlin', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia', 'Africa/Monrovia', 'Antarctica/Troll', '+05:30', 'Etc/GMT+12', 'X/Y', "'", '']) {
      await aggregate({ measures: { n: 'count' }, group: [{ at: unit }], zone })
      await get(`/api/values/aggregate?count=true&group=at.${unit}&zone=${encodeURIComponent(zone)}`)
      if (unit !== 'hour') await get(`/api/values/aggregate?count=true&group=day.${unit}&zone=${encodeURIComponent(zone)}`)
    }
  agree(150)
})

test('changes at the edges: sums beyond what is held, versions, uniqueness by case, rows that are gone', async () => {
  const patch = (id: string, body: object, headers?: Record<string, string>): Promise<Got> => same({ method: 'PATCH', path: `/api/values/${id}`, body, ...(headers && { headers }) })
  await create({ id: 'change', whole: 9_007_199_254_740_991, few: 5, real: 1.7976931348623157e308, exact: '999999999999999999', fine: '0.999999999999999999', price: '9999999999.99', meta: { a: [1] }, text: 'x' })
  for (const body of [
    { whole: { increment: 1 } }, { whole: { increment: 9_007_199_254_740_991 } }, { whole: { decrement: 1 } }, { few: { increment: 1 } }, { few: { decrement: 11 } }, { few: { increment: 9_007_199_254_740_991 } }, { few: { decrement: 3 } },
    { real: { increment: 1.7976931348623157e308 } }, { real: { decrement: 1.7976931348623157e308 } }, { real: { increment: 0.1 } }, { real: { increment: 0.2 } }, { real: { increment: 5e-324 } },
    { exact: { increment: '1' } }, { exact: { increment: '999999999999999999' } }, { exact: { decrement: '1' } }, { fine: { increment: '0.000000000000000001' } }, { fine: { decrement: '0.000000000000000001' } },
    { price: { increment: '0.01' } }, { price: { decrement: '0.01' } }, { price: { increment: '0.001' } }, { whole: { increment: 1.5 } }, { whole: { increment: '1' } }, { text: { increment: 1 } }, { text: { append: 'x' } }, { meta: { append: [2] } }, { meta: { a: { append: 2 } } },
    { whole: null }, { whole: { increment: 1 } }, { text: null }, { few: null }, { id: 'other' }, { version: 7 }, {}, { team: 'gone' }, { team: 'g2' }, { team: 'g1 ' }, { team: 'G1' }, { team: '' }, { team: '\u{10ffff}' }, { parent: 'change' }, { short: 'a' }, { short: 'Ä' }, { email: 'ADA@example.com' }, { email: 'Bob@example.com ' },
  ]) {
    await patch('change', body)
    await get('/api/values/change')
  }
  for (const tag of ['"1"', '"99"', '*', 'W/"1"', '"x"', '1', '"9007199254740993"', '"-1"', '"1e3"']) await patch('change', { text: tag }, { 'if-match': tag })
  for (const id of ['Change', 'change ', 'CHANGE', 'change%00', 'ch%C3%A4nge']) await get(`/api/values/${id}`)
  for (const body of [{ id: 'change' }, { id: 'CHANGE' }, { id: 'x y' }, { id: 'ä' }, { id: 'x'.repeat(255) }, { id: 'x'.repeat(256) }, { id: '' }, { id: 5 }, {}]) await create(body)
  await same({ method: 'POST', path: '/api/order', body: { id: 'o1', picked: "'; --" } })
  await get('/api/order?sort=-picked&user.gte=1&team=x')
  await get('/api/order?select=user,picked&sort=-user')
  for (const body of [
    [{ op: 'create', model: 'values', values: { id: 'b1', short: 'batch' } }, { op: 'create', model: 'values', values: { id: 'b2', short: 'batch' } }],
    [{ op: 'create', model: 'groups', values: { id: 'b3', name: 'x', rows: { create: [{ id: 'b4' }, { id: 'b5', short: 'b5' }] } } }, { op: 'delete', model: 'groups', id: 'b3' }],
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
