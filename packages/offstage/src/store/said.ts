// Operations in a few words each, for people who watch them being done.

import type { Operation } from './operations.ts'

export function said(operation: Operation): string {
  switch (operation.op) {
    case 'createTable':
      return `create the table ${operation.table.name}`
    case 'dropTable':
      return `drop the table ${operation.table.name}`
    case 'renameTable':
      return `rename the table ${operation.from} to ${operation.to}`
    case 'addColumn':
      return `add ${operation.table}.${operation.column.name}`
    case 'dropColumn':
      return `drop ${operation.table}.${operation.column.name}`
    case 'renameColumn':
      return `rename ${operation.table}.${operation.from} to ${operation.to}`
    case 'alterColumn':
      return `change ${operation.table}.${operation.from.name}`
    case 'addIndex':
      return `add the index ${operation.index.name}`
    case 'dropIndex':
      return `drop the index ${operation.index.name}`
    case 'renameIndex':
      return `rename the index ${operation.from} to ${operation.to}`
    case 'renameChoice':
      return `${operation.table}.${operation.column}: ${operation.from} becomes ${operation.to}`
    case 'fillShadow':
      return `work out ${operation.table}.${operation.column.name}`
    case 'data':
      return `run the data step ${operation.step}`
    case 'sql':
      return 'run SQL of your own'
  }
}
