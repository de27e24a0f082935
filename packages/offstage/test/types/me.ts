// The caller in what code asks, views that are declared once, and what a write may leave out. Compiled, never run.
import { expectTypeOf } from 'expect-type'
import { t, type Db, type Sys } from 'offstage'
import { createClient } from 'offstage/client'
import type { blog } from '../fixture/blog/app.ts'
import { me, model, type Blog } from '../fixture/blog/kit.ts'

declare const db: Db<Blog>
declare const sys: Sys<Blog>
declare const id: string
declare const word: string | null
const api = createClient<typeof blog>('https://blog.example')

// --- where it may stand
db.posts.list({
  where: { author: me, team: me.team, title: { not: me.name }, or: [{ author: { in: [me, id] } }, { not: { author: me } }] },
})
db.posts.list({ where: { author: { id: me.id, team: { members: { some: { id: me } } } }, comments: { none: { author: me } } } })
db.posts.count({ author: me })
db.posts.exists({ favorites: { some: { user: me } } })
db.posts.aggregate({ where: { author: me }, measures: { n: 'count' } })
db.posts.updateMany({ author: me }, { views: 1 })
db.favorites.deleteMany({ user: me })
db.transaction((tx) => tx.favorites.deleteMany({ user: me }))
db.as(id).posts.first({ where: { author: me } })
// @ts-expect-error the user is not a team
db.posts.list({ where: { team: me } })
// @ts-expect-error a name is no number
db.posts.list({ where: { views: me.name } })
// @ts-expect-error the user has no such column
db.posts.list({ where: { title: me.nme } })
// @ts-expect-error conditions on the caller stand in rules
db.posts.list({ where: me.is({ role: 'admin' }) })
// @ts-expect-error nor as a part
db.posts.list({ where: { and: [me.is({ role: 'admin' })] } })
// @ts-expect-error `me` is no filter
db.posts.list({ where: me })
// @ts-expect-error the system is nobody
sys.posts.list({ where: { author: me } })
// @ts-expect-error wherever it was found
db.system.posts.list({ include: { favorited: { of: 'favorites', exists: { user: me } } } })
// @ts-expect-error a value of another kind, under a name of its own
db.posts.list({ include: { rated: { of: 'comments', where: { text: 5 } } } })
// @ts-expect-error and in a count
db.posts.list({ include: { rated: { of: 'comments', count: { text: 5 } } } })
// @ts-expect-error it is nothing that could be sent
api.posts.list({ where: { author: me } })
// @ts-expect-error nor in an include
api.posts.list({ include: { favorited: { of: 'favorites', exists: { user: me } } } })

// --- views declared once
const authorView = {
  select: ['name'],
  include: { mine: { of: 'posts', exists: { author: me } }, wrote: { of: 'posts', count: true } },
} as const
const includes = {
  author: authorView,
  tags: { select: ['label'] },
  favorited: { of: 'favorites', exists: { user: me } },
  favorites: { of: 'favorites', count: true },
} as const
const columns = ['id', 'title'] as const
const listView = { select: columns, include: includes } as const
const view = { select: [...columns, 'body'], include: includes } as const
interface Listed {
  id: string
  title: string
  author: { name: string; mine: boolean; wrote: number }
  tags: { label: string }[]
  favorited: boolean
  favorites: number
}
interface Whole extends Listed {
  body: string
}
const where = { ...(word !== null && { tags: { some: { label: word } } }), ...(word !== null && { author: { name: word } }) }
const page = { limit: 20, offset: 40 }
const { data, count, next } = await db.posts.list({ where, ...listView, ...page, sort: '-createdAt', count: true })
expectTypeOf(data).toEqualTypeOf<Listed[]>()
expectTypeOf(count).toEqualTypeOf<number | undefined>()
expectTypeOf(next).toEqualTypeOf<string | null>()
expectTypeOf(await db.posts.get(id, view)).toEqualTypeOf<Whole>()
expectTypeOf(await db.posts.create({ title: '' }, view)).toEqualTypeOf<Whole>()
expectTypeOf(await db.posts.update(id, { title: '' }, listView)).toEqualTypeOf<Listed>()
expectTypeOf((await db.comments.get(id, { include: { author: authorView } })).author).toEqualTypeOf<Listed['author']>()
// @ts-expect-error a view of posts is none of comments
db.comments.get(id, listView)

// --- offset
api.posts.list({ offset: 40 })
// @ts-expect-error one row has none
db.posts.first({ offset: 1 })
// @ts-expect-error nor has an include
db.posts.list({ include: { comments: { offset: 1 } } })
// @ts-expect-error pages that follow each other go by their cursors
api.posts.list.infiniteOptions({ offset: 1 })

// --- upsert: the key need not be said twice
db.favorites.upsert({ user: id, post: id }, { create: {}, update: {} })
db.favorites.upsert({ user: id, post: id }, { create: { post: id }, update: {} })
// @ts-expect-error what the key does not say is needed
sys.favorites.upsert({ id }, { create: { user: id }, update: {} })
// @ts-expect-error no such column
db.favorites.upsert({ user: id, post: id }, { create: { pots: id }, update: {} })

// --- slugs
const pages = model({ title: t.text(), slug: t.slug('title', { follow: true, max: 40 }), old: t.slug('title').optional() })
pages.access({ read: { slug: { startsWith: 'a' } } })
expectTypeOf<(typeof pages)['~fields']['slug']['~value']>().toEqualTypeOf<string>()
expectTypeOf<(typeof pages)['~fields']['old']['~value']>().toEqualTypeOf<string | null>()
// @ts-expect-error no such option
t.slug('title', { folow: true })
