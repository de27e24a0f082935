import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { workplace } from './offstage.ts'

// Runs a program of the user's own in a copy of the notes app.
function program(folder: string, text: string, env: Record<string, string>): { code: number | null; out: string; err: string } {
  writeFileSync(join(folder, 'server.ts'), text)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@offstage/source', '--disable-warning=ExperimentalWarning', 'server.ts'],
    {
      cwd: folder,
      encoding: 'utf8',
      timeout: 120_000,
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...env },
    },
  )
  return { code: status, out: stdout, err: stderr }
}
const secret = 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA'

test('app.fetch mounts the app elsewhere, as strict as start', async () => {
  using place = workplace('notes')
  const text = `import { app } from './app.ts'
const answer = async (path: string) => { const r = await app.fetch(new Request('https://notes.example' + path)); return r.status + ' ' + (await r.text()) }
try { console.log(await answer('/api/notes'), await answer('/openapi.json'), await answer('/healthz')) } catch (error: any) { console.log(error.code, error.message) }
process.exit()`
  assert.match(program(place.folder, text, {}).out, /^configuration .*SECRET/)
  assert.match(program(place.folder, text, { SECRET: secret }).out, /^tables_differ /)
  assert.equal((await place.run('seed')).code, 0)
  const ran = program(place.folder, text, { SECRET: secret })
  assert.match(ran.out, /^401 \{.*unauthenticated.* (401|403|404) .* 200 /, ran.out + ran.err)
  assert.doesNotMatch(ran.out, /"hint"/)
})

test('app.open gives a handler and the way to close it, in the mode that the program names', () => {
  using place = workplace('notes')
  const text = `import { app } from './app.ts'
const opened = await app.open({ mode: 'development' })
const response = await opened.fetch(new Request('http://localhost/openapi.json'))
console.log(response.status, (await response.json()).openapi)
await opened.close()`
  const ran = program(place.folder, text, {})
  assert.match(ran.out, /^200 3\.1/, ran.err)
  assert.equal(ran.code, 0, 'nothing keeps the process alive after close')
})

test('the shell reads and writes as the system, as somebody, and as a stranger', async () => {
  using place = workplace('notes')
  assert.equal((await place.run('reset')).code, 0)
  const lines = [
    '(await sys.notes.list()).data[0].text',
    '(await db.notes.list().catch((e) => e.code))',
    '(await as((await sys.users.first()).id).notes.list()).data.length',
    '.exit',
  ]
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--conditions=@offstage/source', '--disable-warning=ExperimentalWarning', join(import.meta.dirname, '../../src/cli.ts'), 'shell'],
    {
      cwd: place.folder,
      encoding: 'utf8',
      timeout: 120_000,
      input: `${lines.join('\n')}\n`,
      env: { PATH: process.env['PATH'], NO_COLOR: '1' },
    },
  )
  assert.equal(status, 0)
  // Lines that come from a pipe all at once are answered as each is ready, so in any order.
  for (const answer of [/^(offstage> )?'Learn Offstage'$/m, /^(offstage> )?'unauthenticated'$/m, /^(offstage> )?1$/m])
    assert.match(stdout, answer)
})
