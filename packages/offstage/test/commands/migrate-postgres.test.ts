import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeScratch } from '../../src/app/scratch.ts'
import { workplace } from './offstage.ts'

const server = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

test('ten nodes that start at once on an empty PostgreSQL: one migrates, all serve', { timeout: 180_000 }, async () => {
  using work = workplace()
  const scratch = await makeScratch(server)
  writeFileSync(join(work.folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(work.folder, 'app.ts'),
    `import { defineApp, defineModels, t } from 'offstage'
const { models } = defineModels({ notes: { text: t.text(), title: t.text({ max: 100 }).index() }, tags: { note: t.ref('notes') } })
for (const model of Object.values(models)) model.access({ read: 'everyone', create: 'everyone' })
export const app = defineApp({ models })
`,
  )
  try {
    assert.equal(work.run('migrate', 'make').code, 0)
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
