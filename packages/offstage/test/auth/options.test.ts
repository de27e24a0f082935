// What an app says about its login.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemsIn, registryOf } from '../../src/app/problems.ts'
import { routesTable } from '../../src/commands/routes.ts'
import { defineApp, defineModels, t, type LoginOptions } from '../../src/index.ts'
import { serve, type Served } from '../api/served.ts'

const { models, endpoint, group } = defineModels({ users: { email: t.email().unique() } })
models.users.access({ read: 'signed-in' })
const signUp = endpoint({
  allow: 'everyone',
  path: '/sign-up',
  input: { email: t.text(), password: t.text() },
  run: async ({ input: { password, ...values }, auth }) => (await auth.signUp(values, password)).id,
})
const verify = endpoint({
  allow: 'everyone',
  path: '/verify',
  input: { email: t.text(), password: t.text() },
  run: async ({ input, auth }) => (await auth.verify(input.email, input.password)).id,
})
const appWith = (login: LoginOptions, more: object = {}): any =>
  defineApp({ models, endpoints: { own: group({ prefix: '/own' }, { signUp, verify }) }, docs: 'everyone', login, ...more } as never)
const problemsOf = (login: unknown): string[] => {
  const app = appWith(login as LoginOptions)
  return problemsIn(app, registryOf(app)).map(({ id, message }) => `${id} ${message}`)
}
let count = 0
const attempt = async (served: Served, password: string, path = '/own/sign-up'): Promise<unknown[]> => {
  const answer = await served.ask(path, { json: { email: `user${++count}@example.com`, password } })
  const { code, errors } = (await answer.json()) as any
  return [answer.status, errors?.[0]?.code ?? code]
}

test('passwords are as long as the app demands, and 8 characters at least', async () => {
  await using plain = await serve(appWith({ password: {} }))
  await using longer = await serve(appWith({ password: { min: 15 } }))
  for (const path of ['/own/sign-up', '/api/auth/sign-up']) {
    assert.deepEqual(await attempt(plain, 'figs-7x', path), [422, 'too_short'])
    assert.ok(Number((await attempt(plain, 'figs-7xy', path))[0]) < 300)
    assert.deepEqual(await attempt(longer, 'gnomes-eat-9-f', path), [422, 'too_short'])
    assert.ok(Number((await attempt(longer, 'gnomes-eat-9-fi', path))[0]) < 300)
  }
  const document = (await (await longer.ask('/openapi.json')).json()) as any
  const body = document.paths['/api/auth/sign-up'].post.requestBody.content['application/json'].schema
  assert.equal(body.allOf[1].properties.password.minLength, 15)
  // What development gives everyone is ours, whatever the app demands.
  await longer.running.auth!.setPassword([(await longer.sys.users.create({ email: 'dev@example.com' })).id], 'offstage-dev', true)
  await assert.rejects(longer.running.auth!.setPassword([], 'offstage-dev'), { code: 'invalid_values' })
})

test('passwords that anyone would guess are taken where the app says so', async () => {
  await using strict = await serve(appWith({ password: { common: false } }))
  await using lax = await serve(appWith({ password: { common: true } }))
  for (const path of ['/own/sign-up', '/api/auth/sign-up']) {
    assert.deepEqual(await attempt(strict, 'password123', path), [422, 'too_common'])
    assert.ok(Number((await attempt(lax, 'password123', path))[0]) < 300)
    assert.deepEqual(await attempt(lax, 'passwor', path), [422, 'too_short'])
  }
})

test('the limits of tries are those of the app, and the others stay', async () => {
  await using served = await serve(
    appWith({ password: true, limits: { signUp: { times: 2, seconds: 60 }, address: { times: 3, seconds: 60 } } }),
  )
  assert.equal((await attempt(served, 'gnomes-eat-9-figs'))[0], 200)
  assert.equal((await attempt(served, 'gnomes-eat-9-figs', '/api/auth/sign-up'))[0], 201)
  for (const path of ['/own/sign-up', '/api/auth/sign-up'])
    assert.deepEqual(await attempt(served, 'gnomes-eat-9-figs', path), [429, 'too_many_requests'])
  for (const path of ['/own/verify', '/api/auth/sign-in', '/own/verify'])
    assert.equal((await attempt(served, 'wrong-wrong-1', path))[0], 401)
  for (const path of ['/own/verify', '/api/auth/sign-in']) {
    const answer = await served.ask(path, { json: { email: 'another@example.com', password: 'wrong-wrong-1' } })
    assert.equal(answer.status, 429)
    assert.ok(Number(answer.headers.get('retry-after')) <= 60)
  }
})

test('without routes of ours there is no address, no cookie and no word of them', async () => {
  const own = group({ prefix: '/api/auth' }, { signUp })
  await using served = await serve(appWith({ password: true, routes: false }, { endpoints: { own } }))
  for (const path of ['sign-in', 'sign-out', 'change-password']) {
    const answer = await served.ask(`/api/auth/${path}`, { json: {} })
    assert.deepEqual([answer.status, answer.headers.get('set-cookie')], [404, null])
  }
  for (const path of ['me', 'sessions']) assert.equal((await served.ask(`/api/auth/${path}`)).status, 404)
  const made = await served.ask('/api/auth/sign-up', { json: { email: 'a@example.com', password: 'gnomes-eat-9-figs' } })
  assert.deepEqual([made.status, made.headers.get('set-cookie')], [200, null], 'the address is the own endpoint’s to take')
  assert.doesNotMatch(routesTable(served.running.routes), /\bauth\.\w/)
  const text = await (await served.ask('/openapi.json')).text()
  assert.doesNotMatch(text, /auth\.|"cookie"|change-password/)
})

test('nobody signs up by himself, and an endpoint of the app still may do it', async () => {
  await using served = await serve(appWith({ password: true, signUp: 'nobody' }))
  assert.equal((await attempt(served, 'gnomes-eat-9-figs', '/api/auth/sign-up'))[0], 404)
  assert.equal((await attempt(served, 'gnomes-eat-9-figs'))[0], 200)
})

test('what a login cannot be is said at the start', () => {
  assert.deepEqual(problemsOf({ password: true }), [])
  assert.deepEqual(problemsOf({ password: { min: 20, common: true }, limits: { account: { times: 1, seconds: 86_400 } } }), [])
  for (const min of [7, 21, 8.5, '12', null, Number.NaN])
    assert.match(problemsOf({ password: { min } }).join(), /^O055 login\.password\.min is/, String(min))
  for (const limits of [
    { account: { times: 0, seconds: 60 } },
    { account: { times: 5 } },
    { account: { times: 5, seconds: 86_401 } },
    { account: { times: Infinity, seconds: 60 } },
    { signUp: 5 },
    { signUp: null },
    { ip: { times: 1, seconds: 1 } },
  ])
    assert.match(problemsOf({ password: true, limits }).join(), /^O056 login\.limits\.\w+ is/, JSON.stringify(limits))
})
