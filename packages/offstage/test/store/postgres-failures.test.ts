import assert from 'node:assert/strict'
import { connect, createServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { follow } from '../../src/migrate/follow.ts'
import { all, compare, insert, note, notesRegistry, person, query, read } from '../../src/store/contract/notes.ts'
import { openPostgres } from '../../src/store/postgres/store.ts'
import type { Store } from '../../src/store/store.ts'
import { admin } from './postgres-fixture.ts'
import { ownServer, type OwnServer } from './postgres-server.ts'

// What happens when the server or the way to it fails.

let server: OwnServer
before(async () => {
  server = await ownServer()
})
after(() => server.remove())

let databases = 0

async function fresh(
  parameters = '',
  more: { replicas?: string[]; warn?: (message: string) => void } = {},
): Promise<{ store: Store; url: string }> {
  const name = `d${++databases}`
  await admin(`create database ${name}`, server.url)
  const url = server.url.replace(/[^/]*$/, name)
  const store = await openPostgres({ registry: notesRegistry(), url: `${url}${parameters}`, ...more })
  await follow(store, notesRegistry())
  return { store, url }
}

const connections = async (url: string): Promise<number> =>
  Number(
    (await admin(`select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`, url))[0].n,
  )

/** Until it holds, within some seconds. */
async function soon(test: () => Promise<boolean>, ms = 3_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await test())) {
    assert.ok(performance.now() < end, `not within ${ms} ms`)
    await sleep(20)
  }
}

test('a server that restarts under load: errors only while it is down, then all is well, and no connection leaks', async () => {
  const { store, url } = await fresh()
  await insert(store, 'notes', [note('n1')])
  const failures: { at: number; code: string; detail: string }[] = []
  let answered = 0
  let lastGood = 0
  const running = new AbortController()
  const load = Array.from({ length: 24 }, async (_, i) => {
    while (!running.signal.aborted) {
      try {
        if (i % 3 === 0) await store.transaction((tx) => tx.update('notes', 'n1', { done: i % 2 === 0 }), { timeout: 2_000 })
        else if (i % 3 === 1) await store.list(query('notes', ['text']))
        else await store.count('notes', all)
        answered++
        lastGood = performance.now()
      } catch (error) {
        const { code, message } = error as Error & { code: string }
        failures.push({ at: performance.now(), code, detail: message })
        await sleep(5)
      }
    }
  })
  await sleep(300)
  for (let round = 0; round < 2; round++) {
    const stopped = performance.now()
    await server.stop()
    await sleep(400)
    assert.ok(
      failures.some(({ at }) => at > stopped),
      'while it is down, statements fail',
    )
    await server.start()
    const started = performance.now()
    await sleep(2_500)
    const late = failures.filter(({ at }) => at > started + 2_000)
    assert.deepEqual(late, [], 'all is well after two seconds')
    assert.ok(lastGood > performance.now() - 500)
  }
  running.abort()
  await Promise.all(load)
  assert.ok(answered > 100)
  const other = failures.filter(({ code }) => code !== 'unavailable')
  assert.deepEqual(other, [])
  const open = await connections(url)
  assert.ok(open <= 14, `${open} connections`)
  await store.close()
  await soon(async () => (await connections(url)) === 0)
})

test('when every connection is in use, a transaction is refused within two seconds, and reads are answered meanwhile', async () => {
  const { store } = await fresh('?pool=2')
  let release!: () => void
  const held = new Promise<void>((resolve) => (release = resolve))
  const holders = [1, 2].map((i) =>
    store.transaction(
      async (tx) => {
        await tx.insert('people', person(`p${i}`))
        await held
      },
      { timeout: 10_000 },
    ),
  )
  await sleep(50)
  const started = performance.now()
  const refused = assert.rejects(
    store.transaction((tx) => tx.insert('people', person('p3'))),
    (error: any) => error.code === 'unavailable' && error.status === 503 && Number(error.headers['retry-after']) > 0,
  )
  for (let i = 0; i < 50; i++) assert.equal(await store.count('people', all), 0)
  await refused
  assert.ok(performance.now() - started < 2_100)
  release()
  await Promise.all(holders)
  assert.equal(await store.count('people', all), 2)
  await store.transaction((tx) => tx.insert('people', person('p3')))
  await store.close()
})

test('a connection whose transaction ran over is not used again, and what it waited for is given up', async () => {
  const { store, url } = await fresh('?pool=1')
  await insert(store, 'notes', [note('n1', { views: 1 })])
  const other = await openPostgres({ registry: notesRegistry(), url })
  let unlock!: () => void
  const locking = other.transaction(
    async (tx) => {
      await tx.listLocked(query('notes', ['id'], { where: compare('id', 'n1') }))
      await new Promise<void>((resolve) => (unlock = resolve))
    },
    { timeout: 10_000 },
  )
  await sleep(100)
  await assert.rejects(
    store.transaction((tx) => tx.update('notes', 'n1', { views: 2 }), { timeout: 200 }),
    { code: 'timeout' },
  )
  // With a pool of one, the next transaction shows that the broken one has left.
  await store.transaction((tx) => tx.insert('notes', note('n2')))
  await soon(async () => {
    const [row] = await admin(
      `select count(*) as n from pg_stat_activity where datname = current_database() and state = 'active' and wait_event_type = 'Lock'`,
      url,
    )
    return row.n === '0'
  })
  unlock()
  await locking
  assert.equal(await read(store, 'notes', 'n1', 'views'), 1)
  await Promise.all([store.close(), other.close()])
})

test('a statement that takes too long is ended, and those beside it are answered', async () => {
  const { store, url } = await fresh('?statement_timeout=300')
  await insert(store, 'people', [person('p1')])
  // A lock on the table makes every statement on it slow.
  const holder = new Client(url)
  await holder.connect()
  await holder.query('begin; lock table people in access exclusive mode')
  const started = performance.now()
  const slow = assert.rejects(store.count('people', all), { code: 'timeout' })
  await sleep(60)
  for (let i = 0; i < 40; i++) assert.equal(await store.count('notes', all), 0)
  assert.ok(performance.now() - started < 290, 'others were not held up')
  await slow
  assert.ok(performance.now() - started < 1_500)
  await holder.query('rollback')
  await holder.end()
  assert.equal(await store.count('people', all), 1)
  await store.close()
})

test('a server that says nothing any more is given up', async () => {
  const { store, url } = await fresh('?statement_timeout=300')
  await store.count('people', all)
  const target = new URL(url)
  const port = Number(target.port)
  let silent = false
  const sockets: Socket[] = []
  const proxy = createServer((socket) => {
    const upstream = connect(port, target.hostname)
    sockets.push(socket, upstream)
    socket.on('data', (data) => void (silent || upstream.write(data)))
    upstream.on('data', (data) => void (silent || socket.write(data)))
    socket.on('close', () => upstream.destroy())
    for (const one of [socket, upstream]) one.on('error', () => {})
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  target.port = String((proxy.address() as { port: number }).port)
  const behind = await openPostgres({ registry: notesRegistry(), url: `${target.href}?statement_timeout=300` })
  assert.equal(await behind.count('people', all), 0)
  silent = true
  await assert.rejects(behind.count('people', all), { status: 503 })
  silent = false
  await soon(
    () =>
      behind.count('people', all).then(
        () => true,
        () => false,
      ),
    7_000,
  )
  await behind.transaction((tx) => tx.insert('people', person('p1')))
  await Promise.all([behind.close(), store.close()])
  for (const socket of sockets) socket.destroy()
  proxy.close()
})

test('connections that are ended from outside are replaced, and transactions are undone whole', async () => {
  const { store, url } = await fresh()
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
  await insert(store, 'people', [person('p1')])
  await admin(end, url)
  await sleep(50)
  assert.equal(await store.count('people', all), 1)
  await store.transaction((tx) => tx.insert('people', person('p2')))
  await assert.rejects(
    store.transaction(async (tx) => {
      await tx.insert('people', person('p3'))
      await admin(end, url)
      await tx.insert('people', person('p4'))
    }),
    { code: 'unavailable' },
  )
  assert.equal(await store.count('people', all), 2)
  await store.close()
})

test('a replica that does not answer is passed over, with one warning', async () => {
  const warnings: string[] = []
  const { store } = await fresh('', {
    replicas: ['postgres://postgres:secret@127.0.0.1:1/nowhere'],
    warn: (message) => warnings.push(message),
  })
  await insert(store, 'people', [person('p1')])
  for (let i = 0; i < 5; i++) assert.equal(await store.behind.count('people', all), 1)
  assert.equal(warnings.length, 1)
  assert.match(warnings[0]!, /replica postgres:\/\/127\.0\.0\.1:1\/nowhere did not answer/)
  await store.close()
})

test('a replica answers what may be a moment behind', async () => {
  const first = await fresh()
  const { store } = await fresh('', { replicas: [first.url] })
  await insert(first.store, 'people', [person('p1')])
  assert.deepEqual([await store.count('people', all), await store.behind.count('people', all)], [0, 1])
  await Promise.all([store.close(), first.store.close()])
})

test('behind PgBouncer nothing is prepared, and the rest is the same', async () => {
  const { store, url } = await fresh('?prepare=false&statement_timeout=200')
  await insert(store, 'people', [person('p1')])
  await assert.rejects(insert(store, 'people', [person('p1')]))
  assert.equal(await read(store, 'people', 'p1', 'name'), 'p1')
  const holder = new Client(url)
  await holder.connect()
  await holder.query('begin; lock table people in access exclusive mode')
  await assert.rejects(store.count('people', all), { code: 'timeout' })
  await holder.query('rollback')
  await holder.end()
  assert.equal(await store.count('people', all), 1)
  await store.close()
})
