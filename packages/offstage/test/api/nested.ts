import { defineApp, defineModels, model, t } from '../../src/index.ts'

const { models, endpoint } = defineModels({
  users: { name: t.text(), email: t.email().unique() },
  posts: { title: t.text({ min: 1, max: 40 }), body: t.text().optional(), at: t.datetime().optional(), views: t.integer().default(7) },
  items: model({ name: t.text() }, { own: { id: t.serial() } }),
})

const line = t.object({ name: t.text({ min: 1 }), count: t.integer({ min: 1 }).default(1), at: t.datetime().optional() })
const words = t.list(t.text({ min: 1, max: 5 }), { min: 1, max: 3 })
/** Says what `run` was given, and where in it a Date was. */
const told = (value: unknown): Response => Response.json(value, { headers: { 'x-dates': dates(value).join(' ') } })
function dates(value: unknown, path = ''): string[] {
  if (value instanceof Date) return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => dates(inner, path === '' ? name : `${path}.${name}`))
}

const order = endpoint({
  allow: 'everyone',
  input: {
    order: t.object({ lines: t.list(line, { max: 3 }), tags: words.default(['a']), note: t.text().optional() }),
    by: t.map(t.object({ at: t.datetime() }), { max: 2 }).optional(),
    made: t.list(t.integer()).default(() => [1]),
  },
  run({ input }) {
    // What is changed here is this request's alone.
    input.order.tags.push('changed')
    input.made.push(2)
    return told(input)
  },
})
const loose = endpoint({
  allow: 'everyone',
  input: t.object(
    { user: t.object({ name: t.text() }, { others: 'drop' }), strict: t.object({ a: t.text() }).optional() },
    { others: 'drop' },
  ),
  run: ({ input }) => told(input),
})
const change = endpoint({
  allow: 'everyone',
  input: { id: t.ref('posts'), post: t.partial({ title: t.text({ min: 1 }), body: t.text().optional(), views: t.integer().default(9) }) },
  async run({ input, db }) {
    const { title, body, views } = await db.system.posts.update(input.id, input.post)
    return { title, body, views, given: Object.keys(input.post) }
  },
})
const many = endpoint({ allow: 'everyone', input: t.list(line, { max: 2 }), run: ({ input }) => told(input) })
const maybe = endpoint({ allow: 'everyone', input: t.list(t.integer()).default([5]), run: ({ input }) => input })
const counts = endpoint({ allow: 'everyone', input: t.map(t.integer()), run: ({ input }) => input })
const pick = endpoint({ allow: 'everyone', input: { items: t.list(t.ref('items')), by: t.user().optional() }, run: ({ input }) => input })
const search = endpoint({
  allow: 'everyone',
  method: 'GET',
  path: '/search/:page',
  params: t.object({ page: t.integer() }),
  query: {
    tag: t.list(t.text(), { max: 3 }),
    year: t.list(t.integer()).optional(),
    since: t.list(t.datetime()).default([]),
    q: t.text().default('x'),
  },
  run: ({ query, params }) => told({ ...params, ...query }),
})
const free = endpoint({
  allow: 'everyone',
  method: 'GET',
  path: '/free',
  query: t.partial({ a: t.integer(), b: t.list(t.text()) }, { others: 'drop' }),
  run: ({ query }) => query,
})

export const nested = defineApp({
  models,
  endpoints: { order, loose, change, many, maybe, counts, pick, search, free },
  login: { password: true },
})
