// `offstage move` to databases that are servers: TEST_POSTGRES_URL and TEST_MYSQL_URL name them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeScratch } from '../../src/app/scratch.ts'
import { workplace } from './offstage.ts'

const secret = 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA'
const servers = {
  PostgreSQL: process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test',
  'MySQL or MariaDB': process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test',
}

for (const [name, server] of Object.entries(servers)) {
  test(`${name}: an app with migrations moves there with its journal, starts there, and is migrated further`, async () => {
    const { url, drop } = await makeScratch(server)
    using place = workplace('notes')
    try {
      for (const args of [['migrate', 'make', 'first'], ['seed'], ['move', '--to', url]]) {
        const { code, out, err } = await place.run(...args)
        assert.equal(code, 0, out + err)
      }
      const status = await place.runWith({ DATABASE_URL: url }, 'migrate', 'status')
      assert.equal(status.code, 0, status.out + status.err)
      const node = place.start({ DATABASE_URL: url, SECRET: secret }, 'start')
      const [, address] = await node.until(/"url":"(http:[^"]+)"/, 30)
      assert.equal((await fetch(`${address}/readyz`)).status, 200)
      assert.equal(await node.stop(), 0)
      assert.equal((await place.runWith({ DATABASE_URL: url }, 'migrate', 'make', 'more', '--empty')).code, 0)
      assert.match((await place.runWith({ DATABASE_URL: url }, 'migrate', 'up')).out, /1 migration more/)
    } finally {
      await drop()
    }
  })
}
