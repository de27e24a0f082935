import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeScratch } from '../../src/app/scratch.ts'
import { workplace, type Workplace } from './offstage.ts'

interface Printed {
  readonly logins: readonly string[]
  readonly url: string
}

/** What `dev` prints, and what happens to who believes it. */
async function dev<T>(place: Workplace, env: Record<string, string>, then: (printed: Printed) => Promise<T>): Promise<T> {
  const running = place.start(env, 'dev', '.')
  try {
    const [, url] = await running.until(/(http:\/\/localhost:\d+)\/(?:api)?\n/, 60)
    const [, password, list] = await running.until(/(?:password (\S+) \(development only\)\n((?: +\S+@\S+.*\n)+)|Sign up .*)\n/, 60)
    const logins = [...(list ?? '').matchAll(/(\S+@\S+)/g)].map(([, login]) => login!)
    for (const email of logins) assert.equal((await signIn(url!, email, password!)).status, 200, `${email} was printed`)
    return await then({ logins, url: url! })
  } finally {
    assert.equal(await running.stop(), 0)
  }
}

const post = (url: string, body: object, cookie = ''): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify(body) })

const signIn = (url: string, email: string, password: string): Promise<Response> => post(`${url}/api/auth/sign-in`, { email, password })
const loginsOf = (place: Workplace, env: Record<string, string> = {}): Promise<readonly string[]> =>
  dev(place, env, async ({ logins }) => logins)

test('the logins that dev prints let in, whoever filled the database', async () => {
  using place = workplace('notes')
  assert.deepEqual(await loginsOf(place), ['ada@example.com'])

  const reset = place.run('reset', '.')
  assert.match(reset.out, /is new and seeded\.\nSign in as ada@example\.com \(admin\); password offstage-dev/)
  assert.deepEqual(await loginsOf(place), ['ada@example.com'])

  rmSync(join(place.folder, 'data'), { recursive: true })
  assert.match(place.run('seed', '.').out, /Seeded data\/app\.db\.\nSign in as ada@example\.com/)
  assert.deepEqual(await loginsOf(place), ['ada@example.com'])

  assert.deepEqual(await loginsOf(place, { DATABASE_URL: 'file:./other.db' }), ['ada@example.com'], 'another database')
})

test('dev prints no login that has ceased to let in, and reset is refused while dev serves the file', async () => {
  using place = workplace('notes')
  await dev(place, {}, async ({ url, logins }) => {
    assert.deepEqual(logins, ['ada@example.com'])
    const refused = place.run('reset', '.')
    assert.equal(refused.code, 1)
    assert.match(refused.err, /database_in_use[\s\S]*Another process serves[\s\S]*Stop it first/)
    const cookie = (await signIn(url, logins[0]!, 'offstage-dev')).headers.get('set-cookie')!.split(';')[0]!
    const changed = await post(`${url}/api/auth/change-password`, { current: 'offstage-dev', password: 'another pass phrase' }, cookie)
    assert.ok(changed.ok, await changed.text())
  })
  assert.deepEqual(await loginsOf(place), [], 'her password is her own now')
})

const server = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

test('a database on a server is filled and reset like a file, also while dev runs', async () => {
  using place = workplace('notes')
  const scratch = await makeScratch(server)
  try {
    const env = { DATABASE_URL: scratch.url }
    const logins = await dev(place, env, async ({ logins: first, url }) => {
      assert.deepEqual(first, ['ada@example.com'])
      const reset = place.runWith(env, 'reset', '.')
      assert.equal(reset.code, 0, reset.err)
      assert.equal((await signIn(url, first[0]!, 'offstage-dev')).status, 200, 'whoever still runs goes on with the new rows')
      return first
    })
    assert.deepEqual(await loginsOf(place, env), logins)
  } finally {
    await scratch.drop()
  }
})
