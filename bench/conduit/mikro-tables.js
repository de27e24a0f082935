// The tables of the peer with MikroORM, as its guide declares them without decorators.
import { defineEntity, p } from '@mikro-orm/postgresql'

export const User = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.integer().primary(),
    username: p.string().unique(),
    email: p.string().unique(),
    password: p.string().lazy(),
    bio: p.text().nullable(),
    image: p.text().nullable(),
    followers: () => p.oneToMany(Follow).mappedBy('followed'),
  },
})

export const Follow = defineEntity({
  name: 'Follow',
  tableName: 'follows',
  properties: {
    follower: () => p.manyToOne(User).primary().deleteRule('cascade'),
    followed: () => p.manyToOne(User).primary().deleteRule('cascade').index(),
  },
})

export const Tag = defineEntity({
  name: 'Tag',
  tableName: 'tags',
  properties: { id: p.integer().primary(), name: p.string().unique() },
})

export const Article = defineEntity({
  name: 'Article',
  tableName: 'articles',
  indexes: [{ properties: ['createdAt'] }, { properties: ['author', 'createdAt'] }],
  properties: {
    id: p.integer().primary(),
    slug: p.string().unique(),
    title: p.string(),
    description: p.text(),
    body: p.text(),
    createdAt: p.datetime().onCreate(() => new Date()),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
    author: () => p.manyToOne(User).deleteRule('cascade'),
    tags: () => p.manyToMany(Tag).pivotEntity(() => ArticleTag),
    favorites: () => p.oneToMany(Favorite).mappedBy('article'),
    favoritesCount: p.integer().formula((columns, table) => `(select count(*) from favorites f where f.article_id = ${table}.id)`),
  },
})

export const ArticleTag = defineEntity({
  name: 'ArticleTag',
  tableName: 'article_tags',
  properties: {
    article: () => p.manyToOne(Article).primary().deleteRule('cascade'),
    tag: () => p.manyToOne(Tag).primary().deleteRule('cascade').index(),
  },
})

export const Favorite = defineEntity({
  name: 'Favorite',
  tableName: 'favorites',
  properties: {
    user: () => p.manyToOne(User).primary().deleteRule('cascade'),
    article: () => p.manyToOne(Article).primary().deleteRule('cascade').index(),
  },
})
