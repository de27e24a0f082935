// What only SQLite files can be: made by the versions of Offstage that knew no other database.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { follow, type FollowOptions } from '../../src/migrate/follow.ts'
import type { Row } from '../../src/schema/kind.ts'
import { createModel } from '../../src/schema/model.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import { blueprintOf } from '../../src/store/blueprint.ts'
import { all, at, compare, insert, query } from '../../src/store/contract/notes.ts'
import { openSqlite } from '../../src/store/sqlite/store.ts'
import { UniqueViolation, type Store } from '../../src/store/store.ts'

const any = t as any
const row = (id: string, values: Row): Row => ({ id, createdAt: at, updatedAt: at, version: 1, ...values })

const folder = mkdtempSync(join(tmpdir(), 'offstage-first-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function openVersion(
  name: string,
  models: Record<string, unknown>,
): Promise<{ store: Store; follow: (options?: FollowOptions) => Promise<readonly string[]> }> {
  const registry = resolve({ models } as never)
  const store = await openSqlite({ registry, file: join(folder, `${name}.db`) })
  return { store, follow: (options) => follow(store, registry, options) }
}

/** The tables are those that the models want. */
async function fits(store: Store, models: Record<string, unknown>): Promise<void> {
  const found = (await store.tables.introspect()).filter(({ name }) => !name.startsWith('offstage_'))
  assert.deepEqual(found, store.tables.expected(blueprintOf(resolve({ models } as never))))
}

const noteFields = {
  text: any.text({ max: 100 }),
  owner: any.ref('people').optional(),
  parent: any.ref('notes').optional(),
  done: any.boolean().default(false),
  stars: any.integer({ min: 0, max: 5 }).optional(),
  ratio: any.number().optional(),
  due: any.datetime().optional(),
  day: any.date().optional(),
  status: any.enum('draft', 'open').default('draft'),
  meta: any.json().optional(),
}
const legacy = {
  people: createModel({ name: any.text().searchable(), email: any.email().unique(), balance: any.decimal(10, 2).default('0.00') }),
  notes: createModel(noteFields, { unique: [['owner', 'text']] }),
}

/** As the first version of Offstage left it. */
function firstDatabase(name: string): void {
  const db = new DatabaseSync(join(folder, `${name}.db`), { enableForeignKeyConstraints: false })
  db.exec(readFileSync(join(import.meta.dirname, 'formats/first-sqlite.sql'), 'utf8'))
  db.close()
}

test('a database of the first version goes on, with its rows', async () => {
  firstDatabase('first')
  const { store, follow } = await openVersion('first', legacy)
  assert.match((await follow({ dryRun: true })).join(), /earlier version/)
  assert.match((await follow()).join(), /earlier version/)
  assert.deepEqual(await follow(), [])
  await fits(store, legacy)
  assert.deepEqual((await store.list(query('people', ['name', 'email', 'balance']))).rows, [
    { name: 'Ädä Löve', email: 'Ada@Example.org', balance: '12.50' },
  ])
  const fields = ['text', 'owner', 'parent', 'done', 'stars', 'ratio', 'due', 'day', 'status', 'meta']
  const [note] = (await store.list(query('notes', fields, { where: compare('id', 'n1') }))).rows
  assert.deepEqual(note, {
    text: 'it’s',
    owner: 'p1',
    parent: null,
    done: true,
    stars: 5,
    ratio: 1.5,
    due: at,
    day: '2026-01-31',
    status: 'open',
    meta: { a: [1] },
  })
  assert.equal(await store.count('people', { is: 'search', fields: ['name'], words: ['ada'] }), 1)
  await assert.rejects(insert(store, 'people', [row('p2', { name: 'x', email: 'ADA@example.org', balance: '0.00' })]), UniqueViolation)
  await assert.rejects(store.transaction((tx) => tx.delete('people', 'p1')))
  await store.close()
})

test('a database of the first version follows what has changed since', { skip: Boolean(process.env['TEST_DATABASE_URL']) }, async () => {
  firstDatabase('first-changed')
  const lost = await openVersion('first-changed', { ...legacy, people: createModel({ name: any.text(), email: any.email().unique() }) })
  await assert.rejects(lost.follow(), { code: 'data_loss', message: /people\.balance is declared no more/ })
  await lost.store.close()
  const wanted = {
    people: createModel({
      fullName: any.text().searchable().renamedFrom('name'),
      email: any.email().unique(),
      balance: any.decimal(12, 3),
    }),
    entries: createModel(
      { ...noteFields, parent: any.ref('entries').optional(), stars: any.integer({ max: 9 }).optional() },
      { renamedFrom: 'notes' },
    ),
  }
  const { store, follow } = await openVersion('first-changed', wanted)
  await follow()
  await fits(store, wanted)
  assert.deepEqual((await store.list(query('people', ['fullName', 'balance']))).rows, [{ fullName: 'Ädä Löve', balance: '12.500' }])
  assert.equal(await store.count('entries', all), 2)
  await store.close()
})
