// The data and who may do what with it. Every endpoint goes through these rules; none repeats them.
import { about, account, remark, story, word } from './fields.ts'
import { me, model, t } from './kit.ts'

export const users = model({
  ...account,
  ...about,
  followers: t.many('follows', 'followed'),
})
users.access({ read: 'everyone', update: { id: me } })

/** Who follows whom. */
export const follows = model(
  { follower: t.user().onDelete('cascade'), followed: t.ref('users').onDelete('cascade').index() },
  { unique: [['follower', 'followed']] },
)
follows.access({ read: 'everyone', create: { follower: me }, delete: { follower: me } })

export const articles = model(
  {
    slug: t.slug('title', { follow: true }),
    ...story,
    author: t.user().onDelete('cascade'),
    tags: t.many('tags', 'article'),
    favorites: t.many('favorites', 'article'),
    comments: t.many('comments', 'article'),
  },
  { index: [['createdAt'], ['author', 'createdAt']] },
)
articles.access({ read: 'everyone', create: { author: me }, update: { author: me }, delete: { author: me } })

/** A word that an article is found by: with more to it than the word it would be a model of its own, and this one stand between. */
export const tags = model({ article: t.ref('articles').onDelete('cascade'), name: word.index() }, { unique: [['article', 'name']] })
tags.access({ read: 'everyone', create: { article: { author: me } }, delete: { article: { author: me } } })

export const favorites = model(
  { user: t.user().onDelete('cascade'), article: t.ref('articles').onDelete('cascade').index() },
  { unique: [['user', 'article']] },
)
favorites.access({ read: 'everyone', create: { user: me }, delete: { user: me } })

export const comments = model(
  { ...remark, author: t.user().onDelete('cascade'), article: t.ref('articles').onDelete('cascade').index() },
  { own: { id: t.serial() } }, // the specification wants whole numbers
)
comments.access({ read: 'everyone', create: { author: me }, delete: { author: me } })
