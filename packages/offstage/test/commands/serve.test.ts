import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { workplace } from './offstage.ts'

const secret = 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA'

test('dev prints address, docs and logins, and a login works with the password it prints', async () => {
  using place = workplace('notes')
  const dev = place.start({}, 'dev', '.')
  const [, url] = await dev.until(/API +(http:\/\/localhost:\d+)\/api/)
  await dev.until(/Docs +http/)
  const [, password] = await dev.until(/password (\S+)/)
  const [, email] = await dev.until(/(\S+@\S+) +admin/)
  const signIn = await fetch(`${url}/api/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  assert.equal(signIn.status, 200)
  assert.match(signIn.headers.get('set-cookie')!, /^offstage=/)
  assert.equal((await fetch(`${url}/docs`)).status, 200)
  assert.equal(await dev.stop(), 0)
})

test('dev restarts on a change, keeps its port and its sessions, and shows the offending line of a broken file', async () => {
  using place = workplace('notes')
  const file = join(place.folder, 'app.ts')
  const good = readFileSync(file, 'utf8')
  const dev = place.start({}, 'dev', 'app.ts')
  const [, url] = await dev.until(/API +(http:\/\/localhost:\d+)\/api/)
  await dev.until(/admin\n/)

  const more = good.replace(
    'notes: { text: t.text({ max: 500 }),',
    'notes: { text: t.text({ max: 500 }), pinned: t.boolean().default(false),',
  )
  writeFileSync(file, more)
  await dev.until(/notes.*pinned/)
  await dev.until(/ready again in \d+ ms +(\S+)/)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)

  writeFileSync(file, good.replace('owner: t.user()', 'owner: t.ref("nobody")'))
  await dev.until(/O\d{3}.*nobody[\s\S]*app\.ts:\d+/)
  await dev.until(/Waiting for a change/)
  writeFileSync(file, good.replace('defineModels({', 'defineModels({{'))
  await dev.until(/app\.ts:\d+[\s\S]*Waiting for a change/)
  writeFileSync(file, good)
  await dev.until(/data_loss.*[\s\S]*pinned[\s\S]*Waiting for a change/)
  writeFileSync(file, more)
  await dev.until(/ready again/)
  assert.equal(await dev.stop('SIGINT'), 0)
})

test('E27 start refuses without a secret or with a weak one, and says what to write', async () => {
  using place = workplace('notes')
  const without = await place.run('start', '.')
  assert.equal(without.code, 1)
  assert.match(without.err, /SECRET is not set/)
  const weak = await place.runWith({ SECRET: 'change-me-change-me-change-me-change-me' }, 'start', '.')
  assert.equal(weak.code, 1)
  assert.match(weak.err, /openssl rand/)
  assert.ok(!existsSync(join(place.folder, 'data')), 'nothing was made')
})

test('start never alters tables without --migrate, serves strictly, and stops in order', async () => {
  using place = workplace('notes')
  const refused = await place.runWith({ SECRET: secret }, 'start', '.')
  assert.equal(refused.code, 1)
  assert.match(refused.err, /tables_differ[\s\S]*--migrate/)

  const server = place.start({ SECRET: secret }, 'start', '--migrate', '.')
  const [, url] = await server.until(/"url":"([^"]+)"/)
  for (const path of ['/docs', '/openapi.json', '/admin', '/metrics', '/.env', '/package.json', '/app.ts']) {
    assert.ok([401, 403, 404].includes((await fetch(url + path)).status), `I6 ${path}`)
  }
  for (const path of ['/api/notes?env=dev', '/api/nothing?debug=1']) {
    const problem: any = await (await fetch(url + path, { headers: { 'x-debug': '1' } })).json()
    assert.ok(problem.hint === undefined && problem.place === undefined, `I8 ${path} ${JSON.stringify(problem)}`)
  }

  const second = await place.runWith({ SECRET: secret }, 'start', '.')
  assert.equal(second.code, 1)
  assert.match(second.err, /database_in_use/)
  for (const command of ['seed', 'reset']) {
    const refusal = await place.run(command, '.')
    assert.equal(refusal.code, 1)
    assert.match(refusal.err, /production database/)
  }
  assert.equal(await server.stop(), 0)
  assert.equal((await place.run('reset', '.')).code, 1, 'the mark stays after the server has stopped')
})

test('a draining server says so and still answers; a second signal ends it at once', async () => {
  using place = workplace('notes')
  const server = place.start({ SECRET: secret }, 'start', '--migrate', '--drain', '30', '.')
  const [, url] = await server.until(/"url":"([^"]+)"/)
  assert.equal((await fetch(`${url}/readyz`)).status, 200)
  server.process.kill('SIGTERM')
  await server.until(/stopping/)
  assert.equal((await fetch(`${url}/readyz`)).status, 503)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal(await server.stop(), 1)
})

test('a port that is taken: dev takes the next one unless it was asked for', async () => {
  using place = workplace('notes')
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  const refused = place.start({ PORT: String(port) }, 'dev', '.')
  await refused.until(new RegExp(`Port ${port} of 127.0.0.1 is taken`))
  await refused.stop()
  for (const [env, words] of [
    [{ PORT: String(port) }, new RegExp(`configuration Port ${port} of 127\\.0\\.0\\.1 is taken.*\\n +Write: PORT=${port + 1},`)],
    [{ HOST: '203.0.113.7' }, /configuration HOST=203\.0\.113\.7 is no address of this machine.*\n +Write: HOST=127\.0\.0\.1/],
  ] as const) {
    const { code, err } = await place.runWith({ SECRET: secret, ...env }, 'start', '.')
    assert.equal(code, 1)
    assert.match(err, words)
    assert.doesNotMatch(err, / at .*node:net/)
  }
  taken.close()
})

test('dev listens on the port that .env names now, and on the same as before where it names none', async () => {
  using place = workplace('notes')
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  free.close()
  const env = join(place.folder, '.env')
  const dev = place.start({ PORT: '' }, 'dev', '.')
  const [, first] = await dev.until(/API +http:\/\/localhost:(\d+)\/api/)
  writeFileSync(env, `PORT=${port}\n`)
  await dev.until(new RegExp(`ready again .*http://localhost:${port}\\b`))
  rmSync(env)
  writeFileSync(join(place.folder, 'more.ts'), '')
  await dev.until(new RegExp(`ready again .*http://localhost:${first}\\b`))
  await dev.stop()
})

test('an app that is broken when dev begins is announced in full, with its logins, once it is mended', async () => {
  using place = workplace('notes')
  const file = join(place.folder, 'app.ts')
  const good = readFileSync(file, 'utf8')
  writeFileSync(file, good.replace('t.boolean()', 't.bolean()'))
  const dev = place.start({}, 'dev', '.')
  await dev.until(/Waiting for a change/)
  writeFileSync(file, good)
  await dev.until(/API +http[\s\S]*Docs +http[\s\S]*password offstage-dev[\s\S]*ada@example\.com/)
  await dev.stop()
})

test('the password that dev gives everyone never holds in production, though the database came from there', async () => {
  using place = workplace('notes')
  const dev = place.start({}, 'dev', '.')
  await dev.until(/admin\n/)
  await dev.stop()
  const server = place.start({ SECRET: secret }, 'start', '.')
  const [, url] = await server.until(/"url":"([^"]+)"/)
  const post = async (path: string, body: object): Promise<string> => {
    const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    return ((await answer.json()) as { code: string }).code
  }
  assert.equal(await post('/api/auth/sign-in', { email: 'ada@example.com', password: 'offstage-dev' }), 'invalid_credentials')
  assert.equal(await post('/api/auth/sign-up', { name: 'Bob', email: 'bob@example.com', password: 'offstage-dev' }), 'invalid_values')
  await server.stop()
})
