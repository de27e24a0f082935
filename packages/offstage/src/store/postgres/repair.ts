// A table of PostgreSQL that somebody changed by hand, put right. What is only half there, as after an index that could not be built, counts
// as missing and still has its name: so whatever is made is dropped first if it exists.

import { checkName, referenceName, type ColumnDef } from '../blueprint.ts'
import { differenceOf } from '../difference.ts'
import type { RepairTable, RepairStep, PhysicalColumn, SqlStep } from '../operations.ts'
import { checkText, columnText, constant, quote, typeText } from './column-text.ts'
import { indexedWords } from './search-index.ts'

export const repairPostgres: RepairTable = (wanted, expected, actual) => {
  const found = differenceOf(expected, actual)
  const repairs: RepairStep[] = []
  const alter = `alter table ${quote(wanted.name)}`
  const add = (says: string, sql: string, more: Omit<RepairStep, 'step'> & Pick<SqlStep, 'alone' | 'repeatable'> = {}): void => {
    const { loses, last, ...how } = more
    repairs.push({ step: { kind: 'sql', says, sql, ...how }, ...(loses && { loses }), ...(last && { last }) })
  }
  const dropConstraint = (name: string, when: Pick<RepairStep, 'last'> = {}): void =>
    add(`drop ${name}`, `${alter} drop constraint if exists ${quote(name)}`, when)
  const constrain = (name: string, text: string, when: Pick<RepairStep, 'last'> = {}): void => {
    dropConstraint(name, when)
    add(`add ${name}`, `${alter} add constraint ${quote(name)} ${text} not valid`, when)
    add(`check ${name}`, `${alter} validate constraint ${quote(name)}`, when)
  }
  const columnOf = (name: string): ColumnDef => wanted.columns.find((one) => one.name === name)!

  for (const { name } of found.extraReferences) if (name !== undefined) dropConstraint(name)
  for (const name of found.extraChecks) dropConstraint(name)
  for (const { name } of found.extraIndexes) {
    // A unique one may be that of a constraint, which alone can drop it.
    dropConstraint(name)
    add(`drop the index ${name}`, `drop index if exists ${quote(name)}`)
  }
  for (const name of found.extra) add(`drop ${wanted.name}.${name}`, `${alter} drop column ${quote(name)}`, { loses: [name] })
  for (const { expected: as, actual: is } of found.different)
    for (const change of changesOf(columnOf(as.name), as, is)) add(`change ${wanted.name}.${as.name}`, `${alter} ${change}`)
  for (const column of found.missing.map(columnOf)) {
    add(`add ${wanted.name}.${column.name}`, `${alter} add column ${columnText({ ...column, nullable: true }, column.default)}`)
    if (!column.nullable) add(`require ${wanted.name}.${column.name}`, `${alter} alter column ${quote(column.name)} set not null`)
  }
  if (found.otherKey) {
    dropConstraint(`${wanted.name}_pkey`)
    add(`give ${wanted.name} its key`, `${alter} add primary key (${expected.primaryKey.map(quote).join(', ')})`)
  }
  for (const column of wanted.columns) {
    const name = checkName(wanted.name, column)
    if (name !== undefined && found.missingChecks.includes(name)) constrain(name, `check (${checkText(column)})`)
  }
  for (const index of wanted.indexes.filter(({ name }) => found.missingIndexes.includes(name))) {
    const on = index.search ? indexedWords(index.columns) : `(${index.columns.map(quote).join(', ')})`
    const alone = { alone: true, repeatable: true } as const
    add(`add the index ${index.name}`, `drop index concurrently if exists ${quote(index.name)}`, alone)
    const create = `create ${index.unique ? 'unique ' : ''}index concurrently ${quote(index.name)} on ${quote(wanted.name)} ${on}`
    add(`add the index ${index.name}`, create, { alone: true })
  }
  for (const { column, table, to } of found.missingReferences)
    constrain(referenceName(wanted.name, column), `foreign key (${quote(column)}) references ${quote(table)} (${quote(to)})`, {
      last: true,
    })
  return repairs
}

function changesOf(wanted: ColumnDef, expected: PhysicalColumn, actual: PhysicalColumn): string[] {
  const [name, type] = [quote(wanted.name), typeText(wanted.type)]
  const alter = `alter column ${name}`
  const retyped = expected.type !== actual.type || expected.collation !== actual.collation
  const refilled = expected.default !== actual.default || retyped
  return [
    ...(refilled && actual.default !== undefined ? [`${alter} drop default`] : []),
    ...(retyped ? [`${alter} type ${type} using ${name}::text::${type.replace(/ collate .*/, '')}`] : []),
    ...(refilled && wanted.default !== undefined ? [`${alter} set default ${constant(wanted.type, wanted.default)}`] : []),
    ...(expected.nullable === actual.nullable ? [] : [`${alter} ${expected.nullable ? 'drop' : 'set'} not null`]),
  ]
}
