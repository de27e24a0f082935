import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineApp, defineModels, problem, t } from '../../src/index.ts'
import { testApp, type TestApp } from '../../src/testing.ts'
import { openJudge, openSchemas } from '../answers.ts'
import { nested } from './nested.ts'

const { models, me, endpoint, group } = defineModels({
  users: { name: t.text(), email: t.email().unique(), key: t.text().unique() },
  books: { title: t.text({ min: 1, max: 20 }).unique(), owner: t.user(), year: t.integer().optional() },
})
models.books.access({ read: 'everyone', create: { owner: me }, update: { owner: me }, delete: { owner: me } })

const book = t.object({ title: t.text(), year: t.integer().optional(), at: t.datetime() })
const shown = ({ createdAt, ...row }: { title: string; year: number | null; createdAt: Date }) => ({ book: { ...row, at: createdAt } })
const shop = {
  books: endpoint({
    allow: 'everyone',
    method: 'GET',
    path: '/books',
    query: { year: t.list(t.integer()), limit: t.integer({ min: 1, max: 50 }).default(20), word: t.text().optional() },
    output: { books: t.list(book), count: t.integer() },
    async run({ query, db }) {
      const { data, count = 0 } = await db.books.list({ limit: query.limit, count: true })
      return { books: data.map((row) => shown(row).book), count }
    },
  }),
  book: endpoint({
    allow: 'everyone',
    method: 'GET',
    path: '/books/:number',
    params: { number: t.integer({ min: 0 }) },
    output: { book },
    async run({ params, db }) {
      const { data } = await db.books.list({ sort: 'createdAt', limit: 200 })
      const row = data[params.number]
      if (!row) throw problem('not_found', { model: 'books' })
      return shown(row)
    },
  }),
  add: endpoint({
    allow: 'signed-in',
    path: '/books',
    status: 201,
    input: { book: t.object({ title: t.text({ min: 1, max: 20 }), year: t.integer().default(2026) }) },
    output: { book },
    problems: { shelf_full: 409 },
    async run({ input, db }) {
      if (input.book.title === 'full') throw problem('shelf_full')
      return shown(await db.books.create(input.book))
    },
  }),
  change: endpoint({
    allow: 'signed-in',
    method: 'PUT',
    path: '/books/:title',
    params: { title: t.text() },
    input: { book: t.partial({ title: t.text({ min: 1, max: 20 }), year: t.integer().optional() }) },
    output: { book },
    run: async ({ params, input, db }) => shown(await db.books.update({ title: params.title }, input.book)),
  }),
  remove: endpoint({
    allow: 'signed-in',
    method: 'DELETE',
    path: '/books/:title',
    status: 204,
    params: { title: t.text() },
    run: ({ params, db }) => db.books.delete({ title: params.title }),
  }),
  touch: endpoint({ allow: 'signed-in', path: '/touch', input: { note: t.text().optional() }, run: () => {} }),
}
const users = new Map<string, string>()
const app = defineApp({
  models,
  endpoints: {
    shop: group(
      {
        prefix: '/shop',
        authenticate: { scheme: 'Token', user: (token) => users.get(token) ?? null },
        problemOutput: { errors: t.map(t.list(t.text())) },
        problem: ({ code, status, errors = [] }) =>
          Response.json({ errors: { [code]: errors.map(({ path }) => path) } }, { status: status === 400 ? 422 : status }),
      },
      shop,
    ),
    bearing: group({ prefix: '/bearing', authenticate: { scheme: 'bearer', user: () => null } }, { touch: shop.touch }),
    told: group({ prefix: '/told', problem: ({ status }) => new Response('no', { status }) }, { touch: shop.touch }),
    alone: shop.touch,
    plain: endpoint({ allow: 'everyone', run: () => 1 }),
    raw: endpoint({ allow: 'everyone', body: 'raw', path: '/raw/:name', params: { name: t.text() }, run: () => 1 }),
  },
  login: { password: true },
})

async function documentOf(t: TestApp<any>): Promise<any> {
  return (await t.fetch('/openapi.json')).json()
}
const statuses = (operation: any): string[] => Object.keys(operation.responses)
const errorsOf = (operation: any): any[] => Object.entries<any>(operation.responses).filter(([status]) => Number(status) >= 400)

test('each part of an address has its own schema, with its default', async () => {
  await using t = await testApp(app)
  const { paths } = await documentOf(t)
  assert.deepEqual(paths['/shop/books/{number}'].get.parameters[0], {
    name: 'number',
    in: 'path',
    required: true,
    schema: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  })
  const [year, limit, word] = paths['/shop/books'].get.parameters
  assert.deepEqual([year.name, year.required, year.schema.type, year.schema.items.type], ['year', false, 'array', 'integer'])
  assert.deepEqual(limit, {
    name: 'limit',
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 50, default: 20 },
  })
  assert.deepEqual([word.required, word.schema.type], [false, 'string'])
  assert.deepEqual(paths['/raw/{name}'].post.parameters, [
    { name: 'name', in: 'path', required: true, schema: { type: 'string', maxLength: 65_536 } },
  ])
})

test('bodies say what they hold, and whether there must be one', async () => {
  await using t = await testApp(app)
  const { paths } = await documentOf(t)
  const body = (path: string, method = 'post') => paths[path][method].requestBody
  assert.equal(body('/shop/books').required, true)
  assert.deepEqual(body('/shop/books').content['application/json'].schema.properties.book, {
    type: 'object',
    properties: {
      title: { type: 'string', minLength: 1, maxLength: 20 },
      year: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, default: 2026 },
    },
    required: ['title'],
    additionalProperties: false,
  })
  assert.equal(body('/shop/books/{title}', 'put').content['application/json'].schema.properties.book.required, undefined)
  assert.equal(body('/shop/touch').required, false)
  assert.equal(body('/api/call/plain'), undefined)
  const out = paths['/shop/books'].get.responses[200].content['application/json'].schema
  assert.deepEqual(out.properties.books.items, {
    type: 'object',
    properties: {
      title: { type: 'string' },
      year: { type: ['integer', 'null'], minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      at: { type: 'string', format: 'date-time' },
    },
    required: ['title', 'year', 'at'],
    additionalProperties: false,
  })
})

test('a group has its own tag, way of signing in, and form of errors', async () => {
  await using t = await testApp(app)
  const { paths, tags, components } = await documentOf(t)
  assert.deepEqual(paths['/shop/books'].get.tags, ['shop'])
  assert.deepEqual(paths['/api/call/plain'].post.tags, ['call'])
  for (const name of ['shop', 'told', 'call', 'books', 'auth']) assert.equal(tags.filter((tag: any) => tag.name === name).length, 1, name)

  assert.deepEqual(components.securitySchemes.shop, {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`Authorization: Token <token>`',
  })
  assert.deepEqual(components.securitySchemes.bearing, { type: 'http', scheme: 'bearer' })
  assert.ok(!('told' in components.securitySchemes))
  assert.deepEqual(paths['/shop/books'].get.security, [{ shop: [] }, {}])
  assert.deepEqual(paths['/shop/books'].post.security, [{ shop: [] }])
  assert.equal(paths['/told/touch'].post.security, undefined, "the app's own sessions count there")

  for (const operation of [paths['/shop/books'].get, paths['/shop/books'].post, paths['/shop/books/{title}'].delete])
    for (const [status, answer] of errorsOf(operation))
      assert.deepEqual(answer.content, { 'application/json': { schema: { $ref: '#/components/schemas/shop.problem' } } }, status)
  assert.deepEqual(components.schemas['shop.problem'].properties.errors.additionalProperties, { type: 'array', items: { type: 'string' } })
  for (const [, answer] of errorsOf(paths['/told/touch'].post)) assert.equal(answer.content, undefined, 'of these nobody knows the form')
  for (const [status, answer] of errorsOf(paths['/api/call/plain'].post))
    assert.equal(answer.$ref, `#/components/responses/problem${status}`)
})

test('an operation lists what it can answer', async () => {
  await using t = await testApp(app)
  const { paths } = await documentOf(t)
  assert.deepEqual(statuses(paths['/shop/books'].get), ['200', '304', '400', '401', '422', '503'])
  assert.deepEqual(statuses(paths['/shop/books/{number}'].get), ['200', '304', '400', '401', '404', '422', '503'])
  assert.deepEqual(statuses(paths['/shop/books'].post), ['201', '400', '401', '403', '409', '413', '415', '422', '429', '503'])
  assert.match(paths['/shop/books'].post.responses[409].description, /shelf_full/)
  assert.deepEqual(statuses(paths['/shop/books/{title}'].delete), ['204', '400', '401', '403', '404', '409', '415', '422', '503'])
  assert.equal(paths['/shop/books/{title}'].delete.responses[204].content, undefined)
  assert.deepEqual(statuses(paths['/api/call/plain'].post).slice(0, 2), ['200', '204'])
})

test('what nothing speaks of is not in the document', async () => {
  const hidden = defineApp({ models, api: [], endpoints: { plain: shop.touch } })
  await using t = await testApp(hidden)
  const { components, tags } = await documentOf(t)
  assert.equal(components.schemas.books, undefined)
  assert.deepEqual(
    tags.map(({ name }: { name: string }) => name),
    ['call'],
  )
})

test('a shape with a name stands in the document once, for what comes in and for what goes out', async () => {
  const point = t.object({ x: t.integer(), note: t.text({ min: 1 }).optional() }, { name: 'Point' })
  const line = endpoint({
    allow: 'everyone',
    authenticate: false,
    input: t.object({ from: point, more: t.list(point).default([]) }, { name: 'Line' }),
    output: t.list(point.optional()),
    run: ({ input }) => [input.from, ...input.more, null],
  })
  await using app = await testApp(defineApp({ models, api: [], endpoints: { line } }))
  const { paths, components } = await documentOf(app)
  const { post } = paths['/api/call/line']
  const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` })
  assert.deepEqual(Object.keys(components.schemas).toSorted(), ['Line.input', 'Point', 'Point.input', 'problem'])
  assert.deepEqual(post.requestBody, { required: true, content: { 'application/json': { schema: ref('Line.input') } } })
  assert.deepEqual(components.schemas['Line.input'].properties.more, {
    type: 'array',
    items: ref('Point.input'),
    maxItems: 1000,
    default: [],
  })
  assert.deepEqual([components.schemas['Point.input'].required, components.schemas.Point.required], [['x'], ['x', 'note']])
  const schema = post.responses[200].content['application/json'].schema
  assert.deepEqual(schema.items, { anyOf: [ref('Point'), { type: 'null' }] })
  assert.deepEqual(post.security, [])
  const answer = await app.fetch('/api/call/line', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer ended' },
    body: JSON.stringify({ from: { x: 1 } }),
  })
  assert.deepEqual([answer.status, await answer.json()], [200, [{ x: 1, note: null }, null]])
})

test('real answers are as the document says', async () => {
  await using t = await testApp(app)
  const ada = await t.make.users()
  const eve = await t.make.users()
  users.set('ada', ada.id).set('eve', eve.id).set('gone', crypto.randomUUID())
  const judge = openJudge(await documentOf(t))
  const seen = new Set<string>()
  const send = async (line: string, { as, body, ...headers }: Record<string, any> = {}, expected?: number) => {
    const [method, path] = line.split(' ') as [string, string]
    const response = await t.fetch(path, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(as && { authorization: `Token ${as}` }),
        ...headers,
      },
    })
    const text = await response.text()
    const { status } = response
    const { operation, problems } = judge({ method, path, status, type: response.headers.get('content-type'), body: text })
    assert.deepEqual(problems, [], `${line} ${status}`)
    assert.equal(status, expected, `${line}: ${text}`)
    seen.add(`${operation} ${status}`)
    return response
  }
  const one = { book: { title: 'One' } }
  await send('POST /shop/books', { as: 'ada', body: one }, 201)
  await send('POST /shop/books', { as: 'ada', body: one }, 409)
  await send('POST /shop/books', { as: 'ada', body: { book: { title: 'full' } } }, 409)
  await send('POST /shop/books', { as: 'ada', body: { book: { title: '', extra: 1 } } }, 422)
  await send('POST /shop/books', { as: 'ada', body: { book: { title: '' } } }, 422)
  await send('POST /shop/books', { as: 'ada', body: '{' }, 422)
  await send('POST /shop/books', { as: 'ada' }, 422)
  await send('POST /shop/books', { as: 'ada', body: 'x', 'content-type': 'text/plain' }, 415)
  await send('POST /shop/books', { as: 'ada', body: { book: { title: 'x'.repeat(1_100_000) } } }, 413)
  await send('POST /shop/books', { body: one }, 401)
  await send('POST /shop/books', { as: 'gone', body: one }, 401)
  const first = await send('GET /shop/books?year=1&year=2', {}, 200)
  await send('GET /shop/books', { 'if-none-match': first.headers.get('etag')! }, 304)
  await send('GET /shop/books?limit=0', {}, 422)
  await send('GET /shop/books?limt=1', {}, 422)
  await send('GET /shop/books', { as: 'wrong' }, 401)
  await send('GET /shop/books/0', {}, 200)
  await send('GET /shop/books/9', {}, 404)
  await send('GET /shop/books/x', {}, 404)
  await send('PUT /shop/books/One', { as: 'eve', body: { book: { year: 1 } } }, 403)
  await send('PUT /shop/books/None', { as: 'ada', body: { book: { year: 1 } } }, 404)
  await send('PUT /shop/books/One', { as: 'ada', body: { book: { year: null } } }, 200)
  await send('PUT /shop/books/One', { as: 'ada', body: { book: { title: null } } }, 422)
  await send('DELETE /shop/books/One', { as: 'eve' }, 403)
  await send('DELETE /shop/books/One', { as: 'ada' }, 204)
  await send('DELETE /shop/books/One', { as: 'ada' }, 404)
  await send('POST /shop/touch', { as: 'ada' }, 204)
  await send('POST /touch', {}, 401)
  await send('POST /api/call/plain', { body: { a: 1 } }, 400)
  await send('POST /api/call/plain', {}, 200)
  await send('GET /shop/books/a%2Fb', {}, 422)
  const evil = { origin: 'https://evil.example' }
  await send('POST /api/auth/sign-in', { body: {}, ...evil }, 403)
  await send('POST /api/auth/sign-out', { cookie: 'a=b', ...evil }, 403)
  await send('POST /api/auth/sign-in', { body: 'x', 'content-type': 'text/plain' }, 415)
  await send('POST /api/auth/sign-in', { body: { email: 'x'.repeat(20_000) } }, 413)
  await send('GET /api/auth/me?x=1', {}, 400)
  assert.ok(seen.size > 20)
})

test('the schema of a body takes exactly what the endpoint takes', async () => {
  await using t = await testApp(nested)
  const { paths } = await documentOf(t)
  const schemas = openSchemas()
  const line = { name: 'a', at: '2026-01-01T00:00:00Z' }
  const cases: readonly (readonly [string, unknown, boolean])[] = [
    ['order', { order: { lines: [line] } }, true],
    ['order', { order: { lines: [line], tags: [] } }, false],
    ['order', { order: { lines: [line, line, line, line] } }, false],
    ['order', { order: { lines: [{ ...line, extra: 1 }] } }, false],
    ['order', { order: { lines: [{ ...line, at: null }] }, by: null, made: [2] }, true],
    ['order', { order: { lines: [] }, by: { a: { at: 'soon' } } }, false],
    ['order', { order: { lines: [] }, by: { a: line, b: line, c: line } }, false],
    ['order', {}, false],
    ['loose', { user: { name: 'a', more: 1 }, more: 1 }, true],
    ['loose', { user: { name: 'a' }, strict: { a: 'a', b: 1 } }, false],
    ['many', [line], true],
    ['many', {}, false],
    ['counts', { a: 1 }, true],
    ['counts', { a: 'x' }, false],
  ]
  for (const [name, value, fits] of cases) {
    const { schema } = paths[`/api/call/${name}`].post.requestBody.content['application/json']
    const response = await t.fetch(`/api/call/${name}`, {
      method: 'POST',
      body: JSON.stringify(value),
      headers: { 'content-type': 'application/json' },
    })
    assert.equal(schemas.validate(schema, value), fits, `${name} ${JSON.stringify(value)}`)
    assert.equal(response.ok, fits, `${name} ${JSON.stringify(value)}`)
  }
  assert.deepEqual(paths['/api/call/order'].post.requestBody.content['application/json'].schema.properties.order.properties.tags.default, [
    'a',
  ])
  assert.equal(paths['/api/call/maybe'].post.requestBody.required, false)
  assert.deepEqual(
    paths['/search/{page}'].get.parameters.map(({ name, required }: any) => `${name} ${required}`),
    ['page true', 'tag false', 'year false', 'since false', 'q false', 'If-None-Match undefined'],
  )
})
