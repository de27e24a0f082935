// Whatever door a value comes by, it is read as carefully as over HTTP, and nothing of a refused file is stored.

import assert from 'node:assert/strict'
import { appendFileSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { testApp } from '../../src/testing.ts'
import { defineApp, defineModels, t } from '../../src/index.ts'
import { importFile } from '../../src/commands/import.ts'
import { openForCommand } from '../../src/commands/open.ts'
import { writingTo } from '../../src/commands/terminal.ts'
import { workplace, type Workplace } from './offstage.ts'

const source = `import { defineApp, defineModels, t } from 'offstage'
const { models } = defineModels({
  users: { email: t.email().unique(), meta: t.json().optional(), size: t.number().optional() },
  things: { name: t.text(), meta: t.json().optional(), size: t.number().optional() },
})
models.things.access({ read: 'everyone', create: 'everyone' })
export const app = defineApp({ models, login: { password: true } })
`

function place(): Workplace {
  const made = workplace()
  writeFileSync(join(made.folder, 'app.ts'), source)
  writeFileSync(join(made.folder, 'package.json'), '{ "type": "module" }')
  return made
}

/** JSON that no door may take for a value of a JSON field, and what is said of it. */
const hard: readonly [json: string, says: RegExp][] = [
  ['{"id":750727362669608961}', /too large to be kept exactly/],
  ['[-9007199254740993]', /too large to be kept exactly/],
  ['[1e999]', /too large to be kept exactly/],
  ['{"id":750727362669608961.0}', /too large to be kept exactly/],
  ['[-9007199254740993.000]', /too large to be kept exactly/],
  ['[1e-400]', /too near to zero to be kept/],
  [`[0.${'0'.repeat(400)}1]`, /too near to zero to be kept/],
  ['{"a":1,"a":2}', /same name twice/],
  ['{"a":{"b":1,"\\u0062":2}}', /same name twice/],
  ['{"__proto__":{"x":1}}', /__proto__/],
  ['"\\ud800"', /U\+0000 or a lone surrogate/],
  ['"\\u0000"', /U\+0000 or a lone surrogate/],
  [`${'['.repeat(40)}${']'.repeat(40)}`, /nested more than 32 levels/],
  ['{"a":1,}', /JSON/],
]
/** What every door takes, as it is. */
const soft: readonly string[] = [
  '{"id":9007199254740991}',
  '[100000000000000000000]',
  '{"a":{"a":1},"b":"é😀"}',
  '[0.1,1e300,-0.5]',
  '[9007199254740991.0,0e-400,0.10000000000000000555]',
]

test('hard JSON is refused by every door, and told', async () => {
  using at = place()
  const opened = await openForCommand(at.folder)
  await using _ = opened
  const { data } = opened.running
  const files: Record<string, (json: string) => string> = {
    'a.csv': (json) => `name,meta\nfine,1\nx,"${json.replaceAll('"', '""')}"\n`,
    'a.json': (json) => `[{"name":"fine"},\n{"name":"x","meta":${json}}]`,
    'a.ndjson': (json) => `{"name":"fine"}\n{"name":"x","meta":${json}}\n`,
  }
  const things = data.as({ kind: 'system' })['things']
  for (const [name, write] of Object.entries(files)) {
    for (const [json, says] of hard) {
      writeFileSync(join(at.folder, name), write(json))
      const { done, told } = await hearing(() => importFile(data, 'things', join(at.folder, name), {}))
      assert.equal(done, false, `${name} ${json}`)
      assert.match(told, says, `${name} ${json}`)
      assert.match(told, name === 'a.csv' ? /a\.csv:3 / : /:2 /)
      assert.equal(await things.count({}), 0, 'nothing is stored')
    }
  }
  for (const json of soft) {
    for (const [name, write] of Object.entries(files)) {
      writeFileSync(join(at.folder, name), write(json))
      assert.equal((await hearing(() => importFile(data, 'things', join(at.folder, name), {}))).done, true, `${name} ${json}`)
      const row = await things.first({ where: { name: 'x' } })
      assert.deepEqual(row.meta, JSON.parse(json))
      await things.deleteMany({ all: true })
    }
  }
})

test('a JSON file that is no whole array is refused wherever it is broken, and an empty array is no row', async () => {
  using at = place()
  const file = join(at.folder, 'a.json')
  const row = '{"name":"x"}'
  for (const [json, says] of [
    [`[${row},]`, /Line 1 has a comma without an element/],
    [`[,${row}]`, /has a comma without an element/],
    [`[${row},\n\n,${row}]`, /Line 3 has a comma without an element/],
    ['[,]', /has a comma without an element/],
    [`[${row}][${row}]`, /outside of an array/],
    [`[${row}`, /ends before the array does/],
    ['', /ends before the array does/],
  ] as const) {
    writeFileSync(file, json)
    const { code, err } = await at.run('import', 'things', file)
    assert.equal(code, 1, json)
    assert.match(err, says, json)
  }
  writeFileSync(file, ' [ ] \n')
  assert.equal((await at.run('import', 'things', file)).code, 0)
  assert.equal((await at.run('export', 'things')).out.replaceAll(/\s/g, ''), '[]')
})

test('hard JSON in a body and in an address is refused in the same words', async () => {
  const { models } = defineModels({ things: { name: t.text(), meta: t.json().optional(), size: t.number().optional() } })
  models.things.access({ read: 'everyone', create: 'everyone' })
  await using app = await testApp(defineApp({ models }))
  const headers = { 'content-type': 'application/json' }
  for (const [json, says] of hard) {
    const body = `{"name":"x","meta":${json}}`
    const sent = await app.fetch('/api/things', { method: 'POST', headers, body })
    assert.ok([400, 422].includes(sent.status), json)
    assert.match(await sent.text(), says)
    const where = encodeURIComponent(`{"meta":{"path":["a"],"equals":${json}}}`)
    const asked = await app.fetch(`/api/things?where=${where}`)
    assert.equal(asked.status, 400, json)
    // Texts of JSON cannot be asked for with what no text can hold, whatever it is.
    if (!json.startsWith('"')) assert.match(await asked.text(), says)
  }
  for (const json of soft) {
    assert.equal((await app.fetch('/api/things', { method: 'POST', headers, body: `{"name":"x","meta":${json}}` })).status, 201, json)
  }
  assert.equal((await app.fetch('/api/things?size=750727362669608961')).status, 400)
})

test('the command line is read as strictly: --where, --set, and bytes that are no UTF-8', async () => {
  using at = place()
  const wrong = async (says: RegExp, ...args: string[]): Promise<void> => {
    const { code, err } = await at.run(...args)
    assert.equal(code, 1, args.join(' '))
    assert.match(err, says)
  }
  await wrong(/too large to be kept exactly/, 'export', 'things', '--where', '{"size":750727362669608961}')
  await wrong(/same name twice/, 'export', 'things', '--where', '{"size":1,"size":2}')
  await wrong(/must be a filter as JSON/, 'export', 'things', '--where', '[1]')
  await wrong(/too large to be kept exactly/, 'user', 'create', '--email', 'a@example.com', '--set', 'meta={"id":750727362669608961}')
  await wrong(/too large to be kept exactly/, 'user', 'create', '--email', 'a@example.com', '--set', 'size=750727362669608961')
  await wrong(/An argument is not UTF-8/, 'user', 'create', '--email', 'a@example.com', '--set', 'meta="M\uFFFDller"')
})

test('a file or .env of another encoding is refused with the place and the way out, and read where its encoding is named', async () => {
  using at = place()
  const csv = (name: string, bytes: Buffer): void => writeFileSync(join(at.folder, name), bytes)
  const rows = `name\n${'filler\n'.repeat(20_000)}`
  csv('windows.csv', Buffer.from(`${rows}M\xfcller \x80\n`, 'latin1'))
  const refused = await at.run('import', 'things', 'windows.csv', '--batch', '1000')
  assert.equal(refused.code, 1)
  assert.match(refused.err, /windows\.csv is not UTF-8: line 20002 has the byte 0xFC, at offset 140006/)
  assert.match(refused.err, /--encoding windows-1252[\s\S]*iconv -f windows-1252 -t utf-8 windows\.csv/)
  csv('wide.csv', Buffer.from('\uFEFFname\nMüller €\n', 'utf16le'))
  assert.match((await at.run('import', 'things', 'wide.csv')).err, /--encoding utf-16le/)
  assert.deepEqual(JSON.parse((await at.run('export', 'things')).out), [], 'not even the first batches are stored')

  csv('small.csv', Buffer.from('name\nM\xfcller \x80\n', 'latin1'))
  for (const [file, encoding] of [
    ['small.csv', 'windows-1252'],
    ['wide.csv', 'utf-16le'],
  ] as const)
    assert.equal((await at.run('import', 'things', file, '--encoding', encoding)).code, 0)
  const names = JSON.parse((await at.run('export', 'things')).out).map(({ name }: { name: string }) => name)
  assert.deepEqual(names, ['Müller €', 'Müller €'])
  assert.match((await at.run('import', 'things', 'small.csv', '--encoding', 'utf-9')).err, /encoding utf-9 is not known/)

  csv('.env', Buffer.from('# M\xfcller\nPORT=4000\n', 'latin1'))
  assert.match((await at.run('config')).err, /\.env is not UTF-8: line 1 has the byte 0xFC/)
  csv('.env', Buffer.from('\uFEFFLOG_LEVEL=debug\n'))
  assert.match((await at.run('config')).out, /LOG_LEVEL +debug +\.env/)
})

test('a file of JSON in which no row ends is refused before it fills the memory, with the line where it begins', async () => {
  using at = place()
  const endless = `{"name":"${'x'.repeat(8_200_000)}"}`
  for (const [name, content] of Object.entries({ 'a.ndjson': `{"name":"a"}\n${endless}\n`, 'a.json': `[{"name":"a"},\n${endless}]` })) {
    writeFileSync(join(at.folder, name), content)
    const { code, err } = await at.run('import', 'things', name)
    assert.equal(code, 1)
    assert.match(err, /Line 2 begins a row of more than 8 million characters[\s\S]*\.ndjson/)
  }
  assert.deepEqual(JSON.parse((await at.run('export', 'things')).out), [])
})

test('a migration that was saved in another encoding, or merged into one with a name twice, is told before it runs', async () => {
  using at = place()
  assert.equal((await at.run('migrate', 'make', 'first')).code, 0)
  const [up] = globSync(join(at.folder, 'migrations/*/up.sqlite.sql'))
  appendFileSync(up!, Buffer.from('-- M\xfcller\n', 'latin1'))
  const [manifest] = globSync(join(at.folder, 'migrations/*/migration.json'))
  const { err, out, code } = await at.run('migrate', 'up')
  assert.equal(code, 1)
  assert.match(out + err, /up\.sqlite\.sql[\s\S]*is not UTF-8: line \d+ has the byte 0xFC[\s\S]*save the file as UTF-8/)
  writeFileSync(manifest!, readFileSync(manifest!, 'utf8').replace('"parents"', '"parents": [],\n  "parents"'))
  const twice = await at.run('migrate', 'up')
  assert.match(twice.out + twice.err, /migration\.json[\s\S]*same name twice/)
})

/** What the import prints, on both streams. */
async function hearing(work: () => Promise<boolean>): Promise<{ done: boolean; told: string }> {
  const heard = new PassThrough()
  const done = await writingTo({ stdout: heard, stderr: heard }, work)
  heard.end()
  return { done, told: await text(heard) }
}
