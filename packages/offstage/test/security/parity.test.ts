// The parity matrix: every principal on every model through every surface there is, and all surfaces agree. Which surfaces there
// are is read from the route list, so a route that nobody thought of here fails the test.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { face, openWorld, type Who, type World } from './world.ts'

let world: World
let operations: { method: string; path: string }[]
const everyone: readonly Who[] = ['anon', 'eve', 'alice', 'bob', 'mallory', 'admin']
const models = ['tenants', 'users', 'projects', 'tasks', 'comments', 'coupons', 'memberships', 'orphans'] as const
const plain = { 'x-parity': '1' }

before(async () => {
  world = await openWorld()
  const { json } = await world.send('admin', 'GET', '/openapi.json')
  operations = Object.entries(json.paths).flatMap(([path, item]) =>
    Object.keys(item as object)
      .filter((key) => key !== 'parameters')
      .map((method) => ({ method: method.toUpperCase(), path })),
  )
})
after(() => world.close())

/** Each surface once, with how these tests look through it. */
const surfaces: readonly RegExp[] = [
  /^GET \/api\/\w+$/,
  /^POST \/api\/\w+\/query$/,
  /^GET \/api\/\w+\/\{id\}$/,
  /^GET \/api\/\w+\/aggregate$/,
  /^POST \/api\/\w+\/aggregate$/,
  /^POST \/api\/\w+$/,
  /^PATCH \/api\/\w+\/\{id\}$/,
  /^DELETE \/api\/\w+\/\{id\}$/,
  /^POST \/api\/batch$/,
  /^POST \/api\/call\/\w+$/,
  /^GET \/api\/canary$/,
  /^(GET|POST|DELETE) \/api\/auth\//,
]

test('every route is one of the surfaces looked through here', () => {
  assert.ok(operations.length > 60)
  for (const { method, path } of operations)
    assert.ok(
      surfaces.some((surface) => surface.test(`${method} ${path}`)),
      `${method} ${path} is in no row of the matrix; add it`,
    )
})

test('list, query, get, count, aggregate and include show each caller the same rows', async () => {
  for (const model of models) {
    const all: string[] = (await (world.sys[model] as any).list({ limit: 1000, select: ['id'] })).data.map((row: any) => row.id)
    for (const who of everyone) {
      const list = await world.send(who, 'GET', `/api/${model}?limit=200&select=id&count=true`, undefined, plain)
      const query = await world.send(who, 'POST', `/api/${model}/query`, { limit: 200, select: ['id'], count: true })
      const count = await world.send(who, 'GET', `/api/${model}/aggregate?count=true`)
      const counted = await world.send(who, 'POST', `/api/${model}/aggregate`, { measures: { count: 'count' } })
      assert.equal(query.status, list.status, `${who} ${model}`)
      assert.equal(count.status, list.status, `${who} ${model}`)
      assert.equal(counted.status, list.status, `${who} ${model}`)
      const readable: string[] = list.status === 200 ? list.json.data.map((row: any) => row.id) : []
      if (list.status === 200) {
        assert.deepEqual(query.json, list.json)
        assert.equal(list.json.count, readable.length)
        assert.equal(count.json[0].count, readable.length)
        assert.deepEqual(counted.json, count.json)
        const page = await world.send(who, 'GET', `/api/${model}?limit=2&offset=1&select=id`, undefined, plain)
        const asked = await world.send(who, 'POST', `/api/${model}/query`, { limit: 2, offset: 1, select: ['id'] })
        assert.deepEqual(page.json.data, list.json.data.slice(1, 3))
        assert.deepEqual(asked.json, page.json)
      } else assert.ok(list.status === 401 || list.status === 403)
      for (const id of all) {
        const { status } = await world.send(who, 'GET', `/api/${model}/${id}`)
        if (list.status === 200) assert.equal(status, readable.includes(id) ? 200 : 404, `${who} ${model} ${id}`)
        else assert.equal(status, list.status)
      }
    }
  }
})

test('an include shows what the list of the other model would', async () => {
  for (const who of ['alice', 'bob', 'mallory', 'admin'] as const) {
    const tasks: string[] = (await world.send(who, 'GET', '/api/tasks?select=id&sort=id')).json.data.map((row: any) => row.id)
    const projects = (await world.send(who, 'GET', '/api/projects?include=tasks')).json.data
    assert.deepEqual(projects.flatMap((row: any) => row.tasks.map((task: any) => task.id)).sort(), [...tasks].sort())
    for (const row of projects)
      for (const task of row.tasks) {
        const alone = (await world.send(who, 'GET', `/api/tasks/${task.id}`)).json
        assert.deepEqual(task, alone)
      }
  }
})

test('what one write surface denies, the other denies, and nothing is changed by a denial', async () => {
  for (const model of models) {
    const rows: { id: string }[] = (await (world.sys[model] as any).list({ limit: 3, select: ['id'] })).data
    for (const who of everyone)
      for (const { id } of rows) {
        const values =
          model === 'coupons'
            ? { code: 'X' }
            : model === 'users' || model === 'tenants'
              ? { name: 'X' }
              : model === 'memberships'
                ? { role: 'x' }
                : model === 'orphans'
                  ? { text: 'X' }
                  : model === 'comments'
                    ? { body: 'X' }
                    : { title: 'X' }
        for (const op of ['update', 'delete'] as const) {
          // The last operation of the batch fails always, so that nothing stays of those before it.
          const last = { op: 'delete', model: 'projects', id: '0199c0de-0000-7000-8000-000000000000' }
          const batch = await world.unchanged(() =>
            world.send(who, 'POST', '/api/batch', { operations: [{ op, model, id, ...(op === 'update' && { values }) }, last] }),
          )
          const allowed = /operations\.1/.test(batch.text)
          if (allowed) continue
          const alone = await world.unchanged(() =>
            world.send(who, op === 'update' ? 'PATCH' : 'DELETE', `/api/${model}/${id}`, op === 'update' ? values : undefined),
          )
          assert.equal(alone.status, batch.status, `${who} ${op} ${model}`)
          assert.ok([401, 403, 404, 409].includes(alone.status), `${who} ${op} ${model}: ${alone.status}`)
        }
      }
  }
})

test('C12 a visitor who walks all routes with all methods gets through to the public ones only', async () => {
  const open = new Set([
    'GET /api/comments',
    'POST /api/comments/query',
    'GET /api/comments/aggregate',
    'POST /api/comments/aggregate',
    'GET /api/canary',
    'POST /api/auth/sign-out',
  ])
  const id = world.projects.apollo.id
  await world.unchanged(async () => {
    for (const path of new Set(operations.map((operation) => operation.path))) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) {
        const { status, text } = await world.send(
          'anon',
          method,
          path.replace('{id}', id),
          method === 'POST' || method === 'PATCH' ? {} : undefined,
        )
        assert.ok(status < 500 || status === 501, `${method} ${path}: ${status}`)
        if (status < 300 && method !== 'OPTIONS')
          assert.ok(open.has(`${method === 'HEAD' ? 'GET' : method} ${path}`), `${method} ${path}: ${status} ${text}`)
      }
    }
  })
})

test('all rows are the same to two callers with the same rights', async () => {
  await world.sys.users.update(world.people.eve.id, { tenant: world.a.id })
  const [eve, alice] = [await world.send('eve', 'GET', '/api/tasks'), await world.send('alice', 'GET', '/api/tasks')]
  assert.equal(face(eve), face(alice))
})
