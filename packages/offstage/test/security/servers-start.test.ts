// A server that is not there, does not let us in, or lets us do too little: told plainly, and never with the password.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { databaseOf, maskedUrl, urlProblem } from '../../src/app/database-url.ts'
import { openStore } from '../../src/app/database.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { OffstageError } from '../../src/base/errors.ts'
import { follow } from '../../src/migrate/follow.ts'
import { createModel } from '../../src/schema/model.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import { serverUrls } from './servers-world.ts'

const secret = 'S3cr3t-Word'
const registry = resolve({ models: { rows: createModel({ a: t.text() }) } })
const [postgres, mysql] = [serverUrls['postgres']!, serverUrls['mysql']!]

async function refusal(url: string): Promise<OffstageError> {
  try {
    const store = await openStore(registry, databaseOf(url, [], '/'))
    try {
      await follow(store, registry)
    } finally {
      await store.close()
    }
  } catch (error) {
    assert.ok(error instanceof OffstageError, inspect(error))
    assert.ok(!inspect(error, { depth: 10 }).includes(secret), 'the password is in the error')
    return error
  }
  throw new Error(`${maskedUrl(url)} was opened`)
}

function changed(url: string, change: (url: URL) => void): string {
  const at = new URL(url)
  change(at)
  return at.href
}

interface Case {
  readonly what: string
  readonly code: string
  readonly said: RegExp
  readonly change: (url: URL) => void
}

const cases: readonly Case[] = [
  {
    what: 'a port that nobody listens on',
    code: 'unavailable',
    said: /ECONNREFUSED/,
    change(url) {
      url.port = '1'
      url.password = secret
    },
  },
  {
    what: 'a host that is none',
    code: 'unavailable',
    said: /ENOTFOUND|EAI_AGAIN/,
    change(url) {
      url.hostname = 'nowhere.invalid'
      url.password = secret
    },
  },
  {
    what: 'a database that is none',
    code: 'configuration',
    said: /nosuchdatabase/,
    change: (url) => void (url.pathname = '/nosuchdatabase'),
  },
  {
    what: 'a user that is none',
    code: 'configuration',
    said: /nosuchuser/,
    change(url) {
      url.username = 'nosuchuser'
      url.password = secret
    },
  },
]

for (const [name, server] of Object.entries(serverUrls)) {
  for (const { what, code, said, change } of cases)
    test(`${name}: ${what}`, async () => {
      const error = await refusal(changed(server, change))
      assert.equal(error.code, code, error.message)
      assert.match(error.detail ?? '', /could not be opened: /)
      assert.match(error.detail ?? '', said)
    })
}

test('postgres: a user who may make no tables, and a schema that is none', async () => {
  const { default: pg } = await import('pg')
  const scratch = await makeScratch(postgres)
  const schema = new URL(scratch.url).searchParams.get('schema')!
  const role = `${schema}_role`
  const client = new pg.Client({ connectionString: postgres })
  await client.connect()
  try {
    await client.query(`create role ${role} login password '${secret}'`)
    await client.query(`grant usage on schema ${schema} to ${role}`)
    const mine = changed(scratch.url, (at) => {
      at.username = role
      at.password = secret
    })
    for (const url of [mine, changed(postgres, (at) => at.searchParams.set('schema', 'nosuchschema'))]) {
      const error = await refusal(url)
      assert.equal(error.code, 'configuration', error.message)
      assert.match(`${error.detail} ${error.hint}`, /(permission denied|no schema).*create schema <name> authorization/)
    }
  } finally {
    await client.query(`drop owned by ${role}`)
    await client.query(`drop role ${role}`)
    await client.end()
    await scratch.drop()
  }
})

test('mysql: a user who may only read', async () => {
  const { createConnection } = await import('mysql2/promise')
  const scratch = await makeScratch(mysql)
  const database = new URL(scratch.url).pathname.slice(1)
  const user = database.slice(-20)
  const client = await createConnection(mysql.replace(/^mariadb:/, 'mysql:'))
  try {
    await client.query(`create user '${user}'@'%' identified by '${secret}'`)
    await client.query(`grant select on ${database}.* to '${user}'@'%'`)
    const error = await refusal(
      changed(scratch.url, (at) => {
        at.username = user
        at.password = secret
      }),
    )
    assert.equal(error.code, 'configuration', error.message)
    assert.match(`${error.detail} ${error.hint}`, /denied.*grant all/)
  } finally {
    await client.query(`drop user '${user}'@'%'`)
    await client.end()
    await scratch.drop()
  }
})

test('an address whose password was not encoded is refused without quoting it, and options of unknown names are hidden', () => {
  for (const url of [`postgres://me:${secret}%@host/name`, `mysql://me:50%${secret}@host/name`, `mysql://me:a/${secret}@host/name`]) {
    assert.match(urlProblem(url) ?? '', /percent-encoded/)
    assert.ok(!urlProblem(url)!.includes(secret))
    assert.ok(!maskedUrl(url).includes(secret))
  }
  assert.equal(maskedUrl(`postgres://me@host/name?pasword=${secret}&pool=5`), 'postgres://me@host/name?pasword=••••&pool=5')
})
