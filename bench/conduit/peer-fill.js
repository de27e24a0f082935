// Fills a peer's tables without HTTP, in statements of many rows.
import { makeData, password, readers } from './data.ts'

const batch = 500

/** `insert(table, rows)` and `execute(sql)` are the ORM's. */
export async function fillPeer({ insert, execute }, { size, hash, postgres }) {
  const data = makeData(size)
  const hashed = await hash(password)
  const names = [...new Set(data.articles.flatMap(({ tags }) => tags))]
  const tag = new Map(names.map((name, n) => [name, n + 1]))
  const tables = {
    users: data.users.map((user, n) => ({ ...user, id: n + 1, password: n < readers ? hashed : '' })),
    tags: names.map((name, n) => ({ id: n + 1, name })),
    articles: data.articles.map(({ author, title, description, body, createdAt }, n) => ({
      id: n + 1,
      slug: title.toLowerCase().replaceAll(' ', '-'),
      title,
      description,
      body,
      author: author + 1,
      createdAt,
      updatedAt: createdAt,
    })),
    articleTags: data.articles.flatMap(({ tags }, n) => tags.map((name) => ({ article: n + 1, tag: tag.get(name) }))),
    favorites: data.favorites.map(([user, article]) => ({ user: user + 1, article: article + 1 })),
    follows: data.follows.map(([follower, followed]) => ({ follower: follower + 1, followed: followed + 1 })),
  }
  for (const [table, rows] of Object.entries(tables)) {
    for (let from = 0; from < rows.length; from += batch) await insert(table, rows.slice(from, from + batch))
  }
  if (!postgres) return
  for (const table of ['users', 'tags', 'articles'])
    await execute(`select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`)
}
