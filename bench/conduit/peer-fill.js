// Fills the peer's tables without HTTP, in as few statements as its ORM makes of it.
import { makeData, password, readers } from './data.ts'
import { Article, ArticleTag, Favorite, Follow, Tag, User } from './entities.js'

const batch = 500

async function insert(em, entity, rows) {
  for (let from = 0; from < rows.length; from += batch) await em.insertMany(entity, rows.slice(from, from + batch))
}

export async function fillPeer(em, size, hash) {
  const data = makeData(size)
  const hashed = await hash(password)
  await insert(
    em,
    User,
    data.users.map((user, n) => ({ ...user, id: n + 1, password: n < readers ? hashed : '' })),
  )
  const names = [...new Set(data.articles.flatMap(({ tags }) => tags))]
  await insert(
    em,
    Tag,
    names.map((name, n) => ({ id: n + 1, name })),
  )
  const tag = new Map(names.map((name, n) => [name, n + 1]))
  await insert(
    em,
    Article,
    data.articles.map(({ author, title, description, body, createdAt }, n) => ({
      id: n + 1,
      slug: title.toLowerCase().replaceAll(' ', '-'),
      title,
      description,
      body,
      author: author + 1,
      createdAt,
      updatedAt: createdAt,
    })),
  )
  await insert(
    em,
    ArticleTag,
    data.articles.flatMap(({ tags }, n) => tags.map((name) => ({ article: n + 1, tag: tag.get(name) }))),
  )
  await insert(
    em,
    Favorite,
    data.favorites.map(([user, article]) => ({ user: user + 1, article: article + 1 })),
  )
  await insert(
    em,
    Follow,
    data.follows.map(([follower, followed]) => ({ follower: follower + 1, followed: followed + 1 })),
  )
  if (em.getPlatform().constructor.name.startsWith('Postgre')) {
    for (const table of ['users', 'tags', 'articles'])
      await em.execute(`select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`)
  }
}
