// A client that goes away while the database is at its question: over real connections, on servers whose statements can be ended.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openApi } from '../../src/api/api.ts'
import { openData } from '../../src/data/open.ts'
import { openLog } from '../../src/http/log.ts'
import { openServer } from '../../src/http/server.ts'
import { defineModels, t } from '../../src/index.ts'
import { system } from '../../src/query/principal.ts'
import { declareApp } from '../../src/schema/app.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { eventually } from '../eventually.ts'
import { servers } from '../store/locked.ts'

const { models, endpoint } = defineModels({ notes: { text: t.text() }, tags: { text: t.text() } })
models.notes.access({ read: 'everyone', create: 'everyone' })
models.tags.access({ read: 'everyone' })

for (const [name, open] of Object.entries(servers)) {
  test(`${name}: reads end with their client, writes go on, and the log calls none of it an error`, async () => {
    const failures: unknown[] = []
    const endpoints = {
      look: endpoint({
        allow: 'everyone',
        method: 'GET',
        run: ({ db }) => db.notes.count().catch((error: unknown) => Promise.reject(failures.push(error) && error)),
      }),
      act: endpoint({
        allow: 'everyone',
        async run({ db }) {
          await db.system.tags.create({ text: `after ${await db.notes.count()}` })
        },
      }),
    }
    const app = declareApp({ models, endpoints, title: 'Notes' } as any)
    const registry = resolve(app)
    await using db = await open(registry)
    const data = openData({ registry, store: db.store, secret: 'x'.repeat(32) })
    const lines: any[] = []
    const log = openLog({ write: (line) => lines.push(JSON.parse(line)) })
    const identify = async (): Promise<typeof system> => system
    const server = await openServer({ routes: openApi({ data, identify, app, env: {}, development: false }), log, development: false })
    after(() => server.close(500))
    const { port } = await server.listen('127.0.0.1', 0)

    /** Sends, and hangs up while the database is at it. */
    const hangUp = async (method: string, path: string, body?: object): Promise<void> => {
      const before = await db.waiting()
      const headers = body && { 'content-type': 'application/json' }
      const sent = request({ port, host: '127.0.0.1', method, path, headers }).on('error', () => {})
      sent.end(body && JSON.stringify(body))
      await eventually(async () => (await db.waiting()) > before, `${method} ${path} is at the database`)
      sent.destroy()
    }
    /** When so many requests have been answered or given up, and so many are still at the database. */
    const ended = async (answered: number, waiting: number): Promise<void> => {
      await eventually(async () => (await db.waiting()) === waiting, 'the database is not at it any more')
      await eventually(() => lines.length >= answered, 'it is in the log')
    }

    await db.lock()
    const reads: readonly (readonly [method: string, path: string, body?: object])[] = [
      ['GET', '/api/notes'],
      ['GET', '/api/notes/018f6f65-0000-7000-8000-000000000000'],
      ['GET', '/api/notes/aggregate?count=true'],
      ['POST', '/api/notes/query', { where: {} }],
      ['GET', '/api/call/look'],
    ]
    for (const [index, read] of reads.entries()) {
      await hangUp(...read)
      await ended(index + 1, 0)
      const { level, msg, status } = lines.at(-1)
      assert.deepEqual({ level, msg, status }, { level: 'info', msg: 'request', status: 499 }, read.join(' '))
    }
    assert.equal(lines.length, reads.length)
    assert.deepEqual(
      failures.map((error) => (error as { code?: string }).code),
      ['client_gone'],
    )

    await hangUp('POST', '/api/call/act', {})
    // After 50 ms a statement counts as slow, and PostgreSQL is sent nothing more behind it.
    await sleep(60)
    // A read that comes after it has been ended when the write still waits.
    await hangUp('GET', '/api/notes')
    await ended(reads.length + 1, 1)
    await db.unlock()
    await ended(reads.length + 2, 0)
    assert.deepEqual([lines.at(-2).status, lines.at(-1).status], [499, 204])
    assert.deepEqual(
      (await data.as(system).tags.list()).data.map(({ text }: any) => text),
      ['after 0'],
    )
    assert.equal((await fetch(`http://127.0.0.1:${port}/api/notes`)).status, 200)
  })
}
