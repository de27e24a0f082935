import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { workplace } from './offstage.ts'

const secret = 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA'

// A module costs a start about a third of a millisecond, whatever is in it. A start of the shop loads 411, its own 27 among them. What makes
// them more should be loaded when it is first used, unless every app uses it before its first answer: then this number may be raised.
const most = 415

/** What a start has no use for, by what stands in the address of its modules. */
const without = {
  'what compiles JSON schemas':
    /\/node_modules\/(ajv|ajv-formats|fast-json-stringify\/index|@fastify\/(ajv-compiler|fast-json-stringify-compiler))/,
  'what makes requests without a port': /\/node_modules\/light-my-request/,
  'the other databases': /\/store\/(postgres|mysql|server)\/|\/node_modules\/(pg|mysql2)\//,
  'what changes tables': /\/migrate\/(follow|runner|execute|steps-of|backfill)\.|\/ddl\./,
  'the document of the API': /\/api\/(openapi|schemas|operations|endpoint-operations)\./,
  seeding: /\/app\/(make|seeding)\./,
  'the other commands':
    /\/commands\/(dev|check|look|seed|import|export|move|shell|init|introspect|types|user|explain|migrate-(?!commands))/,
  'what shows an error on a terminal': /\/commands\/pretty\./,
}

test('a start of the shop loads what its first answers need, and no more', async () => {
  using place = workplace('shop')
  const env = { SECRET: secret, PAYMENT_SECRET: secret, PRETEND_PAYMENTS: 'true' }
  assert.equal((await place.runWith(env, 'migrate', 'up')).code, 0)

  const list = join(place.folder, 'loaded.json')
  const hook = new URL('../../../../tools/list-loaded.ts', import.meta.url)
  const server = place.start({ ...env, LIST_LOADED: list, NODE_OPTIONS: `--import=${hook}` }, 'start', '.')
  const [, url] = await server.until(/"url":"([^"]+)"/)
  assert.equal((await fetch(`${url}/api/products?limit=10`)).status, 200)
  assert.equal(await server.stop(), 0)

  const { loaded, native } = JSON.parse(readFileSync(list, 'utf8')) as { loaded: string[]; native: string[] }
  const modules = loaded.filter((address) => address.startsWith('file:'))
  assert.ok(
    modules.some((address) => address.includes('/store/sqlite/store.')) && native.includes('NativeModule sqlite'),
    'nothing is listed, so nothing is shown',
  )
  for (const [what, pattern] of Object.entries(without)) {
    assert.deepEqual(
      modules.filter((address) => pattern.test(address)),
      [],
      what,
    )
  }
  assert.ok(!native.some((name) => name.includes('undici')), "Node's own fetch")
  assert.ok(modules.length <= most, `${modules.length} modules were loaded`)
})
