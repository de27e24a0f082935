// Another RealWorld backend to measure against: Express 5 with MikroORM on PostgreSQL or SQLite, written as published ones are,
// but without what slows those down: no question for each row, counts and marks for a whole page at once, bodies left out of lists.
// `peer.js <url or file>` answers; `peer.js <url or file> <size as JSON>` makes and fills the tables and ends.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { MikroORM, NodeSqliteDialect, SqliteDriver } from '@mikro-orm/postgresql'
import express from 'express'
import { jwtVerify, SignJWT } from 'jose'
import { announce } from '../work.ts'
import { Article, ArticleTag, Favorite, Follow, Tag, User } from './entities.js'
import { fillPeer } from './peer-fill.js'

const [, , address, size] = process.argv
const sqlite = !address.includes('://')
const orm = await MikroORM.init({
  entities: [Article, ArticleTag, Favorite, Follow, Tag, User],
  ...(sqlite ? { driver: SqliteDriver, dbName: address, driverOptions: new NodeSqliteDialect(address) } : { clientUrl: address }),
})
if (sqlite) {
  for (const pragma of ['journal_mode = wal', 'synchronous = full', 'busy_timeout = 5000', 'cache_size = -65536', 'mmap_size = 268435456'])
    await orm.em.getConnection().execute(`pragma ${pragma}`)
}

const key = new TextEncoder().encode(randomBytes(32).toString('hex'))
const makeToken = (user) =>
  new SignJWT({ id: user.id }).setProtectedHeader({ alg: 'HS256' }).setIssuedAt().setExpirationTime('30d').sign(key)

const derive = promisify(scrypt)
async function hash(password, salt = randomBytes(16).toString('hex')) {
  return `${salt}:${(await derive(password, salt, 64)).toString('hex')}`
}
async function holds(password, stored) {
  const [salt = ''] = stored.split(':')
  return timingSafeEqual(Buffer.from(await hash(password, salt)), Buffer.from(stored))
}

if (size !== undefined) {
  await orm.schema.create()
  await fillPeer(orm.em.fork(), JSON.parse(size), hash)
  await orm.close()
  process.exit()
}

class Refusal extends Error {
  constructor(status, errors) {
    super(JSON.stringify(errors))
    this.status = status
    this.errors = errors
  }
}

async function identify(request, _response, next) {
  request.em = orm.em.fork()
  const token = /^Token (.+)$/.exec(request.get('authorization') ?? '')?.[1]
  if (token !== undefined) {
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] }).catch(() => ({ payload: {} }))
    request.user = payload.id === undefined ? null : await request.em.findOne(User, { id: payload.id })
    if (!request.user) throw new Refusal(401, { token: ['is invalid'] })
  }
  next()
}

function signedIn(request, _response, next) {
  if (!request.user) throw new Refusal(401, { token: ['is missing'] })
  next()
}

function text(values, ...names) {
  for (const name of names) {
    if (typeof values?.[name] !== 'string' || values[name] === '') throw new Refusal(422, { [name]: ["can't be blank"] })
  }
  return names.map((name) => values[name])
}

function page(query) {
  const number = (name, least, usual) => {
    const value = Number(query[name] ?? usual)
    if (!Number.isSafeInteger(value) || value < least) throw new Refusal(422, { [name]: ['is invalid'] })
    return value
  }
  return { limit: Math.min(number('limit', 1, 20), 100), offset: number('offset', 0, 0) }
}

const showUser = async (user) => {
  const { email, username, bio, image } = user
  return { user: { email, username, bio, image, token: await makeToken(user) } }
}
const showProfile = ({ username, bio, image }, following) => ({ username, bio, image, following })
const showListed = (article, { favorited, following }) => ({
  slug: article.slug,
  title: article.title,
  description: article.description,
  tagList: article.tags.getItems().map((tag) => tag.name),
  createdAt: article.createdAt,
  updatedAt: article.updatedAt,
  favorited: favorited.has(article.id),
  favoritesCount: Number(article.favoritesCount),
  author: showProfile(article.author, following.has(article.author.id)),
})
const showArticle = async (em, user, article) => ({
  article: { ...showListed(article, await marks(em, user, [article])), body: article.body },
})

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

async function list({ em, user, query }, where) {
  const [articles, articlesCount] = await em.findAndCount(Article, where, {
    ...page(query),
    orderBy: { createdAt: 'desc' },
    populate: ['author', 'tags'],
    populateOrderBy: { tags: { id: 'asc' } },
    exclude: ['body'],
  })
  const marked = await marks(em, user, articles)
  return { articles: articles.map((article) => showListed(article, marked)), articlesCount }
}

const one = async (em, slug) => {
  const article = await em.findOne(Article, { slug }, { populate: ['author', 'tags'] })
  if (!article) throw new Refusal(404, { article: ['not found'] })
  return article
}
const profile = async (em, username) => {
  const user = await em.findOne(User, { username })
  if (!user) throw new Refusal(404, { profile: ['not found'] })
  return user
}

const app = express()
app.disable('x-powered-by')
app.use(express.json())
app.use(identify)

app.post('/api/users', async ({ em, body }, response) => {
  const [username, email, password] = text(body.user, 'username', 'email', 'password')
  if (await em.findOne(User, { $or: [{ username }, { email }] })) throw new Refusal(409, { username: ['has already been taken'] })
  const user = em.create(User, { username, email, password: await hash(password), bio: null, image: null })
  await em.flush()
  response.status(201).json(await showUser(user))
})

app.post('/api/users/login', async ({ em, body }, response) => {
  const [email, password] = text(body.user, 'email', 'password')
  const user = await em.findOne(User, { email }, { populate: ['password'] })
  if (!user || !(await holds(password, user.password))) throw new Refusal(401, { credentials: ['invalid'] })
  response.json(await showUser(user))
})

app.get('/api/user', signedIn, async ({ user }, response) => {
  response.json(await showUser(user))
})

app.put('/api/user', signedIn, async ({ em, user, body }, response) => {
  for (const name of ['username', 'email', 'bio', 'image']) if (body.user?.[name] !== undefined) user[name] = body.user[name]
  await em.flush()
  response.json(await showUser(user))
})

app.post('/api/profiles/:username/follow', signedIn, async ({ em, user, params }, response) => {
  const followed = await profile(em, params.username)
  await em.upsert(Follow, { follower: user.id, followed: followed.id })
  response.json({ profile: showProfile(followed, true) })
})

app.get('/api/articles', async (request, response) => {
  const { tag, author, favorited } = request.query
  response.json(
    await list(request, {
      ...(tag !== undefined && { tags: { $some: { name: tag } } }),
      ...(author !== undefined && { author: { username: author } }),
      ...(favorited !== undefined && { favorites: { $some: { user: { username: favorited } } } }),
    }),
  )
})

app.get('/api/articles/feed', signedIn, async (request, response) => {
  const follows = await request.em.find(Follow, { follower: request.user.id })
  response.json(await list(request, { author: { $in: follows.map(({ followed }) => followed.id) } }))
})

app.get('/api/articles/:slug', async ({ em, user, params }, response) => {
  response.json(await showArticle(em, user, await one(em, params.slug)))
})

app.post('/api/articles', signedIn, async ({ em, user, body }, response) => {
  const [title, description, content] = text(body.article, 'title', 'description', 'body')
  const names = [...new Set(body.article.tagList ?? [])]
  if (names.length > 0) {
    const rows = names.map((name) => ({ name }))
    await em.fork().upsertMany(Tag, rows, { onConflictFields: ['name'], onConflictAction: 'ignore' })
  }
  const tags = await em.find(Tag, { name: { $in: names } }, { orderBy: { id: 'asc' } })
  const slug = await freeSlug(em, title)
  const article = em.create(Article, { slug, title, description, body: content, author: user, tags, favoritesCount: 0 })
  await em.flush()
  response.status(201).json(await showArticle(em, user, article))
})

app.post('/api/articles/:slug/favorite', signedIn, async ({ em, user, params }, response) => {
  const article = await one(em, params.slug)
  await em.upsert(Favorite, { user: user.id, article: article.id })
  response.json(await showArticle(em.fork(), user, await one(em.fork(), params.slug)))
})

async function freeSlug(em, title) {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return (await em.count(Article, { slug })) === 0 ? slug : `${slug}-${randomBytes(4).toString('hex')}`
}

app.use((error, _request, response, _next) => {
  const status = error.status ?? 500
  if (status === 500) console.error(error)
  response.status(status).json({ errors: error.errors ?? { request: [status === 500 ? 'failed' : error.message] } })
})

const server = app.listen(0, '127.0.0.1', () => announce(server.address().port))
