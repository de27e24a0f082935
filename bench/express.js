// What many would pick: Express 5 with Drizzle ORM (on better-sqlite3, its fastest driver), used as their guides show.
// The same file, rule, checks and durability as the others; Express makes the ETags.
import Database from 'better-sqlite3'
import { and, asc, count, eq, relations, sum } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import express from 'express'
import { alive, announce, sessionQuery, sqlitePragmas, tokenHash, uuid } from './work.ts'

const own = { id: text().primaryKey(), createdAt: text().notNull(), updatedAt: text().notNull(), version: integer().notNull() }
const categories = sqliteTable('categories', { ...own, name: text().notNull() })
const products = sqliteTable('products', {
  ...own,
  name: text().notNull(),
  description: text().notNull(),
  price: integer().notNull(),
  stock: integer().notNull(),
  active: integer({ mode: 'boolean' }).notNull(),
  releasedAt: text().notNull(),
  category: text()
    .notNull()
    .references(() => categories.id),
})
const productRelations = relations(products, ({ one }) => ({
  categoryRow: one(categories, { fields: [products.category], references: [categories.id] }),
}))

const file = new Database(process.argv[2])
for (const pragma of sqlitePragmas) file.pragma(pragma)
const db = drizzle(file, { schema: { categories, products, productRelations } })
const session = file.prepare(sessionQuery)

const decimal = (cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
const show = (row) => ({ ...row, price: decimal(row.price) })

function signedIn(request, response, next) {
  const token = /^Bearer (.+)$/.exec(request.get('authorization') ?? '')?.[1]
  if (token !== undefined && alive(session.get(tokenHash(token)))) next()
  else response.status(401).json({ detail: 'Sign in first.' })
}

const app = express()
app.disable('x-powered-by')
app.use(express.json())
app.use((_, response, next) => {
  response.set({
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'private, no-cache',
  })
  next()
})

app.get('/api/products', async (request, response) => {
  if (request.query.include === 'category') {
    const rows = await db.query.products.findMany({
      where: eq(products.active, true),
      orderBy: asc(products.id),
      limit: 51,
      with: { categoryRow: true },
    })
    response.json({
      data: rows.slice(0, 50).map(({ categoryRow, ...row }) => ({ ...show(row), category: categoryRow })),
      next: rows[49]?.id ?? null,
    })
    return
  }
  const rows = await db.select().from(products).where(eq(products.active, true)).orderBy(asc(products.id)).limit(51)
  response.json({ data: rows.slice(0, 50).map(show), next: rows[49]?.id ?? null })
})

app.get('/api/products/aggregate', async (_, response) => {
  const rows = await db
    .select({ category: products.category, n: count(), total: sum(products.price).mapWith(Number) })
    .from(products)
    .where(eq(products.active, true))
    .groupBy(products.category)
    .orderBy(asc(products.category))
  response.json({ data: rows.map((row) => ({ ...row, total: decimal(row.total) })) })
})

const one = (id) => db.query.products.findFirst({ where: and(eq(products.id, id), eq(products.active, true)) }).execute()

const read = async (request, response) => {
  const row = await one(request.params.id)
  if (row) response.json(show(row))
  else response.status(404).json({ detail: 'Not found.' })
}
app.get(
  '/api/products/:id',
  (request, response, next) => (request.get('authorization') === undefined ? next() : signedIn(request, response, next)),
  read,
)

const fields = new Set(['name', 'description', 'price', 'stock', 'active', 'releasedAt', 'category'])
async function valid(values) {
  return (
    Object.keys(values).every((key) => fields.has(key)) &&
    typeof values.name === 'string' &&
    values.name.length >= 1 &&
    values.name.length <= 120 &&
    typeof values.description === 'string' &&
    values.description.length <= 2000 &&
    /^\d{1,8}\.\d\d$/.test(values.price) &&
    Number.isSafeInteger(values.stock) &&
    values.stock >= 0 &&
    !Number.isNaN(Date.parse(values.releasedAt)) &&
    typeof values.category === 'string' &&
    (await db.query.categories.findFirst({ where: eq(categories.id, values.category) })) !== undefined
  )
}

app.post('/api/products', signedIn, async (request, response) => {
  if (!(await valid(request.body))) {
    response.status(422).json({ detail: 'Some values are not valid.' })
    return
  }
  const { name, description, price, stock, releasedAt, category } = request.body
  const now = new Date().toISOString()
  const id = uuid()
  await db.insert(products).values({
    id,
    createdAt: now,
    updatedAt: now,
    version: 1,
    name,
    description,
    price: Math.round(Number(price) * 100),
    stock,
    active: true,
    releasedAt,
    category,
  })
  response
    .status(201)
    .location(`/api/products/${id}`)
    .json(show(await one(id)))
})

app.patch('/api/products/:id', signedIn, async (request, response) => {
  const { stock, ...rest } = request.body
  if (Object.keys(rest).length > 0 || !Number.isSafeInteger(stock) || stock < 0) {
    response.status(422).json({ detail: 'Some values are not valid.' })
    return
  }
  const { id } = request.params
  const before = await one(id)
  if (!before) {
    response.status(404).json({ detail: 'Not found.' })
    return
  }
  await db
    .update(products)
    .set({ stock, updatedAt: new Date().toISOString(), version: before.version + 1 })
    .where(eq(products.id, id))
  response.json(show(await one(id)))
})

const server = app.listen(0, '127.0.0.1', () => announce(server.address().port))
