// An app with very many rows, in three versions: with a new required field, and then with another name for a table, a field and a choice.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workplace, type Workplace } from '../../packages/offstage/test/commands/offstage.ts'
import { defineModels, t } from '../../packages/offstage/src/index.ts'
import { insertLines } from '../../packages/offstage/src/migrate/bulk-insert.ts'
import { resolve } from '../../packages/offstage/src/schema/resolve.ts'
import type { Json } from '../../packages/offstage/src/schema/kind.ts'
import { blueprintOf } from '../../packages/offstage/src/store/blueprint.ts'
import { fail, inDatabase } from './stage.ts'

export type Version = 'first' | 'with total' | 'renamed'

const fields: Readonly<Record<Version, string>> = {
  first: `orders: { customer: t.ref('customers').index(), price: t.decimal(10, 2), quantity: t.integer(), touched: t.integer().default(0),
    status: t.enum('draft', 'placed', 'paid').default('draft').index(), note: t.text({ max: 200 }).optional() }`,
  'with total': `orders: { customer: t.ref('customers').index(), price: t.decimal(10, 2), quantity: t.integer(), touched: t.integer().default(0),
    status: t.enum('draft', 'placed', 'paid').default('draft').index(), note: t.text({ max: 200 }).optional(), total: t.decimal(12, 2) }`,
  renamed: `purchases: { customer: t.ref('customers').index(), amount: t.decimal(10, 2), quantity: t.integer(), touched: t.integer().default(0),
    status: t.enum('open', 'placed', 'paid').default('open').index(), note: t.text({ max: 200 }).optional(), total: t.decimal(12, 2) }`,
}

export function million(): Workplace {
  const place = workplace()
  writeFileSync(join(place.folder, 'package.json'), '{ "name": "million", "type": "module" }\n')
  writeVersion(place, 'first')
  return place
}

export function writeVersion(place: Workplace, version: Version): void {
  writeFileSync(
    join(place.folder, 'app.ts'),
    `import { defineApp, defineModels, t } from 'offstage'

const { models } = defineModels({
  customers: { name: t.text() },
  ${fields[version]},
})
for (const one of Object.values(models)) one.access({ read: 'everyone' })
export const app = defineApp({ models })
`,
  )
}

export const customers = 1_000
export const rowId = (at: number): string => `01900000-0000-7000-8000-${at.toString(16).padStart(12, '0')}`
export const priceOf = (at: number): number => (at * 7919) % 100_000
export const quantityOf = (at: number): number => 1 + (at % 9)
export const decimalOf = (cents: number): string => (cents / 100).toFixed(2)
const choices = ['draft', 'placed', 'paid']
export const choiceOf = (at: number): string => choices[at % 3]!

/** Into the tables of the first version. */
export async function fillMillion(url: string, rows: number): Promise<void> {
  const { models } = defineModels({
    customers: { name: t.text() },
    orders: {
      customer: t.ref('customers').index(),
      price: t.decimal(10, 2),
      quantity: t.integer(),
      touched: t.integer().default(0),
      status: t.enum('draft', 'placed', 'paid').default('draft').index(),
      note: t.text({ max: 200 }).optional(),
    },
  })
  const { tables } = blueprintOf(resolve({ models }))
  const at = '2026-01-02T03:04:05.678Z'
  const tableOf = (name: string) => tables.find((table) => table.name === name) ?? fail(`no table ${name}`)
  const line = (name: string, values: Readonly<Record<string, Json>>): Json[] =>
    tableOf(name).columns.map((column) => ({ createdAt: at, updatedAt: at, version: 1, ...values })[column.name] ?? null)
  await inDatabase(url, async (session) => {
    const named = Array.from({ length: customers }, (_, n) => line('customers', { id: rowId(n), name: `Customer ${n}` }))
    await session.transaction(() => insertLines(session, tableOf('customers'), named))
    for (let from = 0; from < rows; from += 5_000) {
      const lines = Array.from({ length: Math.min(5_000, rows - from) }, (_, n) => orderLine(from + n))
      await session.transaction(() => insertLines(session, tableOf('orders'), lines))
    }
  })

  function orderLine(n: number): Json[] {
    return line('orders', {
      id: rowId(n),
      customer: rowId(n % customers),
      price: decimalOf(priceOf(n)),
      quantity: quantityOf(n),
      touched: 0,
      status: choiceOf(n),
      note: n % 2 === 0 ? null : `Bestellung № ${n} — “öfter”`,
    })
  }
}
