// A REPL, Jest and the vm pools of vitest run an app's code in a realm of its own: its literals, dates and errors are of other classes.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import * as offstage from '../../src/index.ts'
import { testApp } from '../../src/testing.ts'

const notes = resolve(import.meta.dirname, '../../../../examples/notes/app.ts')

/** Runs code as a module in another realm would, with these names in it. */
function realm(names: object): (code: string) => any {
  const context = createContext({ ...names })
  return (code) => runInContext(code, context)
}

const repeat = `
  const parts = t.object({ tags: t.list(t.text()), when: t.datetime(), what: t.json() })
  const repeat = endpoint({
    allow: 'everyone',
    input: parts,
    output: parts,
    run: ({ input }) => {
      if (input.tags.length === 0) throw new TypeError('No tags.')
      return input.what.asIs ? new Response('as it is') : { ...input, when: new Date(input.when), tags: [...input.tags] }
    },
  })`

test('an app may be declared in another realm, and be used from there', async () => {
  const source = stripTypeScriptTypes(readFileSync(notes, 'utf8'))
    .replace(/^import .*$/m, '')
    .replace('export const app =', 'globalThis.app =')
    .replace('endpoints: { finishAll }', 'endpoints: { finishAll, repeat }')
  const inside = realm({ ...offstage, Response })
  inside(source.replace('const finishAll =', `${repeat}\nconst finishAll =`))
  const app = inside('app') as offstage.App<any, any, any, any>
  let logged = ''
  await using t = await testApp(app, { log: (line) => void (logged += line) })
  const within = realm({ t, as: (user: string) => t.as(user) })
  const run = (code: string): Promise<any> => within(`(async () => { ${code} })()`)

  const ada = await run(`return t.sys.users.create({ name: 'Ada', email: 'ada@example.com' })`)
  const note = await run(`
    const owner = (await t.sys.users.first({ where: { email: { in: ['ada@example.com'] } } })).id
    const made = await t.sys.notes.create({ text: 'one', owner, due: new Date(0) })
    await t.sys.notes.update({ id: made.id }, { text: 'two' })
    await t.sys.notes.upsert({ id: made.id }, { create: { text: 'x', owner }, update: { done: true } })
    return t.sys.notes.get(made.id, { include: { owner: true } })`)
  assert.equal(note.text, 'two')
  assert.equal(note.done, true)
  assert.equal(note.owner.id, ada.id)
  assert.equal(await run(`return t.sys.notes.count({ due: { lte: new Date() }, or: [{ done: true }, { text: 'no' }] })`), 1)
  assert.equal(await run(`return t.sys.notes.count({ due: new Date(0) })`), 1)
  assert.equal(await run(`return t.sys.notes.count({ not: { due: { lte: new Date() } } })`), 0)

  const client = realm({ api: t.as(ada.id) })
  const found = await client(`api.notes.list({ where: { due: { gte: new Date(0) } }, sort: ['text'] })`)
  assert.equal(found.data.length, 1)
  assert.equal((await client(`api.notes.create({ text: 'three', due: new Date(5) })`)).due, '1970-01-01T00:00:00.005Z')
  const given = `tags: ['a'], when: new Date(5), what: { deep: [{}] }`
  assert.deepEqual(await client(`api.call.repeat({ ${given} })`), { tags: ['a'], when: '1970-01-01T00:00:00.005Z', what: { deep: [{}] } })
  assert.equal(await (await client(`api.call.repeat({ ${given}, what: { asIs: true } })`)).text(), 'as it is')
  await assert.rejects(client(`api.call.repeat({ ${given}, tags: [] })`), { status: 500 })
  assert.match(logged, /No tags\./)
  await assert.rejects(run(`await t.sys.users.create({ name: 'Ada', email: 'ada@example.com' })`), { code: 'conflict' })
})
