// What only MySQL and MariaDB can get wrong: connections that run out, break or wait, and answers that do not fit.

import assert from 'node:assert/strict'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { many, all, compare, insert, note, notesRegistry, person, query, read } from '../../src/store/contract/notes.ts'
import mysql from 'mysql2/promise'
import { settingsOf } from '../../src/store/mysql/options.ts'
import { openMysql } from '../../src/store/mysql/store.ts'
import type { Store } from '../../src/store/store.ts'
import { eventually } from '../eventually.ts'
import { crowd } from '../retrying.ts'
import { admin, freshUrl, openFresh } from './mysql-fixture.ts'

/** A way to the server that can be cut and mended. */
async function openRoad(to: URL): Promise<{ url: string; readonly roads: number; open(): Promise<void>; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const gate = createServer((socket) => {
    const far = connect(Number(to.port || 3306), to.hostname)
    sockets.add(socket)
    socket.pipe(far).pipe(socket)
    for (const [one, other] of [
      [socket, far],
      [far, socket],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => (other.destroy(), sockets.delete(socket)))
    }
  })
  let port = 0
  const open = (): Promise<void> =>
    new Promise((resolve) => {
      gate.listen(port, '127.0.0.1', () => {
        port = (gate.address() as AddressInfo).port
        resolve()
      })
    })
  await open()
  const url = new URL(to)
  url.host = `127.0.0.1:${port}`
  return {
    url: url.href,
    get roads() {
      return sockets.size
    },
    open,
    close: () =>
      new Promise<void>((resolve) => {
        gate.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

describe('MySQL', { timeout: 300_000 }, () => {
  test('when all connections are in use, others are told to come back while they are, and reads answer', async () => {
    const store = await openFresh(notesRegistry(), undefined, '?pool=2')
    const release = Promise.withResolvers<void>()
    let using = 0
    const busy = [1, 2].map(() =>
      store.transaction(
        async (tx) => {
          await tx.count('people', all)
          using++
          await release.promise
        },
        { timeout: 60_000 },
      ),
    )
    await eventually(() => using === 2, 'all connections are in use')
    const late = assert.rejects(
      store.transaction((tx) => tx.insert('people', person('p1'))),
      ({ code, status, headers }: any) => {
        assert.deepEqual({ code, status, headers }, { code: 'unavailable', status: 503, headers: { 'retry-after': '1' } })
        return true
      },
    )
    assert.deepEqual((await store.list(query('people', ['id']))).rows, [])
    await late
    release.resolve()
    await Promise.all(busy)
    await insert(store, 'people', [person('p1')])
    await store.close()
  })

  test('a transaction that waits for a lock over its time frees what it had locked itself', async () => {
    const store = await openFresh(notesRegistry())
    await insert(store, 'people', [person('p1'), person('p2')])
    let leave: (() => void) | undefined
    const holds = store.transaction(
      async (tx) => {
        await tx.update('people', 'p1', { name: 'held' })
        await new Promise<void>((resolve) => (leave = resolve))
      },
      { timeout: 60_000 },
    )
    await eventually(() => leave !== undefined, 'it is locked')
    const waits = store.transaction(
      async (tx) => {
        await tx.update('people', 'p2', { name: 'lost' })
        await tx.update('people', 'p1', { name: 'lost' })
      },
      { timeout: 300 },
    )
    await assert.rejects(waits, { code: 'timeout' })
    // `p1` is still held: were `p2` too, this would not come to its end.
    await store.transaction((tx) => tx.update('people', 'p2', { name: 'free' }), { timeout: 20_000 })
    leave!()
    await holds
    assert.deepEqual((await store.list(query('people', ['name']))).rows, [{ name: 'held' }, { name: 'free' }])
    await store.close()
  })

  test('writers that read the same rows and then write them all succeed, and none is lost', async () => {
    const store = await openFresh(notesRegistry())
    await insert(store, 'notes', [note('a'), note('b')])
    let runs = 0
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        store.transaction(
          async (tx) => {
            runs++
            for (const id of i % 2 === 0 ? ['a', 'b'] : ['b', 'a']) {
              const { rows } = await tx.list(query('notes', ['views'], { where: compare('id', id) }))
              await tx.update('notes', id, { views: (rows[0]!['views'] as number) + 1 })
            }
          },
          { timeout: 60_000 },
        ),
      ),
    )
    assert.ok(runs > 30, 'some met others')
    assert.deepEqual([await read(store, 'notes', 'a', 'views'), await read(store, 'notes', 'b', 'views')], [30, 30])
    await store.close()
  })

  test('whoever has to begin again goes before those who came later', async () => {
    const store = await openFresh(notesRegistry(), undefined, '?pool=2')
    await insert(store, 'notes', [note('a')])
    const both = Promise.withResolvers<void>()
    let runs = 0
    const meets = (): Promise<void> =>
      store.transaction(
        async (tx) => {
          runs++
          const { rows } = await tx.list(query('notes', ['views'], { where: compare('id', 'a') }))
          if (runs === 2) both.resolve()
          await both.promise
          await tx.update('notes', 'a', { views: (rows[0]!['views'] as number) + 1 })
        },
        { timeout: 60_000 },
      )
    const met = Promise.all([meets(), meets()])
    // Each of these keeps the connection that it gets until both are done: were it their turn first, that would never be.
    const others = crowd(4, () => store.transaction(() => met, { timeout: 60_000 }))
    await met
    await Promise.all(others)
    assert.ok(runs > 2, 'they met')
    assert.equal(await read(store, 'notes', 'a', 'views'), 2)
    await store.close()
  })

  test('a wait for what others have locked ends in time, and the caller is told when to come back', async () => {
    const store = await openFresh(notesRegistry())
    await insert(store, 'notes', [note('a')])
    let leave: (() => void) | undefined
    const holder = store.transaction(
      async (tx) => {
        await tx.update('notes', 'a', { views: 1 })
        await new Promise<void>((resolve) => (leave = resolve))
      },
      { timeout: 60_000 },
    )
    await eventually(() => leave !== undefined, 'it is locked')
    await assert.rejects(
      store.transaction((tx) => tx.update('notes', 'a', { views: 2 })),
      ({ status, headers }: any) => {
        assert.deepEqual({ status, headers }, { status: 503, headers: { 'retry-after': '1' } })
        return true
      },
    )
    leave!()
    await holder
    assert.equal(await read(store, 'notes', 'a', 'views'), 1)
    await store.close()
  })

  test('an answer longer than the server puts together is refused, never cut', async () => {
    const store = await openFresh(notesRegistry(), undefined, '?statement_timeout=60000')
    const [[packet]] = (await admin('select @@max_allowed_packet')) as [[number]]
    const size = 1_000_000
    await insert(store, 'people', [person('p1')])
    const count = Math.ceil(packet / size) + 1
    for (let i = 0; i < count; i++) await insert(store, 'notes', [note(`n${i}`, { owner: 'p1', text: 'x'.repeat(size) })])
    const asked = (limit: number) => query('people', ['id'], { include: [many('notes', ['text'], 'notes', { limit })] })
    for (const ask of [store.list, store.listText]) {
      await assert.rejects(ask(asked(count)), { code: 'too_many_rows' })
      assert.ok(await ask(asked(2)))
    }
    await store.close()
  })

  test('long texts that begin alike are sorted whole, and come whole out of lists', async () => {
    const store = await openFresh(notesRegistry(), undefined, '?statement_timeout=60000')
    await insert(store, 'people', [person('p1')])
    const texts = ['a', 'c', 'b'].map((end) => '\u0001"\\'.repeat(10_000) + end)
    await insert(
      store,
      'notes',
      texts.map((text, i) => note(`n${i}`, { text, owner: 'p1' })),
    )
    const sort = [
      { term: { through: [], field: 'text' }, desc: false },
      { term: { through: [], field: 'id' }, desc: false },
    ]
    const { rows } = await store.list(query('notes', ['text'], { sort }))
    assert.deepEqual(
      rows.map((row) => row['text']),
      texts.toSorted(),
    )
    const [owner] = (await store.list(query('people', [], { include: [many('notes', ['text'], 'notes', { sort })] }))).rows
    assert.deepEqual(owner!['notes'], rows)
    await store.close()
  })

  test('a read that takes too long is ended by the server', async () => {
    const store = await openFresh(notesRegistry(), 'slow', '?statement_timeout=1000')
    await insert(store, 'people', [person('p1')])
    // Whoever reads waits for the lock.
    const holder = await mysql.createConnection((await freshUrl('slow')).replace(/^mariadb:/, 'mysql:'))
    await holder.query('lock tables people write')
    await assert.rejects(store.count('people', all), { code: 'timeout' })
    await holder.query('unlock tables')
    await holder.end()
    assert.equal(await store.count('people', all), 1)
    await store.close()
  })

  test('connections that the server ends are replaced, and none is left behind', async () => {
    const name = `ended${process.pid}`
    const store = await openFresh(notesRegistry(), name, '?pool=4')
    const connections = async (): Promise<number[]> =>
      (await admin(`select id from information_schema.processlist where db like '%\\_${name}'`)).map(([id]) => Number(id))
    const work = (): Promise<unknown[]> =>
      Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          i % 2 === 0
            ? store.count('people', all)
            : store.transaction((tx) => tx.update('people', 'p1', { name: `${i}` }), { timeout: 60_000 }),
        ),
      )
    await insert(store, 'people', [person('p1')])
    await work()
    const before = await connections()
    assert.ok(before.length <= 6, `${before.length}`)
    for (const id of before) await admin(`kill ${id}`).catch(() => {})
    await eventually(async () => (await connections()).length === 0, 'they have ended')
    await work()
    const after = await connections()
    assert.ok(after.length > 0 && after.length <= 6 && after.every((id) => !before.includes(id)))
    const broken = store.transaction(
      async (tx) => {
        await tx.insert('people', person('p2'))
        for (const id of await connections()) await admin(`kill ${id}`).catch(() => {})
        await tx.insert('people', person('p3'))
      },
      { timeout: 60_000 },
    )
    await assert.rejects(broken, { code: 'unavailable' })
    assert.equal(await store.count('people', all), 1)
    await store.close()
    await eventually(async () => (await connections()).length === 0, 'no connection is left')
  })

  test('errors last while the server is away, then all is well, and no connection is left behind', async () => {
    const name = `away${process.pid}`
    const near = await openFresh(notesRegistry(), name)
    await insert(near, 'people', [person('p1')])
    const url = new URL(await freshUrl(name))
    const road = await openRoad(url)
    const store = await openMysql({ registry: notesRegistry(), url: road.url })
    const failures: string[] = []
    const stop = new AbortController()
    let [answered, inRow] = [0, 0]
    const work = async (i: number): Promise<void> => {
      while (!stop.signal.aborted) {
        try {
          if (i % 2 === 0) await store.count('people', all)
          else await store.transaction((tx) => tx.update('people', 'p1', { version: { increment: 1 } }), { timeout: 60_000 })
          answered++
          inRow++
        } catch (error) {
          failures.push((error as { code: string }).code)
          inRow = 0
        }
        await sleep(5)
      }
    }
    const workers = Promise.all(Array.from({ length: 12 }, (_, i) => work(i)))
    await eventually(() => answered > 100, 'all is well at first')
    assert.deepEqual(failures, [])
    await road.close()
    await eventually(() => failures.length > 24, 'while it is away, statements fail')
    await road.open()
    // How soon the server is looked for again is counted in the tests of `Door`.
    await eventually(() => inRow >= 100, 'all is well again')
    const [late, good] = [failures.length, answered]
    await eventually(() => answered >= good + 500, 'and goes on')
    stop.abort()
    await workers
    assert.deepEqual([failures.slice(late), new Set(failures)], [[], new Set(['unavailable'])])
    assert.ok(road.roads <= 15, `${road.roads}`)
    await store.close()
    await eventually(() => road.roads === 0, 'no connection is left')
    await road.close()
    await near.close()
  })

  test('reads that may be behind go to a replica, and to the primary while that does not answer', async () => {
    const [primary, replica] = [await openFresh(notesRegistry(), 'primary'), await openFresh(notesRegistry(), 'replica')]
    await insert(replica, 'people', [person('r1'), person('r2')])
    const warnings: string[] = []
    const open = (url: string): Promise<Store> =>
      freshUrl('primary').then((one) =>
        openMysql({ registry: notesRegistry(), url: one, replicas: [url], warn: (message) => warnings.push(message) }),
      )
    const near = await open(await freshUrl('replica'))
    assert.deepEqual([await near.count('people', all), await near.behind.count('people', all)], [0, 2])
    const away = await open('mysql://root@127.0.0.1:1/nothing')
    assert.equal(await away.behind.count('people', all), 0)
    assert.equal(warnings.length, 1)
    assert.match(warnings[0]!, /replica mysql:\/\/127\.0\.0\.1:1\/nothing/)
    for (const store of [primary, replica, near, away]) await store.close()
  })

  test('who changes the tables is alone, and waits no longer than told', async () => {
    const store = await openFresh(notesRegistry())
    const order: string[] = []
    const release = Promise.withResolvers<void>()
    const first = store.tables.locked(async (session) => {
      order.push('first')
      await release.promise
      assert.deepEqual(await session.all('select ? as a, 2 as b', ['x']), [{ a: 'x', b: 2 }])
      order.push('done')
    })
    await eventually(() => order.length === 1, 'the first is at it')
    await assert.rejects(
      store.tables.locked(async () => {}, { wait: 0 }),
      { code: 'unavailable', message: /Another process/ },
    )
    const second = store.tables.locked(async (session) => {
      order.push('second')
      await assert.rejects(
        session.transaction(async () => {
          await session.run(`insert into people (id, createdAt, updatedAt, version, name) values ('x', now(3), now(3), 1, 'x')`)
          throw new Error('no')
        }),
        /no/,
      )
      assert.equal(await session.run(`update people set name = 'y'`), 0)
    })
    await sleep(50)
    release.resolve()
    await Promise.all([first, second])
    assert.deepEqual(order, ['first', 'done', 'second'])
    await store.close()
  })

  test('who looks at the tables of one database does not wait for what is done in another', async () => {
    const store = await openFresh(notesRegistry())
    const other = new URL(await freshUrl())
    const changing = await mysql.createConnection(other.href.replace(/^mariadb:/, 'mysql:'))
    try {
      await changing.query('create table big (id int primary key)')
      await changing.query('lock tables big write')
      assert.ok((await store.tables.introspect()).some(({ name }) => name === 'notes'))
    } finally {
      await changing.end()
      await store.close()
    }
  })
})

test('the URL of the database is read, and what is wrong with it is said', () => {
  const read = settingsOf('mariadb://me:p%40ss@db.example:3307/shop?ssl=verify&pool=3&statement_timeout=900')
  assert.deepEqual(
    { ...read },
    {
      host: 'db.example',
      port: 3307,
      user: 'me',
      password: 'p@ss',
      database: 'shop',
      socketPath: undefined,
      place: 'mariadb://db.example:3307/shop',
      pool: 3,
      statementTimeout: 900,
      ssl: { rejectUnauthorized: true, verifyIdentity: true },
      preferTls: false,
    },
  )
  assert.equal(settingsOf('mysql://root@localhost/a').ssl, undefined)
  assert.deepEqual(settingsOf('mysql://root@db.example/a').ssl, { rejectUnauthorized: false })
  for (const [url, says] of [
    ['postgres://localhost/a', /URL of a MySQL/],
    ['mysql://localhost', /URL of a MySQL/],
    ['mysql://localhost/a?ssl=maybe', /expected one of off/],
    ['mysql://localhost/a?pool=0', /from 1 to 1000/],
    ['mysql://localhost/a?polo=1', /'polo'.*not known/],
    ['mysql://localhost/a?sslca=/nowhere.pem', /cannot be read/],
  ] as const) {
    assert.throws(() => settingsOf(url), { code: 'configuration', message: says }, url)
  }
})
