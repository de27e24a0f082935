import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { workplace } from './offstage.ts'

const secret = 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA'

test('an app that is being served is not moved; what a move leaves behind is told', async () => {
  using place = workplace()
  writeFileSync(join(place.folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(place.folder, 'app.ts'),
    `import { defineApp, defineModels, model, t } from 'offstage'
const { models } = defineModels({
  notes: { text: t.text() },
  old: model({ title: t.text() }, { adopted: true, table: 'old_things', own: { id: t.key(), createdAt: false, updatedAt: false, version: false } }),
})
for (const one of Object.values(models)) one.access({ read: 'everyone' })
export const app = defineApp({ models })
`,
  )
  const url = `file:${join(place.folder, 'first.db')}`
  const there = new DatabaseSync(url.slice('file:'.length))
  there.exec('create table old_things (id text primary key, title text not null)')
  there.close()
  const node = place.start({ DATABASE_URL: url, SECRET: secret }, 'start', '--migrate')
  await node.until(/"url":"/)
  const refused = await place.runWith({ DATABASE_URL: url }, 'move', '--to', 'file:./second.db')
  assert.equal(refused.code, 1)
  assert.match(refused.err, /database_in_use/)
  assert.equal(await node.stop(), 0)

  const { code, out, err } = await place.runWith({ DATABASE_URL: url }, 'move', '--to', 'file:./second.db')
  assert.equal(code, 0, err)
  assert.match(out, /Not moved.*old_things/)
  assert.match(out, /Moved and verified: 0 rows/)
})
