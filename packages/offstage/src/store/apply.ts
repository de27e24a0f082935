// What a blueprint becomes by operations, which are taken to fit it: `migrate/` refuses those that do not.

import { OffstageError } from '../base/errors.ts'
import type { Blueprint, ColumnDef, TableDef } from './blueprint.ts'
import type { Operation } from './operations.ts'

export const applyOperations = (before: Blueprint, operations: readonly Operation[]): Blueprint => operations.reduce(applyOperation, before)

export function applyOperation(before: Blueprint, operation: Operation): Blueprint {
  switch (operation.op) {
    case 'createTable':
      return inOrder([...before.tables, operation.table])
    case 'dropTable':
      return { tables: before.tables.filter(({ name }) => name !== operation.table.name) }
    case 'renameTable':
      return inOrder(
        mapReferences(before.tables, ({ table, column }) => ({ table: table === operation.from ? operation.to : table, column })).map(
          (table) => (table.name === operation.from ? { ...table, name: operation.to } : table),
        ),
      )
    case 'renameColumn':
      return renameColumn(before, operation)
    case 'addColumn':
      return changed(before, operation.table, (table) => ({ ...table, columns: [...table.columns, operation.column] }))
    case 'dropColumn':
      return changed(before, operation.table, (table) => ({
        ...table,
        columns: table.columns.filter(({ name }) => name !== operation.column.name),
      }))
    case 'alterColumn':
      return changed(before, operation.table, (table) => ({
        ...table,
        columns: table.columns.map((column) => (column.name === operation.from.name ? operation.to : column)),
      }))
    case 'addIndex':
      return changed(before, operation.table, (table) => ({ ...table, indexes: [...table.indexes, operation.index] }))
    case 'dropIndex':
      return changed(before, operation.table, (table) => ({
        ...table,
        indexes: table.indexes.filter(({ name }) => name !== operation.index.name),
      }))
    case 'renameIndex':
      return changed(before, operation.table, (table) => ({
        ...table,
        indexes: table.indexes.map((index) => (index.name === operation.from ? { ...index, name: operation.to } : index)),
      }))
    case 'renameChoice':
    case 'fillShadow':
    case 'data':
    case 'sql':
      return before
  }
}

export function tableIn({ tables }: Blueprint, name: string): TableDef {
  const found = tables.find((table) => table.name === name)
  if (!found)
    throw new OffstageError('invalid_call', { detail: `An operation is about the table ${name}, which there is none of by then.` })
  return found
}

function changed(before: Blueprint, name: string, change: (table: TableDef) => TableDef): Blueprint {
  const old = tableIn(before, name)
  return { tables: before.tables.map((table) => (table === old ? change(table) : table)) }
}

const inOrder = (tables: readonly TableDef[]): Blueprint => ({ tables: tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)) })

type Reference = NonNullable<ColumnDef['references']>

const mapReferences = (tables: readonly TableDef[], map: (reference: Reference) => Reference): TableDef[] =>
  tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => (column.references ? { ...column, references: map(column.references) } : column)),
  }))

/** Indexes, shadows and references of others go on being about the column. */
function renameColumn(before: Blueprint, { table: name, from, to }: { table: string; from: string; to: string }): Blueprint {
  const renamed = (column: string): string => (column === from ? to : column)
  const after = changed(before, name, (table) => ({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      name: renamed(column.name),
      ...(column.shadow && { shadow: { ...column.shadow, of: renamed(column.shadow.of) } }),
    })),
    indexes: table.indexes.map((index) => ({ ...index, columns: index.columns.map(renamed) })),
  }))
  return {
    tables: mapReferences(after.tables, ({ table, column }) => ({ table, column: table === name ? renamed(column) : column })),
  }
}
