import { lenient, story, word } from '../fields.ts'
import { endpoint, me, t } from '../kit.ts'
import { articleOutput, articlesOutput, articlesView, articleView, asPage, withTags } from '../views.ts'

const page = { limit: t.integer({ min: 1, max: 100 }).default(20), offset: t.integer({ min: 0, max: 10_000 }).default(0) }
const params = { slug: t.text() }
const tagList = t.list(word, { max: 50 })
const named = (words: readonly string[]) => [...new Set(words)].map((name) => ({ name }))

export const articles = endpoint({
  method: 'GET',
  path: '/articles',
  allow: 'everyone',
  query: { ...page, tag: t.text().optional(), author: t.text().optional(), favorited: t.text().optional() },
  output: articlesOutput,
  async run({ query: { tag, author, favorited, ...page }, db }) {
    const where = {
      ...(tag !== null && { tags: { some: { name: tag } } }),
      ...(author !== null && { author: { username: author } }),
      ...(favorited !== null && { favorites: { some: { user: { username: favorited } } } }),
    }
    return asPage(await db.articles.list({ where, ...articlesView, ...page }))
  },
})

export const feed = endpoint({
  method: 'GET',
  path: '/articles/feed',
  allow: 'signed-in',
  query: page,
  output: articlesOutput,
  run: async ({ query, db }) =>
    asPage(await db.articles.list({ where: { author: { followers: { some: { follower: me } } } }, ...articlesView, ...query })),
})

export const article = endpoint({
  method: 'GET',
  path: '/articles/:slug',
  allow: 'everyone',
  params,
  output: articleOutput,
  run: async ({ params, db }) => ({ article: withTags(await db.articles.get(params, articleView)) }),
})

export const createArticle = endpoint({
  method: 'POST',
  path: '/articles',
  allow: 'signed-in',
  status: 201,
  input: { article: t.object({ ...story, tagList: tagList.default([]) }, lenient) },
  output: articleOutput,
  async run({ input, db }) {
    const { tagList, ...values } = input.article
    return { article: withTags(await db.articles.create({ ...values, tags: { create: named(tagList) } }, articleView)) }
  },
})

export const updateArticle = endpoint({
  method: 'PUT',
  path: '/articles/:slug',
  allow: 'signed-in',
  params,
  input: { article: t.partial({ ...story, tagList }, lenient) },
  output: articleOutput,
  async run({ params, input, db }) {
    const { tagList, ...values } = input.article
    const article = await db.transaction(async (tx) => {
      const { id } = await tx.articles.update(params, values)
      if (tagList) {
        await tx.tags.deleteMany({ article: id })
        for (const tag of named(tagList)) await tx.tags.create({ ...tag, article: id })
      }
      return tx.articles.get(id, articleView)
    })
    return { article: withTags(article) }
  },
})

export const deleteArticle = endpoint({
  method: 'DELETE',
  path: '/articles/:slug',
  allow: 'signed-in',
  status: 204,
  params,
  run: ({ params, db }) => db.articles.delete(params),
})

export const favorite = endpoint({
  method: 'POST',
  path: '/articles/:slug/favorite',
  allow: 'signed-in',
  params,
  output: articleOutput,
  async run({ params, db, user }) {
    const { id } = await db.articles.get(params)
    await db.favorites.upsert({ user: user.id, article: id }, { create: {}, update: {} })
    return { article: withTags(await db.articles.get(id, articleView)) }
  },
})

export const unfavorite = endpoint({
  method: 'DELETE',
  path: '/articles/:slug/favorite',
  allow: 'signed-in',
  params,
  output: articleOutput,
  async run({ params, db, user }) {
    const { id } = await db.articles.get(params)
    await db.favorites.deleteMany({ user: user.id, article: id })
    return { article: withTags(await db.articles.get(id, articleView)) }
  },
})

export const tags = endpoint({
  method: 'GET',
  path: '/tags',
  allow: 'everyone',
  output: { tags: t.list(t.text()) },
  async run({ db }) {
    const rows = await db.tags.aggregate({ group: 'name', measures: { uses: 'count' }, sort: '-uses', limit: 1000 })
    return { tags: rows.map(({ name }) => name) }
  },
})
