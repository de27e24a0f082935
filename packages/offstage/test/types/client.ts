// The client, inferred from the app alone. Compiled, never run.
import { expectTypeOf } from 'expect-type'
import { createClient } from 'offstage/client'
import type { blog } from '../fixture/blog/app.ts'
import type { app as notes } from '../../../../examples/notes/app.ts'

const api = createClient<typeof blog>('https://blog.example')

const {
  data: [mine],
} = await api.posts.list({ where: { views: { gte: 10 } }, include: { author: true, comments: true }, sort: '-publishedAt' })
// Over HTTP the author may be somebody this reader cannot read.
expectTypeOf(mine!.author?.name).toEqualTypeOf<string | undefined>()
expectTypeOf(mine!.publishedAt).toEqualTypeOf<string | null>()
expectTypeOf(mine!.createdAt).toEqualTypeOf<string>()
expectTypeOf(mine!.comments[0]!.text).toEqualTypeOf<string>()
expectTypeOf(await api.posts.count({ published: true })).toEqualTypeOf<number>()
expectTypeOf(await api.posts.get('1', { select: ['title'] })).toEqualTypeOf<{ title: string }>()
expectTypeOf(await api.users.get({ email: 'ada@example.com' })).toHaveProperty('name')
expectTypeOf((await api.posts.aggregate({ group: { createdAt: 'month' }, measures: { last: { max: 'publishedAt' } } }))[0]!).toEqualTypeOf<{
  createdAt: string
  last: string | null
}>()
// @ts-expect-error hidden from clients
mine!.author.legacyHash
// @ts-expect-error a hidden column would be given away by the answer
api.users.list({ where: { legacyHash: { contains: 'a' } } })
// @ts-expect-error nor through a relation
api.posts.list({ where: { author: { legacyHash: { contains: 'a' } } } })
// @ts-expect-error nor by the order of the answers
api.users.list({ sort: 'legacyHash' })
// @ts-expect-error nor by groups
api.users.aggregate({ group: 'legacyHash', measures: { n: 'count' } })
// @ts-expect-error only the system reveals
api.users.list({ reveal: ['legacyHash'] })

// --- writes
api.posts.create({ title: 'Hello', publishedAt: '2026-01-01T00:00:00Z', tags: { connect: ['1'] } })
expectTypeOf((await api.posts.update('1', { views: { increment: 1 } })).publishedAt).toEqualTypeOf<string | null>()
// @ts-expect-error nobody but the system writes the score
api.users.update('1', { score: 3 })
// @ts-expect-error the client has no bypass
api.system

// --- endpoints
expectTypeOf(await api.call.publish({ id: '1' })).toEqualTypeOf<{ title: string; by: string; at: string | null }>()
api.call.publish({ id: '1', at: new Date() })
expectTypeOf(await api.call.whoami()).toEqualTypeOf<{ name: string }>()
// @ts-expect-error input is required
api.call.publish()
// @ts-expect-error wrong input
api.call.publish({ id: 1 })
// @ts-expect-error this endpoint has a path of its own: it is called as a URL
api.call.feed()
expectTypeOf(await createClient<typeof notes>('').call.finishAll()).toEqualTypeOf<number>()

// --- login
const { user } = await api.auth.signUp({ name: 'Ada', email: 'ada@example.com', password: 'correct horse' })
expectTypeOf(user.role).toEqualTypeOf<'reader' | 'author' | 'admin'>()
api.auth.signIn({ email: 'ada@example.com', password: 'correct horse', as: 'token' })
expectTypeOf((await api.auth.me()).name).toEqualTypeOf<string>()
// @ts-expect-error one signs in by email
api.auth.signIn({ name: 'Ada', password: 'correct horse' })
// @ts-expect-error callers never write the score
api.auth.signUp({ name: 'Ada', email: 'ada@example.com', password: 'correct horse', score: 3 })

// --- TanStack Query
const options = api.posts.list.options({ where: { published: true }, include: { author: true } })
expectTypeOf((await options.queryFn()).data[0]!.author?.name).toEqualTypeOf<string | undefined>()
expectTypeOf((await api.posts.list.infiniteOptions({ sort: 'title' }).queryFn({})).next).toEqualTypeOf<string | null>()
