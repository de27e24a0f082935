// The limit: what a careful programmer writes by hand for these seven requests and nothing else. node:http, prepared
// statements, the same database and driver, the same rule in every statement, the same checks of values, ETag, durability and headers.
// It has no filters, no other sorts, no hooks, no limits of requests: what Offstage does beside is Offstage's cost.
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { alive, announce, tokenHash, uuid, type Session } from './work.ts'

export type Row = Record<string, any>
/** What a driver gives: SQLite's at once. */
export type Maybe<T> = T | Promise<T>

/** The statements of one database; rows as the API shows them. */
export interface LimitDatabase {
  byId(id: string): Maybe<Row | undefined>
  list(): Maybe<Row[]>
  listWith(): Maybe<Row[]>
  groups(): Maybe<Row[]>
  session(hash: string): Maybe<Session | undefined>
  category(id: string): Maybe<boolean>
  insert(row: Row): Maybe<unknown>
  /** Rows changed. */
  update(id: string, stock: number, at: string): Maybe<number>
}

/** At once where the value is there at once. */
function then<T>(value: Maybe<T>, next: (value: T) => void, failed: () => void): void {
  if (value instanceof Promise) value.then(next).catch(failed)
  else next(value)
}

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
    typeof values.category === 'string'
  )
}

const page = (rows: Row[]): unknown => ({
  data: rows.slice(0, 50),
  next: rows.length > 50 ? Buffer.from(rows[49]!['id']).toString('base64url') : null,
})

export function serveLimit(db: LimitDatabase): void {
  const signedIn = async (request: IncomingMessage): Promise<boolean> => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    return token !== undefined && alive(await db.session(tokenHash(token)))
  }

  const create = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!(await signedIn(request))) return refuse(response, 401, 'Sign in first.')
    const values = await body(request)
    if (!valid(values) || !(await db.category(values.category))) return refuse(response, 422, 'Some values are not valid.')
    const now = new Date().toISOString()
    const id = uuid()
    const releasedAt = new Date(values.releasedAt).toISOString()
    await db.insert({ ...values, id, createdAt: now, updatedAt: now, version: 1, active: true, releasedAt })
    response.setHeader('location', `/api/products/${id}`)
    send(request, response, 201, await db.byId(id), 1)
  }

  const change = async (request: IncomingMessage, response: ServerResponse, id: string): Promise<void> => {
    if (!(await signedIn(request))) return refuse(response, 401, 'Sign in first.')
    const values = await body(request)
    if (Object.keys(values).some((key) => key !== 'stock') || !Number.isSafeInteger(values.stock) || values.stock < 0)
      return refuse(response, 422, 'Some values are not valid.')
    if ((await db.update(id, values.stock, new Date().toISOString())) === 0) return refuse(response, 404, 'Not found.')
    const row = (await db.byId(id))!
    send(request, response, 200, row, row['version'])
  }

  const read = async (request: IncomingMessage, response: ServerResponse, id: string): Promise<void> => {
    if (!(await signedIn(request))) return refuse(response, 401, 'Sign in first.')
    const row = await db.byId(id)
    if (row) send(request, response, 200, row, row['version'])
    else refuse(response, 404, 'Not found.')
  }

  const server = createServer((request, response) => {
    const url = request.url!
    const method = request.method
    const failed = (): void => refuse(response, 400, 'The request could not be read.')
    const lists = (rows: Row[]): void => send(request, response, 200, page(rows))
    if (url.startsWith('/api/products/aggregate')) then(db.groups(), (data) => send(request, response, 200, { data }), failed)
    else if (url.startsWith('/api/products/')) {
      const id = decodeURIComponent(url.slice(14))
      if (method === 'PATCH') return void change(request, response, id).catch(failed)
      if (request.headers.authorization !== undefined) return void read(request, response, id).catch(failed)
      const found = (row: Row | undefined): void =>
        row ? send(request, response, 200, row, row['version']) : refuse(response, 404, 'Not found.')
      then(db.byId(id), found, failed)
    } else if (method === 'POST') void create(request, response).catch(failed)
    else if (url.includes('include=')) then(db.listWith(), lists, failed)
    else then(db.list(), lists, failed)
  })
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port))
}
