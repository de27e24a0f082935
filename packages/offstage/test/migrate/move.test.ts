import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databaseOf } from '../../src/app/database-url.ts'
import { openStore } from '../../src/app/database.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { follow } from '../../src/migrate/follow.ts'
import { prepareJournal, writeEntry } from '../../src/migrate/journal.ts'
import { move, type MoveNews } from '../../src/migrate/move.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { blueprintOf } from '../../src/store/blueprint.ts'
import type { Store } from '../../src/store/store.ts'
import { randomApp } from '../random/app.ts'
import { Dice } from '../random/dice.ts'
import { fill } from '../random/differential.ts'
import { randomRows } from '../random/rows.ts'
import type { Row } from '../../src/schema/kind.ts'
import type { Query } from '../../src/query/tree.ts'

/** A database without tables: of the kind under test, or SQLite. */
async function empty(registry: Registry): Promise<{ store: Store; drop: () => Promise<void> }> {
  const server = process.env['TEST_DATABASE_URL'] || undefined
  const scratch = server === undefined ? undefined : await makeScratch(server)
  const store = await openStore(registry, databaseOf(scratch?.url ?? 'file::memory:', [], '/'))
  return {
    store,
    async drop() {
      await store.close()
      await scratch?.drop()
    },
  }
}

const everything = (registry: Registry, model: string): Query => ({
  model,
  select: registry.models.get(model)!.columns.map(({ name }) => ({ field: name })),
  include: [],
  where: { is: 'true' },
  sort: [{ term: { through: [], field: 'id' }, desc: false }],
  limit: undefined,
  count: false,
})

async function rowsOf(store: Store, registry: Registry): Promise<Record<string, readonly Row[]>> {
  const rows: Record<string, readonly Row[]> = {}
  for (const name of registry.models.keys()) rows[name] = (await store.list(everything(registry, name))).rows
  return rows
}

async function world(seed: number): Promise<{ registry: Registry; source: Store; rows: Record<string, readonly Row[]> }> {
  const dice = new Dice(seed)
  const registry = randomApp(dice)
  const source = await openStore(registry, databaseOf('file::memory:', [], '/'))
  await fill(source, registry, randomRows(dice, registry, 30))
  return { registry, source, rows: await rowsOf(source, registry) }
}

test('an app is moved with every value, its indexes and its references, and is as if it had been made there', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const { registry, source, rows } = await world(seed)
    const { store, drop } = await empty(registry)
    try {
      const moved = await move(source, store, blueprintOf(registry), { batch: 7 })
      assert.deepEqual(await rowsOf(store, registry), rows)
      assert.deepEqual(
        moved.map(({ name, rows: count }) => [name, count]),
        blueprintOf(registry).tables.map(({ name }) => [
          name,
          rows[[...registry.models.values()].find(({ table }) => table === name)!.name]!.length,
        ]),
      )
      assert.deepEqual(await follow(store, registry, { dryRun: true }), [])
      assert.deepEqual(await rowsOf(source, registry), rows, 'the source is as it was')
    } finally {
      await source.close()
      await drop()
    }
  }
})

test('a move that ended anywhere goes on from there', async () => {
  const { registry, source, rows } = await world(11)
  const { store, drop } = await empty(registry)
  try {
    let told = 0
    for (let until = 1; ; until += 3) {
      told = 0
      const ends = (news: MoveNews): void => {
        if (++told > until) throw new Error(`ended while ${news.is}`)
      }
      try {
        await move(source, store, blueprintOf(registry), { batch: 5, told: ends })
        break
      } catch (error) {
        assert.match(String(error), /ended while/)
      }
    }
    assert.ok(told > 20, `it was interrupted more than a few times: ${told}`)
    assert.deepEqual(await rowsOf(store, registry), rows)
    assert.deepEqual(await follow(store, registry, { dryRun: true }), [])
  } finally {
    await source.close()
    await drop()
  }
})

test('a target with tables of its own is refused, and one that holds half of another move', async () => {
  const { registry, source } = await world(3)
  const { store, drop } = await empty(registry)
  const other = await world(4)
  try {
    await follow(store, registry)
    await assert.rejects(move(source, store, blueprintOf(registry)), { code: 'move_refused', message: /is not empty.*posts/s })
    const { store: half, drop: dropHalf } = await empty(registry)
    const stop = (): never => {
      throw new Error('stopped')
    }
    await assert.rejects(move(source, half, blueprintOf(registry), { told: stop }), /stopped/)
    await assert.rejects(move(other.source, half, blueprintOf(other.registry)), { code: 'move_refused', message: /half of a move/ })
    await dropHalf()
  } finally {
    await source.close()
    await other.source.close()
    await drop()
  }
})

test('what did not arrive as it left is told', async () => {
  const { registry, source, rows } = await world(5)
  const { store, drop } = await empty(registry)
  try {
    const stop = (news: MoveNews): void => {
      if (news.is === 'finishing') throw new Error('stopped')
    }
    await assert.rejects(move(source, store, blueprintOf(registry), { told: stop }), /stopped/)
    const spoilt = Object.keys(rows).find((name) => rows[name]!.length > 0 && registry.models.get(name)!.fields.has('version'))!
    await store.transaction((tx) => tx.update(spoilt, rows[spoilt]![0]!['id'] as string, { version: 99 }))
    await assert.rejects(move(source, store, blueprintOf(registry)), { code: 'move_differs', message: new RegExp(spoilt) })
  } finally {
    await source.close()
    await drop()
  }
})

test('a source that is amid a migration is refused', async () => {
  const { registry, source } = await world(6)
  const { store, drop } = await empty(registry)
  try {
    await source.tables.locked(async (session) => {
      await prepareJournal(session)
      await writeEntry(session, {
        id: '20260101000000_half',
        checksum: '',
        direction: 'up',
        started: '2026-01-01T00:00:00.000Z',
        finished: undefined,
        step: 1,
        cursor: undefined,
        consents: [],
        breaks: [],
        note: '',
      })
    })
    await assert.rejects(move(source, store, blueprintOf(registry)), { code: 'move_refused', message: /20260101000000_half.*migrate up/s })
  } finally {
    await source.close()
    await drop()
  }
})
