// Many at once on servers, which do at the same time what SQLite's one writer does in turn: whatever each request is told, what is kept
// must be what some order of them would have left. Two nodes of the app, because nodes know nothing of each other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineApp, defineModels, problem, t } from 'offstage'
import { openApp, type RunningApp } from '../../src/app/open.ts'
import { readConfig } from '../../src/app/config.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { testCost } from '../../src/auth/password.ts'
import { system } from '../../src/query/principal.ts'
import { serverUrls } from './servers-world.ts'

const { models, me, endpoint } = defineModels({
  users: { email: t.email().unique(), name: t.text({ max: 80 }).optional() },
  shifts: { name: t.text({ max: 20 }), doctors: t.many('duties', 'shift') },
  duties: { shift: t.ref('shifts').onDelete('cascade'), doctor: t.text({ max: 20 }), on: t.boolean().column('is_on').default(true) },
  folders: {
    name: t.text({ max: 20 }),
    papers: t.many('papers', 'folder'),
    notes: t.many('notes', 'folder'),
    tags: t.many('tags', 'folder'),
  },
  papers: { name: t.text({ max: 20 }), folder: t.ref('folders') },
  notes: { name: t.text({ max: 20 }), folder: t.ref('folders').onDelete('cascade') },
  tags: { name: t.text({ max: 20 }), folder: t.ref('folders').optional().onDelete('clear') },
  pages: {
    slug: t.text({ max: 40 }).unique(),
    hits: t.integer({ min: 0, max: 1_000 }).default(0),
    text: t.text().default(''),
    log: t.json<number[]>().default([]),
  },
  accounts: { name: t.text({ max: 20 }), left: t.integer({ min: 0 }) },
  events: { n: t.integer() },
  tasks: { title: t.text({ max: 80 }), owner: t.ref('users'), open: t.boolean().default(true) },
})
for (const name of ['shifts', 'duties', 'folders', 'papers', 'notes', 'tags', 'pages', 'accounts', 'events'] as const)
  (models[name] as any).access({ read: 'everyone', create: 'everyone', update: 'everyone', delete: 'everyone' })
models.users.access({ read: { id: me }, update: { id: me } })
models.tasks.access({ read: { owner: me }, create: { owner: me, open: true }, update: { owner: me, open: true } })

/** Somebody must stay: each looks at what the other writes. */
const leave = endpoint({
  allow: 'everyone',
  input: { duty: t.ref('duties'), shift: t.ref('shifts') },
  problems: { needed: 409 },
  run: ({ input, db }) =>
    db.transaction(async (tx) => {
      if ((await tx.duties.count({ shift: input.shift, on: true })) < 2) throw problem('needed')
      await tx.duties.update(input.duty, { on: false })
      return { left: true }
    }),
})
const move = endpoint({
  allow: 'everyone',
  input: { from: t.ref('accounts'), to: t.ref('accounts'), sum: t.integer({ min: 1 }) },
  problems: { too_little: 409 },
  run: ({ input, db }) =>
    db.transaction(async (tx) => {
      const { left } = await tx.accounts.get(input.from)
      if (left < input.sum) throw problem('too_little')
      // Read and written whole: the classic lost update.
      await tx.accounts.update(input.from, { left: left - input.sum })
      const to = await tx.accounts.get(input.to)
      await tx.accounts.update(input.to, { left: to.left + input.sum })
      return { moved: true }
    }),
})
const app = defineApp({ models, endpoints: { leave, move }, login: { password: true } })

async function open(url: string, log: string[]): Promise<RunningApp> {
  const environment = { DATABASE_URL: url, SECRET: 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA' }
  const config = readConfig({ mode: 'development', root: '/', files: false, declared: [], environment } as never)
  return openApp(app as never, { config, hashCost: testCost, logLevel: 'error', writeLog: (line) => void log.push(line) })
}

interface Answer {
  readonly status: number
  readonly json: any
  readonly headers: Headers
}

for (const [name, server] of Object.entries(serverUrls)) {
  const log: string[] = []
  async function withNodes(
    run: (
      send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>,
      sys: any,
    ) => Promise<void>,
  ): Promise<void> {
    const scratch = await makeScratch(server)
    const nodes: RunningApp[] = []
    let turn = 0
    const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
      const node = nodes[turn++ % nodes.length]!
      const request = new Request(new URL(path, 'http://app.test'), {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      })
      const response = await node.fetch(request)
      const text = await response.text()
      // Too busy is an answer, with when to come back; anything else of the kind is a fault.
      if (response.status >= 500) {
        assert.equal(response.status, 503, `${method} ${path}: ${text}\n${log.at(-1)}`)
        assert.ok(response.headers.get('retry-after'))
      }
      return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) }
    }
    try {
      for (let i = 0; i < 2; i++) nodes.push(await open(scratch.url, log))
      await run(send, nodes[0]!.data.as(system))
    } finally {
      for (const node of nodes) await node.close()
      await scratch.drop()
    }
  }
  const times = <T>(n: number, run: (i: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: n }, (_, i) => run(i)))
  const tally = (answers: readonly Answer[]): Record<number, number> => {
    const counts: Record<number, number> = {}
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }
  /** Of these statuses alone. */
  const only = (answers: readonly Answer[], ...statuses: number[]): void => {
    for (const status of Object.keys(tally(answers)))
      assert.ok(
        statuses.includes(Number(status)),
        `${status}: ${JSON.stringify(tally(answers))} ${JSON.stringify(answers.find((a) => a.status === Number(status))?.json)}`,
      )
  }
  const of = (answers: readonly Answer[], status: number): number => tally(answers)[status] ?? 0

  test(`${name}: increments, versions, appends and unique values`, async () => {
    await withNodes(async (send, sys) => {
      const { id } = await sys.pages.create({ slug: 'start' })
      const added = await times(60, () => send('PATCH', `/api/pages/${id}`, { hits: { increment: 1 } }))
      only(added, 200, 503)
      assert.equal((await sys.pages.get(id)).hits, of(added, 200))

      const appended = await times(30, (i) => send('PATCH', `/api/pages/${id}`, { log: { append: [i] } }))
      only(appended, 200, 503)
      assert.equal(new Set((await sys.pages.get(id)).log).size, of(appended, 200))

      const tag = `"${(await sys.pages.get(id)).version}"`
      const matched = await times(20, (i) => send('PATCH', `/api/pages/${id}`, { text: `by ${i}` }, { 'if-match': tag }))
      only(matched, 200, 412, 503)
      assert.equal(of(matched, 200), 1)

      const made = await times(30, () => send('POST', '/api/pages', { slug: 'same' }))
      only(made, 201, 409, 503)
      assert.equal(of(made, 201), 1)
      assert.equal(await sys.pages.count({ slug: 'same' }), 1)

      const upserted = await times(30, () =>
        send('POST', '/api/batch', {
          operations: [
            { op: 'upsert', model: 'pages', key: { slug: 'up' }, create: { slug: 'up', hits: 1 }, update: { hits: { increment: 1 } } },
          ],
        }),
      )
      only(upserted, 200, 409, 503)
      const done = of(upserted, 200)
      assert.ok(done > 0)
      assert.equal((await sys.pages.first({ where: { slug: 'up' } }))?.hits, done)

      const limited = await sys.pages.create({ slug: 'full', hits: 990 })
      const filled = await times(40, () => send('PATCH', `/api/pages/${limited.id}`, { hits: { increment: 1 } }))
      only(filled, 200, 422, 503)
      assert.equal((await sys.pages.get(limited.id)).hits, 990 + of(filled, 200))
      assert.ok(of(filled, 200) <= 10)
    })
  })

  test(`${name}: skew between two that read what the other writes, and transfers that cross`, async () => {
    await withNodes(async (send, sys) => {
      for (let round = 0; round < 6; round++) {
        const shift = await sys.shifts.create({
          name: 'night',
          doctors: { create: Array.from({ length: 4 }, (_, i) => ({ doctor: String(i) })) },
        })
        const duties = (await sys.duties.list({ where: { shift: shift.id } })).data
        const left = await Promise.all(duties.map((duty: any) => send('POST', '/api/call/leave', { duty: duty.id, shift: shift.id })))
        only(left, 200, 409, 503)
        assert.ok((await sys.duties.count({ shift: shift.id, on: true })) >= 1, JSON.stringify(tally(left)))
      }
      const accounts: any[] = []
      for (const account of ['a', 'b', 'c']) accounts.push(await sys.accounts.create({ name: account, left: 30 }))
      const moved = await times(60, (i) =>
        send('POST', '/api/call/move', { from: accounts[i % 3]!.id, to: accounts[(i + 1 + (i % 2)) % 3]!.id, sum: 1 + (i % 20) }),
      )
      only(moved, 200, 409, 503)
      const rows = (await sys.accounts.list()).data
      assert.equal(
        rows.reduce((sum: number, row: any) => sum + row.left, 0),
        90,
      )
      assert.ok(rows.every((row: any) => row.left >= 0))
    })
  })

  test(`${name}: parents that go while children come`, async () => {
    await withNodes(async (send, sys) => {
      for (let round = 0; round < 8; round++) {
        const { id } = await sys.folders.create({ name: 'x' })
        await sys.notes.create({ name: 'old', folder: id })
        await sys.tags.create({ name: 'old', folder: id })
        const answers = await times(9, (i) =>
          i === 4
            ? send('DELETE', `/api/folders/${id}`)
            : send('POST', `/api/${['papers', 'notes', 'tags'][i % 3]!}`, { name: 'new', folder: id }),
        )
        only(answers, 200, 201, 204, 409, 404, 422, 503)
        const there = await sys.folders.count({ id })
        assert.equal(there, answers[4]!.status === 204 ? 0 : 1)
        for (const model of ['papers', 'notes', 'tags']) {
          const rows = (await sys[model].list({ where: { folder: id }, limit: 100 })).data
          if (there === 0) assert.equal(rows.length, 0, model)
        }
        if (there === 0) assert.ok((await sys.tags.count({ folder: null })) >= 1)
      }
      // Two that refer to each other's rows, deleted at once and moved at once.
      const folders: any[] = []
      for (const one of ['a', 'b']) folders.push(await sys.folders.create({ name: one }))
      const { id: file } = await sys.papers.create({ name: 'f', folder: folders[0].id })
      const crossed = await times(12, (i) =>
        i % 3 === 2 ? send('DELETE', `/api/folders/${folders[1].id}`) : send('PATCH', `/api/papers/${file}`, { folder: folders[i % 2].id }),
      )
      only(crossed, 200, 204, 404, 409, 422, 503)
      assert.equal(await sys.folders.count({ id: (await sys.papers.get(file)).folder }), 1)
    })
  })

  test(`${name}: pages while rows come and go miss none that stayed`, async () => {
    await withNodes(async (send, sys) => {
      const stay = new Set<string>()
      for (let i = 0; i < 60; i++) stay.add((await sys.events.create({ n: i % 7 })).id)
      const enough = new AbortController()
      const busy = (async () => {
        while (!enough.signal.aborted) {
          const { id } = await sys.events.create({ n: Math.floor(Math.random() * 7) })
          await sys.events.delete(id)
        }
      })()
      const seen: string[] = []
      let after = ''
      for (;;) {
        const { json } = await send('GET', `/api/events?sort=n&limit=7${after}`)
        seen.push(...json.data.map((row: any) => row.id))
        if (!json.next) break
        after = `&after=${encodeURIComponent(json.next)}`
      }
      enough.abort()
      await busy
      assert.equal(new Set(seen).size, seen.length)
      for (const id of stay) assert.ok(seen.includes(id))
    })
  })

  test(`${name}: sign-ups, sign-ins, tries, sessions and passwords at once`, async () => {
    await withNodes(async (send, sys) => {
      const password = 'figs-under-9-lamps'
      const signUps = await times(16, (i) =>
        send('POST', '/api/auth/sign-up', { email: i % 2 ? 'Ada@Example.com' : 'ada@example.com', password, as: 'token' }),
      )
      only(signUps, 201, 409, 429, 503)
      assert.equal(of(signUps, 201), 1)
      assert.equal(await sys.users.count(), 1)
      assert.equal(await sys.authCredentials.count(), 1)
      const { token, user } = signUps.find(({ status }) => status === 201)!.json
      const bearer = { authorization: `Bearer ${token}` }

      const guesses = await times(40, (i) => send('POST', '/api/auth/sign-in', { email: 'ada@example.com', password: `wrong-${i}` }))
      only(guesses, 401, 429, 503)
      assert.ok(of(guesses, 401) <= 10, JSON.stringify(tally(guesses)))
      assert.ok((await sys.authAttempts.list({ limit: 100 })).data.every((row: any) => row.count <= 100))
      await sys.authAttempts.deleteMany({ all: true })

      // A password that changes while it is used: no session of the old one may outlive the change.
      const changes = await times(8, (i) =>
        i === 3
          ? send('POST', '/api/auth/change-password', { current: password, password: 'plums-over-7-doors' }, bearer)
          : send('POST', '/api/auth/sign-in', { email: 'ada@example.com', password, as: 'token' }),
      )
      only(changes, 200, 204, 401, 429, 503)
      if (changes[3]!.status === 204) {
        const before = (await sys.authSessions.list({ where: { user: user.id }, limit: 100 })).data
        assert.equal(before.length, 1, JSON.stringify(tally(changes)))
        for (const { status, json } of changes) {
          if (status === 200)
            assert.equal((await send('GET', '/api/auth/me', undefined, { authorization: `Bearer ${json.token}` })).status, 401)
        }
      }
      await sys.authAttempts.deleteMany({ all: true })

      // Two changes at once: one knows the password, the other no longer does.
      const current = changes[3]!.status === 204 ? 'plums-over-7-doors' : password
      const both = await times(6, (i) =>
        send('POST', '/api/auth/change-password', { current, password: `pears-${i}-behind-doors` }, bearer),
      )
      only(both, 204, 409, 412, 422, 429, 503)
      assert.ok(of(both, 204) <= 1)

      // What a session may, it may until it ends, and never after that was said.
      const tasks = await times(12, async (i) => {
        if (i === 5) return send('POST', '/api/auth/sign-out', undefined, bearer)
        return send('POST', '/api/tasks', { title: String(i), owner: user.id }, bearer)
      })
      only(tasks, 201, 204, 401, 403, 503)
      assert.equal(await sys.tasks.count(), of(tasks, 201))
      assert.equal((await send('POST', '/api/tasks', { title: 'late', owner: user.id }, bearer)).status, 401)
    })
  })

  test(`${name}: a rule about the row holds for what the row was changed to meanwhile`, async () => {
    await withNodes(async (send, sys) => {
      const signed = await send('POST', '/api/auth/sign-up', { email: 'bo@example.com', password: 'figs-under-9-lamps', as: 'token' })
      const bearer = { authorization: `Bearer ${signed.json.token}` }
      for (let round = 0; round < 5; round++) {
        const { id } = await sys.tasks.create({ title: 'a', owner: signed.json.user.id })
        // As soon as it is closed nobody may change it, so no title is given after that.
        const answers = await times(10, (i) => send('PATCH', `/api/tasks/${id}`, i === 5 ? { open: false } : { title: `t${i}` }, bearer))
        only(answers, 200, 403, 404, 503)
        const { version, open: isOpen } = await sys.tasks.get(id)
        assert.equal(version, 1 + of(answers, 200))
        if (!isOpen) assert.ok(of(answers, 403) + of(answers, 200) + of(answers, 503) === 10)
      }
    })
  })
}
