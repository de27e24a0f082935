// What can be asked, and what comes back. Compiled, never run.
import { expectTypeOf } from 'expect-type'
import type { Db, Page, Sys } from 'offstage'
import type { Blog } from '../fixture/blog/kit.ts'

declare const db: Db<Blog>
declare const sys: Sys<Blog>
declare const id: string

// --- includes: a reference becomes the row, a list appears; nested as deep as asked
const post = (await db.posts.first({
  where: { published: true, author: { team: { name: 'red' } }, comments: { some: { text: { contains: 'x' } } } },
  include: {
    author: { include: { team: true } },
    comments: { include: { author: true }, where: { text: { startsWith: 'a' } }, sort: '-createdAt', limit: 3 },
  },
  sort: ['-publishedAt', 'author.name'],
}))!
expectTypeOf(post.author.name).toEqualTypeOf<string>()
expectTypeOf(post.author.team?.name).toEqualTypeOf<string | undefined>()
expectTypeOf(post.comments[0]!.author.team).toEqualTypeOf<string | null>()
expectTypeOf(post.comments[0]!.post).toEqualTypeOf<string>()
expectTypeOf((await db.posts.get(id, { include: { tags: true } })).tags[0]!.label).toEqualTypeOf<string>()
expectTypeOf((await db.comments.get(id, { include: { post: { select: ['title'] } } })).post).toEqualTypeOf<{ title: string }>()
expectTypeOf((await db.posts.get(id, { include: { team: true } })).team).toExtend<{ name: string } | null>()

// --- aliases
const tallied = await db.posts.get(id, {
  select: ['title'],
  include: {
    favorited: { of: 'favorites', exists: { user: id } },
    comments: 'count',
    mine: { of: 'comments', where: { author: id }, limit: 1 },
    big: { of: 'comments', count: { text: { contains: 'x' } } },
  },
})
expectTypeOf(tallied).toEqualTypeOf<{
  title: string
  favorited: boolean
  comments: number
  big: number
  mine: { id: string; createdAt: Date; updatedAt: Date; version: number; text: string; post: string; author: string }[]
}>()

// --- select
expectTypeOf(await db.posts.list({ select: ['id', 'title'] })).toEqualTypeOf<Page<{ id: string; title: string }>>()
expectTypeOf((await db.posts.first({ select: ['title'], include: { author: { select: ['name'] } } }))!).toEqualTypeOf<{
  title: string
  author: { name: string }
}>()
// @ts-expect-error no such column
db.posts.list({ select: ['titel'] })
// @ts-expect-error lists are included, not selected
db.posts.list({ select: ['comments'] })
// @ts-expect-error not selected
;(await db.posts.get(id, { select: ['title'] })).body

// --- includes that are not
// @ts-expect-error no such relation
db.posts.list({ include: { authr: true } })
// @ts-expect-error no such relation, beside one that exists
db.posts.list({ include: { author: true, authr: true } })
// @ts-expect-error no such relation, one level down, beside one that exists
db.posts.list({ include: { author: { include: { team: true, tem: true } } } })
// @ts-expect-error a column is no relation
db.posts.list({ include: { title: true } })
// @ts-expect-error a reference has no where
db.posts.list({ include: { author: { where: { name: 'x' } } } })
// @ts-expect-error an include has no such word
db.posts.list({ include: { comments: { limt: 3 } } })
// @ts-expect-error no such field in the where of an include
db.posts.list({ include: { comments: { where: { txt: 'x' } } } })
// @ts-expect-error no such field in the where of an include, beside one that exists
db.posts.list({ include: { comments: { where: { text: 'x', txt: 'x' } } } })
// @ts-expect-error wrong type in the where of an include
db.posts.list({ include: { comments: { where: { text: 1 } } } })
// @ts-expect-error an alias of nothing
db.posts.list({ include: { first: { of: 'coments', limit: 1 } } })
// @ts-expect-error no such field in an alias
db.posts.list({ include: { favorited: { of: 'favorites', exists: { usr: id } } } })
// @ts-expect-error only lists are counted
db.posts.list({ include: { author: 'count' } })

// --- filters
db.posts.list({
  where: { views: { gte: 10, lt: 100 }, publishedAt: { gt: new Date() }, day: '2026-01-31', fee: { gte: '1.00' }, author: id },
})
db.posts.list({
  where: {
    publishedAt: { gt: '2026-01-01T00:00:00Z' },
    rating: null,
    title: { in: ['a', 'b'] },
    author: { in: [id] },
    team: { null: true },
  },
})
db.posts.list({
  where: {
    or: [{ published: true }, { not: { author: { name: { not: 'x' } } } }],
    and: [{ views: 1 }],
    comments: { every: { author: { role: 'admin' } } },
  },
})
db.posts.list({ where: { labels: { path: 'a.b', equals: 'x' }, comments: { none: {} }, tags: { some: { label: 'x' } } } })
sys.users.list({ where: { legacyHash: null } })
// @ts-expect-error no such column
db.posts.list({ where: { publishd: true } })
// @ts-expect-error no such column, beside one that exists
db.posts.list({ where: { published: true, publishd: true } })
// @ts-expect-error no such column in a part
db.posts.list({ where: { or: [{ published: true }, { publishd: true }] } })
// @ts-expect-error no such column, two relations away
db.posts.list({ where: { author: { team: { nme: 'x' } } } })
// @ts-expect-error wrong type
db.posts.list({ where: { views: 'many' } })
// @ts-expect-error wrong type through a relation
db.posts.list({ where: { author: { role: 'boss' } } })
// @ts-expect-error undefined would silently mean "no filter"
db.posts.list({ where: { author: undefined } })
// @ts-expect-error numbers contain nothing
db.posts.list({ where: { views: { contains: 1 } } })
// @ts-expect-error booleans have no order
db.posts.list({ where: { published: { gt: false } } })
// @ts-expect-error choices have no order
db.users.list({ where: { role: { gt: 'admin' } } })
// @ts-expect-error nulls are not listed
db.posts.list({ where: { rating: { in: [1, null] } } })
// @ts-expect-error a required column is never null
db.posts.list({ where: { title: null } })
// @ts-expect-error a list needs some, none or every
db.posts.list({ where: { comments: { text: 'x' } } })
// @ts-expect-error hidden from callers
db.users.list({ where: { legacyHash: 'x' } })
// @ts-expect-error no such operator
db.posts.list({ where: { views: { above: 1 } } })
// @ts-expect-error no such parameter
db.posts.list({ wher: {} })

// --- sorting
db.posts.list({ sort: '-author.team.name' })
db.comments.list({ sort: ['post.author.name', '-createdAt'] })
// @ts-expect-error cannot sort by a list
db.posts.list({ sort: 'comments' })
// @ts-expect-error no such column at the other side
db.posts.list({ sort: 'author.nme' })
// @ts-expect-error hidden
db.users.list({ sort: 'legacyHash' })
// @ts-expect-error no such column
db.posts.list({ sort: ['title', '-titel'] })
// @ts-expect-error no such column at the other side, beside one that exists
db.posts.list({ sort: ['title', '-author.nme'] })
// @ts-expect-error a title leads nowhere
db.posts.list({ sort: 'title.length' })
// @ts-expect-error nor does it in an include
db.posts.list({ include: { comments: { sort: ['-createdAt', 'text.length'] } } })
// @ts-expect-error nor under a name of its own
db.posts.list({ include: { first: { of: 'comments', sort: 'author.nme', limit: 1 } } })

expectTypeOf(await db.posts.count({ published: true })).toEqualTypeOf<number>()
expectTypeOf(await db.posts.exists({ published: true })).toEqualTypeOf<boolean>()
