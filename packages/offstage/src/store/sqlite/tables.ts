// The tables and indexes that the models want, as text. A table is known by its text: whoever changes what is written here makes
// every database rebuild its tables once.

import type { FieldDef } from '../../schema/registry.ts'
import { shadowName } from '../blueprint.ts'
import type { Column } from '../sql/dialect.ts'
import type { Models, Table } from '../sql/model.ts'
import { literal, quote, units } from './values.ts'

/**
 * References are checked when a statement ends, not sooner (RESTRICT would refuse to delete a row that refers to itself), and not
 * later (at COMMIT the whole group would fail). What a deletion means for others is done in `data/`, with rules and hooks.
 */
export function tableText(models: Models, table: Table, name: string): string {
  const lines = [...table.columns.values()].map((column) => {
    const { field } = column
    const key = column === table.id ? ' PRIMARY KEY' : ''
    const required = column.nullable ? '' : ' NOT NULL'
    const test = checkOf(column)
    const check = test === undefined ? '' : ` CONSTRAINT ${quote(field.name)} CHECK (${test})`
    return `${column.name} ${typeOf(column)}${required}${key}${check}${field.kind.name === 'ref' ? referenceText(models, field) : ''}`
  })
  for (const shadow of table.shadows) lines.push(`${shadow.name} TEXT`)
  return `CREATE TABLE ${quote(name)} (${lines.join(', ')}) STRICT`
}

function referenceText(models: Models, field: FieldDef): string {
  const target = models.table(field.target!)
  return ` REFERENCES ${target.name} (${target.id.name})`
}

/** What a column may hold, as far as arithmetic in the database could break it; the rest is checked before it gets here. */
function checkOf(column: Column): string | undefined {
  const { options, kind } = column.field
  const tests: string[] = []
  const limit = (encode: (value: unknown) => string): void => {
    if (options['min'] !== undefined) tests.push(`${column.name} >= ${encode(options['min'])}`)
    if (options['max'] !== undefined) tests.push(`${column.name} <= ${encode(options['max'])}`)
  }
  switch (kind.storage) {
    case 'boolean':
      return `${column.name} IN (0, 1)`
    case 'integer':
      tests.push(`${column.name} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}`)
      limit(String)
      break
    case 'real':
      // Infinity is no JSON.
      tests.push(`${column.name} BETWEEN ${-Number.MAX_VALUE} AND ${Number.MAX_VALUE}`)
      limit((value) => Number(value).toExponential())
      break
    case 'decimal': {
      const scale = options['scale'] as number
      tests.push(`abs(${column.name}) < 1${'0'.repeat(options['precision'] as number)}`)
      limit((value) => units(String(value), scale).toString())
      break
    }
  }
  if (kind.name === 'enum') tests.push(`${column.name} IN (${(options['choices'] as readonly string[]).map(literal).join(', ')})`)
  return tests.length > 0 ? tests.join(' AND ') : undefined
}

/** Uniqueness is an index, never a constraint of the table: an index can come and go without a rebuild. */
export function indexTexts(table: Table): ReadonlyMap<string, string> {
  const indexes = new Map<string, string>()
  const add = (fields: readonly string[], use: 'unique' | 'index'): void => {
    const columns = fields.map((name) => indexed(table, table.columns.get(name)!, use))
    // Every order ends with the id, so an index that does too needs no sorting.
    if (use === 'index' && fields.at(-1) !== table.id.field.name) columns.push(table.id.field.column)
    const name = `${table.model.table}__${fields.map((field) => table.columns.get(field)!.field.column).join('_')}__${use}`
    indexes.set(name, `CREATE ${use === 'unique' ? 'UNIQUE ' : ''}INDEX ${quote(name)} ON ${table.name} (${columns.map(quote).join(', ')})`)
  }
  for (const fields of table.model.unique) if (fields.length !== 1 || fields[0] !== table.id.field.name) add(fields, 'unique')
  // A unique index finds as well as another would; that of an email is on its shadow, and does not.
  const found = (field: string): boolean =>
    table.model.unique.some((group) => group.length === 1 && group[0] === field) &&
    indexed(table, table.columns.get(field)!, 'unique') === table.columns.get(field)!.field.column
  for (const fields of table.model.index) if (fields.length > 1 || !found(fields[0]!)) add(fields, 'index')
  return indexes
}

function indexed(table: Table, column: Column, use: 'unique' | 'index'): string {
  const byEmail = use === 'unique' && table.shadows.some((shadow) => shadow.of === column && shadow.use === 'email')
  return byEmail ? shadowName(column.field.column, 'email') : column.field.column
}

/** The logical type, as kept in the table of tables: two columns of one form hold values alike. */
export function formOf({ field: { kind, options } }: Column): string {
  switch (kind.storage) {
    case 'integer':
      return kind.name === 'integer' ? 'integer' : 'key'
    case 'decimal':
      return `decimal(${options['scale'] as number})`
    case 'datetime':
    case 'date':
      return 'text'
    default:
      return kind.storage
  }
}

function typeOf({ field }: Column): string {
  const { storage } = field.kind
  if (storage === 'real') return 'REAL'
  return storage === 'integer' || storage === 'decimal' || storage === 'boolean' ? 'INTEGER' : 'TEXT'
}
