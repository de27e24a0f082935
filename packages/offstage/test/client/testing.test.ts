import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../src/testing.ts'
import { app } from './app.ts'

test('every test app has a database of its own', async () => {
  await using a = await testApp(app)
  await using b = await testApp(app)
  await a.make.users()
  assert.equal(await a.sys.users.count(), 1)
  assert.equal(await b.sys.users.count(), 0)
})

test('db keeps to the rules, sys does not', async () => {
  await using t = await testApp(app)
  const ada = await t.make.users()
  await t.make.notes({ owner: ada.id })
  await assert.rejects(t.db.notes.list(), { code: 'unauthenticated' })
  assert.equal((await t.db.as(ada).notes.list()).data.length, 1)
  assert.equal((await t.sys.notes.list()).data.length, 1)
})

test('make fills in what is required, makes the rows referred to, and is the same every time', async () => {
  const texts: string[] = []
  for (let i = 0; i < 2; i++) {
    await using t = await testApp(app)
    const tag = await t.make.tags({ name: 'given' })
    const note = await t.sys.notes.get(tag.note, { include: { owner: true } })
    texts.push(JSON.stringify([tag.name, note.text, note.stars, note.owner.name, note.owner.email]))
    assert.notEqual((await t.make.users()).email, note.owner.email)
  }
  assert.equal(texts[0], texts[1])
  assert.match(texts[0]!, /^\["given",/)
})

test('the clock is the one the app sees', async () => {
  await using t = await testApp(app)
  t.clock.set('2026-01-01T00:00:00Z')
  const ada = await t.make.users()
  assert.equal(ada.createdAt.toISOString(), '2026-01-01T00:00:00.000Z')
  const api = t.as(ada)
  await api.auth.me()
  t.clock.advance(31 * 86_400_000)
  await assert.rejects(api.auth.me(), { code: 'unauthenticated' })
  assert.throws(() => t.clock.set('soon'), /no time/)
})

test('any request can be made, by path', async () => {
  await using t = await testApp(app)
  const response = await t.fetch('/api/nosuch')
  assert.equal(response.status, 404)
  assert.match(response.headers.get('content-type') ?? '', /problem\+json/)
})

test('a test app closes once however often it is told', async () => {
  const t = await testApp(app)
  await Promise.all([t.close(), t.close()])
})
