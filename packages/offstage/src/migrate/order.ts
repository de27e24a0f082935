// Tables in the order in which they can be made or dropped, as far as they do not refer to each other in a circle.

import type { TableDef } from '../store/blueprint.ts'

export const targetsFirst = (tables: readonly TableDef[]): readonly TableDef[] =>
  ordered(tables, (table) => tables.filter((other) => refersTo(table, other)))

export const referrersFirst = (tables: readonly TableDef[]): readonly TableDef[] =>
  ordered(tables, (table) => tables.filter((other) => refersTo(other, table)))

const refersTo = (from: TableDef, to: TableDef): boolean =>
  from !== to && from.columns.some(({ references }) => references?.table === to.name)

function ordered(tables: readonly TableDef[], earlier: (table: TableDef) => readonly TableDef[]): readonly TableDef[] {
  const done = new Set<TableDef>()
  const order: TableDef[] = []
  const visit = (table: TableDef): void => {
    if (done.has(table)) return
    done.add(table)
    for (const other of earlier(table)) visit(other)
    order.push(table)
  }
  for (const table of tables) visit(table)
  return order
}
