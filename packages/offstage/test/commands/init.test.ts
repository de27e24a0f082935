import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { workplace } from './offstage.ts'

const packageRoot = resolve(import.meta.dirname, '../..')
const notes = resolve(packageRoot, '../../examples/notes')

test('init writes the notes app, which passes its checks, and never writes over a file', async () => {
  using place = workplace()
  const first = await place.run('init', 'My Notes!')
  assert.equal(first.code, 0, first.err)
  assert.match(first.out, /npm install/)
  const folder = join(place.folder, 'My Notes!')
  const written = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  assert.equal(written.name, 'my-notes')
  assert.match(written.dependencies.offstage, /^file:/, 'begun from the repository, it takes the package from there')
  const check = await place.run('check', 'My Notes!')
  assert.equal(check.code, 0, check.err)
  const again = await place.run('init', 'My Notes!')
  assert.equal(again.code, 1)
  assert.match(again.err, /already has app\.ts/)
  assert.equal((await place.run('init', 'my-app')).code, 0)
  const [, hint] = /Write: offstage (init \S+)/.exec((await place.run('init', 'my-app')).err)!
  assert.equal((await place.run(...hint!.split(' '))).code, 0, 'the hint can be pasted')
})

test('a command in a folder without an app says which files it looked for', async () => {
  using place = workplace()
  for (const args of [[], ['.']]) assert.match((await place.run('check', ...args)).err, /There is no app\.ts, app\.js, .* in this folder\./)
  assert.match((await place.run('check', 'ap.ts')).err, /There is no file ap\.ts\./)
})

test('the template is the example, to the letter', () => {
  for (const file of ['app.ts', 'package.json', 'tsconfig.json']) {
    assert.equal(readFileSync(join(packageRoot, 'template', file), 'utf8'), readFileSync(join(notes, file), 'utf8'), file)
  }
})

test('the command says which Node it needs before anything else can fail', () => {
  const text = readFileSync(join(packageRoot, 'bin/offstage.js'), 'utf8')
  const old = text.replace('process.versions.node.split', "'20.20.2'.split").replace('process.versions.node +', "'20.20.2' +")
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', old], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /^Offstage needs Node 24\.7 or later .* this is Node 20\.20\.2\. .*\n$/)
})
