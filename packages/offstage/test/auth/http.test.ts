import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineApp, defineModels, t as field } from '../../src/index.ts'
import { testApp } from '../../src/testing.ts'
import { app } from '../client/app.ts'
import { ada } from './fixture.ts'

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]!.split(';')[0]!

test('a browser signs up, is known by its cookie, and is not after signing out', async () => {
  await using t = await testApp(app)
  const up = await t.fetch('/api/auth/sign-up', post(ada))
  assert.equal(up.status, 201)
  assert.equal(up.headers.get('cache-control'), 'no-store')
  const cookie = cookieOf(up)
  const me = await t.fetch('/api/auth/me', { headers: { cookie } })
  assert.deepEqual([me.status, (await me.json()).email], [200, ada.email])
  assert.equal((await t.fetch('/api/notes', { headers: { cookie } })).status, 200)
  const out = await t.fetch('/api/auth/sign-out', { method: 'POST', headers: { cookie } })
  assert.equal(out.status, 204)
  assert.match(out.headers.getSetCookie()[0]!, /^offstage=; .*Max-Age=0/)
  assert.equal((await t.fetch('/api/notes', { headers: { cookie } })).status, 401)
})

test('F1 a page of another origin cannot sign its visitor in or out', async () => {
  await using t = await testApp(app)
  const up = await t.fetch('/api/auth/sign-up', post(ada))
  const before = await t.sys.users.count()
  const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  assert.equal((await t.fetch('/api/auth/sign-in', post({ email: ada.email, password: ada.password }, evil))).status, 403)
  assert.equal((await t.fetch('/api/auth/sign-up', post({ ...ada, email: 'eve@example.com' }, evil))).status, 403)
  assert.equal((await t.fetch('/api/auth/sign-out', { method: 'POST', headers: { cookie: cookieOf(up), ...evil } })).status, 403)
  assert.equal(await t.sys.users.count(), before)
  assert.equal((await t.fetch('/api/auth/me', { headers: { cookie: cookieOf(up) } })).status, 200)
})

test('a bad bearer token is 401 on open routes too, and says so in the header', async () => {
  await using t = await testApp(app)
  const answer = await t.fetch('/api/call/shout', post({ text: 'x' }, { authorization: 'Bearer nonsense' }))
  assert.equal(answer.status, 401)
  assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/)
  assert.equal((await t.fetch('/api/call/shout', post({ text: 'x' }))).status, 200)
})

test('E6 bodies of other forms and keys of prototypes are refused', async () => {
  await using t = await testApp(app)
  await t.fetch('/api/auth/sign-up', post(ada))
  const sent: [string, string][] = [
    ['application/x-www-form-urlencoded', `email=${ada.email}&password=${ada.password}`],
    ['text/plain', JSON.stringify({ email: ada.email, password: ada.password })],
    ['application/json', `{"email":"${ada.email}","password":"${ada.password}","__proto__":{"as":"token"}}`],
    ['application/json', `{"email":"${ada.email}","password":"wrong-9-figs","password":"${ada.password}"`],
  ]
  for (const [type, body] of sent) {
    const { status } = await t.fetch('/api/auth/sign-in', { method: 'POST', headers: { 'content-type': type }, body })
    assert.ok(status === 400 || status === 415, `${type} ${body}: ${status}`)
  }
})

test('nothing about passwords and sessions can be read through the API', async () => {
  await using t = await testApp(app)
  const up = await t.fetch('/api/auth/sign-up', post(ada))
  const headers = { cookie: cookieOf(up) }
  for (const name of ['authCredentials', 'authSessions', 'authAttempts']) {
    assert.equal((await t.fetch(`/api/${name}`, { headers })).status, 404)
    assert.equal(
      (
        await t.fetch('/api/batch', {
          ...post({ operations: [{ op: 'delete', model: name, id: '1' }] }),
          headers: { ...headers, 'content-type': 'application/json' },
        })
      ).status,
      404,
    )
    assert.ok([400, 404].includes((await t.fetch(`/api/users?include=${name}`, { headers })).status))
    await assert.rejects((t.db as any).as((await t.sys.users.first())!.id)[name].list(), { code: 'forbidden' })
  }
  const document = await (await t.fetch('/openapi.json')).text()
  assert.equal(/authCredentials|authSessions|authAttempts/.test(document), false)
  assert.match(document, /auth\.changePassword/)
})

test('users who may not read themselves still learn who they are', async () => {
  const { models } = defineModels({ people: { email: field.email().unique() } }, { user: 'people' })
  models.people.access({ read: 'nobody' })
  await using t = await testApp(defineApp({ models, user: 'people', login: { password: true } }))
  const up = await t.fetch('/api/auth/sign-up', post({ email: ada.email, password: ada.password }))
  assert.equal(up.status, 201)
  const { user } = await up.json()
  assert.deepEqual(Object.keys(user), ['id'])
  assert.deepEqual(await (await t.fetch('/api/auth/me', { headers: { cookie: cookieOf(up) } })).json(), user)
})
