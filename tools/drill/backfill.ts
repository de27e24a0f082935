// A table with very many rows gets a required field, and then another name for itself, a field and a choice, while others write to it.
// The migration is killed again and again on its way. Nothing may be lost, and on PostgreSQL nobody may wait for a second.

import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Workplace } from '../../packages/offstage/test/commands/offstage.ts'
import { connectTo } from './client.ts'
import { fillMillion, million, writeVersion } from './million.ts'
import { command } from './nodes.ts'
import { fail, serverOf, type Kind } from './stage.ts'
import { Traffic } from './traffic.ts'

const writers = 4

/** Milliseconds that a write may wait on PostgreSQL. */
const longestWait = 1_000

export async function backfillDrill(kinds: readonly Kind[], rows: number): Promise<Record<string, unknown>> {
  const figures: Record<string, unknown> = { rows, writers }
  for (const kind of kinds) {
    const found = await drill(kind, rows)
    for (const [name, value] of Object.entries(found)) figures[`${kind}, ${name}`] = value
    console.log(kind, found)
  }
  return figures
}

async function drill(kind: Kind, rows: number): Promise<Record<string, unknown>> {
  await using server = await serverOf[kind]()
  using place = million()
  const url = await server.make()
  await command(place, {}, 'migrate', 'make', 'first')
  await command(place, { DATABASE_URL: url }, 'migrate', 'up')
  const filling = performance.now()
  await fillMillion(url, rows)
  const filled = performance.now() - filling
  await makeTotal(place)
  const traffic = new Traffic(url, rows)
  await traffic.start(writers)
  await sleep(2_000)
  const calm = traffic.look()

  const started = performance.now()
  const kills = [await killAt(place, url, rows * 0.3), await killAt(place, url, rows * 0.7)]
  await up(place, url)
  const took = performance.now() - started
  const field = traffic.look()

  writeVersion(place, 'renamed')
  const renames = ['--rename', 'orders=purchases', 'purchases.price=amount', 'purchases.status.draft=open']
  await command(place, {}, 'migrate', 'make', 'rename', ...renames)
  traffic.look()
  await up(place, url)
  const renamed = traffic.look()

  await sleep(500)
  await traffic.stop()
  await traffic.verify()
  await command(place, { DATABASE_URL: url }, 'migrate', 'status')
  const figures = {
    'filled, rows/s': Math.round((rows / filled) * 1000),
    'longest write before, ms': calm.longest,
    'field and backfill, s': Math.round(took / 100) / 10,
    'killed at row': kills.join(', '),
    'writes meanwhile': field.writes,
    'longest write meanwhile, ms': field.longest,
    'longest write of renames, ms': renamed.longest,
    'writes, none lost': traffic.writes,
  }
  const longest = Math.max(field.longest, renamed.longest)
  if (kind === 'postgres' && longest >= longestWait) fail(`a write waited ${longest} ms\n${JSON.stringify(figures, null, 2)}`)
  return figures
}

async function makeTotal(place: Workplace): Promise<void> {
  writeVersion(place, 'with total')
  await command(place, {}, 'migrate', 'make', 'total', '--data', 'orders.total')
  const id = readdirSync(join(place.folder, 'migrations')).find((name) => name.endsWith('_total'))!
  writeFileSync(
    join(place.folder, 'migrations', id, 'data.ts'),
    `import { dataSteps, decimal } from 'offstage'

export const steps = dataSteps({
  'orders.total': {
    table: 'orders',
    columns: ['price', 'quantity'],
    where: { total: null },
    run: (rows) => rows.map((row) => ({ total: decimal.mul(row.price, row.quantity) })),
  },
})
`,
  )
}

/** Begins to migrate, and ends the process at once when so many rows are done. How many were. */
async function killAt(place: Workplace, url: string, rows: number): Promise<number> {
  const migrating = place.start({ DATABASE_URL: url }, 'migrate', 'up')
  const client = await connectTo(url)
  try {
    for (;;) {
      if (migrating.process.exitCode !== null) fail(`it ended before it was killed:\n${migrating.output()}`)
      const [entry] = await client.all(`select row_cursor from offstage_migrations where row_cursor is not null`)
      const { seen = 0 } = entry ? (JSON.parse(String(entry['row_cursor'])) as { seen?: number }) : {}
      if (seen >= rows) {
        await migrating.stop('SIGKILL')
        return seen
      }
      await sleep(50)
    }
  } finally {
    await client[Symbol.asyncDispose]()
  }
}

async function up(place: Workplace, url: string): Promise<void> {
  const migrating = place.start({ DATABASE_URL: url }, 'migrate', 'up')
  const code = await new Promise((done) => migrating.process.once('exit', done))
  if (code !== 0) fail(`offstage migrate up ended with ${String(code)}:\n${migrating.output()}`)
  console.log(migrating.output())
}
