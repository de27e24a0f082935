// What nobody caught, in processes as they run: `start` tells it and stops in order, `dev` shows it with its line.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { workplace, type Running, type Workplace } from './offstage.ts'

const secret = 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA'
const app = `
import { defineApp, defineModels, t } from 'offstage'
const { models, endpoint } = defineModels({ notes: { text: t.text({ max: 5 }) } })
models.notes.access({ read: 'everyone', create: 'everyone' })
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const endpoints = {
  forgets: endpoint({ allow: 'everyone', run: ({ db }) => {
    void db.notes.list({ where: { nope: 1 } as any })
    return { ok: true }
  } }),
  leaves: endpoint({ allow: 'everyone', run: async ({ db }) => {
    await db.transaction(async (tx) => {
      void later(20).then(() => tx.notes.create({ text: 'late' }))
    })
    return { ok: true }
  } }),
  throws: endpoint({ allow: 'everyone', input: { times: t.integer() }, run: ({ input }) => {
    for (let i = 0; i < input.times; i++) setTimeout(() => {
      throw new RangeError('out of a timer')
    }, 50)
    return { ok: true }
  } }),
  slow: endpoint({ allow: 'everyone', run: async () => {
    await later(1500)
    return { done: true }
  } }),
}
export const app = defineApp({ models, endpoints })
`
const lineOf = (text: string): number => app.split('\n').findIndex((line) => line.includes(text)) + 1

function place(): Workplace {
  const made = workplace()
  writeFileSync(join(made.folder, 'app.ts'), app)
  writeFileSync(join(made.folder, 'package.json'), '{"type":"module"}')
  return made
}
const call = (url: string, name: string, input: object = {}): Promise<Response> =>
  fetch(`${url}/api/call/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) })
const exitOf = (running: Running): Promise<number | null> => new Promise((resolve) => running.process.once('exit', resolve))

/** The next line of the log of this level. */
const lineAt = async (running: Running, level: string): Promise<any> => {
  const [line] = await running.until(new RegExp(`\\{"level":"${level}".*\\}`))
  return JSON.parse(line)
}

test('an exception that nobody caught is a line in the log of start, then what is under way is finished, and the exit code is 1', async () => {
  using where = place()
  const server = where.start({ SECRET: secret }, 'start', '--migrate', 'app.ts')
  const [, url] = await server.until(/"url":"(http:[^"]+)"/)
  const exit = exitOf(server)
  const slow = call(url!, 'slow')
  assert.equal((await call(url!, 'throws', { times: 3 })).status, 200)
  const fatal = await lineAt(server, 'fatal')
  assert.match(fatal.err.stack, /RangeError: out of a timer\n/)
  assert.equal(fatal.place, `app.ts:${lineOf('out of a timer')}`)
  // The second and the third are told and change nothing.
  for (let i = 0; i < 2; i++) assert.equal((await lineAt(server, 'fatal')).err.message, 'out of a timer')
  assert.deepEqual(await (await slow).json(), { done: true })
  assert.equal(await exit, 1)
  await assert.rejects(fetch(`${url}/healthz`))
})

test('an exception while start stops at a signal makes the exit code 1, and does not begin another stop', async () => {
  using where = place()
  const server = where.start({ SECRET: secret }, 'start', '--migrate', '--drain', '1', 'app.ts')
  const [, url] = await server.until(/"url":"(http:[^"]+)"/)
  const exit = exitOf(server)
  server.process.kill('SIGTERM')
  await server.until(/stopping/)
  await call(url!, 'throws', { times: 1 })
  await lineAt(server, 'fatal')
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal(await exit, 1)
})

test('a call that start was not made to await fails by itself, with its line in the log', async () => {
  using where = place()
  const server = where.start({ SECRET: secret }, 'start', '--migrate', 'app.ts')
  const [, url] = await server.until(/"url":"(http:[^"]+)"/)
  await call(url!, 'forgets')
  const forgotten = await lineAt(server, 'error')
  assert.match(forgotten.msg, /nobody awaited/)
  assert.equal(forgotten.place, `app.ts:${lineOf('void db.notes.list')}`)
  assert.match(forgotten.err.hint, /notes has: id/)
  await call(url!, 'leaves')
  const late = await lineAt(server, 'error')
  assert.match(late.err.message, /not awaited/)
  assert.equal(late.place, `app.ts:${lineOf('tx.notes.create')}`)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal(await server.stop(), 0)
})

test('a forgotten await does not end dev: it is shown with its line, and the app goes on', async () => {
  using where = place()
  const dev = where.start({}, 'dev', 'app.ts')
  const [, url] = await dev.until(/API +(http:\/\/localhost:\d+)\/api/)
  assert.equal((await call(url!, 'forgets')).status, 200)
  const [shown] = await dev.until(/A promise was rejected[\s\S]*Write: .*\n/)
  assert.match(shown, /is an `await` missing\?/)
  assert.match(shown, /unknown_field notes has no field 'nope'/)
  assert.match(shown, new RegExp(`at app\\.ts:${lineOf('void db.notes.list')}\n`))
  assert.match(shown, /void db\.notes\.list/, 'the line itself')
  await call(url!, 'leaves')
  await dev.until(new RegExp(`not awaited[\\s\\S]*at app\\.ts:${lineOf('tx.notes.create')}\n`))
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal(await dev.stop(), 0)
})

test('an exception in a timer is shown by dev with its line, and the next change starts the app again', async () => {
  using where = place()
  const dev = where.start({}, 'dev', 'app.ts')
  const [, url] = await dev.until(/API +(http:\/\/localhost:\d+)\/api/)
  assert.equal((await call(url!, 'throws', { times: 1 })).status, 200)
  const [shown] = await dev.until(/An exception was thrown[\s\S]*Waiting for a change of a file/)
  assert.match(shown, /RangeError out of a timer/)
  assert.match(shown, new RegExp(`at app\\.ts:${lineOf('out of a timer')}\n`))
  writeFileSync(join(where.folder, 'app.ts'), `${app}\n`)
  await dev.until(/ready again/)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal(await dev.stop(), 0)
})

test('dev answers and logs a mistake of the app with the line and what to write', async () => {
  using where = place()
  const wrong = app.replace('void db.notes.list(', 'return db.notes.list(')
  writeFileSync(join(where.folder, 'app.ts'), wrong)
  const dev = where.start({}, 'dev', 'app.ts')
  const [, url] = await dev.until(/API +(http:\/\/localhost:\d+)\/api/)
  const answer = await call(url!, 'forgets')
  const problem: any = await answer.json()
  const at = `app.ts:${lineOf('void db.notes.list')}`
  assert.deepEqual([answer.status, problem.code, problem.place], [500, 'unknown_field', at])
  assert.match(problem.detail, /notes has no field 'nope'/)
  assert.match(problem.hint, /notes has: id/)
  await dev.until(new RegExp(`request failed[\\s\\S]*notes has no field 'nope'[\\s\\S]*at ${at.replace('.', '\\.')}`))
  assert.equal(await dev.stop(), 0)
})

test('a command tells what nobody caught with its line too, and its exit code is 1', async () => {
  using place = workplace()
  const seeded = (seed: string): string =>
    app.replace('defineApp({ models, endpoints })', `defineApp({ models, endpoints, seed: async ({ sys }) => {\n  ${seed}\n} })`)
  const line = app.split('\n').findIndex((text) => text.includes('defineApp({ models')) + 2
  writeFileSync(join(place.folder, 'package.json'), '{ "type": "module" }')
  for (const [seed, says] of [
    ["void sys.notes.create({ txt: 'x' } as any); await sys.notes.create({ text: 'kept' })", /is an `await` missing\?\s+unknown_field/],
    ["setTimeout(() => { throw new RangeError('late') }); await later(30)", /nobody caught[^\n]*\s+RangeError late/],
  ] as const) {
    writeFileSync(join(place.folder, 'app.ts'), seeded(seed))
    const { code, err } = await place.runApart({}, 'reset')
    assert.equal(code, 1, err)
    assert.match(err, says)
    assert.match(err, new RegExp(`at app\\.ts:${line}\\b`))
    assert.doesNotMatch(err, /Node\.js v/)
  }
})

test('an import that leads nowhere is told with its line and the file or package that is meant', async () => {
  using place = workplace()
  writeFileSync(join(place.folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(place.folder, 'tags.ts'), 'export const tags = 1')
  for (const [line, hint] of [
    ["import { tags } from './tags'", /Write: 'tags\.ts' in place of 'tags'/],
    ["import { tags } from './tags.js'", /Write: 'tags\.ts' in place of 'tags\.js'/],
    ["import { z } from 'not-installed-here'", /Write: npm install not-installed-here/],
    ["import { other } from './other.ts'", /imported from .*app\.ts/],
  ] as const) {
    writeFileSync(join(place.folder, 'app.ts'), `// Its second line.\n${line}\n${app}`)
    const { code, err } = await place.runApart({}, 'check')
    assert.equal(code, 1)
    assert.match(err, /ERR_MODULE_NOT_FOUND Cannot find [\s\S]* at app\.ts:2\n/)
    assert.match(err, hint)
    assert.doesNotMatch(err, /node:internal/)
  }
})
