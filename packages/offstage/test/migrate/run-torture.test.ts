import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diff } from '../../src/migrate/diff.ts'
import { driftOf } from '../../src/migrate/drift.ts'
import { TableRows } from '../../src/migrate/table-rows.ts'
import { down, up } from '../../src/migrate/runner.ts'
import { normaliseEmail, normaliseSearch } from '../../src/schema/normalise.ts'
import type { Json } from '../../src/schema/kind.ts'
import type { Blueprint, ColumnDef, ColumnType, TableDef } from '../../src/store/blueprint.ts'
import { conversion } from '../../src/store/conversions.ts'
import type { Session } from '../../src/store/operations.ts'
import { Dice } from '../random/dice.ts'
import { edited, randomBlueprint, renamed, type Renames } from './blueprints.ts'
import { runnable } from './run-chain.ts'
import { rendererFor } from '../../src/migrate/renderer.ts'
import { emptyStore } from './run-database.ts'

// Servers take longer: TORTURE_STEPS=300 does there what is done here on a file.
const steps = Number(process.env['TORTURE_STEPS'] ?? (process.env['TEST_DATABASE_URL'] ? 50 : 300))
const mostRows = 8
let made = 0

type Rows = Record<string, Json>

function valueOf(dice: Dice, { type, choices }: ColumnDef): Json {
  const n = ++made
  if (choices) return 'zero'
  if (type.startsWith('decimal')) return Number(type.slice(-2, -1)) === 2 ? `${n}.25` : `${n}.2500`
  switch (type) {
    case 'uuid':
    case 'key':
      return `01a1fe0c-0c31-733a-a44c-${String(n).padStart(12, '0')}`
    case 'serial':
      return String(n)
    case 'integer':
      return dice.int(0, 5)
    case 'real':
      return n + 0.5
    case 'boolean':
      return dice.chance(0.5)
    case 'datetime':
      return new Date(1_700_000_000_000 + n * 1_001).toISOString()
    case 'date':
      return new Date(n * 86_400_000).toISOString().slice(0, 10)
    case 'json':
      return { n: [n, null, 'x'] }
    default:
      return `Tëxt ${n}`
  }
}

async function insertSome(dice: Dice, session: Session, blueprint: Blueprint): Promise<void> {
  for (const table of blueprint.tables) {
    const rows = new TableRows(session, blueprint, table.name)
    if ((await rows.select({ columns: [] })).length >= mostRows) continue
    const row: Rows = {}
    for (const column of table.columns.filter(({ shadow }) => !shadow)) {
      row[column.name] = column.nullable && dice.chance(0.3) ? null : valueOf(dice, column)
      if (column.references && column.name !== rows.key) {
        const target = new TableRows(session, blueprint, column.references.table)
        const keys = (await target.select({ columns: [] })).map((one) => one[target.key]!)
        row[column.name] = keys.length === 0 || row[column.name] === null ? null : dice.pick(keys)
      }
    }
    if (table.columns.some(({ nullable, shadow, name }) => !nullable && !shadow && row[name] === null)) continue
    for (const { name, shadow } of table.columns) {
      if (!shadow) continue
      const source = row[shadow.of]
      row[name] = typeof source === 'string' ? (shadow.use === 'email' ? normaliseEmail : normaliseSearch)(source) : null
    }
    await rows.insert([row])
  }
}

async function allRows(session: Session, blueprint: Blueprint): Promise<Map<string, Map<Json, Rows>>> {
  const all = new Map<string, Map<Json, Rows>>()
  for (const { name } of blueprint.tables) {
    const rows = new TableRows(session, blueprint, name)
    all.set(name, new Map((await rows.select({ columns: rows.columns })).map((row) => [String(row[rows.key]), row])))
  }
  return all
}

/** Edits that the rows which are there can follow: what they cannot is tested elsewhere. */
function tame(before: Blueprint, after: Blueprint, { tables, columns }: Renames, there: Map<string, Map<Json, Rows>>): Blueprint {
  const names = new Set(after.tables.map(({ name }) => name))
  return {
    tables: after.tables.map((table): TableDef => {
      const old = before.tables.find(({ name }) => name === (tables[table.name] ?? table.name))
      const within = (from: ColumnDef, { min, max, ...column }: ColumnDef): ColumnDef =>
        [...there.get(old!.name)!.values()].every(
          (row) => Number(row[from.name] ?? 0) >= Number(min ?? 0) && Number(row[from.name] ?? 0) <= Number(max ?? 5),
        )
          ? { ...column, ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
          : column
      const tamed = table.columns.map((column, at) => {
        const from = old?.columns.find(({ name }) => name === (columns[`${table.name}.${column.name}`] ?? column.name))
        if (at === 0 || column.shadow) return column
        if (!from) return column.references && old ? { ...column, nullable: true } : column
        const kept = ['same', 'lossless'].includes(conversion(from.type, column.type)) && Boolean(from.choices) === Boolean(column.choices)
        if (kept && from.references?.table === column.references?.table)
          return column.references && !column.nullable && from.nullable ? { ...column, nullable: true } : within(from, column)
        const renamedTarget = from.references && Object.entries(tables).find(([, was]) => was === from.references!.table)?.[0]
        const target = renamedTarget ?? from.references?.table
        if (kept && target === column.references?.table) return within(from, column)
        const { references: _, ...bare } = from
        const type = target === undefined ? undefined : after.tables.find(({ name }) => name === target)?.columns[0]!.type
        return {
          ...bare,
          name: column.name,
          ...(target !== undefined && names.has(target) && { type: type!, references: { table: target, column: 'id' } }),
        }
      })
      const risky = (name: string): boolean => {
        const column = tamed.find((one) => one.name === name)!
        if (column.shadow) return risky(column.shadow.of)
        const from = old?.columns.find((one) => one.name === (columns[`${table.name}.${name}`] ?? name))
        // Several rows have one value, or get one.
        const free: readonly ColumnType[] = ['text(255)', 'text(768)', 'decimal(10,2)', 'decimal(12,4)', 'datetime', 'date', 'real']
        if (column.references || column.choices || !free.includes(column.type)) return true
        if (!from) return !column.nullable
        const values = [...there.get(old!.name)!.values()].map((row) => row[from.name]).filter((value) => value !== null)
        return from.type !== column.type || (from.nullable && !column.nullable) || new Set(values).size < values.length
      }
      // Texts of a column that is no text any more have no copies.
      const shadows = tamed.filter(({ shadow }) => {
        const source = shadow && tamed.find(({ name }) => name === shadow.of)
        return !shadow || (source?.type.startsWith('text') && !source.choices)
      })
      const has = (name: string): boolean => shadows.some((one) => one.name === name)
      const indexable = (name: string): boolean => !['text', 'json'].includes(tamed.find((one) => one.name === name)!.type)
      return {
        ...table,
        columns: shadows,
        indexes: table.indexes.filter(
          ({ unique, columns: on }) => on.every((name) => has(name) && (indexable(name) || name === 'id')) && !(unique && on.some(risky)),
        ),
      }
    }),
  }
}

/** A new name may be one that is there already. */
const isTwice = ({ tables }: Blueprint): boolean =>
  [tables, ...tables.flatMap(({ columns, indexes }) => [columns, indexes])].some(
    (list: readonly { name: string }[]) => new Set(list.map(({ name }) => name)).size < list.length,
  )

/** Models tell a rename once: a name that is there already was not renamed just now. */
const isTaken = ({ tables }: Blueprint, renames: Renames): boolean =>
  Object.keys(renames.tables).some((name) => tables.some((table) => table.name === name)) ||
  Object.keys(renames.columns).some((path) => {
    const [table, column] = path.split('.') as [string, string]
    const old = tables.find(({ name }) => name === (renames.tables[table] ?? table))
    return old?.columns.some(({ name }) => name === column)
  })

const hasOtherKeys = (before: Blueprint, after: Blueprint): boolean =>
  after.tables.some(({ name, columns }) => {
    const old = before.tables.find((table) => table.name === name)?.columns[0]
    return old !== undefined && !['same', 'lossless'].includes(conversion(old.type, columns[0]!.type))
  })

const dropsOf = ({ tables }: Blueprint): Set<string> =>
  new Set(tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => `${name}.${column.name}`)]))

test('after each of many random edits the tables are those of the models, and no value is lost', { timeout: 600_000 }, async (t) => {
  const store = await emptyStore()
  const render = await rendererFor(store.dialect)
  const { tables, place } = store
  let now: Blueprint = { tables: [] }
  let trips = 0
  try {
    for (let step = 0; step < steps; step++) {
      const dice = new Dice(step + Number(process.env['TORTURE_SEED'] ?? 1) * 10_000)
      const rename = step > 0 && dice.chance(0.3)
      const none: Renames = { tables: {}, columns: {} }
      const { blueprint, renames } = rename
        ? renamed(dice, now)
        : { blueprint: now.tables.length < 2 ? randomBlueprint(dice) : edited(dice, now), renames: none }
      if (isTwice(blueprint) || isTaken(now, renames) || hasOtherKeys(now, blueprint)) continue
      const before = await tables.locked((session) => allRows(session, now))
      const after = tame(now, blueprint, renames, before)
      const fills: Record<string, Json> = {}
      for (const table of after.tables) {
        for (const column of table.columns) {
          const from = now.tables
            .find(({ name }) => name === (renames.tables[table.name] ?? table.name))
            ?.columns.find(({ name }) => name === (renames.columns[`${table.name}.${column.name}`] ?? column.name))
          if (!column.nullable && column.default === undefined && !column.shadow && (!from || from.nullable) && !column.references)
            fills[`${table.name}.${column.name}`] = valueOf(dice, column)
        }
      }
      const hints = { ...renames, drops: dropsOf(now), fills }
      const { operations, problems } = diff(now, after, hints)
      if (problems.length > 0) {
        t.diagnostic(`step ${step} is asked about: ${problems[0]!.what}`)
        continue
      }
      const story = `step ${step}: ${JSON.stringify(operations)}`
      try {
        const migration = runnable(`${step}_edit`, now, after, hints, render)
        // Only this one stands in the folder: each runs on what the last has left.
        await tables.locked((session) => session.run('drop table if exists offstage_migrations'))
        await up(tables, [migration], { place })
        assert.deepEqual(driftOf(tables.expected(after), await tables.introspect()), [])
        const there = await tables.locked((session) => allRows(session, after))
        nothingLost(now, after, renames, before, there, fills)
        if (migration.down) {
          trips++
          await down(tables, [migration], { place, mayLose: true })
          assert.deepEqual(driftOf(tables.expected(now), await tables.introspect()), [])
          assert.deepEqual(await tables.locked((session) => allRows(session, now)), before, 'the way back')
          await up(tables, [migration], { place })
          assert.deepEqual(await tables.locked((session) => allRows(session, after)), there, 'and there again')
        }
        now = after
        await tables.locked((session) => insertSome(dice, session, now))
      } catch (error) {
        throw new Error(`${story}\n${(error as Error).message}`, { cause: error })
      }
    }
    const rows = await tables.locked((session) => allRows(session, now))
    t.diagnostic(
      `${steps} edits, ${trips} of them there and back; ${[...rows.values()].reduce((sum, one) => sum + one.size, 0)} rows at the end`,
    )
  } finally {
    await store.close()
  }
})

function nothingLost(
  before: Blueprint,
  after: Blueprint,
  { tables, columns }: Renames,
  were: Map<string, Map<Json, Rows>>,
  are: Map<string, Map<Json, Rows>>,
  fills: Record<string, Json>,
): void {
  for (const table of after.tables) {
    const old = before.tables.find(({ name }) => name === (tables[table.name] ?? table.name))
    if (!old) continue
    const [oldRows, rows] = [were.get(old.name)!, are.get(table.name)!]
    // A table whose key can become the new one by no conversion is another table of that name.
    if (conversion(old.columns[0]!.type, table.columns[0]!.type) === 'impossible') continue
    assert.deepEqual([...rows.keys()].toSorted(), [...oldRows.keys()].toSorted(), `rows of ${table.name}`)
    for (const column of table.columns) {
      const from: ColumnDef | undefined = old.columns.find(({ name }) => name === (columns[`${table.name}.${column.name}`] ?? column.name))
      for (const [key, row] of rows) {
        const value = row[column.name]
        if (!from) {
          if (!column.shadow) assert.deepEqual(value, fills[`${table.name}.${column.name}`] ?? column.default ?? null)
          continue
        }
        const was: Json | undefined = oldRows.get(key)![from.name]
        const place = `${table.name}.${column.name} of ${String(key)}`
        if (was === null)
          assert.deepEqual(
            value,
            column.nullable || column.shadow ? value : (fills[`${table.name}.${column.name}`] ?? column.default),
            place,
          )
        else if (from.type === column.type) assert.deepEqual(value, was, place)
        else assert.notEqual(value, null, place)
      }
    }
  }
}
