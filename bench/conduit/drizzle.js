// The questions of the peer with Drizzle, on PostgreSQL (pg) or SQLite (better-sqlite3, its fastest driver): relational queries with the
// counts and flags as subqueries; those asked most are prepared once, as its guide to performance says.
import Database from 'better-sqlite3'
import { and, asc, count, desc, eq, exists, inArray, or, sql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import { sqlitePragmas } from '../work.ts'
import { declareTables } from './drizzle-tables.js'
import { showListed, showProfile } from './peer-answers.js'

export const openPeer = (address) => (address.includes('://') ? openPostgres(address) : openSqlite(address))

function openPostgres(connectionString) {
  const { tables, relations, statements } = declareTables('postgres')
  // A plan that is kept knows no limit, and reads all articles for twenty.
  const pool = new Pool({ connectionString, options: '-c plan_cache_mode=force_custom_plan' })
  const db = drizzlePostgres(pool, { schema: { ...tables, ...relations } })
  const together = (write) =>
    db.transaction(async (tx) => {
      for (const one of write(tx)) await one
    })
  return peerOf(db, { tables, statements, together, execute: (text) => db.execute(text), close: () => pool.end() })
}

function openSqlite(path) {
  const { tables, relations, statements } = declareTables('sqlite')
  const file = new Database(path)
  for (const pragma of sqlitePragmas) file.pragma(pragma)
  const db = drizzleSqlite(file, { schema: { ...tables, ...relations } })
  // This driver's transactions take no promises.
  const together = (write) =>
    db.transaction((tx) => {
      for (const one of write(tx)) one.run()
    })
  return peerOf(db, { tables, statements, together, execute: (text) => db.run(text), close: () => file.close() })
}

function peerOf(db, { tables, statements, together, execute, close }) {
  let questions
  return {
    async create() {
      for (const statement of statements) await execute(statement)
    },
    insert: (table, rows) => db.insert(tables[table]).values(rows),
    execute,
    close,
    // Not sooner: SQLite prepares only for tables that are there.
    session: () => (questions ??= questionsOf(db, tables, together)),
  }
}

function questionsOf(db, tables, together) {
  const { users, follows, tags, articles, articleTags, favorites } = tables
  const find = articleQuestions(db, tables)
  const user = db.query.users.findFirst({ columns: { password: false }, where: eq(users.id, sql.placeholder('id')) }).prepare('user')

  async function article(slug, reader) {
    const found = await find.one.execute({ slug, reader: reader?.id ?? null })
    return found && { ...show(found), body: found.body }
  }
  return {
    user: (id) => user.execute({ id }),
    account: (email) => db.query.users.findFirst({ where: eq(users.email, email) }),
    taken: async (username, email) => (await db.$count(users, or(eq(users.username, username), eq(users.email, email)))) > 0,
    register: async (values) => (await db.insert(users).values(values).returning())[0],
    change: async ({ id }, changes) => (await db.update(users).set(changes).where(eq(users.id, id)).returning())[0],
    async follow(reader, username) {
      const followed = await db.query.users.findFirst({ where: eq(users.username, username) })
      if (!followed) return null
      await db.insert(follows).values({ follower: reader.id, followed: followed.id }).onConflictDoNothing()
      return showProfile(followed, true)
    },
    async list(filters, page, reader) {
      const { rows, total } = find.list(filters)
      const values = { ...filters, ...page, reader: reader?.id ?? null }
      const [listed, [{ articlesCount }]] = await Promise.all([rows.execute(values), total.execute(values)])
      return { articles: listed.map(show), articlesCount }
    },
    article,
    hasSlug: async (slug) => (await db.$count(articles, eq(articles.slug, slug))) > 0,
    async write(author, { names, ...values }) {
      if (names.length > 0) {
        const rows = names.map((name) => ({ name }))
        await db.insert(tags).values(rows).onConflictDoNothing()
      }
      await together((tx) => [
        tx.insert(articles).values({ ...values, author: author.id }),
        tx
          .insert(articleTags)
          .select(
            tx
              .select({ article: articles.id, tag: tags.id })
              .from(articles)
              .innerJoin(tags, inArray(tags.name, names))
              .where(eq(articles.slug, values.slug)),
          ),
      ])
      return article(values.slug, author)
    },
    async favorite(reader, slug) {
      const found = await db.query.articles.findFirst({ columns: { id: true }, where: eq(articles.slug, slug) })
      if (!found) return null
      await db.insert(favorites).values({ user: reader.id, article: found.id }).onConflictDoNothing()
      return article(slug, reader)
    },
  }
}

function articleQuestions(db, { users, follows, tags, articles, articleTags, favorites }) {
  const given = sql.placeholder
  const extras = (article) => {
    const own = eq(favorites.article, article.id)
    const mine = db
      .select({ one: sql`1` })
      .from(favorites)
      .where(and(own, eq(favorites.user, given('reader'))))
    return {
      favoritesCount: sql`${db.select({ n: count() }).from(favorites).where(own)}`.as('favoritesCount'),
      favorited: exists(mine).as('favorited'),
    }
  }
  const following = (person) =>
    exists(
      db
        .select({ one: sql`1` })
        .from(follows)
        .where(and(eq(follows.followed, person.id), eq(follows.follower, given('reader')))),
    ).as('following')
  const parts = {
    extras,
    with: {
      writer: { columns: { username: true, bio: true, image: true }, extras: (person) => ({ following: following(person) }) },
      words: { columns: {}, orderBy: asc(articleTags.tag), with: { word: { columns: { name: true } } } },
    },
  }
  const conditions = {
    feed: () =>
      inArray(
        articles.author,
        db
          .select({ id: follows.followed })
          .from(follows)
          .where(eq(follows.follower, given('reader'))),
      ),
    tag: () =>
      inArray(
        articles.id,
        db
          .select({ id: articleTags.article })
          .from(articleTags)
          .innerJoin(tags, eq(tags.id, articleTags.tag))
          .where(eq(tags.name, given('tag'))),
      ),
    author: () =>
      inArray(
        articles.author,
        db
          .select({ id: users.id })
          .from(users)
          .where(eq(users.username, given('author'))),
      ),
    favorited: () =>
      inArray(
        articles.id,
        db
          .select({ id: favorites.article })
          .from(favorites)
          .innerJoin(users, eq(users.id, favorites.user))
          .where(eq(users.username, given('favorited'))),
      ),
  }
  const lists = new Map()
  return {
    one: db.query.articles.findFirst({ ...parts, where: eq(articles.slug, given('slug')) }).prepare('article'),
    /** The page and the number of all, for these filters. */
    list(filters) {
      const names = Object.keys(conditions).filter((name) => filters[name] !== undefined)
      const name = ['list', ...names].join('_')
      const known = lists.get(name)
      if (known) return known
      const where = and(...names.map((one) => conditions[one]()))
      // The page first: counts, flags and words would else be read of all that fits, before it is sorted.
      const page = db
        .select({ id: articles.id })
        .from(articles)
        .where(where)
        .orderBy(desc(articles.createdAt))
        .limit(given('limit'))
        .offset(given('offset'))
      const made = {
        rows: db.query.articles
          .findMany({ ...parts, columns: { body: false }, where: inArray(articles.id, page), orderBy: desc(articles.createdAt) })
          .prepare(name),
        total: db.select({ articlesCount: count() }).from(articles).where(where).prepare(`${name}_count`),
      }
      lists.set(name, made)
      return made
    },
  }
}

const show = (article) =>
  showListed(article, {
    author: article.writer,
    following: Boolean(article.writer.following),
    tagList: article.words.map(({ word }) => word.name),
    favorited: Boolean(article.favorited),
  })
