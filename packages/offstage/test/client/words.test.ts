// A queue whose fields are called like parameters of a URL, through every door; the types too.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectTypeOf } from 'expect-type'
import { defineApp, defineModels, t } from '../../src/index.ts'
import { testApp } from '../../src/testing.ts'

const { models, me, endpoint } = defineModels({
  users: { name: t.text(), email: t.email().unique(), limit: t.integer().default(5).writable('nobody') },
  queues: {
    group: t.text({ max: 30 }),
    limit: t.integer().unique(),
    sort: t.integer({ min: 0 }).default(0),
    count: t.integer().default(0),
    where: t.text({ max: 30 }).searchable().optional(),
    after: t.datetime().optional(),
    include: t.ref('queues').optional(),
    select: t.many('queues', 'include'),
    search: t.boolean().default(false),
  },
})
models.users.access({ read: 'everyone' })
models.queues.access({ read: 'everyone', create: 'signed-in', update: { limit: { lte: me.limit } }, delete: 'signed-in' })
const spent = endpoint({
  allow: 'everyone',
  method: 'GET',
  path: '/api/spent/:limit',
  params: { limit: t.integer() },
  query: { sort: t.integer().default(0) },
  run: ({ db, params, query }) => db.queues.count({ limit: params.limit, sort: { gte: query.sort } }),
})
const app = defineApp({ models, endpoints: { spent }, login: { password: true }, docs: 'everyone' })

test('fields called like parameters are written, asked, sorted, included and grouped by over HTTP', async () => {
  await using run = await testApp(app)
  const api = run.as(await run.make.users())
  const first = await api.queues.create({ group: 'a', limit: 5, sort: 1, where: 'red shoes', after: '2026-03-01T00:00:00Z' })
  const second = await api.queues.create(
    { group: 'b', limit: 6, sort: 2, include: first.id },
    { select: ['limit', 'sort'], include: { include: true } },
  )
  assert.deepEqual([second.limit, second.sort, second.include?.group], [6, 2, 'a'])
  expectTypeOf(second.limit).toEqualTypeOf<number>()

  const page = await api.queues.list({
    where: { limit: { gte: 5 }, group: 'a' },
    select: ['limit', 'group'],
    include: { select: { sort: '-limit', limit: 1 }, include: true },
    sort: ['-limit', 'group'],
    limit: 1,
    count: true,
  })
  assert.deepEqual(
    page.data.map((row) => [row.limit, row.group, row.select.map(({ limit }) => limit), row.include]),
    [[5, 'a', [6], null]],
  )
  assert.equal(page.count, 1)
  assert.equal((await api.queues.get({ limit: 6 })).group, 'b')
  assert.equal(await api.queues.count({ sort: { in: [1, 2] }, search: false }), 2)
  assert.equal((await api.queues.first({ search: 'sho', where: { include: null } }))?.limit, 5)
  assert.equal((await api.queues.first({ where: { include: { limit: 5 } } }))?.limit, 6)
  const rows = await api.queues.aggregate({
    where: { limit: { lt: 100 } },
    group: ['group', { after: 'month' }],
    measures: { sum: { sum: 'limit' }, n: 'count' },
    having: { sum: { gte: 5 } },
    sort: '-sum',
  })
  assert.deepEqual(rows, [
    { group: 'b', after: null, sum: 6, n: 1 },
    { group: 'a', after: '2026-03', sum: 5, n: 1 },
  ])
  expectTypeOf(rows[0]!.group).toEqualTypeOf<string>()

  // The rule lets change what is within the caller's own `limit`.
  assert.equal((await api.queues.update({ limit: 5 }, { sort: { increment: 4 } })).sort, 5)
  await assert.rejects(api.queues.update({ limit: 6 }, { sort: 0 }), { status: 403 })
  assert.equal(await api.queues.updateMany({ limit: 5 }, { count: 9 }), 1)
  assert.equal((await api.queues.upsert({ limit: 5 }, { create: { group: 'x' }, update: { group: 'c' } })).group, 'c')
  assert.equal(await api.request('GET /api/spent/:limit', { params: { limit: 5 }, query: { sort: 5 } }), 1)
  assert.equal(await api.queues.deleteMany({ limit: 6 }), 1)
  // @ts-expect-error A parameter is not a field of every model.
  await assert.rejects(api.users.list({ where: { sort: 1 } }), { status: 400 })
})

test('in a URL a name alone is the parameter and with an operator the field, and the document says so', async () => {
  await using run = await testApp(app)
  for (const [group, limit] of [
    ['a', 1],
    ['b', 2],
    ['b', 3],
  ] as const)
    await run.sys.queues.create({ group, limit })
  const get = async (path: string): Promise<any> => (await run.fetch(path)).json()
  const limits = async (query: string): Promise<number[]> =>
    (await get(`/api/queues?sort=limit&${query}`)).data.map((row: any) => row.limit)
  assert.deepEqual(await limits('limit=2'), [1, 2])
  assert.deepEqual(await limits('limit.eq=2'), [2])
  assert.deepEqual(await limits('limit=1&limit.gte=2'), [2])
  assert.deepEqual(await limits('where={"limit":2}'), [2])
  assert.deepEqual(await limits('group.eq=b'), [2, 3])
  assert.equal((await get('/api/queues?group=b')).code, 'unknown_parameter')
  assert.deepEqual(await get('/api/queues/aggregate?group=group&group.eq=b&max=limit&sum=limit'), [
    { group: 'b', sum_limit: 5, max_limit: 3 },
  ])

  const { paths } = await get('/openapi.json')
  const { parameters } = paths['/api/queues'].get
  assert.deepEqual(
    parameters.map(({ name }: { name: string }) => name),
    [...new Set(parameters.map(({ name }: { name: string }) => name))],
  )
  const bare = parameters.find(({ name }: { name: string }) => name === 'filters')
  assert.ok(bare.schema.propertyNames.not.enum.includes('limit'))
  assert.match(bare.description, /the fields are: `group\.eq`, `limit\.eq`/)
  assert.equal(
    paths['/api/users'].get.parameters.find(({ name }: { name: string }) => name === 'filters').schema.propertyNames !== undefined,
    true,
  )
})
