import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dev, loginsOf, post, signIn } from './logins.ts'
import { workplace } from './offstage.ts'

test('the logins that dev prints let in, whoever filled the database', async () => {
  using place = workplace('notes')
  assert.deepEqual(await loginsOf(place), ['ada@example.com'])

  const reset = await place.run('reset', '.')
  assert.match(reset.out, /is new and seeded\.\nSign in as ada@example\.com \(admin\); password offstage-dev/)
  assert.deepEqual(await loginsOf(place), ['ada@example.com'])

  rmSync(join(place.folder, 'data'), { recursive: true })
  assert.match((await place.run('seed', '.')).out, /Seeded data\/app\.db\.\nSign in as ada@example\.com/)
  assert.deepEqual(await loginsOf(place), ['ada@example.com'])

  assert.deepEqual(await loginsOf(place, { DATABASE_URL: 'file:./other.db' }), ['ada@example.com'], 'another database')
})

test('dev prints no login that has ceased to let in, and reset is refused while dev serves the file', async () => {
  using place = workplace('notes')
  await dev(place, {}, async ({ url, logins }) => {
    assert.deepEqual(logins, ['ada@example.com'])
    const refused = await place.run('reset', '.')
    assert.equal(refused.code, 1)
    assert.match(refused.err, /database_in_use[\s\S]*Another process serves[\s\S]*Stop it first/)
    const cookie = (await signIn(url, logins[0]!, 'offstage-dev')).headers.get('set-cookie')!.split(';')[0]!
    const changed = await post(`${url}/api/auth/change-password`, { current: 'offstage-dev', password: 'another pass phrase' }, cookie)
    assert.ok(changed.ok, await changed.text())
  })
  assert.deepEqual(await loginsOf(place), [], 'her password is her own now')
})
