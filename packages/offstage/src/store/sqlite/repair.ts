// A table of SQLite that somebody changed by hand, put right: by SQLite's own ALTER TABLE where that has words for it, else by a copy.

import { differenceOf } from '../difference.ts'
import type { ColumnDef } from '../blueprint.ts'
import type { RepairTable, RepairStep, SqlStep } from '../operations.ts'
import { copySteps } from './ddl.ts'
import { dropIndexTexts, indexTexts } from './search-index.ts'
import { columnText, defaultText, sqliteCheckName } from './table-text.ts'
import { quote } from './values.ts'

export const repairSqlite: RepairTable = (wanted, expected, actual) => {
  const found = differenceOf(expected, actual)
  const missing = wanted.columns.filter(({ name }) => found.missing.includes(name))
  const extra = found.extra
  const isIndexed = (column: string): boolean =>
    actual.indexes.some(({ name, columns }) => columns.includes(column) && name.startsWith('sqlite_autoindex_'))
  const isBound = (column: string): boolean =>
    isIndexed(column) || actual.primaryKey.includes(column) || actual.references.some((one) => one.column === column)
  const own = new Set(missing.flatMap((column) => sqliteCheckName(wanted.name, column) ?? []))
  const needsCopy =
    found.otherKey ||
    found.different.length > 0 ||
    extra.some(isBound) ||
    missing.some((column) => !canBeAdded(column)) ||
    [...found.missingChecks, ...found.extraChecks].some((name) => !own.has(name)) ||
    [...found.missingReferences, ...found.extraReferences].some(({ column }) => !missing.some(({ name }) => name === column)) ||
    found.extraIndexes.some(({ name }) => name.startsWith('sqlite_autoindex_'))
  const sql = (says: string, text: string): SqlStep => ({ kind: 'sql', says, sql: text })
  if (needsCopy) {
    const there = new Set(actual.columns.map(({ name }) => name))
    const sources = new Map(
      wanted.columns.map((column) => [
        column.name,
        there.has(column.name) ? quote(column.name) : defaultText(column.type, column.default ?? null),
      ]),
    )
    const says = ['as it should be']
    const steps = copySteps({ old: { name: wanted.name, indexes: actual.indexes }, sources, says }, wanted)
    return steps.map((step, at): RepairStep => (at === 0 && extra.length > 0 ? { step, loses: extra } : { step }))
  }
  const dropped = actual.indexes.filter(
    ({ name, columns }) => found.extraIndexes.some((one) => one.name === name) || columns.some((column) => extra.includes(column)),
  )
  const alter = `ALTER TABLE ${quote(wanted.name)}`
  return [
    ...dropped.flatMap((index) => dropIndexTexts(index).map((text): RepairStep => ({ step: sql(`drop the index ${index.name}`, text) }))),
    ...extra.map((name): RepairStep => ({
      step: sql(`drop ${wanted.name}.${name}`, `${alter} DROP COLUMN ${quote(name)}`),
      loses: [name],
    })),
    ...missing.map((column): RepairStep => ({
      step: sql(`add ${wanted.name}.${column.name}`, `${alter} ADD COLUMN ${columnText(wanted.name, column, false)}`),
    })),
    ...wanted.indexes
      .filter(({ name }) => found.missingIndexes.includes(name))
      .flatMap((index) => indexTexts(wanted, index).map((text): RepairStep => ({ step: sql(`add the index ${index.name}`, text) }))),
  ]
}

const canBeAdded = ({ nullable, references, default: constant }: ColumnDef): boolean => (constant === undefined ? nullable : !references)
