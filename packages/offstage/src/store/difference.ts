// How a table as it is differs from what it should be, by the names of its parts.

import type { IndexDef } from './blueprint.ts'
import type { PhysicalColumn, PhysicalTable } from './operations.ts'

type Reference = PhysicalTable['references'][number]

export interface TableDifference {
  readonly otherKey: boolean
  /** Columns. */
  readonly missing: readonly string[]
  readonly extra: readonly string[]
  readonly different: readonly { readonly expected: PhysicalColumn; readonly actual: PhysicalColumn }[]
  /** Those that are otherwise are both. One that only finds rows is nobody's business. */
  readonly missingIndexes: readonly string[]
  readonly extraIndexes: readonly IndexDef[]
  readonly missingReferences: readonly Reference[]
  readonly extraReferences: readonly Reference[]
  readonly missingChecks: readonly string[]
  readonly extraChecks: readonly string[]
}

const isSameIndex = (a: IndexDef, b: IndexDef): boolean =>
  a.name === b.name && a.unique === b.unique && a.search === b.search && a.columns.join() === b.columns.join()
const isSameReference = (a: Reference, b: Reference): boolean => a.column === b.column && a.table === b.table && a.to === b.to
const isSameColumn = (a: PhysicalColumn, b: PhysicalColumn): boolean =>
  a.type === b.type && a.nullable === b.nullable && a.default === b.default && a.collation === b.collation

export function differenceOf(expected: PhysicalTable, actual: PhysicalTable): TableDifference {
  const there = new Map(actual.columns.map((column) => [column.name, column]))
  const wanted = new Set(expected.columns.map(({ name }) => name))
  const named = new Set(expected.indexes.map(({ name }) => name))
  return {
    otherKey: expected.primaryKey.join() !== actual.primaryKey.join(),
    missing: expected.columns.filter(({ name }) => !there.has(name)).map(({ name }) => name),
    extra: actual.columns.filter(({ name }) => !wanted.has(name)).map(({ name }) => name),
    different: expected.columns.flatMap((column) => {
      const found = there.get(column.name)
      return found && !isSameColumn(column, found) ? [{ expected: column, actual: found }] : []
    }),
    missingIndexes: expected.indexes.filter((index) => !actual.indexes.some((one) => isSameIndex(one, index))).map(({ name }) => name),
    extraIndexes: actual.indexes.filter(
      (index) => !expected.indexes.some((one) => isSameIndex(one, index)) && (index.unique || named.has(index.name)),
    ),
    missingReferences: expected.references.filter((one) => !actual.references.some((other) => isSameReference(one, other))),
    extraReferences: actual.references.filter((one) => !expected.references.some((other) => isSameReference(one, other))),
    missingChecks: expected.checks.filter((name) => !actual.checks.includes(name)),
    extraChecks: actual.checks.filter((name) => !expected.checks.includes(name)),
  }
}
