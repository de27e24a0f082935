// Headers that ask for what Offstage does not do: on every door that writes they are refused, and nothing happens.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { defineApp, defineModels } from '../../src/index.ts'
import { serve } from '../api/served.ts'
import { openWorld, password, type World } from './world.ts'

let world: World
let doors: { method: string; path: string }[]

before(async () => {
  world = await openWorld()
  const { json } = await world.send('admin', 'GET', '/openapi.json')
  doors = Object.entries(json.paths).flatMap(([path, item]) =>
    Object.keys(item as object)
      .filter((method) => ['post', 'put', 'patch', 'delete'].includes(method))
      .map((method) => ({ method: method.toUpperCase(), path: path.replace('{id}', world.tasks.mine.id) })),
  )
})
after(() => world.close())

/** Bodies that each door would take. */
const bodyOf = (method: string, path: string): unknown => {
  if (method === 'DELETE') return undefined
  if (path.endsWith('/sign-in')) return { email: 'alice@example.com', password }
  if (path.endsWith('/sign-up')) return { email: 'new@example.com', name: 'New', password }
  if (path.endsWith('/sign-out')) return undefined
  if (path.endsWith('/batch'))
    return { operations: [{ op: 'update', model: 'tasks', id: world.tasks.mine.id, values: { title: 'changed' } }] }
  if (method === 'PATCH') return { title: 'changed' }
  return {}
}

test('every door that writes refuses an Idempotency-Key in a clear sentence, whoever asks, and does nothing', async () => {
  assert.ok(doors.length > 40 && doors.some(({ path }) => path === '/api/batch') && doors.some(({ path }) => path.startsWith('/api/call/')))
  assert.ok(doors.some(({ path }) => path === '/api/auth/sign-in'))
  await world.unchanged(async () => {
    for (const who of ['anon', 'alice', 'admin'] as const)
      for (const { method, path } of doors) {
        const { status, json } = await world.send(who, method, path, bodyOf(method, path), { 'idempotency-key': 'a-1' })
        assert.deepEqual([status, json?.code], [400, 'unsupported_header'], `${who} ${method} ${path}`)
        assert.match(json.detail, /idempotency-key .* done again/, path)
      }
  })
  const path = `/api/tasks/${world.tasks.mine.id}`
  assert.equal((await world.send('alice', 'PATCH', path, { title: 'Mine' })).status, 200, 'without the header it is done')
  assert.equal((await world.send('alice', 'GET', path, undefined, { 'idempotency-key': 'a-1' })).status, 200, 'a read may be repeated')
})

test('conditions, parts of bodies and methods in headers are refused where nobody acts on them', async () => {
  await world.unchanged(async () => {
    for (const { method, path } of doors) {
      const call = path.startsWith('/api/call/')
      const versioned = /^\/api\/\w+\/[\w-]+$/.test(path) && (method === 'PATCH' || method === 'DELETE') && !path.startsWith('/api/auth')
      const headers = [
        ...(call ? [] : ['if-none-match', 'if-unmodified-since', 'content-range']),
        ...(call || versioned ? [] : ['if-match']),
        'x-http-method-override',
        'x-http-method',
        'x-method-override',
      ]
      for (const name of headers) {
        const { status, json } = await world.send('alice', method, path, bodyOf(method, path), { [name]: '"1"' })
        assert.deepEqual([status, json?.code], [400, 'unsupported_header'], `${name} ${method} ${path}`)
      }
    }
  })
})

test('a page of another origin is not told that it may send the header', async () => {
  const preflight = await world.send('anon', 'OPTIONS', '/api/tasks', undefined, {
    origin: 'http://localhost:5173',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'idempotency-key',
  })
  const allowed = preflight.headers.get('access-control-allow-headers')!.split(', ')
  assert.ok(allowed.includes('if-match') && !allowed.includes('idempotency-key'))
})

test('an endpoint that takes the bytes of a webhook takes the key that its sender puts there, and can act on it', async () => {
  const { models, endpoint } = defineModels({})
  const endpoints = {
    paid: endpoint({ allow: 'everyone', body: 'raw', run: ({ request }) => ({ key: request.headers.get('idempotency-key') }) }),
    plain: endpoint({ allow: 'everyone', run: () => ({}) }),
  }
  await using served = await serve(defineApp({ models, endpoints }))
  const ask = (path: string, headers: Record<string, string>): Promise<Response> => served.ask(path, { method: 'POST', body: '', headers })
  const paid = await ask('/api/call/paid', { 'idempotency-key': 'evt-1', 'if-match': '"1"' })
  assert.deepEqual([paid.status, await paid.json()], [200, { key: 'evt-1' }])
  assert.equal((await ask('/api/call/plain', { 'idempotency-key': 'evt-1' })).status, 400)
  assert.equal((await ask('/api/call/paid', { 'x-http-method': 'DELETE' })).status, 400, 'what it is asked to be is not what it is')
})
