// From the tables of one version of an app to those of the next: which operations, in an order in which they can be carried out.
// First everything is renamed, so that the rest can go by names; then what others stand on is made before them, and what is gone goes last.

import { conversion } from '../store/conversions.ts'
import type { Blueprint, ColumnDef, TableDef } from '../store/blueprint.ts'
import type { Operation } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { byName, canonical, named, same, withoutReference } from './canonical.ts'
import { changeTable } from './diff-table.ts'
import { noHints, type Hints, type Problem } from './hints.ts'
import { withAside } from './kept.ts'
import { match } from './match.ts'
import { referrersFirst, targetsFirst } from './order.ts'
import { Plan } from './plan.ts'

export interface Diff {
  readonly operations: readonly Operation[]
  /** Questions. The operations are those that follow if what is asked about is dropped, or has a value in every row. */
  readonly problems: readonly Problem[]
}

/** The same blueprints and hints always give the same operations. Applied to `before` they give `wanted`, and what was put aside before. */
export function diff(before: Blueprint, wanted: Blueprint, hints: Hints = noHints): Diff {
  const { renames, problems } = match(before, wanted, hints)
  const plan = new Plan()
  const state = applyOperations(before, renames)
  const told = withNewNames(hints, renames)
  changes(plan, state, inOrder(withAside(state, wanted, told)), told)
  return { operations: [...renames, ...plan.operations], problems: [...problems, ...plan.problems] }
}

/** Columns keep their declared order, in which new tables are made. */
const inOrder = ({ tables }: Blueprint): Blueprint => ({ tables: tables.toSorted(byName) })

/** Hints about old names, told by the names that things have after the renames. */
function withNewNames(hints: Hints, renames: readonly Operation[]): Hints {
  const tables = new Map<string, string>()
  const columns = new Map<string, string>()
  for (const one of renames) {
    if (one.op === 'renameTable') tables.set(one.from, one.to)
    if (one.op === 'renameColumn') columns.set(`${one.table}.${one.from}`, one.to)
  }
  const translated = (path: string): string => {
    const [first, column, ...choice] = path.split('.')
    const table = tables.get(first!) ?? first!
    return column === undefined ? table : [table, columns.get(`${table}.${column}`) ?? column, ...choice].join('.')
  }
  const all = (paths: ReadonlySet<string> | undefined): ReadonlySet<string> => new Set([...(paths ?? [])].map(translated))
  return { ...hints, empty: all(hints.empty), drops: all(hints.drops) }
}

function changes(plan: Plan, state: Blueprint, after: Blueprint, hints: Hints): void {
  const remade = remadeTables(plan, state, after, hints)
  const isRekeyed = (table: string): boolean =>
    remade.has(table) || named(state.tables, table)?.columns[0]!.type !== named(after.tables, table)?.columns[0]!.type
  const goes = (table: string): boolean => !named(after.tables, table)

  const detached = (table: TableDef): TableDef => ({
    ...table,
    columns: table.columns.map((column) => {
      if (!column.references) return column
      const target = column.references.table
      const wanted = named(named(after.tables, table.name)?.columns ?? [], column.name)
      const stays = wanted && same([wanted.references, wanted.type], [column.references, column.type])
      // MySQL keeps an index that a reference needs: it cannot go before its column unless the reference has.
      const holdsIndex = !wanted && !goes(table.name) && table.indexes.some(({ columns: [first] }) => first === column.name)
      if (!holdsIndex && (goes(target) ? !wanted : !isRekeyed(target) && (stays || !wanted))) return column
      return without(plan, 'detach', table.name, column)
    }),
  })

  for (const table of targetsFirst(after.tables))
    if (!named(state.tables, table.name) || remade.has(table.name)) plan.add('createTable', { op: 'createTable', table })
  const old = state.tables.map(detached)
  for (const table of old) {
    const wanted = named(after.tables, table.name)
    if (wanted && remade.has(table.name)) plan.add('dropOldTable', { op: 'dropTable', table })
    else if (wanted) changeTable({ plan, hints, old: table, wanted })
  }
  dropTables(
    plan,
    old.filter(({ name }) => goes(name)),
  )
}

/** Tables that are dropped and made again under their name: empty ones that differ, and those whose key cannot be kept. */
function remadeTables(plan: Plan, state: Blueprint, after: Blueprint, hints: Hints): ReadonlySet<string> {
  const remade = new Set<string>()
  for (const old of state.tables) {
    const wanted = named(after.tables, old.name)
    if (!wanted) continue
    if (hints.empty?.has(old.name)) {
      if (!same(canonical({ tables: [old] }), canonical({ tables: [wanted] }))) remade.add(old.name)
      continue
    }
    const [from, to] = [old.columns[0]!, wanted.columns[0]!]
    if (from.name === to.name && conversion(from.type, to.type) !== 'impossible') continue
    remade.add(old.name)
    if (hints.drops?.has(old.name)) continue
    plan.problems.push({
      id: 'impossible',
      table: old.name,
      column: to.name,
      what: `the key of ${old.name} would change from ${from.name} (${from.type}) to ${to.name} (${to.type}), which cannot be worked out`,
      write: `keep the key and declare a new model beside it; --drop ${old.name} gives all of its rows up`,
    })
  }
  return remade
}

function dropTables(plan: Plan, gone: readonly TableDef[]): void {
  let left = referrersFirst(gone)
  while (left.length > 0) {
    const [table, ...others] = left as [TableDef, ...TableDef[]]
    // Only in a circle does something that is still there refer to it.
    left = others.map((other) => ({
      ...other,
      columns: other.columns.map((column) =>
        column.references?.table === table.name ? without(plan, 'dropTable', other.name, column) : column,
      ),
    }))
    plan.add('dropTable', { op: 'dropTable', table })
  }
}

/** The column as it is without its reference, which is taken away. */
function without(plan: Plan, phase: 'detach' | 'dropTable', table: string, column: ColumnDef): ColumnDef {
  const to = withoutReference(column)
  plan.add(phase, { op: 'alterColumn', table, from: column, to })
  return to
}
