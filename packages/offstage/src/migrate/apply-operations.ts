// Operations carried out on a blueprint instead of a database: what the tables look like afterwards. An operation that does not fit
// the tables it starts from is refused, so that a migration edited by hand is understood, or not accepted.

import { OffstageError } from '../base/errors.ts'
import type { Blueprint, ColumnDef, IndexDef, TableDef } from '../store/blueprint.ts'
import type { Operation } from '../store/operations.ts'
import { canonical, same } from './canonical.ts'

/** The blueprint after the operations, in canonical order. Throws `invalid_migration` at the first that does not fit. */
export function applyOperations(before: Blueprint, operations: readonly Operation[]): Blueprint {
  let tables = before.tables
  for (const operation of operations) tables = applied(tables, operation)
  return canonical({ tables })
}

type TablesOf = readonly TableDef[]

function applied(tables: TablesOf, operation: Operation): TablesOf {
  switch (operation.op) {
    case 'createTable':
      absent(tables, operation.table.name, `The table ${operation.table.name}`, operation)
      return [...tables, operation.table]
    case 'dropTable': {
      const old = find(tables, operation.table.name, 'table', operation)
      if (!same(canonical({ tables: [old] }), canonical({ tables: [operation.table] }))) differs(`The table ${old.name}`, operation)
      const referrer = tables.find((one) => one.name !== old.name && one.columns.some(({ references }) => references?.table === old.name))
      if (referrer) refuse(`${referrer.name} still refers to ${old.name}`, 'Drop that reference first (alterColumn).', operation)
      return tables.filter((one) => one !== old)
    }
    case 'renameTable':
      return renamedTable(tables, operation)
    case 'renameColumn':
      return renamedColumn(tables, operation)
    case 'addColumn':
      return inTable(tables, operation.table, operation, (table) => {
        absent(table.columns, operation.column.name, `The column ${table.name}.${operation.column.name}`, operation)
        checkReference(tables, operation.column, operation)
        return { ...table, columns: [...table.columns, operation.column] }
      })
    case 'dropColumn':
      return droppedColumn(tables, operation)
    case 'alterColumn':
      return alteredColumn(tables, operation)
    case 'addIndex':
      return inTable(tables, operation.table, operation, (table) => {
        for (const one of tables) absent(one.indexes, operation.index.name, `The index ${operation.index.name}`, operation)
        for (const name of operation.index.columns) find(table.columns, name, `column of ${table.name}`, operation)
        return { ...table, indexes: [...table.indexes, operation.index] }
      })
    case 'dropIndex':
      return inTable(tables, operation.table, operation, (table) => {
        const old = find(table.indexes, operation.index.name, `index of ${table.name}`, operation)
        if (!same(old, operation.index)) differs(`The index ${old.name}`, operation)
        return { ...table, indexes: table.indexes.filter((one) => one !== old) }
      })
    case 'renameIndex':
      return inTable(tables, operation.table, operation, (table) => {
        const old = find(table.indexes, operation.from, `index of ${table.name}`, operation)
        absent(table.indexes, operation.to, `The index ${operation.to}`, operation)
        return { ...table, indexes: table.indexes.map((one) => (one === old ? { ...one, name: operation.to } : one)) }
      })
    case 'renameChoice':
      return inTable(tables, operation.table, operation, (table) => {
        const { choices } = find(table.columns, operation.column, `column of ${table.name}`, operation)
        for (const choice of [operation.from, operation.to])
          if (choices && !choices.includes(choice))
            refuse(`'${choice}' is no choice of ${table.name}.${operation.column} at this point`, 'Widen the choices first.', operation)
        return table
      })
    case 'fillShadow':
      return inTable(tables, operation.table, operation, (table) => {
        find(table.columns, operation.column.name, `column of ${table.name}`, operation)
        return table
      })
    case 'data':
    case 'sql':
      return tables
  }
}

function renamedTable(tables: TablesOf, operation: Operation & { op: 'renameTable' }): TablesOf {
  const { from, to } = operation
  const old = find(tables, from, 'table', operation)
  absent(tables, to, `The table ${to}`, operation)
  const follow = (column: ColumnDef): ColumnDef =>
    column.references?.table === from ? { ...column, references: { ...column.references, table: to } } : column
  return tables.map((table) => ({ ...table, name: table === old ? to : table.name, columns: table.columns.map(follow) }))
}

function renamedColumn(tables: TablesOf, operation: Operation & { op: 'renameColumn' }): TablesOf {
  const { table: name, from, to } = operation
  const old = find(tables, name, 'table', operation)
  find(old.columns, from, `column of ${name}`, operation)
  absent(old.columns, to, `The column ${name}.${to}`, operation)
  const inside = (column: ColumnDef): ColumnDef => ({
    ...column,
    name: column.name === from ? to : column.name,
    ...(column.shadow?.of === from && { shadow: { ...column.shadow, of: to } }),
  })
  const follow = (column: ColumnDef): ColumnDef =>
    column.references?.table === name && column.references.column === from
      ? { ...column, references: { ...column.references, column: to } }
      : column
  const ofIndex = (index: IndexDef): IndexDef => ({ ...index, columns: index.columns.map((one) => (one === from ? to : one)) })
  return tables.map((table) => ({
    name: table.name,
    columns: table.columns.map((column) => follow(table === old ? inside(column) : column)),
    indexes: table === old ? table.indexes.map(ofIndex) : table.indexes,
  }))
}

function alteredColumn(tables: TablesOf, operation: Operation & { op: 'alterColumn' }): TablesOf {
  const { from, to } = operation
  return inTable(tables, operation.table, operation, (table) => {
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
    return { ...table, columns: table.columns.map((one) => (one === old ? to : one)) }
  })
}

function checkReference(tables: TablesOf, { type, references }: ColumnDef, operation: Operation): void {
  if (!references) return
  const target = find(tables, references.table, 'table', operation)
  const key = find(target.columns, references.column, `column of ${target.name}`, operation)
  if (key.type !== type)
    refuse(`it refers to ${target.name}.${key.name}, which is ${key.type} and not ${type}`, 'Give both one type.', operation)
}

function droppedColumn(tables: TablesOf, operation: Operation & { op: 'dropColumn' }): TablesOf {
  return inTable(tables, operation.table, operation, (table) => {
    const { name } = operation.column
    const old = find(table.columns, name, `column of ${table.name}`, operation)
    if (!same(old, operation.column)) differs(`The column ${table.name}.${name}`, operation)
    const index = table.indexes.find((one) => one.columns.includes(name))
    if (index) refuse(`the index ${index.name} still stands on ${table.name}.${name}`, 'Drop the index first (dropIndex).', operation)
    const shadow = table.columns.find((one) => one.shadow?.of === name)
    if (shadow) refuse(`${table.name}.${shadow.name} is still a copy of ${name}`, 'Drop the copy first (dropColumn).', operation)
    return { ...table, columns: table.columns.filter((one) => one !== old) }
  })
}

function inTable(tables: TablesOf, name: string, operation: Operation, change: (table: TableDef) => TableDef): TablesOf {
  const old = find(tables, name, 'table', operation)
  return tables.map((table) => (table === old ? change(table) : table))
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
