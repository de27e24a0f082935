import assert from 'node:assert/strict'
import { connect, createServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { follow } from '../../src/migrate/follow.ts'
import { all, compare, insert, note, notesRegistry, person, query, read } from '../../src/store/contract/notes.ts'
import { openPostgres } from '../../src/store/postgres/store.ts'
import type { Store } from '../../src/store/store.ts'
import { eventually } from '../eventually.ts'
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

/** Statements that wait for a lock. */
const waiting = async (url: string): Promise<number> =>
  Number(
    (
      await admin(
        `select count(*) as n from pg_stat_activity where datname = current_database() and state = 'active' and wait_event_type = 'Lock'`,
        url,
      )
    )[0].n,
  )

const connections = async (url: string): Promise<number> =>
  Number(
    (await admin(`select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`, url))[0].n,
  )

test('a server that restarts under load: errors only while it is down, then all is well, and no connection leaks', async () => {
  const { store, url } = await fresh()
  await insert(store, 'notes', [note('n1')])
  const failures: { code: string; detail: string }[] = []
  let [answered, inRow] = [0, 0]
  const running = new AbortController()
  const load = Array.from({ length: 24 }, async (_, i) => {
    while (!running.signal.aborted) {
      try {
        if (i % 3 === 0) await store.transaction((tx) => tx.update('notes', 'n1', { done: i % 2 === 0 }), { timeout: 60_000 })
        else if (i % 3 === 1) await store.list(query('notes', ['text']))
        else await store.count('notes', all)
        answered++
        inRow++
      } catch (error) {
        const { code, message } = error as Error & { code: string }
        failures.push({ code, detail: message })
        inRow = 0
        await sleep(5)
      }
    }
  })
  await eventually(() => answered > 100, 'all is well at first')
  assert.deepEqual(failures, [])
  for (let round = 0; round < 2; round++) {
    const before = failures.length
    await server.stop()
    await eventually(() => failures.length > before + 24, 'while it is down, statements fail')
    await server.start()
    // How soon the server is looked for again is counted in the tests of `Door`.
    await eventually(() => inRow >= 200, 'all is well again')
    const [late, good]: [number, number] = [failures.length, answered]
    await eventually(() => answered >= good + 1_000, 'and goes on')
    assert.deepEqual(failures.slice(late), [], 'once all is well it stays so')
  }
  running.abort()
  await Promise.all(load)
  const other = failures.filter(({ code }) => code !== 'unavailable')
  assert.deepEqual(other, [])
  const open = await connections(url)
  assert.ok(open <= 14, `${open} connections`)
  await store.close()
  await eventually(async () => (await connections(url)) === 0, 'no connection is left')
})

test('when every connection is in use, a transaction is refused while they are, and reads are answered meanwhile', async () => {
  const { store } = await fresh('?pool=2')
  let holding = 0
  let release!: () => void
  const held = new Promise<void>((resolve) => (release = resolve))
  const holders = [1, 2].map((i) =>
    store.transaction(
      async (tx) => {
        await tx.insert('people', person(`p${i}`))
        holding++
        await held
      },
      { timeout: 60_000 },
    ),
  )
  await eventually(() => holding === 2, 'both are in use')
  const refused = assert.rejects(
    store.transaction((tx) => tx.insert('people', person('p3'))),
    (error: any) => error.code === 'unavailable' && error.status === 503 && Number(error.headers['retry-after']) > 0,
  )
  for (let i = 0; i < 50; i++) assert.equal(await store.count('people', all), 0)
  await refused
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
  let unlock: (() => void) | undefined
  const locking = other.transaction(
    async (tx) => {
      await tx.listLocked(query('notes', ['id'], { where: compare('id', 'n1') }))
      await new Promise<void>((resolve) => (unlock = resolve))
    },
    { timeout: 60_000 },
  )
  await eventually(() => unlock !== undefined, 'the row is locked')
  // Its time may also be up between two tries to get the lock: then nothing is under way, and it is told so.
  await eventually(async () => {
    const { code } = await store
      .transaction((tx) => tx.update('notes', 'n1', { views: 2 }), { timeout: 200 })
      .then(() => assert.fail('it is locked'))
      .catch((error: unknown) => error as { code: string })
    assert.ok(code === 'timeout' || code === 'unavailable', code)
    return code === 'timeout'
  }, 'one runs over while it waits')
  // With a pool of one, the next transaction shows that the broken one has left.
  await store.transaction((tx) => tx.insert('notes', note('n2')))
  await eventually(async () => (await waiting(url)) === 0, 'what waited is given up')
  unlock!()
  await locking
  assert.equal(await read(store, 'notes', 'n1', 'views'), 1)
  await Promise.all([store.close(), other.close()])
})

test('a statement that takes too long is ended, and those beside it are answered', async () => {
  const { store, url } = await fresh('?statement_timeout=120000')
  await insert(store, 'people', [person('p1')])
  // A lock on the table makes every statement on it slow.
  const holder = new Client(url)
  await holder.connect()
  await holder.query('begin; lock table people in access exclusive mode')
  let answered = false
  const slow = store.count('people', all).finally(() => (answered = true))
  await eventually(async () => (await waiting(url)) === 1, 'it waits for the lock')
  // After 50 ms it counts as slow.
  await sleep(60)
  for (let i = 0; i < 40; i++) assert.equal(await store.count('notes', all), 0)
  assert.equal(answered, false, 'others were not held up')
  const hasty = await openPostgres({ registry: notesRegistry(), url: `${url}?statement_timeout=300` })
  await assert.rejects(hasty.count('people', all), { code: 'timeout' })
  assert.equal(answered, false, 'it is not the lock that has gone')
  await holder.query('rollback')
  await holder.end()
  assert.equal(await slow, 1)
  await Promise.all([store.close(), hasty.close()])
})

test('a server that says nothing any more is given up', async () => {
  const { store, url } = await fresh()
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
  const behind = await openPostgres({ registry: notesRegistry(), url: `${target.href}?statement_timeout=1000` })
  assert.equal(await behind.count('people', all), 0)
  silent = true
  await assert.rejects(behind.count('people', all), { status: 503 })
  silent = false
  await eventually(
    () =>
      behind.count('people', all).then(
        () => true,
        () => false,
      ),
    'it is found again',
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
  await eventually(async () => (await connections(url)) === 0, 'they have ended')
  assert.equal(await store.count('people', all), 1)
  await store.transaction((tx) => tx.insert('people', person('p2')))
  await assert.rejects(
    store.transaction(
      async (tx) => {
        await tx.insert('people', person('p3'))
        await admin(end, url)
        await tx.insert('people', person('p4'))
      },
      { timeout: 60_000 },
    ),
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
  const { store, url } = await fresh('?prepare=false&statement_timeout=1000')
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
