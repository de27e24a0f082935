// The tables of the peer with Drizzle, the same on PostgreSQL and SQLite, and the statements that make them.
import { getTableName, relations } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'

const dialects = {
  postgres: {
    ...pg,
    table: pg.pgTable,
    id: () => pg.serial().primaryKey(),
    moment: () => pg.timestamp({ withTimezone: true, precision: 3 }).notNull(),
  },
  sqlite: {
    ...lite,
    table: lite.sqliteTable,
    id: () => lite.integer().primaryKey(),
    moment: () => lite.integer({ mode: 'timestamp_ms' }).notNull(),
  },
}

export function declareTables(dialect) {
  const { table, id, moment, text, integer, index, primaryKey, getTableConfig } = dialects[dialect]
  const reference = (to) => integer().notNull().references(to, { onDelete: 'cascade' })
  const now = () => new Date()

  const users = table('users', {
    id: id(),
    username: text().notNull().unique(),
    email: text().notNull().unique(),
    password: text().notNull(),
    bio: text(),
    image: text(),
  })
  const follows = table('follows', { follower: reference(() => users.id), followed: reference(() => users.id) }, (own) => [
    primaryKey({ columns: [own.follower, own.followed] }),
    index('follows_followed').on(own.followed),
  ])
  const tags = table('tags', { id: id(), name: text().notNull().unique() })
  const articles = table(
    'articles',
    {
      id: id(),
      slug: text().notNull().unique(),
      title: text().notNull(),
      description: text().notNull(),
      body: text().notNull(),
      createdAt: moment().$defaultFn(now),
      updatedAt: moment().$defaultFn(now).$onUpdateFn(now),
      author: reference(() => users.id),
    },
    (own) => [index('articles_created').on(own.createdAt), index('articles_author').on(own.author, own.createdAt)],
  )
  const articleTags = table('article_tags', { article: reference(() => articles.id), tag: reference(() => tags.id) }, (own) => [
    primaryKey({ columns: [own.article, own.tag] }),
    index('article_tags_tag').on(own.tag),
  ])
  const favorites = table('favorites', { user: reference(() => users.id), article: reference(() => articles.id) }, (own) => [
    primaryKey({ columns: [own.user, own.article] }),
    index('favorites_article').on(own.article),
  ])
  const tables = { users, follows, tags, articles, articleTags, favorites }
  return {
    tables,
    relations: {
      ofArticles: relations(articles, ({ one, many }) => ({
        writer: one(users, { fields: [articles.author], references: [users.id] }),
        words: many(articleTags),
      })),
      ofArticleTags: relations(articleTags, ({ one }) => ({
        article: one(articles, { fields: [articleTags.article], references: [articles.id] }),
        word: one(tags, { fields: [articleTags.tag], references: [tags.id] }),
      })),
    },
    statements: Object.values(tables).flatMap((table) => statementsOf(getTableConfig(table))),
  }
}

const list = (columns) => columns.map(({ name }) => `"${name}"`).join(', ')

/** What drizzle-kit would write from the same declarations. */
function statementsOf({ name, columns, primaryKeys, foreignKeys, indexes }) {
  const parts = [
    ...columns.map((column) => {
      const rules = [column.primary && 'primary key', column.notNull && 'not null', column.isUnique && 'unique']
      return [`"${column.name}"`, column.getSQLType(), ...rules.filter(Boolean)].join(' ')
    }),
    ...primaryKeys.map((key) => `primary key (${list(key.columns)})`),
    ...foreignKeys.map((key) => {
      const { columns, foreignTable, foreignColumns } = key.reference()
      return `foreign key (${list(columns)}) references "${getTableName(foreignTable)}" (${list(foreignColumns)}) on delete ${key.onDelete}`
    }),
  ]
  return [
    `create table "${name}" (${parts.join(', ')})`,
    ...indexes.map(({ config }) => `create index "${config.name}" on "${name}" (${list(config.columns)})`),
  ]
}
