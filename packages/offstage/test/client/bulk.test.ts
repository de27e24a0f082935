import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineApp, defineModels, t } from 'offstage'
import { testApp } from 'offstage/testing'

const { models, me } = defineModels({
  users: { name: t.text(), email: t.email().unique() },
  notes: {
    slug: t.text({ max: 40 }).unique(),
    text: t.text(),
    done: t.boolean().default(false),
    due: t.datetime().optional(),
    pinned: t.boolean().default(false).writable('nobody'),
    owner: t.user(),
  },
  sealed: { text: t.text() },
})
models.users.access({ read: { id: me } })
models.notes.access({ read: { owner: me }, create: { owner: me }, update: { owner: me }, delete: { owner: me, done: true } })
models.sealed.access({ read: 'everyone' })
const app = defineApp({ models, login: { password: true } })

async function open() {
  const test = await testApp(app)
  const [ada, bob] = [await test.make.users({ name: 'Ada' }), await test.make.users({ name: 'Bob' })]
  for (const slug of ['a', 'b', 'c'])
    await test.sys.notes.create({ slug, text: slug, owner: ada.id, due: new Date('2026-01-31T09:00:00Z') })
  await test.sys.notes.create({ slug: 'bobs', text: 'bobs', owner: bob.id })
  return Object.assign(test, { ada, api: test.as(ada), bobs: test.as(bob) })
}

test('a client changes and deletes by filter what its rules leave to it, and hears how many', async () => {
  await using app = await open()
  assert.equal(await app.api.notes.updateMany({ text: { in: ['a', 'b', 'bobs'] } }, { done: true }), 2)
  assert.equal(await app.sys.notes.count({ done: true }), 2)
  assert.equal(await app.api.notes.deleteMany({ all: true }), 2)
  assert.deepEqual(
    (await app.sys.notes.list({ sort: 'slug' })).data.map((row) => row.slug),
    ['bobs', 'c'],
  )
  await assert.rejects(app.api.notes.updateMany({}, { done: true }), { code: 'invalid_filter' })
  // @ts-expect-error nobody but the system pins
  await assert.rejects(app.api.notes.updateMany({ all: true }, { pinned: true }), { status: 403 })
  await assert.rejects(app.as(null).notes.deleteMany({ all: true }), { code: 'unauthenticated' })
  await assert.rejects(app.api.sealed.deleteMany({ all: true }), { code: 'forbidden' })
  assert.equal(await app.sys.notes.count(), 2)
})

test('an upsert updates the row with the unique value, or creates it, in wire form', async () => {
  await using app = await open()
  const changed = await app.api.notes.upsert({ slug: 'a' }, { create: { slug: 'a', text: 'new' }, update: { text: 'changed' } })
  assert.deepEqual([changed.text, changed.due, changed.version], ['changed', '2026-01-31T09:00:00.000Z', 2])
  const made = await app.api.notes.upsert({ slug: 'd' }, { create: { slug: 'd', text: 'new' }, update: { text: 'changed' } })
  assert.deepEqual([made.text, made.owner, made.version], ['new', app.ada.id, 1])
  assert.deepEqual(made, await app.api.notes.get(made.id))
  // Another's row with the value is as good as none, and then the value is taken.
  await assert.rejects(app.api.notes.upsert({ slug: 'bobs' }, { create: { slug: 'bobs', text: 'x' }, update: { text: 'x' } }), {
    code: 'conflict',
  })
})

test('in a batch a bulk write is undone with the rest, and odd operations are refused', async () => {
  await using app = await open()
  const post = (path: string, body: object, token = '') =>
    app.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
  const up = { name: 'Eve', email: 'eve@example.com', password: 'figs-under-9-lamps', as: 'token' }
  const { token, user } = (await (await post('/api/auth/sign-up', up)).json()) as { token: string; user: { id: string } }
  await app.sys.notes.create({ slug: 'eves', text: 'eves', owner: user.id })
  const taken = { op: 'create', model: 'notes', values: { slug: 'a', text: 'taken' } }
  const both = await post(
    '/api/batch',
    { operations: [{ op: 'updateMany', model: 'notes', where: { all: true }, values: { done: true } }, taken] },
    token,
  )
  assert.equal(both.status, 409)
  assert.equal(await app.sys.notes.count({ done: true }), 0)

  const send = async (...operations: object[]) => {
    const response = await post('/api/batch', { operations })
    return [response.status, ((await response.json()) as { code: string }).code]
  }
  for (const operation of [
    { op: 'updateMany', model: 'notes', values: { done: true } },
    { op: 'updateMany', model: 'notes', where: [], values: {} },
    { op: 'deleteMany', model: 'notes', where: { all: true }, id: 'x' },
    { op: 'upsert', model: 'notes', key: 'a', create: {}, update: {} },
    { op: 'constructor', model: 'notes' },
    { op: ['create'], model: 'notes', values: {} },
  ])
    assert.deepEqual(await send(operation), [400, 'malformed'], JSON.stringify(operation))
  for (const key of [{}, { text: 'a' }, { slug: 'a', id: 'x' }, { slug: null }, { slug: { not: 'a' } }, { slug: ['a'] }, { nope: 1 }]) {
    const upsert = { op: 'upsert', model: 'notes', key, create: { slug: 'z', text: 'z' }, update: { text: 'z' } }
    const response = await post('/api/batch', { operations: [upsert] }, token)
    assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [400, 'invalid_filter'], JSON.stringify(key))
  }
  assert.deepEqual(await send({ op: 'deleteMany', model: 'authSessions', where: { all: true } }), [404, 'not_found'])
  assert.deepEqual(await send({ op: 'deleteMany', model: 'notes', where: { all: true } }), [401, 'unauthenticated'])
  assert.equal(await app.sys.notes.count(), 5)
})
