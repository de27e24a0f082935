// What is dropped can be put aside instead: renamed to `_dropped_<day>_<name>`, out of the way of the models and of new rows, with all
// of its values. It stays in the snapshots, and no migration touches it, until it is dropped by that name: `--drop posts._dropped_...`.

import { physicalName, type Blueprint, type ColumnDef, type TableDef } from '../store/blueprint.ts'
import type { Operation } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { named, same, withoutDefault, withoutReference } from './canonical.ts'
import type { Hints } from './hints.ts'

const prefix = '_dropped_'
export const isAside = ({ name }: { readonly name: string }): boolean => name.startsWith(prefix)
const asideName = (name: string, now: Date): string =>
  physicalName(`${prefix}${now.toISOString().slice(0, 10).replaceAll('-', '')}_${name}`)

/** The wanted blueprint with everything that was put aside before, except what is to be dropped now. */
export function withAside(before: Blueprint, after: Blueprint, { drops }: Hints): Blueprint {
  const kept = before.tables.filter((table) => isAside(table) && !drops?.has(table.name))
  const tables = after.tables.map((table): TableDef => {
    const aside =
      named(before.tables, table.name)?.columns.filter((column) => isAside(column) && !drops?.has(`${table.name}.${column.name}`)) ?? []
    return aside.length === 0
      ? table
      : { ...table, columns: [...table.columns, ...aside.filter(({ name }) => !named(table.columns, name))] }
  })
  return { tables: [...tables, ...kept.filter(({ name }) => !named(after.tables, name))] }
}

/** The same operations, with what they drop put aside. What was put aside before is dropped. */
export function puttingAside(before: Blueprint, operations: readonly Operation[], now: Date): readonly Operation[] {
  let state = before
  return operations.flatMap((operation) => {
    const instead = aside(operation, state, now)
    state = applyOperations(state, instead)
    return instead
  })
}

function aside(operation: Operation, state: Blueprint, now: Date): readonly Operation[] {
  if (operation.op === 'dropColumn' && !operation.column.shadow && !isAside(operation.column)) {
    const { table, column } = operation
    const to: ColumnDef = { ...withoutReference(withoutDefault(column)), nullable: true }
    return [
      ...(same(column, to) ? [] : [{ op: 'alterColumn', table, from: column, to } as const]),
      { op: 'renameColumn', table, from: column.name, to: free(named(state.tables, table)!.columns, asideName(column.name, now)) },
    ]
  }
  if (operation.op !== 'dropTable' || isAside(operation.table)) return [operation]
  const { name, columns, indexes } = operation.table
  return [
    // Names of indexes are needed again if a model of this name comes back; references would keep rows of others from being deleted.
    ...indexes.map((index) => ({ op: 'dropIndex', table: name, index }) as const),
    ...columns
      .filter(({ references }) => references)
      .map((from) => ({ op: 'alterColumn', table: name, from, to: withoutReference(from) }) as const),
    { op: 'renameTable', from: name, to: free(state.tables, asideName(name, now)) },
  ]
}

/** The same name may have been put aside on the same day. */
function free(taken: readonly { readonly name: string }[], name: string): string {
  let next = name
  for (let n = 2; named(taken, next); n++) next = `${name.slice(0, 60)}_${n}`
  return next
}
