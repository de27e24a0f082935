import { defineApp, defineModels, problem, t } from '../../src/index.ts'

const { models, me, endpoint, group } = defineModels({
  users: { name: t.text(), email: t.email().unique() },
  sales: { year: t.integer(), amount: t.integer(), at: t.datetime(), seller: t.user() },
})
models.users.access({ read: { id: me } })
models.sales.access({ read: { seller: me }, create: { seller: me } })

export const report = endpoint({
  allow: 'signed-in',
  method: 'GET',
  path: '/reports/:year',
  params: { year: t.integer() },
  query: { since: t.datetime().optional(), least: t.integer().default(0), label: t.text().optional() },
  async run({ db, params, query }) {
    const { data } = await db.sales.list({ where: { year: params.year, amount: { gte: query.least } }, sort: 'at' })
    return { label: query.label, since: query.since, sales: data.map(({ amount, at }) => ({ amount, at })) }
  },
})
const rename = endpoint({
  allow: 'signed-in',
  method: 'PATCH',
  path: '/names/:kind/:name',
  params: { kind: t.text(), name: t.text() },
  query: { dry: t.boolean() },
  input: { to: t.text() },
  problems: { same_name: 409 },
  run({ params, query, input }) {
    if (params.name === input.to) throw problem('same_name', { detail: 'It has this name already.' })
    return { ...params, ...query, ...input }
  },
})
const forget = endpoint({ allow: 'signed-in', method: 'DELETE', path: '/names/:name', params: { name: t.text() }, run: () => {} })
const ping = endpoint({ allow: 'everyone', method: 'GET', run: () => 'pong' })
const sheet = endpoint({
  allow: 'everyone',
  method: 'GET',
  path: '/sheet.csv',
  query: { form: t.enum('csv', 'json').default('csv') },
  run: ({ query }) =>
    query.form === 'json'
      ? Response.json([1, 2], { headers: { 'x-rows': '2' } })
      : new Response('1\n2\n', { headers: { 'content-type': 'text/csv' } }),
})
const upload = endpoint({
  allow: 'everyone',
  method: 'PUT',
  path: '/files/:name',
  params: { name: t.text() },
  body: 'raw',
  async run({ params, request }) {
    return { name: params.name, type: request.headers.get('content-type'), bytes: (await request.bytes()).length }
  },
})
const found = endpoint({
  allow: 'everyone',
  query: { word: t.text() },
  input: { deep: t.boolean() },
  run: ({ query, input }) => ({ ...query, ...input }),
})
const plain = endpoint({ allow: 'everyone', run: () => 1 })
const login = endpoint({ allow: 'everyone', input: { user: t.text() }, run: ({ input }) => ({ hello: input.user }) })
const either = endpoint({
  allow: 'everyone',
  input: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: unknown) => ({ value: value as { a: number } | { b: number } }),
      types: undefined as { input: { a: number } | { b: number }; output: { a: number } | { b: number } } | undefined,
    },
  },
  run: ({ input }) => input,
})

export const routed = defineApp({
  models,
  endpoints: {
    report,
    rename,
    forget,
    ping,
    sheet,
    upload,
    found,
    plain,
    provider: group(
      { prefix: '/provider/v1' },
      {
        login,
        orders: endpoint({
          allow: 'everyone',
          method: 'GET',
          path: '/orders/:id',
          params: { id: t.text() },
          run: ({ params }) => ({ order: params.id }),
        }),
      },
    ),
    tools: group({}, { login, either, count: endpoint({ allow: 'everyone', run: () => ({ n: 3 }) }) }),
  },
  login: { password: true },
})
