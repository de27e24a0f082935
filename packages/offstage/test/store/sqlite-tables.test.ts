import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { applyOperations } from '../../src/store/apply.ts'
import type { Blueprint, ColumnDef, TableDef } from '../../src/store/blueprint.ts'
import { all, insert, notesRegistry, person } from '../../src/store/contract/notes.ts'
import type { Operation, Session } from '../../src/store/operations.ts'
import { renderSqlite } from '../../src/store/sqlite/ddl.ts'
import { openSqlite } from '../../src/store/sqlite/store.ts'
import type { Store } from '../../src/store/store.ts'
import { blueprintOf } from '../../src/store/blueprint.ts'
import { Dice } from '../random/dice.ts'
import { someOperation } from './random-tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'offstage-tables-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const nothing: Blueprint = { tables: [] }
const id: ColumnDef = { name: 'id', type: 'uuid', nullable: false }

const opened = (file = ':memory:'): Promise<Store> => openSqlite({ registry: notesRegistry(), file })

/** All in one transaction, as an app's own tables are made. */
async function apply(store: Store, before: Blueprint, operations: readonly Operation[]): Promise<Blueprint> {
  const steps = renderSqlite(before, operations).filter((step) => step.kind === 'sql')
  await store.tables.locked((session) =>
    session.transaction(
      async () => {
        for (const step of steps) await session.run(step.sql)
      },
      { rebuild: steps.some((step) => step.rebuild) },
    ),
  )
  return applyOperations(before, operations)
}

const withSession = <T>(store: Store, run: (session: Session) => Promise<T>): Promise<T> => store.tables.locked(run)

test('after any operations, one by one or several at once, the tables are those that are expected', { timeout: 400_000 }, async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const dice = new Dice(seed)
    const store = await opened()
    let now = nothing
    for (let step = 0; step < 60; step++) {
      const operations: Operation[] = []
      let after = now
      for (let tries = dice.int(1, 12); tries > 0; tries--) {
        const operation = someOperation(dice, after)
        if (!operation) continue
        operations.push(operation)
        after = applyOperations(after, [operation])
      }
      try {
        now = await apply(store, now, operations)
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}: ${JSON.stringify(operations)}`, { cause: error })
      }
      assert.deepEqual(await store.tables.introspect(), store.tables.expected(now), `seed ${seed}, step ${step}`)
    }
    await store.close()
  }
})

test('rows are kept by whatever makes a copy, and what refers to them goes on doing so', async () => {
  const store = await opened()
  const number: ColumnDef = { name: 'n', type: 'integer', nullable: true, max: 5 }
  const parents: TableDef = {
    name: 'parents',
    columns: [id, number],
    indexes: [{ name: 'parents__n__unique', columns: ['n'], unique: true }],
  }
  const children: TableDef = {
    name: 'children',
    columns: [id, { name: 'parent', type: 'uuid', nullable: false, references: { table: 'parents', column: 'id' } }],
    indexes: [],
  }
  let now = await apply(store, nothing, [
    { op: 'createTable', table: children },
    { op: 'createTable', table: parents },
  ])
  await withSession(store, async (session) => {
    await session.run(`insert into parents values ('p', 5), ('q', null)`)
    await session.run(`insert into children values ('c', 'p')`)
  })
  now = await apply(store, now, [
    { op: 'renameTable', from: 'parents', to: 'elders' },
    { op: 'renameColumn', table: 'elders', from: 'n', to: 'amount' },
    {
      op: 'alterColumn',
      table: 'elders',
      from: { ...number, name: 'amount' },
      to: { name: 'amount', type: 'decimal(10,2)', nullable: false },
      fill: '1.50',
    },
    { op: 'renameColumn', table: 'elders', from: 'id', to: 'key' },
    { op: 'addColumn', table: 'elders', column: { name: 'flag', type: 'boolean', nullable: false, default: false }, fill: true },
    { op: 'addColumn', table: 'elders', column: { name: 'word', type: 'text(255)', nullable: false }, fill: "it's" },
  ])
  assert.deepEqual(await store.tables.introspect(), store.tables.expected(now))
  await withSession(store, async (session) => {
    const rows = await session.all('select "key", amount, flag, word from elders order by 1')
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [
        { key: 'p', amount: 500, flag: 1, word: "it's" },
        { key: 'q', amount: 150, flag: 1, word: "it's" },
      ],
    )
    await assert.rejects(session.run(`delete from elders where "key" = 'p'`), /FOREIGN KEY/)
    await assert.rejects(session.run(`insert into children values ('d', 'nobody')`), /FOREIGN KEY/)
  })
  await store.close()
})

test('names may change in nothing but case', async () => {
  const store = await opened()
  const up: ColumnDef = { name: 'up', type: 'uuid', nullable: true, references: { table: 'things', column: 'id' } }
  const columns: ColumnDef[] = [id, { name: 'title', type: 'text', nullable: true }, { name: 'n', type: 'integer', nullable: true }, up]
  const table: TableDef = { name: 'things', columns, indexes: [{ name: 'things__title__index', columns: ['title'], unique: false }] }
  const before = await apply(store, nothing, [{ op: 'createTable', table }])
  await withSession(store, (session) => session.run(`insert into things values ('a', 'x', 1, 'a')`))
  const now = await apply(store, before, [
    { op: 'renameColumn', table: 'things', from: 'title', to: 'Title' },
    { op: 'renameColumn', table: 'things', from: 'n', to: 'N' },
    { op: 'renameTable', from: 'things', to: 'Things' },
    { op: 'renameIndex', table: 'Things', from: 'things__title__index', to: 'Things__Title__index' },
    { op: 'renameColumn', table: 'Things', from: 'id', to: 'ID' },
  ])
  assert.deepEqual(await store.tables.introspect(), store.tables.expected(now))
  assert.equal((await withSession(store, (session) => session.all('select * from "Things"'))).length, 1)
  await store.close()
})

test('two tables that refer to each other are dropped together, and a drop that leaves rows pointing at nothing is refused', async () => {
  const store = await opened()
  const refers = (name: string, to: string): TableDef => ({
    name,
    columns: [id, { name: 'other', type: 'uuid', nullable: true, references: { table: to, column: 'id' } }],
    indexes: [],
  })
  const [a, b] = [refers('a', 'b'), refers('b', 'a')]
  const both = await apply(store, nothing, [
    { op: 'createTable', table: a },
    { op: 'createTable', table: b },
  ])
  await withSession(store, async (session) => {
    await session.run(`insert into a values ('x', null)`)
    await session.run(`insert into b values ('y', 'x')`)
    await session.run(`update a set other = 'y'`)
  })
  await assert.rejects(apply(store, both, [{ op: 'dropTable', table: a }]), { code: 'data_loss' })
  assert.deepEqual(await store.tables.introspect(), store.tables.expected(both))
  const none = await apply(store, both, [
    { op: 'dropTable', table: a },
    { op: 'dropTable', table: b },
  ])
  assert.deepEqual(await store.tables.introspect(), store.tables.expected(none))
  await store.close()
})

test('one at a time changes tables, and writers wait only for its transactions', async () => {
  const path = join(folder, 'locked.db')
  const [store, other] = [await opened(path), await opened(path)]
  await apply(
    store,
    nothing,
    blueprintOf(notesRegistry()).tables.map((table) => ({ op: 'createTable', table })),
  )
  const order: string[] = []
  let written: Promise<unknown> | undefined
  const first = store.tables.locked(async (session) => {
    await insert(store, 'people', [person('while locked')])
    await session.transaction(async () => {
      written = insert(store, 'people', [person('waits')]).then(() => order.push('written'))
      await session.run('delete from people')
      for (let turns = 0; turns < 20; turns++) await turn()
      order.push('changed')
    })
    await written
    await assert.rejects(
      other.tables.locked(async () => {}, { wait: 20 }),
      { code: 'unavailable', message: /Another process/ },
    )
  })
  const second = other.tables.locked(async () => order.push('second'))
  await Promise.all([first, second])
  assert.deepEqual(order, ['changed', 'written', 'second'])
  assert.equal(await store.count('people', all), 1)
  await store.close()
  await other.close()
})

test('closing waits for who is changing tables, and for writers that wait for that', async () => {
  const store = await opened(join(folder, 'closing.db'))
  await apply(
    store,
    nothing,
    blueprintOf(notesRegistry()).tables.map((table) => ({ op: 'createTable', table })),
  )
  const changing = store.tables.locked((session) =>
    session.transaction(async () => {
      for (let turns = 0; turns < 20; turns++) await turn()
      await session.run('delete from notes')
    }),
  )
  const writes = [1, 2, 3].map((i) => insert(store, 'people', [person(`p${i}`)]))
  await store.close()
  await Promise.all([changing, ...writes])
  const again = await opened(join(folder, 'closing.db'))
  assert.equal(await again.count('people', all), 3)
  await again.close()
})
