import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { recordAdopted, down, up } from '../../src/migrate/runner.ts'
import type { News } from '../../src/migrate/run.ts'
import type { Runnable } from '../../src/migrate/runnable.ts'
import { readJournal } from '../../src/migrate/journal.ts'
import { prepareRecord, recordBlueprint } from '../../src/migrate/recorded.ts'
import { driftOf } from '../../src/migrate/drift.ts'
import { notesRegistry } from '../../src/store/contract/notes.ts'
import { openSqlite } from '../../src/store/sqlite/store.ts'
import type { Blueprint, ColumnDef } from '../../src/store/blueprint.ts'
import type { Store } from '../../src/store/store.ts'
import { chainFor, fill, first, id, runnable } from './run-chain.ts'
import { rendererFor } from '../../src/migrate/renderer.ts'
import { emptyStore } from './run-database.ts'

const nothing: Blueprint = { tables: [] }
const notes = (...columns: ColumnDef[]): Blueprint => ({ tables: [{ name: 'notes', columns: [id, ...columns], indexes: [] }] })
const text: ColumnDef = { name: 'text', type: 'text', nullable: true }
const views: ColumnDef = { name: 'views', type: 'integer', nullable: false, default: 0 }

async function opened(): Promise<Store & AsyncDisposable & { chain: Runnable[] }> {
  const store = await emptyStore()
  const render = await rendererFor(store.dialect)
  return Object.assign(store, {
    chain: [
      runnable('1_notes', nothing, notes(text), {}, render),
      runnable('2_views', notes(text), notes(text, views), {}, render),
      runnable('3_gone', notes(text, views), notes(views), { drops: new Set(['notes.text']) }, render),
    ],
    [Symbol.asyncDispose]: () => store.close(),
  })
}
const is = async (store: Store, blueprint: Blueprint): Promise<void> =>
  assert.deepEqual(driftOf(store.tables.expected(blueprint), await store.tables.introspect()), [])

test('goes up to where it is told and to the head, tells what it does, and finds nothing to do then', async () => {
  await using store = await opened()
  const { chain, tables, place } = store
  const news: News[] = []
  assert.deepEqual(await up(tables, chain, { place, to: 'views', told: (one) => news.push(one) }), ['1_notes', '2_views'])
  await is(store, notes(text, views))
  assert.deepEqual(
    news.filter(({ kind }) => kind !== 'step').map(({ kind, id }) => `${kind} ${id}`),
    ['begins 1_notes', 'ended 1_notes', 'begins 2_views', 'ended 2_views'],
  )
  assert.ok(news.some((one) => one.kind === 'step' && one.id === '2_views' && one.milliseconds !== undefined))
  assert.deepEqual(await up(tables, chain, { place }), ['3_gone'])
  assert.deepEqual(await up(tables, chain, { place }), [])
  await is(store, notes(views))
  await assert.rejects(
    up(tables, chain, { place, to: 'nowhere' }),
    /No migration can be meant by nowhere; there are: 1_notes, 2_views, 3_gone/,
  )
})

test('goes down where nothing is lost, and else says what would be, before anything is changed', async () => {
  await using store = await opened()
  const { chain, tables, place } = store
  await up(tables, chain, { place })
  await assert.rejects(down(tables, chain, { place }), /no way back; nothing was changed.\n- 3_gone: drop notes.text: its values are gone/)
  await is(store, notes(views))
  await tables.locked((session) => session.run("insert into notes (id, views) values ('a', 0)"))

  const short = chain.slice(0, 2)
  await using other = await opened()
  await up(other.tables, short, { place })
  await other.tables.locked((session) => session.run("insert into notes (id, views) values ('a', 0)"))
  assert.deepEqual(await down(other.tables, short, { place }), ['2_views'])
  await is(other, notes(text))
  await up(other.tables, short, { place })
  await other.tables.locked((session) => session.run("insert into notes (id, views) values ('b', 7)"))
  await assert.rejects(down(other.tables, short, { place }), /On the way back from 2_views would be lost: 1 values of notes.views/)
  assert.deepEqual(await down(other.tables, short, { place, mayLose: true }), ['2_views'])
  await is(other, notes(text))
  assert.deepEqual(await other.tables.locked((session) => readJournal(session)).then((entries) => entries.map((one) => one.id)), [
    '1_notes',
  ])
})

test('what loses data needs a consent in its file, and tells how much it is', async () => {
  await using store = await opened()
  const { chain, tables, place } = store
  await up(tables, chain, { place, to: '2' })
  await tables.locked((session) => session.run("insert into notes (id, text) values ('a', 'x'), ('b', null)"))
  const careless = chain.map((one) => ({ ...one, consents: [] }))
  await assert.rejects(up(tables, careless, { place }), /3_gone loses data, and nobody has agreed/)
  await is(store, notes(text, views))
  const news: News[] = []
  await up(tables, chain, { place, told: (one) => news.push(one) })
  assert.deepEqual(
    news.flatMap((one) => (one.kind === 'loses' ? [one.says] : [])),
    [['1 values of notes.text']],
  )
  const entries = await tables.locked((session) => readJournal(session))
  assert.deepEqual(entries.at(-1)!.consents, [{ reason: 'the test wants it' }])
  assert.match(entries.at(-1)!.note, /^lost 1 values of notes.text/)
})

test('a folder that is not that of the database is refused', async () => {
  await using store = await opened()
  const { chain, tables, place } = store
  await up(tables, chain, { place, to: '2' })
  const [one, two, three] = chain as [Runnable, Runnable, Runnable]
  await assert.rejects(up(tables, [one], { place }), /has migrations that this folder has not: 2_views/)
  await assert.rejects(
    up(tables, [one, { ...two, checksum: 'other' }, three], { place }),
    /The SQL of 2_views is another than what was run/,
  )
  const baseline = { ...three, id: '4_base', replaces: ['1_notes', '2_views', '3_gone'] }
  await assert.rejects(up(tables, [baseline], { place }), /4_base stands for 3 migrations, of which the database has only some/)
  assert.deepEqual(await up(tables, [{ ...baseline, earlier: chain }], { place }), ['3_gone'], 'the folders are still there')
  assert.deepEqual(await up(tables, [baseline], { place }), [], 'it has all that the baseline stands for')
})

test('a database whose tables followed the models is taken where it is', async () => {
  await using store = await opened()
  const { chain, tables, place } = store
  await up(tables, chain, { place, to: '2' })
  await tables.locked(async (session) => {
    await session.run('drop table offstage_migrations')
    await prepareRecord(session)
    await recordBlueprint(session, notes(text, views))
  })
  const news: News[] = []
  assert.deepEqual(await up(tables, chain, { place, told: (one) => news.push(one) }), ['1_notes', '2_views', '3_gone'])
  assert.deepEqual(
    news.flatMap((one) => (one.kind === 'adopted' || one.kind === 'begins' ? [`${one.kind} ${one.id}`] : [])),
    ['adopted 1_notes', 'adopted 2_views', 'begins 3_gone'],
  )
  await is(store, notes(views))
})

test('a step that is refused names itself, and what is before it is kept where it can be', async () => {
  await using store = await opened()
  const { chain, tables, place } = store
  const [one, two] = chain as [Runnable, Runnable]
  const broken = { ...two, up: [...two.up, { kind: 'sql', says: 'own', sql: 'select nothing from nowhere' } as const] }
  await assert.rejects(up(tables, [one, broken], { place }), (error: any) => {
    assert.equal(error.code, 'migration_failed')
    assert.match(error.message, /Step \d, "own", is refused by the database/)
    return true
  })
  const mended = { ...broken, up: [...two.up, { kind: 'sql', says: 'own', sql: 'update notes set text = null' } as const] }
  const left = (await tables.locked((session) => readJournal(session))).find(({ id: of }) => of === '2_views')
  // A file has one transaction for all of them; elsewhere those before it are done.
  assert.deepEqual(left && [left.finished, left.step], tables.dialect === 'sqlite' ? undefined : [undefined, two.up.length])
  assert.deepEqual(await up(tables, [one, mended], { place }), ['2_views'])
  await is(store, notes(text, views))
})

test('ten at once migrate once', async () => {
  await using store = await opened()
  const { chain, tables, place } = store
  const done = await Promise.all(Array.from({ length: 10 }, () => up(tables, chain, { place })))
  assert.deepEqual(
    done.toSorted((a, b) => b.length - a.length),
    [chain.map((one) => one.id), ...Array.from({ length: 9 }, () => [])],
  )
})

const folder = mkdtempSync(join(tmpdir(), 'offstage-run-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('a file of SQLite is copied before anything in it is dropped', async () => {
  const file = join(folder, 'app.db')
  const store = await openSqlite({ registry: notesRegistry(), file })
  const chain = chainFor(await rendererFor('sqlite'))
  await up(store.tables, chain.slice(0, 1), { place: file })
  await store.tables.locked(fill)
  await up(store.tables, chain, { place: file })
  await store.close()
  const copy = `${file}-before-20260102000000_second`
  assert.ok(existsSync(copy))
  const before = await openSqlite({ registry: notesRegistry(), file: copy })
  await is(before, first)
  const [row] = await before.tables.locked((session) => session.all('select count(subtitle) as n from posts'))
  assert.equal(row!['n'], 2)
  await before.close()
})

test('what is recorded as adopted is not run', async () => {
  await using store = await opened()
  const { chain, tables, place } = store
  await up(tables, chain, { place, to: '2' })
  await tables.locked((session) => recordAdopted(session, chain[2]!, {}))
  assert.deepEqual(await up(tables, chain, { place }), [])
  await is(store, notes(text, views))
})
