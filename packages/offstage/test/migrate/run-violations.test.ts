// A migration that rows would make fail is refused before it begins, where a count can tell; where none can, the rows are named when it has.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { diff } from '../../src/migrate/diff.ts'
import { driftOf } from '../../src/migrate/drift.ts'
import type { Hints } from '../../src/migrate/hints.ts'
import { readJournal } from '../../src/migrate/journal.ts'
import { rendererFor } from '../../src/migrate/renderer.ts'
import { publicColumns, type IsPublic } from '../../src/migrate/row-questions.ts'
import { down, up } from '../../src/migrate/runner.ts'
import type { Runnable } from '../../src/migrate/runnable.ts'
import { normaliseEmail } from '../../src/schema/normalise.ts'
import { createModel } from '../../src/schema/model.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import { notesRegistry } from '../../src/store/contract/notes.ts'
import { openSqlite } from '../../src/store/sqlite/store.ts'
import type { Blueprint, ColumnDef, IndexDef } from '../../src/store/blueprint.ts'
import type { Store } from '../../src/store/store.ts'
import { id, runnable } from './run-chain.ts'
import { emptyStore } from './run-database.ts'

const nothing: Blueprint = { tables: [] }
const users = (columns: readonly ColumnDef[], indexes: readonly IndexDef[] = []): Blueprint => ({
  tables: [
    { name: 'teams', columns: [id], indexes: [] },
    { name: 'users', columns: [id, ...columns], indexes },
  ],
})
const email: ColumnDef = { name: 'email', type: 'text(255)', nullable: true }
const age: ColumnDef = { name: 'age', type: 'integer', nullable: true }
const role: ColumnDef = { name: 'role', type: 'text(255)', nullable: true, choices: ['admin', 'member'] }
const team: ColumnDef = { name: 'team', type: 'uuid', nullable: true }
const first = users([email, age, role, team])
const unique: IndexDef = { name: 'users__email__unique', columns: ['email'], unique: true }
const all: IsPublic = () => true

async function opened(after: Blueprint, hints: Hints = {}): Promise<{ store: Store; chain: [Runnable, Runnable] } & AsyncDisposable> {
  const store = await emptyStore()
  const render = await rendererFor(store.dialect)
  const chain: [Runnable, Runnable] = [
    runnable('1_users', nothing, first, {}, render),
    { ...runnable('2_more', first, after, hints, render), data: async () => ({}) },
  ]
  await up(store.tables, chain.slice(0, 1), { place: store.place })
  await store.tables.locked(async (session) => {
    await session.run(`insert into teams (id) values ('t')`)
    for (const row of [
      ['a', 'a@b.c', 17, 'admin', 't'],
      ['b', 'a@b.c', 40, 'member', null],
      ['c', 'A@B.C ', null, 'member', 'nowhere'],
      ['d', 'long'.repeat(30), 41, null, null],
    ])
      await session.run('insert into users (id, email, age, role, team) values (?, ?, ?, ?, ?)', row)
  })
  return { store, chain, [Symbol.asyncDispose]: () => store.close() }
}

const ids = async ({ tables }: Store): Promise<readonly string[]> =>
  (await tables.locked((session) => readJournal(session))).map((entry) => `${entry.id}${entry.finished === undefined ? ' begun' : ''}`)

const cases: readonly { says: string; after: Blueprint; words: RegExp; hints?: Hints }[] = [
  {
    says: 'two rows with one value',
    after: users([email, age, role, team], [unique]),
    words: /values of email are there twice: 2 rows have 'a@b\.c' \(id 'a', 'b'\)/,
  },
  {
    says: 'addresses that are the same but for case',
    after: users(
      [email, age, role, team, { name: 'email__email', type: 'text(768)', nullable: true, shadow: { of: 'email', use: 'email' } }],
      [{ name: 'users__email__unique', columns: ['email__email'], unique: true }],
    ),
    words: /values of email are there twice: \d rows have '.*@.*' \(id 'a'/i,
  },
  {
    says: 'rows without a value that gets required',
    after: users([email, { ...age, nullable: false }, role, team]),
    hints: { drops: new Set() },
    words: /users\.age gets required, and some rows have no value, 1 row: id 'c'; give them a value first/,
  },
  {
    says: 'numbers beyond a new limit',
    after: users([email, { ...age, min: 18 }, role, team]),
    words: /some are less than 18, 1 row: 17 \(id 'a'\)/,
  },
  {
    says: 'a choice that rows have',
    after: users([email, age, { ...role, choices: ['member'] }, team]),
    words: /some have none of member, 1 row: 'admin' \(id 'a'\)/,
  },
  {
    says: 'references to nothing',
    after: users([email, age, role, { ...team, references: { table: 'teams', column: 'id' } }]),
    words: /some refer to no row of teams, 1 row: 'nowhere' \(id 'c'\)/,
  },
]

for (const { says, after, words, hints } of cases) {
  test(`refused before it begins: ${says}`, async () => {
    await using place = await opened(first)
    const { store } = place
    const render = await rendererFor(store.dialect)
    const { operations } = diff(first, after, hints ?? {})
    const second = { ...place.chain[1], operations, after, up: render(first, operations) }
    await assert.rejects(up(store.tables, [place.chain[0], second], { place: store.place, isPublic: all }), (error: any) => {
      assert.equal(error.code, 'migration_failed')
      assert.match(error.message, /2_more was not begun.*nothing is under way/s)
      assert.match(error.message, words)
      return true
    })
    // Nothing of a row where nobody said that it may be shown.
    await assert.rejects(up(store.tables, [place.chain[0], second], { place: store.place }), (error: any) => {
      assert.doesNotMatch(error.message, /a@b|17|nowhere|'a'/i)
      assert.match(error.message, /\d rows?/)
      return true
    })
    assert.deepEqual(await ids(store), ['1_users'])
    assert.deepEqual(driftOf(store.tables.expected(first), await store.tables.introspect()), [])
  })
}

test('a choice that is renamed on the way, a value that is filled in, and a row that is right violate nothing', async () => {
  const after = users([email, { ...age, nullable: false, max: 99 }, { ...role, choices: ['owner', 'member'] }, team])
  await using place = await opened(after, { fills: { 'users.age': 18 }, choices: { 'users.role': { admin: 'owner' } } })
  await up(place.store.tables, place.chain, { place: place.store.place })
  assert.deepEqual(await ids(place.store), ['1_users', '2_more'])
})

test('values of hidden fields, of those that not everybody reads, and of columns that no model has are not shown', () => {
  const any = t as any
  const shown = publicColumns(
    resolve({
      models: {
        users: createModel({
          email: any.email(),
          key: any.text().hidden(),
          pay: any.integer().readable('nobody'),
          n: any.text().column('m'),
        }),
      },
    } as never),
  )
  assert.deepEqual(
    ['email', 'key', 'pay', 'n', 'm', 'id', 'other'].map((column) => shown('users', column)),
    [true, false, false, false, true, true, false],
  )
})

test('what no count can tell fails with the rows named, leaves nothing half built, and leads on or back', async () => {
  const emails: ColumnDef = { name: 'email__email', type: 'text(768)', nullable: true, shadow: { of: 'email', use: 'email' } }
  const stars: ColumnDef = { name: 'stars', type: 'integer', nullable: false }
  const after = users([email, age, role, team, emails, stars], [{ name: 'users__email__unique', columns: ['email__email'], unique: true }])
  await using place = await opened(after, { data: new Set(['users.stars']) })
  const { store, chain } = place
  const { tables } = store
  const data = { 'users.stars': { table: 'users', columns: [], run: (rows: readonly unknown[]) => rows.map(() => ({ stars: 1 })) } }
  const second = { ...chain[1], data: async () => data }
  const run = (): Promise<unknown> => up(tables, [chain[0], second], { place: store.place, isPublic: all })
  // Which rows a step of code will leave nobody knows before it has run.
  await assert.rejects(
    run(),
    /is refused by the database.*values of email__email are there twice: 3 rows have 'a@b\.c'.*migrate up goes on there; offstage migrate down goes back/s,
  )
  assert.deepEqual(await ids(store), ['1_users', '2_more begun'])
  if (tables.dialect === 'postgres')
    assert.deepEqual(await tables.locked((session) => session.all('select 1 from pg_index where not indisvalid')), [])
  const rows = (): Promise<unknown> => tables.locked((session) => session.all('select id, email from users order by id'))
  const was = await rows()
  await assert.rejects(
    down(tables, [chain[0], second], { place: store.place }),
    /data step users\.stars: what it has changed is not known|no way back/,
  )
  await down(tables, [chain[0], second], { place: store.place, mayLose: true })
  assert.deepEqual(await ids(store), ['1_users'])
  assert.deepEqual(driftOf(tables.expected(first), await tables.introspect()), [])
  assert.deepEqual(await rows(), was)
  await assert.rejects(run(), /values of email/)
  await tables.locked(async (session) => {
    for (const [key, text] of [
      ['b', 'b@b.c'],
      ['c', 'c@b.c'],
    ])
      await session.run('update users set email = ?, email__email = ? where id = ?', [text, normaliseEmail(text!), key])
  })
  assert.deepEqual(await run(), ['2_more'])
  assert.deepEqual(driftOf(tables.expected(after), await tables.introspect()), [])
})

test('a first step that is refused has done nothing, and nothing is under way; the same on the way back', async () => {
  await using place = await opened(users([email, age, role, team, { name: 'nick', type: 'text(255)', nullable: true }]))
  const { store, chain } = place
  const { tables } = store
  const wrong = { kind: 'sql', says: 'own', sql: 'select nothing from nowhere' } as const
  const broken = { ...chain[1], up: [wrong, ...chain[1].up] }
  await assert.rejects(
    up(tables, [chain[0], broken], { place: store.place }),
    /Step 1, "own", is refused.*Nothing was done, and nothing is under way/s,
  )
  assert.deepEqual(await ids(store), ['1_users'])
  await up(tables, chain, { place: store.place })
  const noBack = { ...chain[1], down: [wrong, ...chain[1].down!] }
  await assert.rejects(down(tables, [chain[0], noBack], { place: store.place }), /Nothing was done/)
  assert.deepEqual(await ids(store), ['1_users', '2_more'])
  assert.deepEqual(driftOf(tables.expected(chain[1].after), await tables.introspect()), [])
})

test('a column that was added by hand does not go without a word, where a table is built anew', async () => {
  const after = users([email, { ...age, min: 0 }, role, team])
  await using place = await opened(after)
  const { store, chain } = place
  const { tables } = store
  await tables.locked(async (session) => {
    await session.run('alter table users add column nick text')
    await session.run(`update users set nick = 'x' where id = 'a'`)
  })
  const run = (): Promise<unknown> => up(tables, chain, { place: store.place })
  if (tables.dialect === 'sqlite') {
    await assert.rejects(run(), /1 value of users\.nick, which no migration made, would be gone.*offstage migrate repair/s)
    assert.deepEqual(await ids(store), ['1_users'])
  } else await run()
  const found = await tables.locked((session) => session.all(`select nick from users where id = 'a'`))
  assert.equal(found[0]!['nick'], 'x')
})

test('the copy of a file that was made for nothing is not there the next time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-'))
  const file = join(folder, 'app.db')
  const store = await openSqlite({ registry: notesRegistry(), file })
  try {
    const render = await rendererFor('sqlite')
    const less = users([age, role, team])
    const one = runnable('1_users', nothing, first, {}, render)
    const two = runnable('2_less', first, less, { drops: new Set(['users.email']) }, render)
    await up(store.tables, [one], { place: file })
    await store.tables.locked((session) => session.run(`insert into users (id, email) values ('a', 'x')`))
    const broken = { ...two, up: [{ kind: 'sql', says: 'own', sql: 'select nothing from nowhere' } as const, ...two.up] }
    await assert.rejects(up(store.tables, [one, broken], { place: file }), /nothing is under way/)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('before')),
      [],
    )
    await up(store.tables, [one, two], { place: file })
    assert.ok(existsSync(`${file}-before-2_less`))
  } finally {
    await store.close()
    rmSync(folder, { recursive: true })
  }
})
