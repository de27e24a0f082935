// Values within values: what `run` gets, what callers send, what may be answered. Compiled, never run.
import { expectTypeOf } from 'expect-type'
import { defineApp, kit, t as plain, type StandardSchema } from 'offstage'
import { createClient } from 'offstage/client'
import type { Blog } from '../fixture/blog/kit.ts'
import * as models from '../fixture/blog/models/index.ts'

const { endpoint, model, t } = kit<Blog>()

// --- what run gets
const line = t.object({ post: t.ref('posts'), count: t.integer().default(1), at: t.datetime().optional() })
const order = endpoint({
  allow: 'signed-in',
  input: {
    lines: t.list(line),
    tags: t.list(t.enum('a', 'b')).optional(),
    prices: t.map(t.decimal(4, 2)).default({}),
    to: t.object({ name: t.text() }, { others: 'drop' }).optional(),
  },
  run({ input }) {
    expectTypeOf(input).toEqualTypeOf<{
      readonly lines: { readonly post: string; readonly count: number; readonly at: Date | null }[]
      readonly tags: ('a' | 'b')[] | null
      readonly prices: { [name: string]: string }
      readonly to: { readonly name: string } | null
    }>()
    return input.lines.length
  },
})
const change = endpoint({
  allow: 'signed-in',
  input: { post: t.partial({ title: t.text(), body: t.text().default(''), publishedAt: t.datetime().optional() }) },
  run({ input }) {
    expectTypeOf(input.post).toEqualTypeOf<{ readonly title?: string; readonly body?: string; readonly publishedAt?: Date | null }>()
    return Object.keys(input.post)
  },
})
const numbers = endpoint({
  allow: 'everyone',
  input: t.list(t.integer()),
  run: ({ input }) => expectTypeOf(input).toEqualTypeOf<number[]>(),
})
const find = endpoint({
  allow: 'everyone',
  method: 'GET',
  path: '/find/:id',
  params: t.object({ id: t.integer() }),
  query: t.partial({ tag: t.list(t.text()), since: t.datetime() }),
  run({ params, query }) {
    expectTypeOf(params).toEqualTypeOf<{ readonly id: number }>()
    expectTypeOf(query).toEqualTypeOf<{ readonly tag?: string[]; readonly since?: Date }>()
  },
})

// A partial is what an update takes.
endpoint({
  allow: 'signed-in',
  input: { id: t.ref('posts'), post: t.partial({ title: t.text(), status: t.enum('draft', 'published') }) },
  run: ({ input, db }) => db.posts.update(input.id, input.post),
})

// --- what may be declared
// @ts-expect-error a string is no field
t.object({ name: 'text' })
// @ts-expect-error nor is it an item
t.list('text')
// @ts-expect-error no such word
t.object({}, { others: 'ignore' })
// @ts-expect-error a default is a value of the list
t.list(t.integer()).default(['1'])
t.list(t.datetime()).default(['2026-01-01T00:00:00Z', new Date()])
// @ts-expect-error nothing given is {} already
t.partial({ name: t.text() }).default({})
// @ts-expect-error lists are for endpoints
model({ tags: t.list(t.text()) })
// @ts-expect-error objects too
model({ to: t.object({ name: t.text() }) })
// @ts-expect-error variables of the environment are flat
defineApp({ models, env: { LIST: plain.list(plain.text()) } })
// @ts-expect-error no such model
t.object({ post: t.ref('psts') })

// --- what run may give
const writer = t.object({ name: t.text(), bio: t.text().optional() })
const output = { post: t.object({ title: t.text(), at: t.datetime(), writer, kind: t.enum('a', 'b') }), count: t.integer().default(0) }
const at = new Date()
const shown = endpoint({
  allow: 'everyone',
  output,
  // More than is named may be there: it does not leave the server.
  run: () => ({ post: { title: 'x', at, writer: { name: 'x', secret: 'x' }, kind: 'a' as const, extra: 1 }, count: 1, more: [] }),
})
const sometimes = endpoint({
  allow: 'everyone',
  input: { n: t.integer() },
  output: { n: t.integer() },
  async run({ input }) {
    if (input.n === 0) return
    return input.n === 1 ? new Response('one') : { n: input.n }
  },
})
// @ts-expect-error the title is missing
endpoint({ allow: 'everyone', output, run: () => ({ post: { at, writer: { name: 'x' }, kind: 'a' as const } }) })
// @ts-expect-error null is for what is optional
endpoint({ allow: 'everyone', output, run: () => ({ post: { title: null, at, writer: { name: 'x' }, kind: 'a' as const } }) })
// @ts-expect-error an instant is a Date or its text
endpoint({ allow: 'everyone', output, run: () => ({ post: { title: 'x', at: 0, writer: { name: 'x' }, kind: 'a' as const } }) })
// @ts-expect-error no such choice
endpoint({ allow: 'everyone', output, run: () => ({ post: { title: 'x', at, writer: { name: 'x' }, kind: 'c' as const } }) })
// @ts-expect-error a list, not an object
endpoint({ allow: 'everyone', output: t.list(writer), run: () => ({ name: 'x' }) })
// @ts-expect-error of the rows of db as well
endpoint({ allow: 'everyone', output: { post: t.object({ titel: t.text() }) }, run: async ({ db }) => ({ post: await db.posts.get('1') }) })
endpoint({ allow: 'everyone', output: { post: t.object({ title: t.text() }) }, run: async ({ db }) => ({ post: await db.posts.get('1') }) })
const rows = endpoint({
  allow: 'everyone',
  output: t.list(t.object({ title: t.text(), createdAt: t.datetime() })),
  run: async ({ db }) => (await db.posts.list()).data,
})
const untyped = endpoint({ allow: 'everyone', output: { n: t.integer() }, run: () => JSON.parse('{}') })
const schema = {} as StandardSchema<{ n: number }, { n: string }>
const standard = endpoint({ allow: 'everyone', output: schema, run: () => ({ n: 1 }) })
// @ts-expect-error it is what the schema takes
endpoint({ allow: 'everyone', output: schema, run: () => ({ n: '1' }) })

// --- what the client sends and gets
const app = defineApp({ models, endpoints: { order, change, numbers, find, shown, sometimes, rows, untyped, standard } })
const api = createClient<typeof app>('')
api.call.order({ lines: [] })
api.call.order({ lines: [{ post: '1' }, { post: '2', count: 2, at: new Date() }], tags: null, prices: { a: '1.00' }, to: { name: 'x' } })
api.call.order({ lines: [{ post: '2', at: '2026-01-01T00:00:00Z' }] as const })
// @ts-expect-error the post is missing
api.call.order({ lines: [{ count: 1 }] })
// @ts-expect-error no such choice
api.call.order({ lines: [], tags: ['c'] })
// @ts-expect-error no such name
api.call.order({ lines: [{ post: '1', cuont: 1 }] })
// @ts-expect-error null is for what is optional
api.call.order({ lines: null })
api.call.change({ post: {} })
api.call.change({ post: { publishedAt: null } })
// @ts-expect-error null is for what is optional
api.call.change({ post: { title: null } })
api.call.numbers([1])
// @ts-expect-error a list of numbers
api.call.numbers(['1'])
api.request('GET /find/:id', { params: { id: 1 }, query: { tag: ['a'], since: new Date() } })
api.request('GET /find/:id', { params: { id: 1 } })
// @ts-expect-error a list
api.request('GET /find/:id', { params: { id: 1 }, query: { tag: 'a' } })

expectTypeOf(await api.call.shown()).toEqualTypeOf<{
  post: { title: string; at: string; writer: { name: string; bio: string | null }; kind: 'a' | 'b' }
  count: number
}>()
expectTypeOf(await api.call.sometimes({ n: 1 })).toEqualTypeOf<{ n: number } | undefined>()
expectTypeOf(await api.call.rows()).toEqualTypeOf<{ title: string; createdAt: string }[]>()
expectTypeOf(await api.call.standard()).toEqualTypeOf<{ n: string }>()
expectTypeOf(await api.call.untyped()).toEqualTypeOf<{ n: number }>()
