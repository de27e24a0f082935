// Operations carried out on a blueprint instead of a database: what the tables look like afterwards. An operation that does not fit
// the tables it starts from is refused, so that a migration edited by hand is understood, or not accepted.

import { OffstageError } from '../base/errors.ts'
import { applyOperation } from '../store/apply.ts'
import type { Blueprint, ColumnDef, TableDef } from '../store/blueprint.ts'
import type { Operation } from '../store/operations.ts'
import { canonical, same } from './canonical.ts'

/** The blueprint after the operations, in canonical order. Throws `invalid_migration` at the first that does not fit. */
export function applyOperations(before: Blueprint, operations: readonly Operation[]): Blueprint {
  let now = before
  for (const operation of operations) {
    refuseMisfit(now.tables, operation)
    now = applyOperation(now, operation)
  }
  return canonical(now)
}

type TablesOf = readonly TableDef[]
type Named<O extends Operation['op']> = Extract<Operation, { readonly op: O }>

function refuseMisfit(tables: TablesOf, operation: Operation): void {
  const table = (name: string): TableDef => find(tables, name, 'table', operation)
  switch (operation.op) {
    case 'createTable':
      return absent(tables, operation.table.name, `The table ${operation.table.name}`, operation)
    case 'dropTable':
      return refuseDrop(tables, operation)
    case 'renameTable':
      table(operation.from)
      return absent(tables, operation.to, `The table ${operation.to}`, operation)
    case 'addColumn': {
      const { name, columns } = table(operation.table)
      absent(columns, operation.column.name, `The column ${name}.${operation.column.name}`, operation)
      return checkReference(tables, operation.column, operation)
    }
    case 'dropColumn':
      return refuseDropColumn(table(operation.table), operation)
    case 'renameColumn': {
      const { name, columns } = table(operation.table)
      find(columns, operation.from, `column of ${name}`, operation)
      return absent(columns, operation.to, `The column ${name}.${operation.to}`, operation)
    }
    case 'alterColumn':
      return refuseAlter(tables, table(operation.table), operation)
    case 'addIndex': {
      const { name, columns } = table(operation.table)
      for (const one of tables) absent(one.indexes, operation.index.name, `The index ${operation.index.name}`, operation)
      for (const column of operation.index.columns) find(columns, column, `column of ${name}`, operation)
      return
    }
    case 'dropIndex': {
      const { name, indexes } = table(operation.table)
      const old = find(indexes, operation.index.name, `index of ${name}`, operation)
      if (!same(old, operation.index)) differs(`The index ${old.name}`, operation)
      return
    }
    case 'renameIndex': {
      const { name, indexes } = table(operation.table)
      find(indexes, operation.from, `index of ${name}`, operation)
      return absent(indexes, operation.to, `The index ${operation.to}`, operation)
    }
    case 'renameChoice':
      return refuseChoices(table(operation.table), operation)
    case 'fillShadow': {
      const { name, columns } = table(operation.table)
      find(columns, operation.column.name, `column of ${name}`, operation)
      return
    }
    case 'data':
    case 'sql':
  }
}

function refuseDrop(tables: TablesOf, operation: Named<'dropTable'>): void {
  const old = find(tables, operation.table.name, 'table', operation)
  if (!same(canonical({ tables: [old] }), canonical({ tables: [operation.table] }))) differs(`The table ${old.name}`, operation)
  const referrer = tables.find((one) => one.name !== old.name && one.columns.some(({ references }) => references?.table === old.name))
  if (referrer) refuse(`${referrer.name} still refers to ${old.name}`, 'Drop that reference first (alterColumn).', operation)
}

function refuseDropColumn(table: TableDef, operation: Named<'dropColumn'>): void {
  const { name } = operation.column
  const old = find(table.columns, name, `column of ${table.name}`, operation)
  if (!same(old, operation.column)) differs(`The column ${table.name}.${name}`, operation)
  const index = table.indexes.find((one) => one.columns.includes(name))
  if (index) refuse(`the index ${index.name} still stands on ${table.name}.${name}`, 'Drop the index first (dropIndex).', operation)
  const shadow = table.columns.find((one) => one.shadow?.of === name)
  if (shadow) refuse(`${table.name}.${shadow.name} is still a copy of ${name}`, 'Drop the copy first (dropColumn).', operation)
}

function refuseAlter(tables: TablesOf, table: TableDef, operation: Named<'alterColumn'>): void {
  const { from, to } = operation
  const old = find(table.columns, from.name, `column of ${table.name}`, operation)
  if (!same(old, from)) differs(`The column ${table.name}.${old.name}`, operation)
  if (to.name !== old.name) refuse('alterColumn keeps the name', 'Use renameColumn.', operation)
  if (to.type !== old.type) {
    const refers = (one: TableDef): boolean =>
      one.columns.some(({ references }) => references?.table === table.name && references.column === old.name)
    const referrer = tables.find(refers)
    if (referrer)
      refuse(`${referrer.name} refers to ${table.name}.${old.name}`, 'Take the reference away first, and give it back after.', operation)
  }
  checkReference(tables, to, operation)
}

function refuseChoices(table: TableDef, operation: Named<'renameChoice'>): void {
  const { choices } = find(table.columns, operation.column, `column of ${table.name}`, operation)
  for (const choice of [operation.from, operation.to])
    if (choices && !choices.includes(choice))
      refuse(`'${choice}' is no choice of ${table.name}.${operation.column} at this point`, 'Widen the choices first.', operation)
}

function checkReference(tables: TablesOf, { type, references }: ColumnDef, operation: Operation): void {
  if (!references) return
  const target = find(tables, references.table, 'table', operation)
  const key = find(target.columns, references.column, `column of ${target.name}`, operation)
  if (key.type !== type)
    refuse(`it refers to ${target.name}.${key.name}, which is ${key.type} and not ${type}`, 'Give both one type.', operation)
}

function find<T extends { readonly name: string }>(list: readonly T[], name: string, what: string, operation: Operation): T {
  const found = list.find((one) => one.name === name)
  return found ?? refuse(`there is no ${what} '${name}' at this point`, 'Correct the name, or the order of the operations.', operation)
}

function absent(list: readonly { readonly name: string }[], name: string, what: string, operation: Operation): void {
  if (list.some((one) => one.name === name))
    refuse(`${what} is there already`, 'Choose another name, or drop the old one first.', operation)
}

const differs = (what: string, operation: Operation): never =>
  refuse(`${what} looks otherwise at this point`, 'An operation gives what it changes whole, as it is before it.', operation)

function refuse(what: string, hint: string, operation: Operation): never {
  throw new OffstageError('invalid_migration', { detail: `The operation ${JSON.stringify(operation)} does not fit: ${what}.`, hint })
}
