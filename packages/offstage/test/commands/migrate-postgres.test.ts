import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client } from 'pg'
import { makeScratch } from '../../src/app/scratch.ts'
import { workplace } from './offstage.ts'

const server = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

function writeApp(folder: string): void {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(folder, 'app.ts'),
    `import { defineApp, defineModels, t } from 'offstage'
const { models } = defineModels({ notes: { text: t.text(), title: t.text({ max: 100 }).index() }, tags: { note: t.ref('notes') } })
for (const model of Object.values(models)) model.access({ read: 'everyone', create: 'everyone' })
export const app = defineApp({ models })
`,
  )
}

test('ten nodes that start at once on an empty PostgreSQL: one migrates, all serve', { timeout: 180_000 }, async () => {
  using work = workplace()
  const scratch = await makeScratch(server)
  writeApp(work.folder)
  try {
    assert.equal((await work.run('migrate', 'make')).code, 0)
    const env = { DATABASE_URL: scratch.url, SECRET: randomBytes(32).toString('base64'), ORIGINS: 'https://x.example' }
    const nodes = Array.from({ length: 10 }, () => work.start(env, 'start', '--migrate'))
    const migrated = await Promise.all(
      nodes.map(async (node) => {
        const [said, url] = await node.until(/[\s\S]*"url":"([^"]+)"/, 90)
        const notes = await fetch(`${url}/api/notes`)
        assert.equal(notes.status, 200)
        return /migrated \d+_first/.test(said)
      }),
    )
    assert.deepEqual(migrated.toSorted(), [...Array.from({ length: 9 }, () => false), true])
    assert.deepEqual(
      await Promise.all(nodes.map((node) => node.stop())),
      Array.from({ length: 10 }, () => 0),
    )
  } finally {
    await scratch.drop()
  }
})

test('once `migrate up` has run, `start` needs no right to make tables', { timeout: 300_000 }, async () => {
  using work = workplace()
  const scratch = await makeScratch(server)
  writeApp(work.folder)
  const client = new Client({ connectionString: server })
  await client.connect()
  const role = `offstage_${randomBytes(6).toString('hex')}`
  const schema = new URL(scratch.url).searchParams.get('schema')!
  try {
    assert.equal((await work.run('migrate', 'make')).code, 0)
    const up = await work.runWith({ DATABASE_URL: scratch.url }, 'migrate', 'up')
    assert.equal(up.code, 0, up.err)
    await client.query(`create role ${role} login password 'p'`)
    await client.query(`grant usage on schema ${schema} to ${role}`)
    await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${role}`)
    const url = new URL(scratch.url)
    url.username = role
    url.password = 'p'
    const node = work.start({ DATABASE_URL: url.href, SECRET: randomBytes(32).toString('base64') }, 'start')
    const [, address] = await node.until(/"url":"([^"]+)"/, 30)
    const body = JSON.stringify({ text: 'a', title: 'b' })
    const made = await fetch(`${address}/api/notes`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    assert.equal(made.status, 201)
    assert.equal(await node.stop(), 0)
  } finally {
    await scratch.drop()
    await client.query(`drop owned by ${role}; drop role ${role}`).catch(() => {})
    await client.end()
  }
})
