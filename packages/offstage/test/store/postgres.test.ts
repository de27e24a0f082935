import assert from 'node:assert/strict'
import { test } from 'node:test'
import { follow } from '../../src/migrate/follow.ts'
import { all, by, compare, insert, many, note, notesRegistry, person, query, read } from '../../src/store/contract/notes.ts'
import { Connection } from '../../src/store/postgres/connection.ts'
import { loadDriver } from '../../src/store/postgres/driver.ts'
import { settingsOf } from '../../src/store/postgres/options.ts'
import { numbered } from '../../src/store/postgres/session.ts'
import { openPostgres } from '../../src/store/postgres/store.ts'
import { CheckViolation, UniqueViolation, type Store } from '../../src/store/store.ts'
import { admin, freshSchema, openFresh, url } from './postgres-fixture.ts'

// What is peculiar to PostgreSQL; the numbers are those of the pitfalls that each test keeps shut.

async function opened(parameters = ''): Promise<Store> {
  const store = await openFresh(notesRegistry(), undefined, parameters)
  await follow(store, notesRegistry())
  return store
}

test('the URL says how: our own parameters are read, the driver gets the rest, and secrets are never shown', () => {
  const settings = settingsOf('postgres://ada:geh%40eim@db.example:5433/shop?schema=a%22b&pool=3&statement_timeout=500&application_name=x')
  assert.deepEqual(settings, {
    url: 'postgres://ada:geh%40eim@db.example:5433/shop?application_name=x',
    place: 'postgres://db.example:5433/shop',
    schema: 'a"b',
    pool: 3,
    statementTimeout: 500,
    prepare: true,
    tls: 'prefer',
  })
  for (const [text, tls] of [
    ['postgres://localhost/x', 'none'],
    ['postgres://u:p@127.0.0.1:5432/x', 'none'],
    ['postgres:///x?host=/var/run/postgresql', 'none'],
    ['postgres://db/x?sslmode=disable', 'none'],
    ['postgres://localhost/x?sslmode=require', 'url'],
  ] as const)
    assert.equal(settingsOf(text).tls, tls, text)
  assert.equal(
    settingsOf('postgres://db/x?sslmode=verify-full&sslrootcert=/ca.pem').url,
    'postgres://db/x?uselibpqcompat=true&sslmode=verify-full&sslrootcert=%2Fca.pem',
  )
  // The authorities of the machine are of no use to a mode that asks for none.
  assert.equal(
    settingsOf('postgres://db/x?sslmode=require&sslrootcert=system').url,
    'postgres://db/x?uselibpqcompat=true&sslmode=verify-full',
  )
  for (const wrong of [
    'postgres://db',
    'http://db/x',
    'postgres://db/x?pool=0',
    'postgres://db/x?pool=many',
    'postgres://db/x?prepare=no',
    'postgres://db/x?sslmode=on',
    'postgres://db/x?prepare=false&schema=s',
  ])
    assert.throws(() => settingsOf(wrong), { code: 'configuration' }, wrong)
})

test('a server or database that is not there, or not for us, is named when the app starts', async () => {
  const open = (text: string): Promise<Store> => openPostgres({ registry: notesRegistry(), url: text })
  await assert.rejects(open('postgres://ada:secret@127.0.0.1:1/shop'), (error: any) => {
    assert.equal(error.code, 'unavailable')
    assert.match(error.message, /postgres:\/\/127\.0\.0\.1:1\/shop could not be opened: .*ECONNREFUSED/)
    assert.doesNotMatch(error.message, /secret/)
    return true
  })
  await assert.rejects(open(url.replace(/[^/]*$/, 'no_such_database')), { code: 'configuration', message: /no_such_database/ })
  const name = `o_latin_${process.pid}`
  await admin(`create database ${name} encoding 'LATIN1' locale 'C' template template0`)
  try {
    await assert.rejects(open(url.replace(/[^/]*$/, name)), { code: 'configuration', message: /keeps text as LATIN1.*create database/s })
  } finally {
    await admin(`drop database ${name}`)
  }
})

test('question marks become parameters, but not those in texts, names and comments', () => {
  assert.equal(
    numbered(`select '?', "a?""?", $$?$$, $x$ ? $$ $x$, a -- ?\n, /* ? */ ? where b = ? and c = 'it''s ?'`),
    `select '?', "a?""?", $$?$$, $x$ ? $$ $x$, a -- ?\n, /* ? */ $1 where b = $2 and c = 'it''s ?'`,
  )
})

test('19: a closure that goes on after refusals, or asks for several things at once, gets what it would get elsewhere', async () => {
  const store = await opened()
  const results = await store.transaction(async (tx) => {
    await tx.insert('people', person('p1'))
    const at = await Promise.allSettled(['p2', 'p1', 'p3'].map((id) => tx.insert('people', person(id))))
    await tx.savepoint(async () => {
      await tx.insert('people', person('p4'))
      await assert.rejects(tx.insert('people', person('p4')), UniqueViolation)
      await tx.insert('people', person('p5'))
    })
    assert.equal(await tx.count('people', all), 5)
    return at.map(({ status }) => status)
  })
  assert.deepEqual(results, ['fulfilled', 'rejected', 'fulfilled'])
  assert.equal(await store.count('people', all), 5)
  // Swallowed at the very end, where nothing comes after it that could fail.
  await store.transaction(async (tx) => {
    await tx.insert('people', person('p6'))
    await tx.insert('people', person('p6')).catch(() => {})
  })
  assert.equal(await store.count('people', all), 6)
  await store.close()
})

test('19: transactions that read what the other writes do not both succeed as they are', async () => {
  const store = await opened()
  await insert(store, 'notes', [note('n1', { done: true }), note('n2', { done: true })])
  // Each may be ended only while the other is on: run side by side without care, both would be.
  const both = Promise.withResolvers<void>()
  let [runs, reads] = [0, 0]
  const take = (id: string): Promise<boolean> =>
    store.transaction(
      async (tx) => {
        runs++
        if ((await tx.count('notes', compare('done', true))) < 2) return false
        if (++reads === 2) both.resolve()
        await both.promise
        await tx.update('notes', id, { done: false })
        return true
      },
      { timeout: 60_000 },
    )
  assert.deepEqual((await Promise.all([take('n1'), take('n2')])).toSorted(), [false, true])
  assert.equal(await store.count('notes', compare('done', true)), 1)
  assert.ok(runs >= 3)
  await store.close()
})

test('19: transactions that lock each other out are run again', async () => {
  const store = await opened()
  await insert(store, 'notes', [note('n1'), note('n2')])
  const two = Promise.withResolvers<void>()
  let locked = 0
  const both = (first: string, second: string): Promise<void> =>
    store.transaction(
      async (tx) => {
        await tx.update('notes', first, { views: { increment: 1 } })
        if (++locked === 2) two.resolve()
        await two.promise
        await tx.update('notes', second, { views: { increment: 1 } })
      },
      { timeout: 60_000 },
    )
  await Promise.all([both('n1', 'n2'), both('n2', 'n1'), both('n1', 'n2')])
  assert.deepEqual([await read(store, 'notes', 'n1', 'views'), await read(store, 'notes', 'n2', 'views')], [3, 3])
  await store.close()
})

test('20: neither the zone of the server nor that of this process touches a value', async () => {
  const store = await openFresh(
    notesRegistry(),
    undefined,
    `?options=${encodeURIComponent('-c TimeZone=Asia/Kolkata -c DateStyle=German')}`,
  )
  await follow(store, notesRegistry())
  const rows = [
    note('n1', { due: '2026-03-29T01:30:00.007Z', day: '2026-03-29' }),
    note('n2', { due: '0001-01-01T00:00:00.000Z', day: '0001-01-01' }),
    note('n3', { due: '9999-12-31T23:59:59.999Z', day: '9999-12-31' }),
  ]
  await insert(store, 'notes', rows)
  const asked = query('notes', ['due', 'day'])
  assert.deepEqual(
    (await store.list(asked)).rows,
    rows.map(({ due, day }) => ({ due, day })),
  )
  assert.deepEqual(
    (await store.listText(asked))?.texts,
    rows.map(({ due, day }) => JSON.stringify({ due, day })),
  )
  await store.close()
})

test('22, 23: a plan outlives its table, whatever has changed in it', async () => {
  const schema = await freshSchema()
  const store = await openPostgres({ registry: notesRegistry(), url, schema })
  await follow(store, notesRegistry())
  await insert(store, 'people', [person('p1')])
  const asked = query('people', ['name', 'balance'])
  for (let i = 0; i < 8; i++) assert.equal((await store.list(asked)).rows.length, 1)
  await admin(`alter table "${schema}".people alter column balance type numeric(20,2)`)
  for (let i = 0; i < 8; i++) assert.equal((await store.list(asked)).rows.length, 1)
  await store.transaction(async (tx) => void (await tx.list(asked)))
  await admin(`alter table "${schema}".people alter column balance type numeric(19,2)`)
  await store.transaction(async (tx) => {
    await tx.insert('people', person('p2'))
    assert.equal((await tx.list(asked)).rows.length, 2)
  })
  await store.close()
})

test('23: no more statements are kept prepared than were meant to be, and those that are used stay', async () => {
  const connection = await Connection.open(await loadDriver(), settingsOf(url), 'write')
  for (let i = 0; i < 600; i++) {
    assert.deepEqual(await connection.all('select $1::int + 0', [i]), [[String(i)]])
    assert.deepEqual(await connection.all(`select $1::int + ${i}`, [1]), [[String(i + 1)]])
  }
  const [row] = await connection.all(
    `select count(*), count(*) filter (where statement = 'select $1::int + 0') from pg_prepared_statements`,
    [],
  )
  assert.deepEqual(row, ['250', '1'])
  await connection.end()
})

test('a limit is part of the statement, and each list keeps its own', async () => {
  const store = await opened()
  await insert(store, 'people', [person('p1'), person('p2')])
  await insert(
    store,
    'notes',
    Array.from({ length: 9 }, (_, i) => note(`n${i}`, { owner: i < 5 ? 'p1' : 'p2' })),
  )
  for (const [outer, inner] of [
    [1, 3],
    [2, 3],
    [1, 2],
    [2, 9],
    [1, 3],
  ] as const) {
    const asked = query('people', ['id'], {
      limit: outer,
      where: compare('id', 'p', 'startsWith'),
      include: [many('notes', ['id'], 'notes', { limit: inner, where: compare('views', 0), sort: [by('id')] })],
    })
    const { rows, more } = await store.list(asked)
    assert.deepEqual([rows.length, more], [outer, outer < 2])
    for (const row of rows) assert.equal((row['notes'] as unknown[]).length, Math.min(inner, row['id'] === 'p1' ? 5 : 4))
  }
  await store.close()
})

test('of two sums that leave their limits, the one that does is named', async () => {
  const store = await opened()
  await insert(store, 'notes', [note('n1', { ratio: Number.MAX_VALUE, views: 1 })])
  const change = (views: number): Promise<number> =>
    store.transaction((tx) => tx.update('notes', 'n1', { views: { increment: views }, ratio: { increment: Number.MAX_VALUE } }))
  await assert.rejects(change(1), (error) => error instanceof CheckViolation && error.field === 'ratio')
  assert.equal(await read(store, 'notes', 'n1', 'views'), 1)
  await store.close()
})

test('only one changes the tables at a time, and who waits too long is told', async () => {
  const schema = await freshSchema()
  const stores = await Promise.all([1, 2].map(() => openPostgres({ registry: notesRegistry(), url, schema })))
  let inside = 0
  await Promise.all(
    [...stores, ...stores].map((store) =>
      store.tables.locked(async (session) => {
        assert.equal(++inside, 1)
        assert.deepEqual(await session.all('select ?::int as n, true as b, ?::text as t', [1, 'x']), [{ n: 1, b: true, t: 'x' }])
        inside--
      }),
    ),
  )
  await stores[0]!.tables.locked(async (session) => {
    await assert.rejects(
      stores[1]!.tables.locked(async () => {}, { wait: 100 }),
      { code: 'unavailable' },
    )
    await assert.rejects(
      session.transaction(async () => {
        await session.run('create table gone (a int)')
        throw new Error('no')
      }),
      /no/,
    )
  })
  assert.deepEqual(await stores[1]!.tables.introspect(), [])
  await Promise.all(stores.map((store) => store.close()))
})
