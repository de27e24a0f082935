import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { follow } from '../../src/migrate/follow.ts'
import { all, compare, insert, note, notesRegistry, person, query } from '../../src/store/contract/notes.ts'
import { Connection } from '../../src/store/sqlite/connection.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { Models } from '../../src/store/sql/model.ts'
import { Plans } from '../../src/store/sql/reads.ts'
import { openSqlite } from '../../src/store/sqlite/store.ts'
import { Writer } from '../../src/store/sqlite/writer.ts'
import type { Store } from '../../src/store/store.ts'

// What is peculiar to SQLite; the numbers are those of the pitfalls that each test keeps shut.

const folder = mkdtempSync(join(tmpdir(), 'offstage-sqlite-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const file = (): string => join(folder, `${++files}.db`)

async function opened(path = file()): Promise<Store> {
  const store = await openSqlite({ registry: notesRegistry(), file: path })
  await follow(store, notesRegistry())
  return store
}

/** The writer alone, with its connection in hand. Its time stands still, unless it is moved on. */
async function writer(
  warn?: (message: string) => void,
): Promise<{ connection: Connection; writer: Writer; commits: () => number; clock: { now: number } }> {
  const path = file()
  await (await opened(path)).close()
  const connection = new Connection({ file: path, readOnly: false, synchronous: 'full' })
  const models = new Models(notesRegistry(), sqliteDialect)
  let commits = 0
  const run = connection.run.bind(connection)
  connection.run = (sql, values) => {
    if (sql === 'commit') commits++
    return run(sql, values)
  }
  const clock = { now: 0 }
  const one = new Writer(new Plans(models), connection, { durable: true, warn, now: () => clock.now })
  return { connection, writer: one, commits: () => commits, clock }
}

test('1: while another process holds the lock, this one waits without stopping, and reads go on', async () => {
  const path = file()
  const store = await opened(path)
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  let written = false
  const write = insert(store, 'people', [person('p1')]).then(() => (written = true))
  // Were it stopped by the wait, it would come to the commit only when the wait has been given up.
  for (let turns = 0; turns < 10; turns++) await sleep(5)
  assert.deepEqual([await store.count('people', all), written], [0, false])
  other.exec('commit')
  await write
  assert.equal(await store.count('people', all), 1)
  other.close()
  await store.close()
})

test('2: a transaction that reads before it writes cannot be overtaken by another process', async () => {
  const path = file()
  const store = await opened(path)
  const other = new DatabaseSync(path, { timeout: 0 })
  await store.transaction(async (tx) => {
    await tx.list(query('people', ['id']))
    assert.throws(() => other.exec('begin immediate'), /locked/)
    await tx.insert('people', person('p1'))
  })
  other.close()
  await store.close()
})

test('3, 4, 5: every value is encoded: no parameter is missing, and no whole number becomes a double', async () => {
  const path = file()
  const store = await opened(path)
  await insert(store, 'people', [person('p1', { balance: '1.50' })])
  await insert(store, 'notes', [note('n1', { views: 7, done: true, meta: { at: 1 }, stars: 2 })])
  const db = new DatabaseSync(path)
  assert.deepEqual(
    { ...db.prepare('select typeof(views) v, typeof(done) d, typeof(meta) m, typeof(ratio) r, stars s from notes').get() },
    { v: 'integer', d: 'integer', m: 'text', r: 'null', s: 2 },
  )
  assert.deepEqual({ ...db.prepare('select balance b, typeof(balance) t from people').get() }, { b: 150, t: 'integer' })
  db.close()
  await store.close()
})

test('10, 12: tables are STRICT, commits reach the disk, and references are checked on every connection', async () => {
  const { connection } = await writer()
  const one = (sql: string): unknown => connection.all(sql, [])[0]![0]
  assert.deepEqual(
    [one('pragma journal_mode'), one('pragma synchronous'), one('pragma foreign_keys'), one('pragma busy_timeout')],
    ['wal', 2, 1, 0],
  )
  assert.deepEqual(
    connection.all(
      `select count(*) from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%' and strict = 0`,
      [],
    ),
    [[0]],
  )
  assert.throws(() => connection.exec('insert into notes (id) values (zeroblob(3))'))
  connection.close()
})

test('writes that wait together share one flush to disk, and each is acknowledged after it', async () => {
  const { writer: one, commits, connection } = await writer()
  await Promise.all(
    Array.from({ length: 32 }, (_, i) =>
      one
        .transaction(async (tx) => {
          await tx.insert('people', person(`p${i}`))
          if (i % 8 === 0) throw new Error('no')
        })
        .then(
          () => assert.ok(!connection.db.isTransaction, 'committed before it is told'),
          (error: Error) => assert.equal(error.message, 'no'),
        ),
    ),
  )
  assert.equal(commits(), 1)
  await one.close()
  connection.close()
})

test('a group ends when it has taken 20 ms: its first does not wait for ever for those who come', async () => {
  const { writer: one, commits, connection, clock } = await writer()
  const after: number[] = []
  await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      one
        .transaction(async (tx) => {
          await tx.insert('people', person(`p${i}`))
          clock.now += 10
        })
        .then(() => after.push(commits())),
    ),
  )
  assert.deepEqual(after, [1, 1, 1, 2, 2, 2])
  await one.close()
  connection.close()
})

test('when the shared transaction is lost, everyone in it is told 503 and nothing of it stays', async () => {
  const { writer: one, connection } = await writer()
  connection.exec(`pragma max_page_count = ${Number(connection.all('pragma page_count', [])[0]![0]) + 4}`)
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, (_, i) =>
      one.transaction((tx) => tx.insert('people', person(`p${i}`, { name: 'x'.repeat(i === 3 ? 60_000 : 10) }))),
    ),
  )
  const codes = results.map((result) => (result.status === 'fulfilled' ? 'done' : (result.reason as { code: string }).code))
  assert.equal(codes[3], 'unavailable')
  const there = Number(connection.all('select count(*) from people', [])[0]![0])
  assert.equal(there, codes.filter((code) => code === 'done').length, codes.join())
  connection.exec('pragma max_page_count = 1000000')
  await one.transaction((tx) => tx.insert('people', person('after')))
  await one.close()
  connection.close()
})

test('when the commit fails, everyone is told 503 and the next group starts afresh', async () => {
  const { writer: one, connection } = await writer()
  const run = connection.run
  connection.run = (sql, values) => {
    if (sql === 'commit') throw Object.assign(new Error('disk I/O error'), { errcode: 10 })
    return run(sql, values)
  }
  const results = await Promise.allSettled(
    [1, 2, 3].map((i) =>
      one.transaction(async (tx) => {
        await tx.insert('people', person(`p${i}`))
        if (i === 2) throw new Error('mine')
      }),
    ),
  )
  assert.deepEqual(
    results.map((result) => (result as PromiseRejectedResult).reason.code),
    ['unavailable', 'unavailable', 'unavailable'],
  )
  connection.run = run
  assert.deepEqual(connection.all('select count(*) from people', []), [[0]])
  await one.transaction((tx) => tx.insert('people', person('p1')))
  await one.close()
  connection.close()
})

test('a transaction that holds the writer for long is named to the developer', async () => {
  const said: string[] = []
  const { writer: one, connection, clock } = await writer((message) => said.push(message))
  for (const milliseconds of [100, 101]) await one.transaction(async () => void (clock.now += milliseconds))
  assert.deepEqual(
    said.map((message) => /held the database's one writer for \d+ ms/.exec(message)?.[0]),
    ["held the database's one writer for 101 ms"],
  )
  await one.close()
  connection.close()
  const store = await openSqlite({ registry: notesRegistry(), file: ':memory:', warn: (message) => said.push(message) })
  await follow(store, notesRegistry())
  await store.transaction(() => sleep(110))
  assert.equal(said.length, 2)
  await store.close()
})

test('a database for a test is a file of its own, gone when it is closed', async () => {
  const stores = await Promise.all([0, 1].map(() => openSqlite({ registry: notesRegistry(), file: ':memory:' })))
  for (const store of stores) await follow(store, notesRegistry())
  await insert(stores[0]!, 'people', [person('p1')])
  assert.deepEqual(await Promise.all(stores.map((store) => store.count('people', all))), [1, 0])
  for (const store of stores) await store.close()
})

test('a list by an index neither sorts nor scans, and finds rows before it shows them', async () => {
  const path = file()
  const store = await opened(path)
  const seen: string[] = []
  const db = new DatabaseSync(path)
  const prepare = DatabaseSync.prototype.prepare
  DatabaseSync.prototype.prepare = function (sql, ...rest) {
    seen.push(sql)
    return prepare.call(this, sql, ...rest)
  }
  try {
    await store.list(
      query('notes', ['id', 'text'], {
        where: compare('owner', 'p1'),
        after: ['n5'],
        include: [{ kind: 'one', as: 'owner', field: 'owner', shape: query('people', ['name']) }],
      }),
    )
    await store.list(query('notes', ['id'], { where: compare('text', 'x', 'startsWith') }))
  } finally {
    DatabaseSync.prototype.prepare = prepare
  }
  const plan = (sql: string): string =>
    db
      .prepare(`explain query plan ${sql}`)
      .all(...Array.from(sql.matchAll(/\?/g), () => 1))
      .map((row) => row['detail'])
      .join('\n')
  const [list = ''] = seen.map(plan)
  assert.match(list, /SEARCH t2 USING COVERING INDEX notes__owner__index \(owner=\? AND id>\?\)/)
  assert.doesNotMatch(list, /TEMP B-TREE|SCAN t/)
  db.close()
  await store.close()
})

test('nothing is left behind by an open that fails', async () => {
  await assert.rejects(openSqlite({ registry: notesRegistry(), file: join(folder, 'no', 'such', 'folder.db') }))
  assert.ok(!existsSync(join(folder, 'no')))
  assert.ok(existsSync(dirname(file())))
})

test('it is closed at once and without an error while another process writes', async (t) => {
  const path = file()
  const store = await opened(path)
  await insert(store, 'people', [person('p1')])
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const exec = DatabaseSync.prototype.exec
  const waits: unknown[] = []
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    waits.push([sql, this.prepare('pragma busy_timeout').get()!['timeout']])
    exec.call(this, sql)
  })
  await store.close()
  t.mock.restoreAll()
  assert.deepEqual(waits, [['pragma optimize', 0]], 'the one statement that may meet the other process waits no millisecond for it')
  other.exec('commit')
  other.close()
})

test('a file that cannot be opened, or is none of SQLite, is named', async () => {
  const path = file()
  writeFileSync(path, 'no database, but words enough to fill a header of a file of SQLite, which is what is looked at first'.repeat(8))
  for (const [at, says] of [
    [path, /file is not a database/],
    [join(folder, 'nowhere', 'x.db'), /unable to open database file/],
  ] as const)
    await assert.rejects(openSqlite({ registry: notesRegistry(), file: at }), (error: any) => {
      assert.equal(error.code, 'configuration')
      assert.match(error.detail, says)
      assert.ok(error.detail.includes(at))
      assert.match(error.hint, /DATABASE_URL=file:/)
      return true
    })
})
