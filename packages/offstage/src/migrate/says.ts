// Operations for people: in messages, in lists of steps, and as the names that consents and suppressions go by.

import type { ColumnDef } from '../store/blueprint.ts'
import type { Operation } from '../store/operations.ts'

/** `drop posts.title`: one line, the same for the same operation. */
export function says(operation: Operation): string {
  switch (operation.op) {
    case 'createTable':
      return `create ${operation.table.name}`
    case 'dropTable':
      return `drop ${operation.table.name}`
    case 'renameTable':
      return `rename ${operation.from} to ${operation.to}`
    case 'addColumn':
      return `add ${operation.table}.${operation.column.name}`
    case 'dropColumn':
      return `drop ${operation.table}.${operation.column.name}`
    case 'renameColumn':
      return `rename ${operation.table}.${operation.from} to ${operation.to}`
    case 'alterColumn':
      return `alter ${operation.table}.${operation.to.name}: ${changed(operation.from, operation.to)}`
    case 'addIndex':
      return `add ${operation.index.unique ? 'unique index' : 'index'} ${operation.index.name}`
    case 'dropIndex':
      return `drop ${operation.index.unique ? 'unique index' : 'index'} ${operation.index.name}`
    case 'renameIndex':
      return `rename index ${operation.from} to ${operation.to}`
    case 'renameChoice':
      return `rename choice ${operation.from} of ${operation.table}.${operation.column} to ${operation.to}`
    case 'fillShadow':
      return `fill ${operation.table}.${operation.column.name}`
    case 'data':
      return `data step ${operation.step}`
    case 'sql':
      return `sql ${firstWords(Object.values(operation.up).flat()[0] ?? '')}`
  }
}

function changed(from: ColumnDef, to: ColumnDef): string {
  const parts: string[] = []
  if (from.type !== to.type) parts.push(`${from.type} to ${to.type}`)
  if (from.nullable !== to.nullable) parts.push(to.nullable ? 'optional' : 'required')
  if (JSON.stringify(from.choices) !== JSON.stringify(to.choices)) parts.push(`choices ${(to.choices ?? ['any']).join(', ')}`)
  if (from.min !== to.min || from.max !== to.max) parts.push(`limits ${to.min ?? 'any'} to ${to.max ?? 'any'}`)
  if (JSON.stringify(from.references) !== JSON.stringify(to.references))
    parts.push(to.references ? `refers to ${to.references.table}` : 'refers to nothing')
  if (JSON.stringify(from.default) !== JSON.stringify(to.default))
    parts.push(to.default === undefined ? 'no default' : `default ${JSON.stringify(to.default)}`)
  return parts.join(', ')
}

const firstWords = (sql: string): string => {
  const line = sql.replaceAll(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 60)}...` : line
}
