// What rows, inserts and patches are. Compiled, never run: `tsc` is the test.
import { expectTypeOf } from 'expect-type'
import type { Db, InsertOf, Page, RowOf, Sys } from 'offstage'
import type { Blog } from '../fixture/blog/kit.ts'

declare const db: Db<Blog>
declare const sys: Sys<Blog>

interface OwnColumns {
  id: string
  createdAt: Date
  updatedAt: Date
  version: number
}
interface User extends OwnColumns {
  name: string
  email: string
  role: 'reader' | 'author' | 'admin'
  score: number
  team: string | null
}
interface Post extends OwnColumns {
  title: string
  body: string
  published: boolean
  publishedAt: Date | null
  day: string | null
  views: number
  rating: number | null
  fee: string
  source: string | null
  labels: string[] | null
  notes: string | null
  author: string
  team: string | null
}

// --- rows: hidden columns are not there, not even for the system
expectTypeOf(await db.users.get('1')).toEqualTypeOf<User>()
expectTypeOf(await sys.users.get('1')).toEqualTypeOf<User>()
expectTypeOf(await db.users.first()).toEqualTypeOf<User | null>()
expectTypeOf(await db.posts.get('1')).toEqualTypeOf<Post>()
expectTypeOf(await db.posts.list()).toEqualTypeOf<Page<Post>>()
// unless the system names them
expectTypeOf((await sys.users.get('1', { reveal: ['legacyHash'] })).legacyHash).toEqualTypeOf<string | null>()
// @ts-expect-error only the system may reveal
db.users.get('1', { reveal: ['legacyHash'] })
// @ts-expect-error not hidden, so not revealed
sys.users.get('1', { reveal: ['name'] })
// @ts-expect-error a list is not there unless included
;(await db.posts.get('1')).comments
// @ts-expect-error this model keeps no versions
;(await sys.postTags.get('1')).version

// --- unique values
db.users.get({ email: 'ada@example.com' })
sys.favorites.get({ user: '1', post: '2' })
// @ts-expect-error no such field
db.users.get({ mail: 'ada@example.com' })

// --- inserts: what has a default or is optional may be left out
db.posts.create({ title: 'Hello' })
sys.posts.create({ title: 'Hello', author: '1' })
sys.posts.create({ title: 'Hello', author: '1', publishedAt: new Date(), fee: '1.50', createdAt: '2026-01-01T00:00:00Z', id: '018f' })
db.posts.create({ title: 'Hello', publishedAt: '2026-01-01T00:00:00Z', rating: null })
// @ts-expect-error a title is required
db.posts.create({ body: 'x' })
// @ts-expect-error the system is nobody, so it must say who the author is
sys.posts.create({ title: 'Hello' })
// @ts-expect-error money is text
db.posts.create({ title: 'Hello', fee: 1.5 })
// @ts-expect-error not null
db.posts.create({ title: null })
// @ts-expect-error kept by Offstage
db.posts.create({ title: 'Hello', createdAt: new Date() })
// @ts-expect-error kept by Offstage, and counted
db.posts.create({ title: 'Hello', version: 2 })
// @ts-expect-error no such field
db.posts.create({ title: 'Hello', titel: 'Hello' })
// @ts-expect-error callers never write the score
db.users.create({ name: 'Ada', email: 'ada@example.com', score: 3 })
sys.users.create({ name: 'Ada', email: 'ada@example.com', score: 3, legacyHash: 'x' })
// @ts-expect-error not a role
sys.users.create({ name: 'Ada', email: 'ada@example.com', role: 'boss' })

// --- nested writes
db.posts.create({ title: 'Hello', comments: { create: [{ text: 'First' }] }, tags: { create: [{ label: 'new' }], connect: ['1'] } })
db.posts.update('1', { comments: { create: [{ text: 'x' }], disconnect: ['2'] }, tags: { connect: ['1'], disconnect: ['2'] } })
// @ts-expect-error the reference back is filled in
db.posts.create({ title: 'Hello', comments: { create: [{ text: 'First', post: '1' }] } })
// @ts-expect-error a comment needs a text
db.posts.create({ title: 'Hello', comments: { create: [{}] } })
// @ts-expect-error nothing to untie in a new row
db.posts.create({ title: 'Hello', comments: { disconnect: ['1'] } })
// @ts-expect-error a list is not written by ids alone
db.posts.create({ title: 'Hello', comments: ['1'] })

// --- patches
db.posts.update('1', { views: { increment: 1 }, fee: { decrement: '0.50' }, labels: { append: ['new'] }, rating: null })
db.posts.updateMany({ published: false }, { published: true })
db.posts.updateMany({ all: true }, { views: 0 })
sys.users.update('1', { score: { increment: 1 } })
// @ts-expect-error callers never write the score
db.users.update('1', { score: { increment: 1 } })
// @ts-expect-error a title cannot be counted up
db.posts.update('1', { title: { increment: 1 } })
// @ts-expect-error decimals go by text
db.posts.update('1', { fee: { increment: 0.5 } })
// @ts-expect-error labels are texts
db.posts.update('1', { labels: { append: [1] } })
// @ts-expect-error ids never change
sys.posts.update('1', { id: '2' })
// @ts-expect-error lists have no place in a bulk write
db.posts.updateMany({ published: false }, { tags: { connect: ['1'] } })
// @ts-expect-error no such field
db.posts.updateMany({ publishd: false }, { published: true })

// --- what writes give back
expectTypeOf((await db.posts.create({ title: 'x' }, { include: { author: true } })).author.name).toEqualTypeOf<string>()
expectTypeOf(await db.posts.create({ title: 'x' }, { return: 'none' })).toEqualTypeOf<undefined>()
expectTypeOf(await db.posts.update('1', { title: 'x' }, { select: ['title'] })).toEqualTypeOf<{ title: string }>()
expectTypeOf(await db.posts.deleteMany({ published: false })).toEqualTypeOf<number>()

// --- doors
expectTypeOf(await db.transaction(async (tx) => (await tx.posts.get('1')).title)).toEqualTypeOf<string>()
expectTypeOf(db.system).toEqualTypeOf<Sys<Blog>>()
expectTypeOf(sys.as('1')).toEqualTypeOf<Db<Blog>>()
expectTypeOf(sys.as(null)).toEqualTypeOf<Db<Blog>>()
// @ts-expect-error no such model
db.psts.list()

// A type that the surroundings expect is compared with the answer, and not read as something to include or reveal.
export const made = async (values: InsertOf<Blog, 'posts'>): Promise<RowOf<Blog, 'posts'>> => db.posts.create(values)
export const found = async (): Promise<RowOf<Blog, 'posts'> | null> => db.posts.first({ where: { published: true } })
const same: RowOf<Blog, 'posts'> = await db.posts.get('1')
const all: RowOf<Blog, 'posts', 'system'>[] = (await sys.posts.list()).data
void [same, all]
const either = (await sys.posts.first({ where: { title: 'x' } })) ?? (await sys.posts.create({ title: 'x', author: '1' }))
expectTypeOf(either.author).toEqualTypeOf<string>()
const shown =
  (await db.posts.first({ include: { author: true } })) ?? (await db.posts.update('1', { title: 'x' }, { include: { author: true } }))
expectTypeOf(shown.author.name).toEqualTypeOf<string>()
let last = await db.posts.first({ where: { title: 'x' } })
last ??= await db.posts.create({ title: 'x' })
expectTypeOf(last.author).toEqualTypeOf<string>()
// @ts-expect-error nothing was included
export const unread: { author: { name: string } } = await db.posts.create({ title: 'x' })
// @ts-expect-error nothing was grouped
export const ungrouped: { title: string; n: number }[] = await db.posts.aggregate({ measures: { n: 'count' } })
