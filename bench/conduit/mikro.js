// The questions of the peer with MikroORM, on PostgreSQL or SQLite (node:sqlite).
import { MikroORM, NodeSqliteDialect, SqliteDriver } from '@mikro-orm/postgresql'
import { sqlitePragmas } from '../work.ts'
import { Article, ArticleTag, Favorite, Follow, Tag, User } from './mikro-tables.js'
import { showListed, showProfile } from './peer-answers.js'

const entities = { users: User, tags: Tag, articles: Article, articleTags: ArticleTag, favorites: Favorite, follows: Follow }

export async function openPeer(address) {
  const sqlite = !address.includes('://')
  const orm = await MikroORM.init({
    entities: Object.values(entities),
    ...(sqlite ? { driver: SqliteDriver, dbName: address, driverOptions: new NodeSqliteDialect(address) } : { clientUrl: address }),
  })
  if (sqlite) for (const pragma of sqlitePragmas) await orm.em.getConnection().execute(`pragma ${pragma}`)
  return {
    create: () => orm.schema.create(),
    insert: (table, rows) => orm.em.fork().insertMany(entities[table], rows),
    execute: (sql) => orm.em.fork().execute(sql),
    close: () => orm.close(),
    session: () => questionsOf(orm.em.fork()),
  }
}

/** Of one request, because what is read stays in the entity manager. */
const questionsOf = (em) => ({
  user: (id) => em.findOne(User, { id }),
  account: (email) => em.findOne(User, { email }, { populate: ['password'] }),
  taken: async (username, email) => (await em.findOne(User, { $or: [{ username }, { email }] })) !== null,
  async register(values) {
    const user = em.create(User, { ...values, bio: null, image: null })
    await em.flush()
    return user
  },
  async change(user, changes) {
    em.assign(user, changes)
    await em.flush()
    return user
  },
  async follow(user, username) {
    const followed = await em.findOne(User, { username })
    if (!followed) return null
    await em.upsert(Follow, { follower: user.id, followed: followed.id })
    return showProfile(followed, true)
  },
  async list({ feed, tag, author, favorited }, page, user) {
    const follows = feed ? await em.find(Follow, { follower: user.id }) : []
    const where = {
      ...(feed && { author: { $in: follows.map(({ followed }) => followed.id) } }),
      ...(tag !== undefined && { tags: { $some: { name: tag } } }),
      ...(author !== undefined && { author: { username: author } }),
      ...(favorited !== undefined && { favorites: { $some: { user: { username: favorited } } } }),
    }
    const [articles, articlesCount] = await em.findAndCount(Article, where, {
      ...page,
      orderBy: { createdAt: 'desc' },
      populate: ['author', 'tags'],
      populateOrderBy: { tags: { id: 'asc' } },
      exclude: ['body'],
    })
    return { articles: await showAll(em, user, articles), articlesCount }
  },
  article: (slug, user) => one(em, slug, user),
  hasSlug: async (slug) => (await em.count(Article, { slug })) > 0,
  async write(user, { slug, title, description, body, names }) {
    if (names.length > 0) {
      const rows = names.map((name) => ({ name }))
      await em.fork().upsertMany(Tag, rows, { onConflictFields: ['name'], onConflictAction: 'ignore' })
    }
    const tags = await em.find(Tag, { name: { $in: names } }, { orderBy: { id: 'asc' } })
    em.create(Article, { slug, title, description, body, author: user, tags, favoritesCount: 0 })
    await em.flush()
    return one(em.fork(), slug, user)
  },
  async favorite(user, slug) {
    const article = await em.findOne(Article, { slug }, { fields: ['id'] })
    if (!article) return null
    await em.upsert(Favorite, { user: user.id, article: article.id })
    return one(em.fork(), slug, user)
  },
})

async function one(em, slug, user) {
  const article = await em.findOne(Article, { slug }, { populate: ['author', 'tags'] })
  if (!article) return null
  const [shown] = await showAll(em, user, [article])
  return { ...shown, body: article.body }
}

async function showAll(em, user, articles) {
  const { favorited, following } = await marks(em, user, articles)
  return articles.map((article) =>
    showListed(article, {
      author: article.author,
      following: following.has(article.author.id),
      tagList: article.tags.getItems().map((tag) => tag.name),
      favorited: favorited.has(article.id),
    }),
  )
}

/** What of these the user has favorited, and whom of their authors the user follows: one question each for all of them. */
async function marks(em, user, articles) {
  if (!user || articles.length === 0) return { favorited: new Set(), following: new Set() }
  const authors = [...new Set(articles.map((article) => article.author.id))]
  const [favorites, follows] = await Promise.all([
    em.find(Favorite, { user: user.id, article: { $in: articles.map((article) => article.id) } }),
    em.find(Follow, { follower: user.id, followed: { $in: authors } }),
  ])
  return {
    favorited: new Set(favorites.map(({ article }) => article.id)),
    following: new Set(follows.map(({ followed }) => followed.id)),
  }
}
