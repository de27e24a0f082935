// References as a database has them while operations are rendered. One between two columns whose types change one after the other
// cannot stand in between, nor one to a table that is not made yet: so they are taken away when needed, and put back at the end.

import { physicalName, referenceName, type Blueprint, type IndexDef, type TableDef } from './blueprint.ts'
import type { Operation } from './operations.ts'

export interface Reference {
  readonly name: string
  readonly table: string
  readonly column: string
  readonly target: string
  readonly to: string
}

export const referencesOf = ({ tables }: Blueprint): Reference[] =>
  tables.flatMap((table) =>
    table.columns.flatMap(({ name, references }) =>
      references
        ? [{ name: referenceName(table.name, name), table: table.name, column: name, target: references.table, to: references.column }]
        : [],
    ),
  )

export const isSame = (a: Reference, b: Reference): boolean =>
  a.name === b.name && a.table === b.table && a.column === b.column && a.target === b.target && a.to === b.to

/** The reference as it is after a table or column was renamed; its own name goes with them. */
export function followed(reference: Reference, operation: Extract<Operation, { op: 'renameTable' | 'renameColumn' }>): Reference {
  const { from, to } = operation
  const table = (name: string): string => (operation.op === 'renameTable' && name === from ? to : name)
  const column = (of: string, name: string): string =>
    operation.op === 'renameColumn' && operation.table === of && name === from ? to : name
  const after = {
    table: table(reference.table),
    column: column(reference.table, reference.column),
    target: table(reference.target),
    to: column(reference.target, reference.to),
  }
  return { ...after, name: referenceName(after.table, after.column) }
}

/** The name of a CHECK that stands only while a column changes. */
export const passingCheck = (table: string, column: string, use: 'fits' | 'required'): string => physicalName(table, column, use)

/**
 * MySQL finds the rows that refer to another by an index, and makes one where there is none: so that we know which there are, we make
 * it, named as the reference.
 */
export const supportsOf = (table: TableDef): IndexDef[] =>
  table.columns
    .filter(
      ({ name, references }) => references && table.columns[0]!.name !== name && !table.indexes.some(({ columns }) => columns[0] === name),
    )
    .map(({ name }) => ({ name: referenceName(table.name, name), columns: [name], unique: false }))
