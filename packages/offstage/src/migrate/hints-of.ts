// The hints that models give by themselves.

import type { Json } from '../schema/kind.ts'
import type { FieldDef, Registry } from '../schema/registry.ts'
import type { Hints } from './hints.ts'

/** `now` fills `createdAt` and `updatedAt` of rows that are there when these are added. */
export function hintsOf(registry: Registry, now: Date = new Date()): Hints {
  const tables: Record<string, string> = {}
  const columns: Record<string, string> = {}
  const choices: Record<string, Readonly<Record<string, string>>> = {}
  const fills: Record<string, Json> = {}
  for (const model of registry.models.values()) {
    if (model.renamedFrom !== undefined) tables[model.table] = model.renamedFrom
    for (const field of model.columns) {
      const path = `${model.table}.${field.column}`
      if (field.renamedFrom !== undefined) columns[path] = field.renamedFrom
      if (field.renamedChoices) choices[path] = field.renamedChoices
      const fill = fillOf(field, now)
      if (fill !== undefined) fills[path] = fill
    }
  }
  return { tables, columns, choices, fills }
}

/** What every row can be given that was there before the field: not the id, and nothing that differs from row to row. */
function fillOf(field: FieldDef, now: Date): Json | undefined {
  if (field.default) return 'value' in field.default && !field.optional ? (field.default.value ?? undefined) : undefined
  if (!field.own || field.name === 'id') return undefined
  return field.kind.storage === 'datetime' ? now.toISOString() : 1
}
