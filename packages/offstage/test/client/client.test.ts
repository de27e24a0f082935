import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient, OffstageClientError } from '../../src/client.ts'
import { testApp } from '../../src/testing.ts'
import { app } from './app.ts'

test('the client has the face of db, over HTTP', async () => {
  await using t = await testApp(app)
  const ada = await t.make.users({ name: 'Ada' })
  const api = t.as(ada)

  const note = await api.notes.create(
    { text: 'Learn Offstage', due: '2026-05-01T10:00:00+02:00', tags: { create: [{ name: 'a' }] } },
    { include: { tags: true } },
  )
  assert.equal(note.due, '2026-05-01T08:00:00.000Z')
  assert.equal(note.owner, ada.id)
  assert.deepEqual(
    note.tags.map((tag) => tag.name),
    ['a'],
  )
  await api.notes.create({ text: 'Sleep', stars: 3 }, { return: 'none' })

  const page = await api.notes.list({
    where: { or: [{ stars: { gte: 3 } }, { text: { contains: 'Offstage' } }] },
    sort: '-stars',
    include: { owner: true, tags: 'count' },
    count: true,
  })
  assert.deepEqual(
    page.data.map((row) => [row.text, row.owner?.name, row.tags]),
    [
      ['Sleep', 'Ada', 0],
      ['Learn Offstage', 'Ada', 1],
    ],
  )
  assert.equal(page.count, 2)
  assert.equal(page.next, null)

  assert.equal((await api.notes.get(note.id)).text, 'Learn Offstage')
  assert.equal((await api.users.get({ email: ada.email })).id, ada.id)
  assert.equal((await api.notes.first({ where: { stars: 3 }, select: ['text'] }))?.text, 'Sleep')
  assert.equal(await api.notes.first({ where: { stars: 4 } }), null)
  assert.equal(await api.notes.count({ done: false }), 2)
  assert.equal(await api.notes.exists({ done: true }), false)
  assert.deepEqual(await api.notes.aggregate({ group: 'done', measures: { notes: 'count', stars: { sum: 'stars' } } }), [
    { done: false, notes: 2, stars: 3 },
  ])

  const changed = await api.notes.update(note.id, { stars: { increment: 2 } }, { ifMatch: String(note.version) })
  assert.equal(changed.stars, 2)
  await assert.rejects(api.notes.update(note.id, { stars: 1 }, { ifMatch: String(note.version) }), {
    code: 'version_conflict',
    status: 412,
  })
  assert.equal(await api.notes.update(note.id, { stars: 1 }, { return: 'none' }), undefined)
  await api.notes.delete(note.id).catch((error) => assert.equal(error.code, 'still_referenced'))
  await t.sys.tags.deleteMany({ all: true })
  await api.notes.delete(note.id)
  await assert.rejects(api.notes.get(note.id), { code: 'not_found', status: 404 })
})

test('a list longer than a page is read by its cursor, a query longer than a URL as a body', async () => {
  await using t = await testApp(app)
  const ada = await t.make.users()
  for (let i = 0; i < 5; i++) await t.make.notes({ owner: ada.id, stars: i })
  const api = t.as(ada)
  const seen: number[] = []
  for (let after: string | undefined; ;) {
    const page = await api.notes.list({ sort: 'stars', limit: 2, ...(after && { after }) })
    seen.push(...page.data.map((note) => note.stars))
    if (page.next === null) break
    after = page.next
  }
  assert.deepEqual(seen, [0, 1, 2, 3, 4])
  const many = Array.from({ length: 300 }, (_, i) => `a text that is not there ${i}`)
  assert.equal((await api.notes.list({ where: { not: { text: { in: many } } } })).data.length, 5)
  assert.deepEqual(await api.notes.aggregate({ where: { not: { text: { in: many } } }, measures: { n: 'count' } }), [{ n: 5 }])
})

test('what the rules refuse is refused to the client, with a code and the fields', async () => {
  await using t = await testApp(app)
  const [ada, eve] = [await t.make.users(), await t.make.users()]
  const note = await t.make.notes({ owner: ada.id })
  await assert.rejects(t.as(eve).notes.get(note.id), { code: 'not_found' })
  await assert.rejects(t.as(eve).notes.update(note.id, { done: true }), { code: 'not_found' })
  await assert.rejects(t.as(null).notes.list(), { code: 'unauthenticated', status: 401 })
  const error = await t
    .as(ada)
    .notes.create({ text: 'x'.repeat(51), stars: 9 })
    .catch((e: unknown) => e)
  assert.ok(error instanceof OffstageClientError)
  assert.deepEqual([error.code, error.errors.map((e) => e.path).sort()], ['invalid_values', ['stars', 'text']])
  assert.match(String(error.requestId), /\S/)
  assert.equal(await t.sys.notes.count(), 1)
})

test('endpoints are called by name, with dates as text and problems as codes', async () => {
  const logged: string[] = []
  await using t = await testApp(app, { log: (line) => logged.push(line) })
  const ada = await t.make.users()
  await t.make.notes({ owner: ada.id })
  assert.equal(await t.as(ada).call.finishAll(), 1)
  const at = new Date('2026-01-01T00:00:00Z')
  assert.deepEqual(await t.as(null).call.shout({ text: 'hey', at }), { text: 'HEY', at: '2026-01-01T00:00:00.000Z' })
  await assert.rejects(t.as(null).call.shout({ text: '' }), { code: 'too_quiet', status: 409, message: 'Say something.' })
  await assert.rejects(t.as(null).call.finishAll(), { code: 'unauthenticated' })
  await assert.rejects(t.as(null).call.failing(), { code: 'internal', status: 500 })
  assert.match(logged.join(''), /secret is in here/)
})

test('one client signs up, in, looks at its sessions, changes its password and signs out', async () => {
  await using t = await testApp(app)
  const api = createClient<typeof app>('http://app.test', { fetch: (request) => t.fetch(request) })
  await assert.rejects(api.auth.me(), { code: 'unauthenticated' })
  const up = await api.auth.signUp({ name: 'Ada', email: 'ada@example.com', password: 'gnomes-eat-9-figs' })
  assert.equal(up.user.name, 'Ada')
  assert.equal((await api.auth.me()).email, 'ada@example.com')
  assert.equal((await api.auth.sessions()).length, 1)
  await api.auth.changePassword({ current: 'gnomes-eat-9-figs', password: 'gnomes-eat-8-figs' })
  await api.auth.signOut()
  await assert.rejects(api.auth.me(), { code: 'unauthenticated' })
  await assert.rejects(api.auth.signIn({ email: 'ada@example.com', password: 'gnomes-eat-9-figs' }), {
    code: 'invalid_credentials',
    status: 401,
  })
  await api.auth.signIn({ email: 'ada@example.com', password: 'gnomes-eat-8-figs' })
  const [session] = await api.auth.sessions()
  await api.auth.endSession(session!.id)
  await assert.rejects(api.auth.me(), { code: 'unauthenticated' })
})

test('I10 an id cannot reach another route', async () => {
  await using t = await testApp(app)
  const ada = await t.make.users()
  for (const id of ['../auth/me', 'query', 'aggregate', 'a/b', 'a?b', 'a#b', '..', '']) {
    await assert.rejects(
      async () => t.as(ada).notes.get(id),
      (e: any) => e instanceof OffstageClientError && e.status >= 400 && e.status < 500,
      id,
    )
  }
})
