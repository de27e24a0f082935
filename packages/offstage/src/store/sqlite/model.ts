// The models as tables: every column with its codec, looked up by declared name once and for all.

import { OffstageError } from '../../base/errors.ts'
import type { FieldDef, ModelDef, Registry } from '../../schema/registry.ts'
import { columnOf, quote, type Column } from './values.ts'

export interface Table {
  readonly model: ModelDef
  /** Quoted. */
  readonly name: string
  readonly id: Column
  readonly columns: ReadonlyMap<string, Column>
  readonly shadows: readonly Shadow[]
}

/**
 * A normalised copy beside a column, because SQLite folds only ASCII: `email` for emails that must be unique, `search` for
 * searchable text. The ending cannot clash with a declared name, which has no underscore.
 */
export interface Shadow {
  readonly of: Column
  readonly use: 'email' | 'search'
  readonly column: string
}

export const shadowName = (column: string, use: Shadow['use']): string => `${column}__${use}`

export class Models {
  readonly registry: Registry
  readonly #tables = new Map<string, Table>()

  constructor(registry: Registry) {
    this.registry = registry
    for (const model of registry.models.values()) this.#tables.set(model.name, tableOf(model))
  }

  get all(): Iterable<Table> {
    return this.#tables.values()
  }

  table(model: string): Table {
    const table = this.#tables.get(model)
    if (!table) throw new OffstageError('invalid_call', { detail: `The store knows no model ${JSON.stringify(model)}.` })
    return table
  }

  column(table: Table, field: string): Column {
    const column = table.columns.get(field)
    if (!column)
      throw new OffstageError('invalid_call', { detail: `The model ${table.model.name} has no column ${JSON.stringify(field)}.` })
    return column
  }

  /** A reference or list. */
  relation(table: Table, field: string): FieldDef & { readonly target: string } {
    const found = table.model.fields.get(field)
    if (found?.target === undefined)
      throw new OffstageError('invalid_call', { detail: `The model ${table.model.name} has no relation ${JSON.stringify(field)}.` })
    return found as FieldDef & { readonly target: string }
  }
}

function tableOf(model: ModelDef): Table {
  const columns = new Map(model.columns.map((field) => [field.name, columnOf(field)]))
  const unique = new Set(model.unique.flat())
  const shadows: Shadow[] = []
  for (const column of columns.values()) {
    const { field } = column
    if (field.kind.name === 'email' && unique.has(field.name))
      shadows.push({ of: column, use: 'email', column: shadowName(field.column, 'email') })
    if (field.searchable) shadows.push({ of: column, use: 'search', column: shadowName(field.column, 'search') })
  }
  return { model, name: quote(model.table), id: columns.get(model.columns[0]!.name)!, columns, shadows }
}
