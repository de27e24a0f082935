// Aggregates and the rows they answer. Compiled, never run.
import { expectTypeOf } from 'expect-type'
import type { Db } from 'offstage'
import type { Blog } from '../fixture/blog/kit.ts'

declare const db: Db<Blog>

expectTypeOf(
  await db.posts.aggregate({
    where: { published: true },
    group: ['author', 'author.role', 'team.name', { publishedAt: 'month' }, { createdAt: 'week' }],
    zone: 'Europe/Berlin',
    measures: {
      posts: 'count',
      income: { sum: 'fee' },
      views: { sum: 'views' },
      rating: { avg: 'rating' },
      last: { max: 'publishedAt' },
      authors: { countDistinct: 'author' },
    },
    having: { posts: { gte: 10 }, income: { gt: '100.00' } },
    sort: ['-income', 'publishedAt'],
    limit: 10,
  }),
).toEqualTypeOf<
  {
    author: string
    'author.role': 'reader' | 'author' | 'admin' | null
    'team.name': string | null
    publishedAt: string | null
    createdAt: string
    posts: number
    income: string | null
    views: number | string | null
    rating: number | null
    last: Date | null
    authors: number
  }[]
>()

expectTypeOf(await db.posts.aggregate({ measures: { posts: 'count' } })).toEqualTypeOf<{ posts: number }[]>()
expectTypeOf(await db.posts.aggregate({ group: 'published', measures: { posts: 'count' } })).toEqualTypeOf<
  { published: boolean; posts: number }[]
>()
expectTypeOf(
  await db.comments.aggregate({ group: { 'post.createdAt': 'month' }, measures: { views: { sum: 'post.views' } } }),
).toEqualTypeOf<{ 'post.createdAt': string | null; views: number | string | null }[]>()

// @ts-expect-error no such column
db.posts.aggregate({ group: 'autor', measures: { posts: 'count' } })
// @ts-expect-error no such column at the other side, beside one that exists
db.posts.aggregate({ group: ['title', 'author.nme'], measures: { posts: 'count' } })
// @ts-expect-error nor of a time
db.posts.aggregate({ group: { 'author.creatdAt': 'month' }, measures: { posts: 'count' } })
// @ts-expect-error nor of a measure
db.posts.aggregate({ measures: { best: { max: 'author.scor' } } })
// @ts-expect-error lists do not group
db.posts.aggregate({ group: 'comments', measures: { posts: 'count' } })
// @ts-expect-error a title has no sum
db.posts.aggregate({ measures: { titles: { sum: 'title' } } })
// @ts-expect-error no such measure
db.posts.aggregate({ measures: { views: { median: 'views' } } })
// @ts-expect-error only times are cut to units
db.posts.aggregate({ group: { title: 'month' }, measures: { posts: 'count' } })
// @ts-expect-error no such unit
db.posts.aggregate({ group: { createdAt: 'decade' }, measures: { posts: 'count' } })
// @ts-expect-error having speaks of the answer's names
db.posts.aggregate({ measures: { posts: 'count' }, having: { title: 'x' } })
// @ts-expect-error and so does sort
db.posts.aggregate({ measures: { posts: 'count' }, sort: '-views' })
