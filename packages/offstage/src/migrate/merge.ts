// Branches are joined by a migration without operations, if it makes no difference which of them runs first. The SQL of each was written
// for tables without what the other does, so a table may be changed by both only in ways that leave the rest of it alone.

import { OffstageError } from '../base/errors.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { Operation } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { named, same } from './canonical.ts'
import { ancestorsOf, joined, operationsOf, type Chain, type Linked } from './chain.ts'
import type { Draft } from './migration.ts'

/** The migration that joins all heads; undefined when there are no branches. Throws `invalid_migration` naming two that cannot be joined. */
export function mergeHeads(chain: Chain, now: Date): Draft | undefined {
  const { heads, migrations } = chain
  if (heads.length < 2) return undefined
  for (const [at, head] of heads.entries()) for (const other of heads.slice(at + 1)) refuseOverlap(head, other, migrations)
  return { name: 'merge', now, parents: heads, before: joined(heads, migrations), operations: [] }
}

function refuseOverlap(a: Linked, b: Linked, all: readonly Linked[]): void {
  const [ofA, ofB] = [ancestorsOf(a, all), ancestorsOf(b, all)]
  const onlyA = all.filter((one) => (one === a || ofA.has(one)) && !ofB.has(one))
  const onlyB = all.filter((one) => (one === b || ofB.has(one)) && !ofA.has(one))
  const clash = clashOf(onlyA, onlyB) ?? (commute(a, b, onlyA, onlyB) ? undefined : { a, b, what: 'the same things' })
  if (!clash) return
  throw new OffstageError('invalid_migration', {
    detail: `${clash.a.id} and ${clash.b.id} both change ${clash.what}, and neither follows the other.`,
    hint: `Of the two, remove the folder of the one that has not run anywhere but in development, and make it again: offstage migrate make`,
  })
}

function commute(a: Linked, b: Linked, onlyA: readonly Linked[], onlyB: readonly Linked[]): boolean {
  try {
    return same(applyOperations(a.after, operationsOf(onlyB)), applyOperations(b.after, operationsOf(onlyA)))
  } catch {
    return false
  }
}

interface Clash {
  readonly a: Linked
  readonly b: Linked
  readonly what: string
}

function clashOf(onlyA: readonly Linked[], onlyB: readonly Linked[]): Clash | undefined {
  for (const a of onlyA)
    for (const b of onlyB) {
      const [ofA, ofB] = [tablesOf(a), tablesOf(b)]
      for (const [table, isGentle] of ofA) {
        const other = ofB.get(table)
        if (other !== undefined && !(isGentle && other)) return { a, b, what: `the table ${table}` }
      }
    }
  return undefined
}

// They touch neither the other columns nor their names.
const gentle: ReadonlySet<Operation['op']> = new Set(['addColumn', 'addIndex', 'dropIndex', 'renameIndex', 'fillShadow'])

/** The tables that a migration changes, each with whether it leaves alone what others may add to it. */
function tablesOf({ operations, before, after, up }: Linked): ReadonlyMap<string, boolean> {
  const tables = new Map<string, boolean>()
  // SQLite copies a table into a new one with the columns that it had then.
  const rebuilds = up.sqlite?.some((step) => step.kind === 'sql' && step.rebuild) ?? false
  const add = (table: string, isGentle: boolean): void => {
    tables.set(table, (tables.get(table) ?? true) && isGentle && !rebuilds)
  }
  const names = [...before.tables, ...after.tables].map(({ name }) => name)
  for (const operation of operations) {
    const isGentle = gentle.has(operation.op)
    if (operation.op === 'renameTable') {
      for (const table of [operation.from, operation.to, ...referrers(before, operation.from), ...referrers(after, operation.to)])
        add(table, false)
    } else if (operation.op === 'data' || operation.op === 'sql') {
      // What they do is not known: every table whose name they mention counts.
      const words = new Set(JSON.stringify(operation).split(/\W+/))
      for (const name of names) if (words.has(name)) add(name, false)
    } else if (typeof operation.table === 'string') {
      add(operation.table, isGentle)
      const keys = [before, after].map((state) => named(state.tables, operation.table as string)?.columns[0]!.name)
      if (operation.op === 'renameColumn' && keys.includes(operation.from))
        for (const table of referrers(before, operation.table)) add(table, false)
    } else add(operation.table.name, isGentle)
  }
  return tables
}

const referrers = ({ tables }: Blueprint, name: string): readonly string[] =>
  tables.filter(({ columns }) => columns.some(({ references }) => references?.table === name)).map((table) => table.name)
