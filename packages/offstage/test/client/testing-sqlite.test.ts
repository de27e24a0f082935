import assert from 'node:assert/strict'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { test } from 'node:test'
import { Connection } from '../../src/store/sqlite/connection.ts'
import { testApp } from '../../src/testing.ts'
import { app } from './app.ts'

/** Every statement of SQLite that is run meanwhile. */
async function statementsOf(run: () => Promise<unknown>): Promise<readonly string[]> {
  const seen: string[] = []
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (sql) {
    seen.push(...sql.split(';').map((one) => one.trim()))
    exec.call(this, sql)
  }
  const originals = (['run', 'all', 'get'] as const).map((name) => {
    const original = StatementSync.prototype[name] as (...values: any[]) => any
    StatementSync.prototype[name] = function (this: StatementSync, ...values: any[]) {
      seen.push(this.sourceSQL)
      return original.apply(this, values)
    } as never
    return () => (StatementSync.prototype[name] = original as never)
  })
  try {
    await run()
    return seen
  } finally {
    DatabaseSync.prototype.exec = exec
    for (const restore of originals) restore()
  }
}

test('a test app opens with little more than its tables made, in one transaction that is not flushed to disk', async () => {
  for (let i = 0; i < 2; i++) {
    const statements = await statementsOf(async () => (await testApp(app)).close())
    const like = (pattern: RegExp): readonly string[] => statements.filter((sql) => pattern.test(sql))
    assert.deepEqual(like(/^pragma synchronous/i), ['pragma synchronous = off', 'pragma synchronous = off'])
    assert.deepEqual([like(/^begin immediate/i).length, like(/^commit/i).length], [1, 1])
    const tables = like(/^create table (?!if not exists)/i).length
    assert.equal(tables, 6)
    const rest = statements.filter((sql) => !/^create (unique )?(table|index)/i.test(sql))
    assert.ok(rest.length <= 25, rest.join('\n'))
  }
})

test('a client whose sign-in met a database that could not then is signed in the next time', async (t) => {
  await using test = await testApp(app)
  const api = test.as(await test.make.users({ name: 'Ada' }))
  const run = Connection.prototype.run
  t.mock.method(Connection.prototype, 'run', function (this: Connection, sql: string, values: []) {
    if (/insert into "?authSessions/i.test(sql)) throw Object.assign(new Error('disk I/O error'), { errcode: 10 })
    return run.call(this, sql, values)
  })
  await assert.rejects(api.notes.list())
  t.mock.restoreAll()
  assert.deepEqual((await api.notes.list()).data, [])
})
