// What every request meets, whichever route it is for. Ids such as I3 are those of the project's list of security checks.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { OffstageError } from '../../src/base/errors.ts'
import type { HttpReply, Route } from '../../src/http/http.ts'
import { openLog } from '../../src/http/log.ts'
import { openServer, type Server, type ServerOptions } from '../../src/http/server.ts'
import { sendRaw, statusesIn } from './raw.ts'

const folder = mkdtempSync(join(tmpdir(), 'offstage-files-'))
const lines: string[] = []
const log = openLog({ write: (line) => lines.push(line), secrets: ['a-very-secret-value'] })
let writes = 0

const json = (value: unknown): HttpReply => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })
const routes: Route[] = [
  { name: 'things.get', method: 'GET', path: '/api/things/:id', handle: ({ params, ip, method }) => json({ id: params.id, ip, method }) },
  { name: 'things.create', method: 'POST', path: '/api/things', body: 'json', handle: ({ body }) => (writes++, json(body ?? null)) },
  { name: 'things.delete', method: 'DELETE', path: '/api/things/:id', handle: () => (writes++, { status: 204 }) },
  {
    name: 'hook',
    method: 'POST',
    path: '/hooks/paid',
    body: 'raw',
    cors: ['*'],
    handle: async (r) => json({ raw: Buffer.from(r.body as Uint8Array).toString(), same: await r.toRequest().text() }),
  },
  {
    name: 'signIn',
    method: 'POST',
    path: '/api/sign-in',
    body: 'json',
    signsIn: true,
    handle: () => (writes++, { status: 204, headers: { 'set-cookie': ['a=1', 'b=2'] } }),
  },
  {
    name: 'fails',
    method: 'GET',
    path: '/fails',
    handle: () => {
      throw new Error('SELECT password FROM users at /home/app/x.ts with a-very-secret-value')
    },
  },
  {
    name: 'refuses',
    method: 'GET',
    path: '/refuses',
    handle: () => {
      throw new OffstageError('forbidden', { hint: 'add a rule', place: 'models/notes.ts:9' })
    },
  },
  { name: 'badHeader', method: 'GET', path: '/bad-header', handle: () => ({ status: 200, headers: { 'x-a': 'a\r\nx-b: c' } }) },
  {
    name: 'slow',
    method: 'GET',
    path: '/slow',
    handle: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
  },
  { name: 'short', method: 'POST', path: '/short', body: 'json', bodyLimit: 100, handle: () => ({ status: 204 }) },
  {
    name: 'own',
    method: 'GET',
    path: '/own',
    problem: async ({ code, status }) => ({ status, body: `own ${code}` }),
    handle: () => {
      throw new OffstageError('not_found')
    },
  },
]
const options: ServerOptions = {
  routes,
  log,
  development: false,
  origins: ['https://app.example'],
  publicUrl: 'https://api.example',
  requestTime: 600,
  files: [{ folder, fallback: 'index.html' }],
  mounts: [
    {
      prefix: '/mounted',
      handle: async (r) =>
        new Response(`${r.method} ${new URL(r.url).pathname} ${await r.text()}`, { status: 201, headers: { 'x-mine': 'yes' } }),
    },
  ],
}
let server: Server
let port: number

before(async () => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Front</title>')
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'assets', 'app.js'), 'let x')
  writeFileSync(join(folder, '.env'), 'SECRET=1')
  symlinkSync('/etc/passwd', join(folder, 'leak.txt'))
  server = await openServer(options)
  port = (await server.listen('127.0.0.1', 0)).port
})
after(async () => {
  await server.close(1_000)
  rmSync(folder, { recursive: true })
})

const ask = (path: string, init: RequestInit = {}): Promise<Response> => server.fetch(new Request(`https://api.example${path}`, init))
const post = (body: string | Buffer | null, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<Response> =>
  ask('/api/things', { method: 'POST', body: body as string | null, headers })
const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code

test('a route answers GET and HEAD, the port and fetch alike', async () => {
  const body = await (await ask('/api/things/7')).json()
  assert.deepEqual(body, { id: '7', ip: '127.0.0.1', method: 'GET' })
  const head = await fetch(`http://127.0.0.1:${port}/api/things/7`, { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(await head.text(), '')
  assert.ok(Number(head.headers.get('content-length')) > 0)
  // Longer than the minute that proxies keep a connection, so that it is they who close it.
  assert.equal((await fetch(`http://127.0.0.1:${port}/api/things/7`)).headers.get('keep-alive'), 'timeout=72')
})

test('a parameter of the path holds at least one character', async () => {
  const before = writes
  for (const method of ['GET', 'DELETE', 'PATCH', 'OPTIONS']) {
    const { status } = await ask('/api/things/', { method })
    assert.equal(status, 404, method)
  }
  assert.equal(writes, before)
})

test('I4: what a path does not answer is 405 with what it does, for unknown methods too', async () => {
  for (const method of ['PUT', 'PATCH', 'PROPFIND']) {
    const response = await ask('/api/things/7', { method })
    assert.equal(response.status, 405, method)
    assert.equal(response.headers.get('allow'), 'GET, HEAD, DELETE, OPTIONS')
    assert.equal(await codeOf(response), 'method_not_allowed')
  }
  for (const method of ['TRACE', 'PROPFIND', 'CONNECT', 'MKCOL', 'FOO']) {
    for (const path of ['/api/things/7', '/api/things', '/healthz', '/nothing']) {
      const [status] = statusesIn(await sendRaw(port, `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
      assert.ok([400, 404, 405].includes(status!), `${method} ${path}: ${status}`)
    }
  }
  const options = await ask('/api/things', { method: 'OPTIONS' })
  assert.equal(options.status, 204)
  assert.equal(options.headers.get('allow'), 'POST, OPTIONS')
})

test('I1: no spelling of a path but its own leads to it', async () => {
  const odd = [
    '//api/things/7',
    '/api//things/7',
    '/api/./things/7',
    '/api/x/../things/7',
    '/api/%2e/things/7',
    '/api/things%2f7',
    '/api/things/7;x=1',
    '/api;a/things/7',
    '/api/things/7/',
    '/api/things/7/.',
    '/API/things/7',
    '/api/Things/7',
    '/api/%74hings/7',
    '/api\\things\\7',
    '/api/things/7%00',
    '/api/things%5c7',
    '/./api/things/7',
    '/api/things/..%2f7',
    '/api/%2574hings/7',
    '/api/things%20/7',
    '/api/th%69ngs/7',
    '/api/things./7',
    'http://evil.example/api/things/7',
    '*',
    'api/things/7',
    '/api/things/7#x',
    '/api/things/%zz',
    '/api/things/%c0%ae',
    '/api/things/7?x=%zz',
  ]
  for (const path of odd) {
    const [status] = statusesIn(await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n`))
    assert.ok(status === 400 || status === 404, `${path}: ${status}`)
  }
})

test('I2: a request that two readers could cut differently ends the connection, and the next one is not answered by it', async () => {
  const next = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  const head = 'POST /api/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
  const bad = [
    `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    `${head}Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    `${head}Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    `POST /api/things HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}`,
    `${head}Content-Length : 2\r\n\r\n{}`,
    `${head}X-A: b\r\n folded\r\nContent-Length: 2\r\n\r\n{}`,
    `${head}X-A: a\0b\r\nContent-Length: 2\r\n\r\n{}`,
    `${head}Transfer-Encoding: chunked\r\n\r\n2;a\n{}\r\n0\r\n\r\n`,
  ]
  const before = writes
  for (const request of bad) {
    const statuses = statusesIn(await sendRaw(port, request + next))
    assert.equal(statuses[0], 400, JSON.stringify(request))
    assert.ok(statuses.length <= 1, `the next request was answered: ${statuses.join()}`)
  }
  assert.equal(writes, before)
})

test('I3: two Host, Authorization or Content-Type headers are refused', async () => {
  for (const pair of [
    'Host: a',
    'Authorization: Bearer a\r\nAuthorization: Bearer b',
    'Content-Type: application/json\r\nContent-Type: text/plain',
    'origin: https://a\r\nOrigin: https://b',
  ]) {
    const text = await sendRaw(port, `POST /api/things HTTP/1.1\r\nHost: x\r\n${pair}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`)
    assert.equal(statusesIn(text)[0], 400, pair)
    assert.match(text, /sent more than once/)
  }
})

test('I3: a Host that is more than a host is refused, as it would move the path of the URL that handlers are given', async () => {
  for (const host of ['x/admin?', 'x#', 'a b', 'user@x', 'x:port', '[::1', '', 'x\\y', '%2f']) {
    assert.equal(statusesIn(await sendRaw(port, `GET /api/things/1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`))[0], 400, host)
  }
  for (const host of ['x', 'app.example:8080', '127.0.0.1', '[::1]:3000', 'my_service']) {
    assert.equal(statusesIn(await sendRaw(port, `GET /api/things/1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`))[0], 200, host)
  }
})

test('C8: only JSON that says it is JSON is read, whatever else is tried', async () => {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json;charset=utf-7',
    'application/json garbage',
    'application/jsonp',
    'application/json, text/plain',
    'text/json',
    '',
  ]
  for (const type of types) assert.equal((await post('{"a":1}', { 'content-type': type })).status, 415, type)
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON;charset=UTF-8',
    'application/json;charset="utf-8"',
  ])
    assert.equal((await post('{"a":1}', { 'content-type': type })).status, 200, type)
  const untyped = await sendRaw(port, 'POST /api/things HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{"a":1}')
  assert.equal(statusesIn(untyped)[0], 415)
  assert.equal((await post('{"a":1}', { 'content-type': 'application/json', 'content-encoding': 'gzip' })).status, 415)
})

test('C6 G7 H3: JSON that means two things, harms, or is too deep is refused', async () => {
  const bad = [
    '{"__proto__":{"admin":true}}',
    '{"a":{"__proto__":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"a":1,"a":2}',
    '{"a":{"b":1,"\\u0062":2}}',
    '[{"x":1},{"y":1,"y":1}]',
    '{"a":1e400}',
    '{"a":9007199254740993}',
    '{"a":-9223372036854775808}',
    `{"a":${'9'.repeat(400)}}`,
    '{"a":NaN}',
    '{"a":0x10}',
    '{"a":1',
    '{"a":"\\"}',
    "{'a':1}",
    '\ufeff{}',
    `${'['.repeat(40)}${']'.repeat(40)}`,
    '['.repeat(100_000),
    '{"a":01}',
    '[1,]',
    'nul',
  ]
  for (const body of bad) {
    const response = await post(body)
    assert.equal(response.status, 400, body.slice(0, 60))
    assert.equal(await codeOf(response), 'malformed')
  }
  assert.equal((await post(Buffer.from([0x22, 0xff, 0x22]))).status, 400)
  for (const good of [
    '{"constructor":1}',
    '{"a":{"a":{"a":"\\\\"}},"b":"x:y,{[\\"1e999"}',
    '[1e300,-0,0.1234567890123456789,9007199254740991]',
    '"text"',
    'null',
    '{}',
  ]) {
    assert.equal((await post(good)).status, 200, good)
  }
  assert.equal(({} as { admin?: boolean }).admin, undefined)
})

test('H1: a body over the limit is refused before it is read, and a route without a body takes none', async () => {
  assert.equal(
    (await ask('/short', { method: 'POST', body: JSON.stringify('x'.repeat(200)), headers: { 'content-type': 'application/json' } }))
      .status,
    413,
  )
  const announced = await sendRaw(
    port,
    'POST /api/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n',
  )
  assert.equal(statusesIn(announced)[0], 413)
  assert.equal((await ask('/api/things/1', { method: 'DELETE', body: '{}', headers: { 'content-type': 'application/json' } })).status, 400)
})

test('F1: a page of another origin cannot act with the cookie, sign anybody in, or hide behind another type', async () => {
  const before = writes
  const evil = { origin: 'https://evil.example', cookie: 'session=1' }
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const response = await post('{"a":1}', { ...evil, 'content-type': type })
    assert.equal(response.status, 403)
    const problem = (await response.json()) as { code: string; detail: string }
    assert.equal(problem.code, 'origin_refused')
    assert.match(problem.detail, /ORIGINS=https:\/\/evil\.example/)
  }
  for (const headers of [
    evil,
    { ...evil, origin: 'null' },
    { cookie: 'a=1', 'sec-fetch-site': 'cross-site' },
    { cookie: 'a=1', 'sec-fetch-site': 'same-site' },
    { cookie: 'a=1', origin: 'https://api.example.evil.example' },
    { cookie: 'a=1', origin: 'http://api.example' },
    { cookie: 'a=1', origin: 'http://api.example', 'sec-fetch-site': 'cross-site' },
    { cookie: 'a=1', origin: 'http://localhost:5173' },
  ])
    assert.equal(
      (await ask('/api/things/1', { method: 'DELETE', headers: headers as Record<string, string> })).status,
      403,
      JSON.stringify(headers),
    )
  assert.equal((await ask('/api/sign-in', { method: 'POST', headers: { origin: 'https://evil.example' } })).status, 403)
  assert.equal(writes, before)
  for (const headers of [
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://api.example' },
    {},
  ]) {
    assert.equal(
      (await ask('/api/things/1', { method: 'DELETE', headers: { cookie: 'a=1', ...headers } as Record<string, string> })).status,
      204,
      JSON.stringify(headers),
    )
  }
  const signedIn = await ask('/api/sign-in', { method: 'POST' })
  assert.deepEqual(signedIn.headers.getSetCookie(), ['a=1', 'b=2'])
})

test('F2: a method in a header or parameter is not a method, and a GET with a body changes nothing', async () => {
  const before = writes
  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    const response = await ask('/api/things/7', { headers: { [name]: 'DELETE' } })
    assert.deepEqual([response.status, await codeOf(response)], [400, 'unsupported_header'], name)
  }
  assert.equal((await ask('/api/things/7?_method=delete')).status, 200)
  await sendRaw(
    port,
    'GET /api/things/7 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{"a":1}',
  )
  assert.equal(writes, before)
})

test('F3: an origin that is not listed gets no leave to read, and a listed one gets it by name', async () => {
  for (const origin of [
    'https://evil.example',
    'null',
    'https://app.example.evil.example',
    'https://evilapp.example',
    'http://app.example',
    'http://localhost:3000',
  ]) {
    for (const init of [{ headers: { origin } }, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'DELETE' } }]) {
      const response = await ask('/api/things/7', init)
      assert.equal(response.headers.get('access-control-allow-origin'), null, origin)
      assert.equal(response.headers.get('vary'), 'Origin')
    }
  }
  const allowed = await ask('/api/things/7', {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'DELETE' },
  })
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://app.example')
  assert.equal(allowed.headers.get('access-control-allow-credentials'), 'true')
  assert.match(allowed.headers.get('access-control-allow-methods')!, /DELETE/)
  const open = await ask('/hooks/paid', { method: 'POST', body: 'x', headers: { origin: 'https://anyone.example' } })
  assert.equal(open.headers.get('access-control-allow-origin'), '*')
  assert.equal(open.headers.get('access-control-allow-credentials'), null)
  assert.equal(open.headers.get('vary'), 'Origin', 'a listed origin is told something else')
})

test('F4: every answer has the security headers and none tells what runs here', async () => {
  const answers = [
    await ask('/api/things/7'),
    await ask('/nothing'),
    await ask('/fails'),
    await ask('/index.html'),
    await ask('/healthz'),
    await ask('/mounted/x'),
    await ask('/api//x'),
    await ask('/api/things/7', { method: 'PUT' }),
    await fetch(`http://127.0.0.1:${port}/nothing`),
  ]
  for (const { headers, url } of answers) {
    assert.equal(headers.get('x-content-type-options'), 'nosniff', url)
    assert.match(headers.get('content-security-policy')!, /frame-ancestors 'none'/)
    assert.doesNotMatch(headers.get('content-security-policy')!, /unsafe/)
    assert.ok(headers.get('referrer-policy'))
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
    assert.match(headers.get('strict-transport-security')!, /max-age=\d+/)
    for (const name of ['server', 'x-powered-by', 'via']) assert.equal(headers.get(name), null)
  }
})

test('I7: what fails inside says its code and request id, and nothing else', async () => {
  lines.length = 0
  const response = await ask('/fails')
  assert.equal(response.status, 500)
  const problem = (await response.json()) as Record<string, unknown>
  assert.deepEqual(Object.keys(problem).sort(), ['code', 'requestId', 'status', 'title', 'type'])
  assert.equal(problem.code, 'internal')
  const line = lines.map((text) => JSON.parse(text)).find((entry) => entry.requestId === problem.requestId && entry.err)
  assert.match(line.err.message, /SELECT password/)
  assert.ok(!lines.join('').includes('a-very-secret-value'))
  const refused = (await (await ask('/refuses')).json()) as Record<string, unknown>
  assert.equal(refused.hint ?? refused.place, undefined)
  assert.equal((await ask('/bad-header')).status, 500)
  assert.equal(await (await ask('/own')).text(), 'own not_found')
})

test('F11 M: a log line is one line of JSON, whatever the path holds, without the query', async () => {
  lines.length = 0
  await ask('/nothing/%0d%0aforged?token=abcdef')
  await ask('/caf%C3%A9%E2%80%A8x?token=abcdef')
  await sendRaw(port, 'GET /x\x1b[31m HTTP/1.1\r\nHost: x\r\nUser-Agent: a\x1b[2Jb\r\nConnection: close\r\n\r\n')
  assert.ok(lines.length > 0)
  for (const line of lines) {
    assert.equal(line.trimEnd().split('\n').length, 1)
    JSON.parse(line)
    assert.ok(!line.includes('abcdef') && !line.includes('\x1b'))
  }
})

test('a request that takes too long is given up with 503, and its signal says so', async () => {
  const response = await ask('/slow')
  assert.equal(response.status, 503)
  assert.equal(response.headers.get('retry-after'), '1')
  assert.equal(await codeOf(response), 'timeout')
})

test('I9: files are served from their folder only, with tags, and page loads fall back to the frontend', async () => {
  const script = await ask('/assets/app.js')
  assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8')
  assert.equal(await script.text(), 'let x')
  assert.equal((await ask('/assets/app.js', { headers: { 'if-none-match': script.headers.get('etag')! } })).status, 304)
  assert.equal(await (await ask('/assets/app.js', { method: 'HEAD' })).text(), '')
  assert.match(await (await ask('/orders/7', { headers: { accept: 'text/html' } })).text(), /Front/)
  assert.match(await (await ask('/')).text(), /Front/)
  for (const path of ['/.env', '/leak.txt', '/assets', '/assets/', '/assets/missing.js', '/orders/7', '/package.json', '/.git/HEAD'])
    assert.equal((await ask(path)).status, 404, path)
  for (const path of ['/..%2f..%2fetc/passwd', '/assets/..%5c..%5cx', '/x%00.js', '/%2e%2e/%2e%2e/etc/passwd']) {
    const [status] = statusesIn(await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
    assert.equal(status, 400, path)
  }
  for (const path of ['/API/things/7', '/Healthz', '/api/nothing']) {
    assert.equal((await ask(path, { headers: { accept: 'text/html' } })).status, 404, `${path} is no page of the frontend`)
  }
})

test('a fetch-style handler answers everything at and below its prefix', async () => {
  const response = await ask('/mounted/deep/path?x=1', { method: 'PUT', body: 'hello' })
  assert.equal(response.status, 201)
  assert.equal(response.headers.get('x-mine'), 'yes')
  assert.equal(await response.text(), 'PUT /mounted/deep/path hello')
  assert.equal((await ask('/mounted')).status, 201)
  assert.equal(
    (await ask('/mounted', { method: 'POST', headers: { 'idempotency-key': 'a', 'if-match': '"1"' } })).status,
    201,
    'its own affair',
  )
  const raw = (await (
    await ask('/hooks/paid', { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/anything' } })
  ).json()) as object
  assert.deepEqual(raw, { raw: 'a=1', same: 'a=1' })
})

test('I5: forwarded headers mean nothing unless a proxy is trusted, and then only its own', async () => {
  const headers = {
    'x-forwarded-for': '9.9.9.9, 8.8.8.8',
    'x-real-ip': '7.7.7.7',
    forwarded: 'for=6.6.6.6',
    'x-original-url': '/api/things/2',
  }
  const plain = (await (await ask('/api/things/1', { headers })).json()) as { id: string; ip: string }
  assert.deepEqual([plain.id, plain.ip], ['1', '127.0.0.1'])
  const behind = await openServer({ ...options, trustProxy: 1 })
  try {
    const answer = (await (await behind.fetch(new Request('http://x/api/things/1', { headers }))).json()) as { ip: string }
    assert.equal(answer.ip, '8.8.8.8')
  } finally {
    await behind.close()
  }
})

test('in development problems say what to write, and pages of this machine may call with cookies', async () => {
  const local = await openServer({ ...options, development: true, origins: [], publicUrl: undefined })
  try {
    const problem = (await (await local.fetch(new Request('http://localhost/refuses'))).json()) as Record<string, unknown>
    assert.deepEqual([problem.hint, problem.place], ['add a rule', 'models/notes.ts:9'])
    const call = (origin: string, host = 'localhost'): Promise<Response> =>
      local.fetch(new Request(`http://${host}/api/things/1`, { method: 'DELETE', headers: { cookie: 'a=1', origin } }))
    assert.equal((await call('http://localhost:5173')).status, 204)
    assert.equal((await call('http://192.168.0.7:4000', '192.168.0.7:4000')).status, 204)
    assert.equal((await call('http://evil.example')).status, 403)
    assert.equal((await call('http://localhost.evil.example')).status, 403)
  } finally {
    await local.close()
  }
})

test('stopping: readiness goes first, what is under way is finished, and the connection is closed', async () => {
  const begun = Promise.withResolvers<void>()
  const work = Promise.withResolvers<HttpReply>()
  const wait: Route = { name: 'wait', method: 'GET', path: '/wait', handle: () => (begun.resolve(), work.promise) }
  const stopping = await openServer({ ...options, routes: [wait], requestTime: 5_000 })
  const at = `http://127.0.0.1:${(await stopping.listen('127.0.0.1', 0)).port}`
  assert.equal((await fetch(`${at}/readyz`)).status, 200)
  stopping.drain()
  assert.equal((await fetch(`${at}/readyz`)).status, 503)
  assert.equal((await fetch(`${at}/healthz`)).status, 200)
  const waiting = fetch(`${at}/wait`)
  await begun.promise
  const closed = stopping.close()
  work.resolve({ status: 204 })
  const response = await waiting
  assert.equal(response.status, 204)
  assert.equal(response.headers.get('connection'), 'close')
  await closed
  await assert.rejects(fetch(`${at}/healthz`))
})
