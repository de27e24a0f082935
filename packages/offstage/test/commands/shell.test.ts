import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { workplace, type Ran, type Workplace } from './offstage.ts'

const cli = resolve(import.meta.dirname, '../../src/cli.ts')

function shell(place: Workplace, ...lines: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@offstage/source', cli, 'shell'], {
    cwd: place.folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: place.folder, NO_COLOR: '1' },
    input: lines.map((line) => `${line}\n`).join(''),
    timeout: 60_000,
  })
  return { code: status ?? -1, out: stdout, err: stderr }
}

test('the shell names the models and takes its own example, with await and without', async () => {
  using place = workplace('notes')
  assert.equal((await place.run('seed', '.')).code, 0)
  const empty = shell(place)
  assert.equal(empty.code, 0, empty.err)
  assert.match(empty.err, /models: users, notes/)
  const [, example] = /Example: (.*)/.exec(empty.err)!
  for (const line of [example!, `await ${example}`]) {
    const { code, out } = shell(place, line)
    assert.equal(code, 0)
    assert.match(out, /^\{\n {2}data: \[\n[\s\S]*email: 'ada@example\.com',[\s\S]*next: null\n\}\n$/)
  }
})

test('in the shell rows are made, found and changed with literals, line after line, and a refusal is told in its own words', async () => {
  using place = workplace('notes')
  assert.equal((await place.run('seed', '.')).code, 0)
  const { code, out, err } = shell(
    place,
    "const ada = await sys.users.first({ where: { role: 'admin' } })",
    "const note = await as(ada.id).notes.create({ text: 'from here', due: new Date(0) })",
    'await sys.notes.update(note.id, { text: note.text.toUpperCase() })',
    'sys.notes.count({ due: { lte: new Date() } })',
    'as(ada).notes.list({ where: { txt: 1 } })',
    'db.notes.list({})',
    '.exit',
    "'not reached'",
  )
  assert.equal(code, 0, err)
  assert.match(out, /text: 'FROM HERE',\n {2}done: false,\n {2}due: 1970-01-01T00:00:00\.000Z,[\s\S]*\n\}\n1\n/)
  assert.match(out, /unknown_field notes has no field 'txt'/)
  assert.match(out, /unauthenticated Sign in to read notes/)
  assert.doesNotMatch(out, /not reached/)
})

test('the shell can complete the names below its tables, and speaks of its lines as typed, not as code of the app', async () => {
  using place = workplace('notes')
  assert.equal((await place.run('seed', '.')).code, 0)
  const { out } = shell(
    place,
    // Node completes nothing behind getters.
    "[sys, db, as('x'), db.as(null)].map((door) => typeof Object.getOwnPropertyDescriptor(door, 'notes').value.list)",
    'sys.notes.create({ text: 5 })',
    'sys.notes.list({ wher: {} })',
    'sys.transaction((tx) => tx.notes.count())',
  )
  assert.match(out, /\[ 'function', 'function', 'function', 'function' \]/)
  assert.match(out, /text Expected text, found a number/)
  assert.match(out, /Did you mean 'where'/)
  assert.doesNotMatch(out, /declare it in `input`/)
  assert.match(out, /\n1\n$/)
})
