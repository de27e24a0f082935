// The commands on databases that are servers: TEST_POSTGRES_URL and TEST_MYSQL_URL name them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databaseOf } from '../../src/app/database-url.ts'
import { openStore } from '../../src/app/database.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { resolve } from '../../src/schema/resolve.ts'
import type { Session } from '../../src/store/operations.ts'
import { workplace } from './offstage.ts'

const secret = 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA'
const servers = {
  PostgreSQL: process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test',
  'MySQL or MariaDB': process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test',
}

async function inDatabase<T>(url: string, run: (session: Session) => Promise<T>): Promise<T> {
  const store = await openStore(resolve({ models: {} }), databaseOf(url, [], '/'))
  try {
    return await store.tables.locked(run)
  } finally {
    await store.close()
  }
}

for (const [name, server] of Object.entries(servers)) {
  test(`${name}: seeded, served by several, marked as production, and then refused to seed and reset`, async () => {
    const { url, drop } = await makeScratch(server)
    using place = workplace('notes')
    const env = { DATABASE_URL: url, SECRET: secret }
    const notes = (): Promise<unknown> =>
      inDatabase(url, async (one) => Number((await one.all('select count(*) as n from notes'))[0]!['n']))
    try {
      const seeded = await place.runWith(env, 'seed')
      assert.equal(seeded.code, 0, seeded.err)
      assert.equal(await notes(), 1)
      assert.match((await place.runWith(env, 'seed')).err, /has rows already/)

      const nodes = [place.start(env, 'start'), place.start(env, 'start')]
      for (const node of nodes) {
        const [, address] = await node.until(/"url":"(http:[^"]+)"/, 30)
        assert.equal((await fetch(`${address}/readyz`)).status, 200)
      }
      for (const command of ['seed', 'reset']) {
        const refusal = await place.runWith(env, command)
        assert.notEqual(refusal.code, 0)
        assert.match(refusal.err, /production database/)
      }
      for (const node of nodes) assert.equal(await node.stop(), 0)
      assert.match((await place.runWith(env, 'reset')).err, /production database/)
      assert.equal(await notes(), 1)

      await inDatabase(url, async (one) => {
        await one.run(`delete from offstage_settings where id = 'production'`)
        await one.run('create table of_others (id integer)')
        await one.run('delete from notes')
      })
      const reset = await place.runWith(env, 'reset')
      assert.equal(reset.code, 0, reset.err)
      assert.equal(await notes(), 1)
      await inDatabase(url, (one) => one.all('select id from of_others'))
    } finally {
      await drop()
    }
  })
}

test('a server that does not answer, and one whose password is wrong, are said without the password', async () => {
  using place = workplace('notes')
  for (const url of ['postgres://app:swordfish-77@127.0.0.1:1/shop', 'mysql://app:swordfish-77@127.0.0.1:1/shop']) {
    for (const command of ['start', 'seed']) {
      const { code, out, err } = await place.runWith({ DATABASE_URL: url, SECRET: secret }, command)
      assert.notEqual(code, 0)
      assert.doesNotMatch(out + err, /swordfish/)
      assert.match(err, /database/i)
    }
  }
})
