// A row that a change has no place for: the database must refuse the change and keep the row, and the migration must go on once somebody
// has put the row right by hand.

import assert from 'node:assert/strict'
import { cellOf, quoteFor } from '../../../src/migrate/cells.ts'
import { up } from '../../../src/migrate/runner.ts'
import type { Runnable } from '../../../src/migrate/runnable.ts'
import type { Json } from '../../../src/schema/kind.ts'
import type { ColumnDef } from '../../../src/store/blueprint.ts'
import { isTextual } from '../../../src/store/conversions.ts'
import type { Patient } from './database.ts'
import { columnOf, tableOf } from './models.ts'
import type { Draft } from './world.ts'

interface Victim {
  readonly tables: readonly [old: string, now: string]
  readonly columns: readonly [old: string, now: string]
  readonly from: ColumnDef
  readonly key: string
  readonly good: Json
}

const bad = 'no such thing \u2603'

/** Whether there was a change that some row could stand in the way of. */
export async function refuse(patient: Patient, chain: readonly Runnable[], draft: Draft): Promise<boolean> {
  const victim = victimOf(chain.at(-1)!, draft)
  if (!victim) return false
  await setValue(patient, victim, bad)
  await assert.rejects(
    up(patient.tables, chain, patient),
    { code: 'migration_failed' },
    `${victim.tables[1]}.${victim.columns[1]} takes no '${bad}'`,
  )
  assert.equal(await setValue(patient, victim, victim.good, bad), 1, 'the value that was refused is still there')
  return true
}

/** A text that becomes something else, or one of a few. */
function victimOf({ operations }: Runnable, { models, before }: Draft): Victim | undefined {
  for (const operation of operations) {
    if (operation.op !== 'alterColumn' || !isTextual(operation.from.type)) continue
    const { table, from, to } = operation
    if (from.choices || from.references || from.shadow || (isTextual(to.type) && !to.choices)) continue
    const model = models.find((one) => tableOf(one) === table)
    const field = model?.fields.find((one) => columnOf(one) === to.name)
    if (model?.was === undefined || field?.was === undefined) continue
    const row = Object.entries(before.rows[model.was]!).find(([, values]) => values[field.was!] !== null)
    if (row) return { tables: [model.was, table], columns: [field.was, to.name], from, key: row[0], good: row[1][field.was]! }
  }
  return undefined
}

/** By the names that the table and column have at this point: a change that was refused may have been half done. */
async function setValue({ tables }: Patient, victim: Victim, value: Json, was?: Json): Promise<number> {
  const there = await tables.introspect()
  const table = there.find(({ name }) => victim.tables.includes(name))!
  const column = table.columns.find(({ name }) => victim.columns.includes(name))!
  return tables.locked((session) => {
    const quote = (name: string): string => quoteFor(session.dialect, name)
    const cell = cellOf(session.dialect, victim.from.type)
    const key = table.columns.find(({ name }) => name === 'id')!
    const only = was === undefined ? '' : ` and ${quote(column.name)} = ?`
    return session.run(`update ${quote(table.name)} set ${quote(column.name)} = ? where ${quote(key.name)} = ?${only}`, [
      cell.encode(value),
      /int/.test(key.type) && session.dialect === 'sqlite' ? Number(victim.key) : victim.key,
      ...(was === undefined ? [] : [cell.encode(was)]),
    ])
  })
}
