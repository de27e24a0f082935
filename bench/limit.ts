// The limit: what a careful programmer writes by hand for these seven requests and nothing else. node:http, prepared
// statements, the same file, the same rule in every statement, the same checks of values, ETag, durability and headers.
// It has no filters, no other sorts, no hooks, no limits of requests: what Offstage does beside is Offstage's cost.
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { alive, announce, productColumns, sessionQuery, tokenHash, uuid, type Session } from './work.ts'

const db = new DatabaseSync(process.argv[2]!)
db.exec(
  'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 5000; pragma cache_size = -65536; pragma mmap_size = 268435456',
)

const columns = productColumns.map((name) => `p."${name}"`).join(', ')
const byId = db.prepare(`select ${columns} from products p where p.id = ? and p.active = 1`)
const list = db.prepare(`select ${columns} from products p where p.active = 1 order by p.id limit 51`)
const listWith =
  db.prepare(`select ${columns}, c.id as "c_id", c."createdAt" as "c_createdAt", c."updatedAt" as "c_updatedAt", c.version as "c_version", c.name as "c_name"
  from products p left join categories c on c.id = p.category where p.active = 1 order by p.id limit 51`)
const insert = db.prepare(
  `insert into products (${productColumns.map((name) => `"${name}"`).join(', ')}) values (${productColumns.map(() => '?').join(', ')})`,
)
const update = db.prepare('update products set stock = ?, "updatedAt" = ?, version = version + 1 where id = ? and active = 1')
const groups = db.prepare(
  'select category, count(*) as n, sum(price) as total from products where active = 1 group by category order by category',
)
const session = db.prepare(sessionQuery)
const category = db.prepare('select 1 from categories where id = ?')

type Row = Record<string, any>
const decimal = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
const show = (row: Row): Row => ({
  id: row.id,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  version: row.version,
  name: row.name,
  description: row.description,
  price: decimal(row.price),
  stock: row.stock,
  active: row.active === 1,
  releasedAt: row.releasedAt,
  category: row.category,
})
const showWith = (row: Row): Row => ({
  ...show(row),
  category:
    row.c_id === null
      ? null
      : { id: row.c_id, createdAt: row.c_createdAt, updatedAt: row.c_updatedAt, version: row.c_version, name: row.c_name },
})

function send(request: IncomingMessage, response: ServerResponse, status: number, value: unknown, version?: number): void {
  const text = JSON.stringify(value)
  const hash = createHash('sha1').update(text).digest('base64url')
  const etag = version === undefined ? `"${hash}"` : `"${version}.${hash}"`
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end()
    return
  }
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      etag,
      vary: 'Cookie, Authorization',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-request-id': randomBytes(8).toString('hex'),
    })
    .end(text)
}

const refuse = (response: ServerResponse, status: number, detail: string): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ status, detail }))
}

async function body(request: IncomingMessage): Promise<any> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString())
}

function signedIn(request: IncomingMessage): boolean {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return token !== undefined && alive(session.get(tokenHash(token)) as Session | undefined)
}

const fields = new Set(['name', 'description', 'price', 'stock', 'active', 'releasedAt', 'category'])
function valid(values: Row): boolean {
  return (
    typeof values === 'object' &&
    values !== null &&
    Object.keys(values).every((key) => fields.has(key)) &&
    typeof values.name === 'string' &&
    values.name.length >= 1 &&
    values.name.length <= 120 &&
    values.name.isWellFormed() &&
    typeof values.description === 'string' &&
    values.description.length <= 2000 &&
    values.description.isWellFormed() &&
    /^\d{1,8}\.\d\d$/.test(values.price) &&
    Number.isSafeInteger(values.stock) &&
    values.stock >= 0 &&
    !Number.isNaN(Date.parse(values.releasedAt)) &&
    typeof values.category === 'string' &&
    category.get(values.category) !== undefined
  )
}

async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!signedIn(request)) return refuse(response, 401, 'Sign in first.')
  const values = await body(request)
  if (!valid(values)) return refuse(response, 422, 'Some values are not valid.')
  const now = new Date().toISOString()
  const id = uuid()
  insert.run(
    id,
    now,
    now,
    1,
    values.name,
    values.description,
    Math.round(Number(values.price) * 100),
    values.stock,
    1,
    new Date(values.releasedAt).toISOString(),
    values.category,
  )
  response.setHeader('location', `/api/products/${id}`)
  send(request, response, 201, show(byId.get(id) as Row), 1)
}

async function change(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
  if (!signedIn(request)) return refuse(response, 401, 'Sign in first.')
  const values = await body(request)
  if (Object.keys(values).some((key) => key !== 'stock') || !Number.isSafeInteger(values.stock) || values.stock < 0)
    return refuse(response, 422, 'Some values are not valid.')
  if (update.run(values.stock, new Date().toISOString(), id).changes === 0) return refuse(response, 404, 'Not found.')
  const row = byId.get(id) as Row
  send(request, response, 200, show(row), row['version'])
}

const page = (rows: Row[], each: (row: Row) => Row): unknown => ({
  data: rows.slice(0, 50).map(each),
  next: rows.length > 50 ? Buffer.from(rows[49]!['id']).toString('base64url') : null,
})

const server = createServer((request, response) => {
  const url = request.url!
  const method = request.method
  const failed = (): void => refuse(response, 400, 'The request could not be read.')
  if (url.startsWith('/api/products/aggregate')) {
    send(request, response, 200, {
      data: (groups.all() as Row[]).map((row) => ({ category: row['category'], n: row['n'], total: decimal(row['total']) })),
    })
  } else if (url.startsWith('/api/products/')) {
    const id = decodeURIComponent(url.slice(14))
    if (method === 'PATCH') return void change(request, response, id).catch(failed)
    const row = byId.get(id) as Row | undefined
    if (row) {
      const needsUser = request.headers.authorization !== undefined
      if (needsUser && !signedIn(request)) refuse(response, 401, 'Sign in first.')
      else send(request, response, 200, show(row), row['version'])
    } else refuse(response, 404, 'Not found.')
  } else if (method === 'POST') void create(request, response).catch(failed)
  else if (url.includes('include=')) send(request, response, 200, page(listWith.all() as Row[], showWith))
  else send(request, response, 200, page(list.all() as Row[], show))
})
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port))
