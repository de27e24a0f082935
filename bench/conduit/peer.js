// Another RealWorld backend to measure against: Express 5 with an ORM on PostgreSQL or SQLite, written as published ones are,
// but without what slows those down: no question for each row, counts and marks for a whole page at once, bodies left out of lists.
// `peer.js <mikro-orm or drizzle> <url or file>` answers; with a size as JSON after it, it makes and fills the tables and ends.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import express from 'express'
import { jwtVerify, SignJWT } from 'jose'
import { announce } from '../work.ts'
import { fillPeer } from './peer-fill.js'

const orms = { 'mikro-orm': () => import('./mikro.js'), drizzle: () => import('./drizzle.js') }
const [, , orm, address, size] = process.argv
const { openPeer } = await orms[orm]()
const peer = await openPeer(address)

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
  await peer.create()
  await fillPeer(peer, { size: JSON.parse(size), hash, postgres: address.includes('://') })
  await peer.close()
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
  request.ask = peer.session()
  const token = /^Token (.+)$/.exec(request.get('authorization') ?? '')?.[1]
  if (token !== undefined) {
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] }).catch(() => ({ payload: {} }))
    request.user = payload.id === undefined ? null : await request.ask.user(payload.id)
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

function filters({ tag, author, favorited }) {
  const given = { tag, author, favorited }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && typeof value !== 'string') throw new Refusal(422, { [name]: ['is invalid'] })
  }
  return given
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
const found = (value, name) => {
  if (!value) throw new Refusal(404, { [name]: ['not found'] })
  return value
}

const app = express()
app.disable('x-powered-by')
app.use(express.json())
app.use(identify)

app.post('/api/users', async ({ ask, body }, response) => {
  const [username, email, password] = text(body.user, 'username', 'email', 'password')
  if (await ask.taken(username, email)) throw new Refusal(409, { username: ['has already been taken'] })
  const user = await ask.register({ username, email, password: await hash(password) })
  response.status(201).json(await showUser(user))
})

app.post('/api/users/login', async ({ ask, body }, response) => {
  const [email, password] = text(body.user, 'email', 'password')
  const user = await ask.account(email)
  if (!user || !(await holds(password, user.password))) throw new Refusal(401, { credentials: ['invalid'] })
  response.json(await showUser(user))
})

app.get('/api/user', signedIn, async ({ user }, response) => {
  response.json(await showUser(user))
})

app.put('/api/user', signedIn, async ({ ask, user, body }, response) => {
  const given = ['username', 'email', 'bio', 'image'].filter((name) => body.user?.[name] !== undefined)
  const changes = Object.fromEntries(given.map((name) => [name, body.user[name]]))
  response.json(await showUser(given.length === 0 ? user : await ask.change(user, changes)))
})

app.post('/api/profiles/:username/follow', signedIn, async ({ ask, user, params }, response) => {
  response.json({ profile: found(await ask.follow(user, params.username), 'profile') })
})

app.get('/api/articles', async ({ ask, user, query }, response) => {
  response.json(await ask.list(filters(query), page(query), user))
})

app.get('/api/articles/feed', signedIn, async ({ ask, user, query }, response) => {
  response.json(await ask.list({ feed: true }, page(query), user))
})

app.get('/api/articles/:slug', async ({ ask, user, params }, response) => {
  response.json({ article: found(await ask.article(params.slug, user), 'article') })
})

app.post('/api/articles', signedIn, async ({ ask, user, body }, response) => {
  const [title, description, content] = text(body.article, 'title', 'description', 'body')
  const names = [...new Set(body.article.tagList ?? [])]
  const slug = await freeSlug(ask, title)
  response.status(201).json({ article: await ask.write(user, { slug, title, description, body: content, names }) })
})

app.post('/api/articles/:slug/favorite', signedIn, async ({ ask, user, params }, response) => {
  response.json({ article: found(await ask.favorite(user, params.slug), 'article') })
})

async function freeSlug(ask, title) {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return (await ask.hasSlug(slug)) ? `${slug}-${randomBytes(4).toString('hex')}` : slug
}

app.use((error, _request, response, _next) => {
  const status = error.status ?? 500
  if (status === 500) console.error(error)
  response.status(status).json({ errors: error.errors ?? { request: [status === 500 ? 'failed' : error.message] } })
})

const server = app.listen(0, '127.0.0.1', () => announce(server.address().port))
