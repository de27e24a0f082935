// A required field for a large table, while somebody writes to it. MIGRATE_ROWS=1000000 is the real thing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { databaseOf } from '../../src/app/database-url.ts'
import { openStore } from '../../src/app/database.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { decimal } from '../../src/base/decimal.ts'
import { driftOf } from '../../src/migrate/drift.ts'
import { rendererFor } from '../../src/migrate/renderer.ts'
import { up } from '../../src/migrate/runner.ts'
import { notesRegistry } from '../../src/store/contract/notes.ts'
import type { Blueprint, ColumnDef } from '../../src/store/blueprint.ts'
import { id, runnable } from './run-chain.ts'

const server = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'
const rows = Number(process.env['MIGRATE_ROWS'] ?? 20_000)

const orders = (...columns: ColumnDef[]): Blueprint => ({
  tables: [
    {
      name: 'orders',
      columns: [
        id,
        { name: 'price', type: 'decimal(8,2)', nullable: false },
        { name: 'quantity', type: 'integer', nullable: false },
        ...columns,
      ],
      indexes: columns.map(({ name }) => ({ name: `orders__${name}__index`, columns: [name, 'id'], unique: false })),
    },
  ],
})
const total: ColumnDef = { name: 'total', type: 'decimal(12,2)', nullable: false, min: '0' }

test('a required field is added to a large table while a writer writes, who never waits for long', { timeout: 900_000 }, async (t) => {
  const scratch = await makeScratch(server)
  const store = await openStore(notesRegistry(), databaseOf(scratch.url, [], '/'))
  const writer = new Client({ connectionString: server })
  await writer.connect()
  await writer.query(`set search_path = ${new URL(scratch.url).searchParams.get('schema')}`)
  try {
    const render = await rendererFor('postgres')
    const first = runnable('1_orders', { tables: [] }, orders(), {}, render)
    const second = {
      ...runnable('2_total', orders(), orders(total), { data: new Set(['orders.total']) }, render),
      data: async () => ({
        'orders.total': {
          table: 'orders',
          where: { total: null },
          run: (found: readonly Record<string, any>[]) => found.map((row) => ({ total: decimal.mul(row['price'], row['quantity']) })),
        },
      }),
    }
    await up(store.tables, [first], { place: store.place })
    await writer.query(
      `insert into orders (id, price, quantity) select lpad(n::text, 12, '0'), (n % 1000) / 100.0, n % 7 from generate_series(1, ${rows}) n`,
    )
    const until = { done: false }
    // What the migration says as it goes on: each batch, and the beginning and the end of each step.
    let news = 0
    const spans: number[] = []
    const writing = (async () => {
      for (let n = 1; !until.done; n++) {
        const before = news
        // Rows from all over the table, as a version that knows of the field writes them, and one that does not.
        await writer.query('update orders set quantity = quantity where id = $1', [String((n * 7919) % rows).padStart(12, '0')])
        spans.push(news - before)
        await sleep(2)
      }
    })()
    await up(store.tables, [first, second], { place: store.place, told: () => void news++ })
    until.done = true
    await writing
    const longest = Math.max(...spans)
    t.diagnostic(`${rows} rows with ${news} news; ${spans.length} writes beside it, the longest met ${longest} of them`)
    assert.ok(longest < news / 2, `a write waited while ${longest} of ${news} things were done`)
    assert.deepEqual(driftOf(store.tables.expected(orders(total)), await store.tables.introspect()), [])
    const { rows: wrong } = await writer.query('select id from orders where total is distinct from price * quantity limit 3')
    assert.deepEqual(wrong, [])
  } finally {
    await writer.end()
    await store.close()
    await scratch.drop()
  }
})
