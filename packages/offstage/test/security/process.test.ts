// What no request may do to the process that serves everybody.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { workplace } from '../commands/offstage.ts'

const app = `
import { defineApp, defineModels, t } from 'offstage'
const { models, me, endpoint } = defineModels({ users: { email: t.email().unique() }, notes: { text: t.text({ max: 5 }), owner: t.user() } })
models.notes.access({ read: { owner: me }, create: { owner: me } })
const careless = endpoint({ allow: 'everyone', input: { text: t.text() }, run: ({ input, db }) => { void db.notes.create({ text: input.text }); return { ok: true } } })
export const app = defineApp({ models, endpoints: { careless }, login: { password: true } })
`

test('R21 a call that an endpoint forgot to await, and that the rules refuse, does not end the process', async () => {
  using place = workplace()
  writeFileSync(join(place.folder, 'app.ts'), app)
  writeFileSync(join(place.folder, 'package.json'), '{"type":"module"}')
  const server = place.start({ SECRET: 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA' }, 'start', '--migrate', 'app.ts')
  const [, url] = await server.until(/"url":"(http:[^"]+)"/)
  const call = (): Promise<Response> =>
    fetch(`${url}/api/call/careless`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"not yours"}' })
  for (let i = 0; i < 3; i++) assert.equal((await call()).status, 200)
  await server.until(/nobody awaited/)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal(await server.stop(), 0)
})
