// What the specification calls Profile, Article and Comment: as a shape for the docs, and as the question that answers it.
import { about, account, remark, story, word } from './fields.ts'
import { me, t } from './kit.ts'

export const profileShape = t.object({ username: account.username, ...about, following: t.boolean() }, { name: 'Profile' })
export const profileView = {
  select: ['username', 'bio', 'image'],
  include: { following: { of: 'followers', exists: { follower: me } } },
} as const

const listedShape = {
  slug: t.text(),
  title: story.title,
  description: story.description,
  tagList: t.list(word),
  createdAt: t.datetime(),
  updatedAt: t.datetime(),
  favorited: t.boolean(),
  favoritesCount: t.integer({ min: 0 }),
  author: profileShape,
}
export const articleOutput = { article: t.object({ ...listedShape, body: story.body }, { name: 'Article' }) }
export const articlesOutput = { articles: t.list(t.object(listedShape, { name: 'ListedArticle' })), articlesCount: t.integer({ min: 0 }) }

const articleIncludes = {
  author: profileView,
  tags: { select: ['name'] },
  favorited: { of: 'favorites', exists: { user: me } },
  favoritesCount: { of: 'favorites', count: true },
} as const
const listed = ['slug', 'title', 'description', 'createdAt', 'updatedAt'] as const
export const articlesView = { select: listed, include: articleIncludes, sort: '-createdAt', count: true } as const
export const articleView = { select: [...listed, 'body'], include: articleIncludes } as const

/** The specification has tags as words. */
export const withTags = <A extends { tags: readonly { name: string }[] }>({ tags, ...article }: A) => ({
  ...article,
  tagList: tags.map(({ name }) => name),
})

export const asPage = <A extends { tags: readonly { name: string }[] }>({ data, count = 0 }: { data: A[]; count?: number }) => ({
  articles: data.map(withTags),
  articlesCount: count,
})

export const commentShape = t.object(
  { id: t.integer({ min: 1 }), ...remark, createdAt: t.datetime(), updatedAt: t.datetime(), author: profileShape },
  { name: 'Comment' },
)
export const commentView = { select: ['id', 'body', 'createdAt', 'updatedAt'], include: { author: profileView } } as const
export const withNumber = <C extends { id: string }>(comment: C) => ({ ...comment, id: Number(comment.id) })
