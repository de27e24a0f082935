import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createClient, OffstageClientError, type ClientOptions } from '../../src/client.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
  readonly credentials: RequestCredentials
}

/** A client whose requests are answered by `answer` and kept in `seen`. */
function recording(
  answer: (seen: Seen, count: number) => Response | Promise<Response>,
  options: ClientOptions = {},
): { api: any; seen: Seen[] } {
  const seen: Seen[] = []
  const api = createClient<any>('https://shop.example/', {
    ...options,
    fetch: async (request) => {
      const one = {
        method: request.method,
        url: request.url.replace('https://shop.example/api/', ''),
        headers: request.headers,
        body: await request.text(),
        credentials: request.credentials,
      }
      seen.push(one)
      return answer(one, seen.length)
    },
  })
  return { api, seen }
}
const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers },
  })
const empty = { data: [], next: null }

test('a query goes as a URL while it is short, and as a body when it is long', async () => {
  const { api, seen } = recording(() => json(empty))
  await api.orders.list({
    where: { status: 'paid' },
    include: { lines: true },
    sort: ['-placedAt', 'id'],
    select: ['id'],
    limit: 5,
    after: undefined,
    count: true,
  })
  await api.orders.list({ where: { id: { in: Array.from({ length: 200 }, (_, i) => `id-${i}-of-some-length`) } } })
  assert.equal(
    decodeURIComponent(seen[0]!.url),
    'orders?where={"status":"paid"}&include={"lines":true}&sort=-placedAt,id&select=id&limit=5&count=true',
  )
  assert.equal(seen[0]!.method, 'GET')
  assert.equal(seen[1]!.method, 'POST')
  assert.equal(seen[1]!.url, 'orders/query')
  assert.match(seen[1]!.body, /^\{"where":\{"id":\{"in":\["id-0-of-some-length"/)
})

test('undefined inside a filter or a body is refused, not dropped', async () => {
  const { api, seen } = recording(() => json(empty))
  await assert.rejects(async () => api.orders.list({ where: { owner: undefined } }), /"owner" is undefined/)
  await assert.rejects(api.orders.create({ name: undefined }), /"name" is undefined/)
  assert.equal(seen.length, 0)
})

test('I10 ids are one segment of the path, whatever is in them', async () => {
  const { api, seen } = recording(() => json({}))
  for (const id of ['../admin', 'a/b', 'a?b', 'a#b', '%2e%2e', 'a b', 'é']) await api.users.get(id)
  assert.deepEqual(
    seen.map((s) => s.url),
    ['users/..%2Fadmin', 'users/a%2Fb', 'users/a%3Fb', 'users/a%23b', 'users/%252e%252e', 'users/a%20b', 'users/%C3%A9'],
  )
  for (const id of ['', '.', '..'])
    await assert.rejects(
      async () => api.users.get(id),
      (e: any) => e instanceof OffstageClientError && e.code === 'not_found',
    )
  await assert.rejects(async () => api.users.delete('..'), { code: 'not_found' })
  assert.equal(seen.length, 7)
})

test('the answer of a refusal is an error with code, fields and request id', async () => {
  const { api } = recording(() =>
    json(
      {
        title: 'Some values are not valid',
        status: 422,
        code: 'invalid_values',
        errors: [{ path: 'text', code: 'too_long', message: 'is too long.' }],
        requestId: 'r1',
      },
      422,
    ),
  )
  const error = await api.notes.create({ text: 'x' }).catch((e: unknown) => e)
  assert.ok(error instanceof OffstageClientError)
  assert.deepEqual(
    [error.code, error.status, error.errors, error.requestId],
    ['invalid_values', 422, [{ path: 'text', code: 'too_long', message: 'is too long.' }], 'r1'],
  )
  assert.equal(error.message, 'Some values are not valid text: is too long.')
})

test('an answer that is not ours is told as such', async () => {
  const { api } = recording(
    () => new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway', headers: { 'content-type': 'text/html' } }),
  )
  await assert.rejects(api.notes.get('1'), { code: 'unexpected_answer', status: 502 })
})

test('reads are tried again when the network fails or the server is busy; writes never are', async () => {
  const failing = recording((_, count) => (count < 3 ? Promise.reject(new TypeError('fetch failed')) : json(empty)))
  assert.deepEqual(await failing.api.notes.list(), empty)
  assert.equal(failing.seen.length, 3)

  const busy = recording((_, count) => (count === 1 ? json({ code: 'unavailable' }, 503, { 'retry-after': '0.01' }) : json(empty)))
  await busy.api.notes.list()
  assert.equal(busy.seen.length, 2)

  const down = recording(() => json({ code: 'unavailable' }, 503))
  await assert.rejects(down.api.notes.list(), { code: 'unavailable' })
  assert.equal(down.seen.length, 1, 'without Retry-After the server did not ask to come back')

  const write = recording(() => Promise.reject(new TypeError('fetch failed')))
  await assert.rejects(write.api.notes.create({}), { code: 'network', status: 0 })
  assert.equal(write.seen.length, 1)
})

test('an abort signal ends the wait too', async () => {
  const abort = new AbortController()
  const { api, seen } = recording(() => {
    setTimeout(() => abort.abort(new Error('enough')), 5)
    return Promise.reject(new TypeError('fetch failed'))
  })
  await assert.rejects(api.notes.list({}, { signal: abort.signal }), /enough/)
  assert.equal(seen.length, 1)
})

test('a token speaks for itself; without one the cookie goes along', async () => {
  const { api, seen } = recording(({ url }) =>
    url.startsWith('auth/sign-out') ? new Response(null, { status: 204 }) : json({ user: { id: '1' }, token: 'T', ...empty }),
  )
  await api.notes.list()
  await api.auth.signIn({ email: 'ada@example.com', password: 'x' })
  await api.notes.list()
  await api.auth.signOut()
  await api.notes.list()
  assert.deepEqual(
    seen.map((s) => [s.headers.get('authorization'), s.credentials]),
    [
      [null, 'include'],
      [null, 'include'],
      ['Bearer T', 'omit'],
      ['Bearer T', 'omit'],
      [null, 'include'],
    ],
  )
  assert.equal(JSON.parse(seen[1]!.body).as, 'token')

  const own = recording(() => json(empty), { token: async () => 'mine', headers: { 'x-app': '1' } })
  await own.api.notes.list()
  assert.deepEqual([own.seen[0]!.headers.get('authorization'), own.seen[0]!.headers.get('x-app')], ['Bearer mine', '1'])
})

test('options() and infiniteOptions() are what TanStack Query takes', async () => {
  const { api, seen } = recording((_, count) => json({ data: [{ id: '1' }], next: count === 1 ? 'c' : null, count: 7 }))
  const { queryKey, queryFn } = api.notes.get.options('1')
  assert.deepEqual(queryKey, ['notes', 'get', '1'])
  await queryFn({ signal: new AbortController().signal })
  assert.deepEqual(api.notes.count.options({ done: true }).queryKey, ['notes', 'count', { done: true }])
  assert.equal(await api.notes.count.options({ done: true }).queryFn({}), 7)
  const pages = api.notes.list.infiniteOptions({ limit: 1 })
  const page = await pages.queryFn({ pageParam: pages.initialPageParam })
  await pages.queryFn({ pageParam: 'c' })
  assert.equal(pages.getNextPageParam({ data: [], next: 'c' }), 'c')
  assert.equal(pages.getNextPageParam(page), undefined)
  assert.deepEqual(
    seen.map((s) => decodeURIComponent(s.url)),
    ['notes/1', 'notes?where={"done":true}&select=id&limit=1&count=true', 'notes?limit=1', 'notes?limit=1&after=c'],
  )
})

test('first is null, exists false and get an error where there is no row', async () => {
  const { api } = recording(() => json(empty))
  assert.equal(await api.notes.first({ where: { done: true } }), null)
  assert.equal(await api.notes.exists({ done: true }), false)
  await assert.rejects(api.users.get({ email: 'nobody@example.com' }), { code: 'not_found' })
})

test('writes say what shall come back, which version they mean, and find their row by a unique value', async () => {
  const { api, seen } = recording(({ method }) =>
    method === 'GET' ? json({ data: [{ id: '7' }], next: null }) : new Response(null, { status: 204 }),
  )
  await api.notes.create({ text: 'x' }, { return: 'none' })
  await api.notes.update('1', { text: 'y' }, { ifMatch: '3', include: { owner: true } })
  await api.notes.delete({ slug: 'a' })
  assert.deepEqual(
    seen.map((s) => [s.method, decodeURIComponent(s.url), s.headers.get('prefer'), s.headers.get('if-match')]),
    [
      ['POST', 'notes', 'return=minimal', null],
      ['PATCH', 'notes/1?include={"owner":true}', null, '"3"'],
      ['GET', 'notes?select=id&where={"slug":"a"}&limit=1', null, null],
      ['DELETE', 'notes/7', null, null],
    ],
  )
})

test('the client can be awaited and printed without a request', async () => {
  const { api, seen } = recording(() => json(empty))
  assert.equal((await api) === api, true)
  assert.equal(api.notes, api.notes)
  JSON.stringify({ api })
  assert.equal(seen.length, 0)
})

test('the client is smaller than 5 kB, compressed', () => {
  const files = ['client.ts', 'client/send.ts'].map((name) => readFileSync(new URL(`../../src/${name}`, import.meta.url), 'utf8'))
  const plain = files
    .map((text) =>
      stripTypeScriptTypes(text)
        .replaceAll(/\/\*\*?[\s\S]*?\*\//g, '')
        .replaceAll(/^\s*\/\/.*$/gm, '')
        .replaceAll(/^\s+|\s+$/gm, ''),
    )
    .join('\n')
  const size = gzipSync(plain, { level: 9 }).length
  assert.ok(size < 5000, `${size} bytes`)
})
