import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeScratch } from '../../src/app/scratch.ts'
import { dev, loginsOf, signIn } from './logins.ts'
import { workplace } from './offstage.ts'

const server = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

test('a database on a server is filled and reset like a file, also while dev runs', async () => {
  using place = workplace('notes')
  const scratch = await makeScratch(server)
  try {
    const env = { DATABASE_URL: scratch.url }
    const logins = await dev(place, env, async ({ logins: first, url }) => {
      assert.deepEqual(first, ['ada@example.com'])
      const reset = await place.runWith(env, 'reset', '.')
      assert.equal(reset.code, 0, reset.err)
      assert.equal((await signIn(url, first[0]!, 'offstage-dev')).status, 200, 'whoever still runs goes on with the new rows')
      return first
    })
    assert.deepEqual(await loginsOf(place, env), logins)
  } finally {
    await scratch.drop()
  }
})
