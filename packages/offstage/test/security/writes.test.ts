// Group C of the security checks: mass assignment, nested writes, the row as it becomes. Through HTTP.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { marker } from './fixture.ts'
import { face, openWorld, password, type World } from './world.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

const refused = (status: number, what: string): void => assert.ok(status >= 400 && status < 500, `${what}: ${status}`)

test('C1 signing up sets nothing that is not the new user’s to set', async () => {
  const extra: Record<string, unknown>[] = [
    { role: 'admin' },
    { isAdmin: true },
    { emailVerified: true },
    { tenant: world.a.id },
    { id: world.people.alice.id },
    { createdAt: '2020-01-01T00:00:00Z' },
    { version: 9 },
    { legacyHash: 'x' },
    { resetCode: 'x' },
    { passwordHash: 'x' },
    { sessions: [{}] },
    { __proto__x: 1 },
  ]
  await world.unchanged(async () => {
    for (const values of extra) {
      const answer = await world.send('anon', 'POST', '/api/auth/sign-up', { email: 'new@example.com', name: 'New', password, ...values })
      refused(answer.status, Object.keys(values)[0]!)
    }
  })
  assert.equal((await world.send('anon', 'POST', '/api/auth/sign-up', { email: 'new@example.com', name: 'New', password })).status, 201)
  const row = (await world.sys.users.list({ where: { email: 'new@example.com' } })).data[0]!
  assert.deepEqual([row.role, row.tenant], ['member', null])
})

test('C2 a user changes of themselves what the rules leave to them', async () => {
  const path = `/api/users/${world.people.alice.id}`
  await world.unchanged(async () => {
    for (const values of [
      { role: 'admin' },
      { password: 'x' },
      { email: 'new2@example.com' },
      { resetCode: 'x' },
      { tenant: world.b.id },
      { id: world.people.bob.id },
      { version: 1 },
    ]) {
      refused((await world.send('alice', 'PATCH', path, values)).status, JSON.stringify(values))
    }
    refused((await world.send('bob', 'PATCH', path, { name: 'x' })).status, 'bob renames alice')
  })
  assert.equal((await world.send('alice', 'PATCH', path, { name: 'Alice A.' })).status, 200)
})

test('C3 a row cannot be given to another tenant or owner', async () => {
  const path = `/api/projects/${world.projects.apollo.id}`
  await world.unchanged(async () => {
    refused((await world.send('alice', 'PATCH', path, { tenant: world.b.id })).status, 'tenant')
    refused((await world.send('alice', 'POST', '/api/projects', { title: 'x', slug: 'x', tenant: world.b.id })).status, 'create in B')
    refused(
      (await world.send('alice', 'POST', '/api/projects', { title: 'x', slug: 'x', owner: world.people.bob.id })).status,
      'create as bob',
    )
    refused(
      (await world.send('alice', 'POST', '/api/projects', { title: 'x', slug: 'x', owner: world.people.mallory.id })).status,
      'create as mallory',
    )
    refused((await world.send('bob', 'DELETE', path)).status, 'bob deletes')
    refused(
      (await world.send('alice', 'PATCH', `/api/tasks/${world.tasks.mine.id}`, { project: world.projects.boreas.id })).status,
      'task to B',
    )
    refused((await world.send('alice', 'PATCH', `/api/tasks/${world.tasks.bobs.id}`, { title: 'x' })).status, 'task of bob')
  })
})

test('C3 a row that has left the rule can no longer be changed', async () => {
  const path = `/api/tasks/${world.tasks.mine.id}`
  assert.equal((await world.send('alice', 'PATCH', path, { status: 'done' })).status, 200)
  await world.unchanged(async () => assert.equal((await world.send('alice', 'PATCH', path, { title: 'again' })).status, 403))
})

test('C4 nested writes obey the rules of the model they write', async () => {
  const path = `/api/projects/${world.projects.apollo.id}`
  const attempts = [
    { tasks: { connect: [world.tasks.theirs.id] } },
    { tasks: { connect: [{ id: world.tasks.theirs.id }] } },
    { tasks: { disconnect: [world.tasks.theirs.id] } },
    { tasks: { update: [{ id: world.tasks.theirs.id, title: 'x' }] } },
    { tasks: { delete: [world.tasks.theirs.id] } },
    { owner: { update: { role: 'admin' } } },
    { tasks: { create: [{ title: 'x', secretScore: 1 }] } },
    { tasks: { create: [{ title: 'fine' }, { title: 'x', project: world.projects.boreas.id }] } },
    { tasks: [] },
    { tasks: 'x' },
  ]
  await world.unchanged(async () => {
    for (const values of attempts) refused((await world.send('alice', 'PATCH', path, values)).status, JSON.stringify(values))
  })
  const made = await world.send('alice', 'PATCH', path, { tasks: { create: [{ title: 'Nested' }] } })
  assert.equal(made.status, 200, made.text)
  assert.equal((await world.sys.tasks.list({ where: { title: 'Nested' } })).data[0]!.project, world.projects.apollo.id)
})

test('C4 a connect to an unreadable row and to none are refused alike', async () => {
  const path = `/api/projects/${world.projects.apollo.id}`
  const none = '0199c0de-0000-7000-8000-000000000000'
  const [real, nowhere] = [
    await world.send('alice', 'PATCH', path, { tasks: { connect: [world.tasks.theirs.id] } }),
    await world.send('alice', 'PATCH', path, { tasks: { connect: [none] } }),
  ]
  assert.equal(face(real, world.tasks.theirs.id), face(nowhere, none))
})

test('C5 a membership is not written by whom it would favour', async () => {
  const values = { user: world.people.alice.id, tenant: world.b.id, role: 'owner' }
  await world.unchanged(async () => {
    assert.equal((await world.send('alice', 'POST', '/api/memberships', values)).status, 403)
    assert.equal(
      (await world.send('alice', 'POST', '/api/batch', { operations: [{ op: 'create', model: 'memberships', values }] })).status,
      403,
    )
  })
})

test('C6 no body reaches a prototype', async () => {
  const bodies = [
    '{"title":"x","slug":"x","__proto__":{"role":"admin"}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"title":"x","a.__proto__.polluted":true}',
    '{"title":"x","slug":"x","meta":{"__proto__":{"polluted":true}}}',
  ]
  for (const body of bodies) {
    const answer = await world.send('alice', 'POST', '/api/projects', body)
    if (answer.status !== 201) refused(answer.status, body)
  }
  assert.deepEqual((await world.send('anon', 'GET', '/api/canary')).json, { polluted: null })
  assert.equal(({} as any).polluted, undefined)
  assert.equal((await world.send('eve', 'GET', '/api/projects')).status, 403)
})

test('C7 ids are Offstage’s to give', async () => {
  await world.unchanged(async () => {
    for (const id of ['role:admin', world.projects.apollo.id, 'x'.repeat(10_000), '', 7, null, {}]) {
      refused((await world.send('alice', 'POST', '/api/projects', { id, title: 'x', slug: 'x' })).status, JSON.stringify(id).slice(0, 40))
    }
  })
})

test('C8 a body is read as JSON or not at all', async () => {
  const body = '{"title":"x","slug":"typed","budget":"not a number"}'
  await world.unchanged(async () => {
    for (const type of [
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json;charset=utf-7',
      'application/json garbage',
      ' application/json',
      'application/json\t; x',
      'text/plain',
      'application/jsonx',
      'APPLICATION/JSON',
    ]) {
      const { status } = await world.send('alice', 'POST', '/api/projects', body, { 'content-type': type })
      assert.ok([400, 403, 415, 422].includes(status), `${type}: ${status}`)
    }
  })
})

test('C9 a batch is all or nothing, does not nest, and has an end', async () => {
  const create = { op: 'create', model: 'projects', values: { title: 'batched', slug: 'batched' } }
  await world.unchanged(async () => {
    const denied = await world.send('alice', 'POST', '/api/batch', {
      operations: [create, { op: 'delete', model: 'projects', id: world.projects.atlas.id }],
    })
    assert.equal(denied.status, 403)
    assert.match(denied.text, /operations\.1/)
    refused((await world.send('alice', 'POST', '/api/batch', { operations: [{ op: 'batch', operations: [create] }] })).status, 'nested')
    refused((await world.send('alice', 'POST', '/api/batch', { operations: Array(1000).fill(create) })).status, '1000')
    refused((await world.send('alice', 'POST', '/api/batch', { operations: [{ ...create, method: 'DELETE' }] })).status, 'override')
    refused((await world.send('anon', 'POST', '/api/batch', { operations: [create] })).status, 'anonymous')
  })
  const done = await world.send('alice', 'POST', '/api/batch', {
    operations: [create, { op: 'update', model: 'projects', id: world.projects.apollo.id, values: { title: 'Apollo 2' } }],
  })
  assert.equal(done.status, 200, done.text)
})

test('A5 a bulk write reaches the rows that the caller may read and change, and counts those', async () => {
  const alice = world.test.db.as(world.people.alice.id)
  const theirs = (await world.sys.projects.get(world.projects.boreas.id)).title
  assert.equal(await alice.projects.updateMany({ all: true }, { slug: 'same' }), await world.sys.projects.count({ tenant: world.a.id }))
  assert.equal((await world.sys.projects.get(world.projects.boreas.id)).title, theirs)
  assert.notEqual((await world.sys.projects.get(world.projects.boreas.id)).slug, 'same')
  await assert.rejects(alice.projects.updateMany({}, { slug: 'x' }))
  await world.unchanged(async () => {
    assert.equal(await alice.projects.deleteMany({ id: world.projects.atlas.id }), 0)
    assert.equal(await alice.projects.updateMany({ id: world.projects.boreas.id }, { slug: 'x' }), 0)
    await assert.rejects(alice.users.updateMany({ all: true }, { role: 'admin' } as object))
  })
})

test('B9 a write takes no filter from the address', async () => {
  await world.unchanged(async () => {
    for (const query of ['where={"email":"victim@example.com"}', 'email=victim@example.com', 'secretScore.gt=5']) {
      refused((await world.send('alice', 'PATCH', `/api/users/${world.people.alice.id}?${query}`, { name: 'x' })).status, query)
      refused((await world.send('alice', 'DELETE', `/api/projects/${world.projects.apollo.id}?${query}`)).status, query)
      refused((await world.send('alice', 'DELETE', `/api/projects?${query}`)).status, query)
      refused((await world.send('alice', 'PATCH', `/api/projects?${query}`, { title: 'x' })).status, query)
    }
  })
})

test('C11 a write on a stale version is refused and changes nothing', async () => {
  const path = `/api/projects/${world.projects.atlas.id}`
  const etag = (await world.send('bob', 'GET', path)).headers.get('etag')!
  assert.equal((await world.send('bob', 'PATCH', path, { title: 'Atlas 2' }, { 'if-match': etag })).status, 200)
  await world.unchanged(async () => {
    assert.equal((await world.send('bob', 'PATCH', path, { title: 'Atlas 3' }, { 'if-match': etag })).status, 412)
    assert.equal((await world.send('bob', 'DELETE', path, undefined, { 'if-match': etag })).status, 412)
    // Who may not see the row does not learn its version either.
    assert.equal((await world.send('mallory', 'PATCH', path, { title: 'x' }, { 'if-match': '"99"' })).status, 404)
  })
})

test('A3 of all that left in these tests, nothing held a marker', () => {
  for (const { who, what, text } of world.sent) assert.ok(!text.includes(marker('').slice(0, 7)), `${who} ${what}: ${text.slice(0, 300)}`)
})
