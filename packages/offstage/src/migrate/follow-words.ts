// What was done to tables, for people who see it go by when a server starts.

import type { Operation } from '../store/operations.ts'

/** All that happened inside one table is one sentence. */
export function inWords(operations: readonly Operation[]): readonly string[] {
  const made = new Set(operations.flatMap((one) => (one.op === 'createTable' ? [one.table.name] : [])))
  const dropped = new Set(operations.flatMap((one) => (one.op === 'dropTable' ? [one.table.name] : [])))
  const whole: string[] = []
  const inside = new Map<string, string[]>()
  const add = (table: string, words: string): void => void inside.set(table, [...(inside.get(table) ?? []), words])
  for (const one of operations) {
    switch (one.op) {
      case 'createTable':
        whole.push(dropped.has(one.table.name) ? `made the empty table ${one.table.name} anew` : `created the table ${one.table.name}`)
        break
      case 'dropTable':
        if (!made.has(one.table.name)) whole.push(`dropped the empty table ${one.table.name}`)
        break
      case 'renameTable':
        whole.push(`renamed the table ${one.from} to ${one.to}`)
        break
      case 'renameColumn':
        add(one.table, `renamed ${one.from} to ${one.to}`)
        break
      case 'addColumn':
        if (!one.column.shadow) add(one.table, `added ${one.column.name}`)
        break
      case 'dropColumn':
        if (!one.column.shadow) add(one.table, `dropped ${one.column.name}, which was empty`)
        break
      case 'alterColumn':
        if (!dropped.has(one.table)) add(one.table, `changed ${one.to.name}`)
        break
      case 'renameChoice':
        add(one.table, `${one.from} became ${one.to} in ${one.column}`)
        break
      case 'addIndex':
        whole.push(`created the index ${one.index.name}`)
        break
      case 'dropIndex':
        whole.push(`dropped the index ${one.index.name}`)
        break
      case 'renameIndex':
        whole.push(`renamed the index ${one.from} to ${one.to}`)
        break
      case 'fillShadow':
        add(one.table, `worked out ${one.column.name}`)
        break
      default:
        break
    }
  }
  return [...whole, ...[...inside].map(([table, words]) => `${table}: ${words.join(', ')}`)]
}
