// A table of MySQL or MariaDB that somebody changed by hand, put right. A column that differs is said anew, whole.

import { referenceName, type ColumnDef } from '../blueprint.ts'
import { differenceOf } from '../difference.ts'
import type { RepairTable, RepairStep } from '../operations.ts'
import { supportsOf } from '../references.ts'
import { checksOf, checkText, collations, columnText, indexText, quote, type Flavour } from './column-text.ts'

export const repairMysql =
  (flavour: Flavour): RepairTable =>
  (wanted, expected, actual) => {
    const found = differenceOf(expected, actual)
    const retyped = new Set(
      found.different.filter(({ expected: as, actual: is }) => as.type !== is.type).map(({ expected: as }) => as.name),
    )
    // An index may hold less of the new type than of the old one.
    const loose = actual.indexes.filter(
      (index) => found.extraIndexes.includes(index) || index.columns.some((column) => retyped.has(column)),
    )
    const isLoose = (name: string): boolean => loose.some((index) => index.name === name)
    const repairs: RepairStep[] = []
    const alter = (says: string, change: string, more: Omit<RepairStep, 'step'> = {}): void =>
      void repairs.push({ step: { kind: 'sql', says, sql: `alter table ${quote(wanted.name)} ${change}`, repeatable: true }, ...more })
    const columnOf = (name: string): ColumnDef => wanted.columns.find((one) => one.name === name)!
    const whole = (column: ColumnDef): string => collated(flavour, columnText(flavour, column, column.default))

    for (const { name } of found.extraReferences) if (name !== undefined) alter(`drop ${name}`, `drop foreign key ${quote(name)}`)
    for (const name of found.extraChecks) {
      // That of a column stands in the column, and goes with it.
      if (actual.columns.some((column) => column.name === name)) continue
      alter(`drop ${name}`, `drop ${flavour === 'mysql' ? 'check' : 'constraint'} ${quote(name)}`)
    }
    for (const { name } of loose) alter(`drop the index ${name}`, `drop index ${quote(name)}`)
    for (const name of found.extra) alter(`drop ${wanted.name}.${name}`, `drop column ${quote(name)}`, { loses: [name] })
    for (const { expected: as } of found.different) alter(`change ${wanted.name}.${as.name}`, `modify column ${whole(columnOf(as.name))}`)
    for (const column of found.missing.map(columnOf)) {
      // Rows would get an empty text or 0 where they have nothing, and nobody would be told.
      const isBare = !column.nullable && column.default === undefined
      alter(`add ${wanted.name}.${column.name}`, `add column ${whole(isBare ? { ...column, nullable: true } : column)}`)
      if (isBare) alter(`require ${wanted.name}.${column.name}`, `modify column ${whole(column)}`)
    }
    if (found.otherKey) {
      const key = `add primary key (${expected.primaryKey.map(quote).join(', ')})`
      alter(`give ${wanted.name} its key`, actual.primaryKey.length > 0 ? `drop primary key, ${key}` : key)
    }
    for (const check of wanted.columns.flatMap((column) => checksOf(wanted.name, column)))
      if (found.missingChecks.includes(check.name)) alter(`add ${check.name}`, `add ${checkText(check)}`)
    for (const index of [...wanted.indexes, ...supportsOf(wanted)])
      if (found.missingIndexes.includes(index.name) || isLoose(index.name))
        alter(`add the index ${index.name}`, `add ${indexText(wanted, index)}`)
    for (const { column, table, to } of found.missingReferences) {
      const key = `foreign key (${quote(column)}) references ${quote(table)} (${quote(to)})`
      alter(`let ${wanted.name}.${column} refer to ${table}`, `add constraint ${quote(referenceName(wanted.name, column))} ${key}`, {
        last: true,
      })
    }
    return repairs
  }

/** Said where the default of the table may be another by now. */
const collated = (flavour: Flavour, text: string): string =>
  text.replace(/^(`(?:[^`]|``)*` (?:varchar\(\d+\)|longtext))/, `$1 character set utf8mb4 collate ${collations[flavour]}`)
