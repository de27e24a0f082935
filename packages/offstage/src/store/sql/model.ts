// The models as tables: every column with its codec, looked up by declared name once and for all.

import { OffstageError } from '../../base/errors.ts'
import type { FieldDef, ModelDef, Registry } from '../../schema/registry.ts'
import { searchIndexOf, shadowName, type IndexDef, type ShadowUse } from '../blueprint.ts'
import { columnOf, type Column, type Dialect } from './dialect.ts'

export interface Table {
  readonly model: ModelDef
  /** Quoted. */
  readonly name: string
  readonly id: Column
  readonly columns: ReadonlyMap<string, Column>
  readonly shadows: readonly Shadow[]
  readonly searchIndex: IndexDef | undefined
}

/** A normalised copy beside a column, because databases fold letters each in its own way: of unique emails and searchable text. */
export interface Shadow {
  readonly of: Column
  readonly use: ShadowUse
  /** Quoted. */
  readonly name: string
}

export class Models {
  readonly registry: Registry
  readonly dialect: Dialect
  readonly #tables = new Map<string, Table>()

  constructor(registry: Registry, dialect: Dialect) {
    this.registry = registry
    this.dialect = dialect
    for (const model of registry.models.values()) this.#tables.set(model.name, tableOf(model, dialect))
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

function tableOf(model: ModelDef, dialect: Dialect): Table {
  const columns = new Map(model.columns.map((field) => [field.name, columnOf(dialect, field)]))
  const unique = new Set(model.unique.flat())
  const shadows: Shadow[] = []
  for (const column of columns.values()) {
    const { field } = column
    const add = (use: ShadowUse): unknown => shadows.push({ of: column, use, name: dialect.quote(shadowName(field.column, use)) })
    if (field.kind.name === 'email' && unique.has(field.name)) add('email')
    if (field.searchable) add('search')
  }
  return {
    model,
    name: dialect.quote(model.table),
    id: columns.get(model.columns[0]!.name)!,
    columns,
    shadows,
    searchIndex: searchIndexOf(model),
  }
}
