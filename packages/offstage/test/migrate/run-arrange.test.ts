// What opening an app does to the tables of its database: in development, in production, before and after migrations.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrangeTables, type Arranged, type TablesMode } from '../../src/migrate/arrange.ts'
import { driftOf } from '../../src/migrate/drift.ts'
import { down, up } from '../../src/migrate/runner.ts'
import type { Runnable } from '../../src/migrate/runnable.ts'
import { createModel } from '../../src/schema/model.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import { blueprintOf, type Blueprint } from '../../src/store/blueprint.ts'
import type { Store } from '../../src/store/store.ts'
import { runnable } from './run-chain.ts'
import { rendererFor } from '../../src/migrate/renderer.ts'
import { emptyStore } from './run-database.ts'

const any = t as any
const version = (...fields: string[]): Registry =>
  resolve({
    models: {
      notes: createModel({ text: any.text(), ...Object.fromEntries(fields.map((name) => [name, any.integer().default(0)])) }),
    },
  } as never)

const [v1, v2, v3] = [version(), version('stars'), version('stars', 'views')] as const

async function opened(): Promise<
  { store: Store; chain: readonly Runnable[]; open: Open; is: (registry: Registry) => Promise<void> } & AsyncDisposable
> {
  const store = await emptyStore()
  const render = await rendererFor(store.dialect)
  const nothing: Blueprint = { tables: [] }
  const [b1, b2, b3] = [v1, v2, v3].map(blueprintOf) as [Blueprint, Blueprint, Blueprint]
  return {
    store,
    chain: [runnable('1_notes', nothing, b1, {}, render), runnable('2_stars', b1, b2, {}, render), runnable('3_views', b2, b3, {}, render)],
    open: (mode, registry, chain) => arrangeTables(store, registry, { mode, chain }),
    async is(registry) {
      assert.deepEqual(driftOf(store.tables.expected(blueprintOf(registry)), await store.tables.introspect()), [])
    },
    [Symbol.asyncDispose]: () => store.close(),
  }
}
type Open = (mode: TablesMode, registry: Registry, chain: readonly Runnable[]) => Promise<Arranged>

test('in production nothing but the chain makes the tables', async () => {
  await using place = await opened()
  const { open, chain, is, store } = place
  await assert.rejects(open('refuse', v2, chain.slice(0, 2)), /is behind the app by 2 of 2 migrations: 1_notes; 2_stars/)
  assert.deepEqual(await open('migrate', v2, chain.slice(0, 2)), { done: ['migrated 1_notes', 'migrated 2_stars'], notes: [] })
  assert.deepEqual(await open('refuse', v2, chain.slice(0, 2)), { done: [], notes: [] })
  await is(v2)
  await assert.rejects(open('migrate', v3, chain.slice(0, 2)), /changes that are in no migration: add notes.views/)
  await is(v2)
  await store.tables.locked((session) => session.run('alter table notes drop column stars'))
  await assert.rejects(open('migrate', v2, chain.slice(0, 2)), /not those that its migrations made: the column notes.stars is missing/)
})

test('a node of the version before may start on a database that is ahead, unless what came breaks it', async () => {
  await using place = await opened()
  const { open, chain, store } = place
  await open('migrate', v2, chain.slice(0, 2))
  await up(store.tables, [...chain.slice(0, 2), { ...chain[2]!, breaks: [] }], { place: store.place })
  const { notes } = await open('refuse', v2, chain.slice(0, 2))
  assert.match(notes.join(), /has migrations of a newer version, which this one can run beside: 3_views/)
  assert.deepEqual((await open('migrate', v2, chain.slice(0, 2))).done, [])
  await down(store.tables, chain, { place: store.place })
  await up(store.tables, [...chain.slice(0, 2), { ...chain[2]!, breaks: ['Nodes of the version before fail.'] }], { place: store.place })
  await assert.rejects(open('refuse', v2, chain.slice(0, 2)), /has migrations that this folder has not: 3_views/)
})

test('without migrations the tables follow the models; the first ones find them there', async () => {
  await using place = await opened()
  const { open, chain } = place
  await assert.rejects(open('refuse', v1, []), /do not fit the models/)
  assert.deepEqual((await open('migrate', v1, [])).done.length, 1)
  await assert.rejects(open('refuse', v1, chain.slice(0, 1)), /behind the app by 1 of 1 migrations/)
  assert.deepEqual((await open('migrate', v1, chain.slice(0, 1))).done, ['recorded 1_notes, whose tables are there already'])
  assert.deepEqual(await open('refuse', v1, chain.slice(0, 1)), { done: [], notes: [] })
})

test('a developer goes ahead, writes it down, takes what others wrote, and goes ahead again', async () => {
  await using place = await opened()
  const { open, chain, is } = place
  assert.deepEqual(await open('develop', v1, chain.slice(0, 1)), { done: ['migrated 1_notes'], notes: [] })
  const ahead = await open('develop', v2, chain.slice(0, 1))
  assert.match(ahead.notes.join(), /^Not in a migration yet: add notes.stars/)
  await is(v2)
  // Written down: it is there already.
  assert.deepEqual((await open('develop', v2, chain.slice(0, 2))).notes, [])
  await is(v2)
  // Somebody else's.
  assert.deepEqual((await open('develop', v3, chain)).done, ['migrated 3_views'])
  await is(v3)
})

test('a developer who is ahead when migrations of others come in follows the models, and is told so', async () => {
  await using place = await opened()
  const { open, chain, is } = place
  const own = version('own')
  await open('develop', own, chain.slice(0, 1))
  const both = version('own', 'stars')
  const { notes } = await open('develop', both, chain.slice(0, 2))
  assert.match(notes.join(), /went ahead of the migrations; 2_stars did not run on it/)
  assert.match(notes.join(), /Not in a migration yet: add notes.own/)
  await is(both)
  // Once the own change is written down, all of them are there.
  const render = await rendererFor(place.store.dialect)
  const merged = [...chain.slice(0, 2), runnable('3_own', blueprintOf(v2), blueprintOf(both), {}, render)]
  assert.deepEqual(await open('develop', both, merged), {
    done: ['recorded 2_stars, whose tables are there already', 'recorded 3_own, whose tables are there already'],
    notes: [],
  })
  await is(both)
})

test('a node that is to migrate waits for another that does, however long a backfill takes', async () => {
  await using place = await opened()
  const { store, chain } = place
  const waits: (number | undefined)[] = []
  const tables = {
    ...store.tables,
    introspect: () => store.tables.introspect(),
    expected: (blueprint: Blueprint) => store.tables.expected(blueprint),
    locked: ((run, options) => {
      waits.push(options?.wait)
      return store.tables.locked(run, options)
    }) as Store['tables']['locked'],
  }
  for (const given of [[], chain.slice(0, 1)]) {
    waits.length = 0
    await arrangeTables({ ...store, tables }, v1, { mode: 'migrate', chain: given })
    // The last look is at what is there, when nobody is at it any more.
    const changing = given.length === 0 ? waits : waits.slice(0, -1)
    assert.ok(changing.length > 0 && changing.every((wait) => wait !== undefined && wait >= 600_000), `${waits}`)
  }
})
