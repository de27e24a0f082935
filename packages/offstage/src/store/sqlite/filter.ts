// Filters as conditions. They are two-valued: `not` goes down to the leaves, where the negative form lets null in, and stops at a
// relation as `not exists`. A condition may come out as null only where that means false.

import { OffstageError } from '../../base/errors.ts'
import type { Filter } from '../../query/tree.ts'
import type { Json } from '../../schema/kind.ts'
import { normaliseEmail, normaliseSearch } from '../../schema/normalise.ts'
import type { Emit } from './emit.ts'
import { shadowName, type Table } from './model.ts'
import { quote, type Column, type SqlValue } from './values.ts'

export function condition(emit: Emit, table: Table, alias: string, filter: Filter | undefined): string {
  return filter ? emitFilter(emit, table, alias, filter, true) : '1'
}

/** As `condition`, and stopped in time where each row may cost much: what reads a table from end to end stands behind this. */
export function bounded(emit: Emit, table: Table, alias: string, filter: Filter): string {
  const sql = condition(emit, table, alias, filter)
  return cost(filter) > 16 ? `${step} and ${sql}` : sql
}

/** Comes out as true, or ends the statement when its time is up. Before what it watches over, as SQLite keeps the order. */
export const step = 'offstage_step()'

function cost(filter: Filter): number {
  switch (filter.is) {
    case 'and':
    case 'or':
      return filter.of.reduce((sum, part) => sum + cost(part), 0)
    case 'not':
      return cost(filter.of)
    case 'some':
    case 'exists':
    case 'search':
      return 17
    case 'compare':
      return filter.op === 'contains' || filter.op === 'endsWith' ? 17 : 1
    default:
      return 1
  }
}

function emitFilter(emit: Emit, table: Table, alias: string, filter: Filter, yes: boolean): string {
  switch (filter.is) {
    case 'true':
    case 'false':
      return (filter.is === 'true') === yes ? '1' : '0'
    case 'and':
    case 'or': {
      const all = (filter.is === 'and') === yes
      if (filter.of.length === 0) return all ? '1' : '0'
      return `(${filter.of.map((part) => emitFilter(emit, table, alias, part, yes)).join(all ? ' and ' : ' or ')})`
    }
    case 'not':
      return emitFilter(emit, table, alias, filter.of, !yes)
    case 'null':
      return `${alias}.${emit.models.column(table, filter.field).name} is ${yes ? '' : 'not '}null`
    case 'compare': {
      const column = filter.op === 'eq' ? compared(emit, table, filter.field) : emit.models.column(table, filter.field)
      return leaf(compare(emit, filter, column, `${alias}.${column.name}`), `${alias}.${column.name}`, column.nullable, yes)
    }
    case 'in': {
      const column = compared(emit, table, filter.field)
      const sql = `${alias}.${column.name}`
      return leaf(
        `${sql} in (select value from json_each(${emit.value(filter, (values: Json[]) => listOf(column, values))}))`,
        sql,
        column.nullable,
        yes,
      )
    }
    case 'some':
      return `${yes ? '' : 'not '}${exists(emit, table, alias, filter)}`
    case 'exists': {
      const other = emit.models.table(filter.model)
      const name = emit.alias()
      return `${yes ? '' : 'not '}exists (select 1 from ${other.name} ${name} where ${condition(emit, other, name, filter.where)})`
    }
    case 'json': {
      const sql = `${alias}.${emit.models.column(table, filter.field).name}`
      const test = emit.value(filter, ({ path, op, value }: JsonFilter) => JSON.stringify([path, op, value]))
      return `${yes ? '' : 'not '}offstage_json(${sql}, ${test})`
    }
    case 'search':
      return search(emit, table, alias, filter, yes)
    case 'me':
      throw new OffstageError('invalid_call', { detail: 'The tree holds a rule that is not bound.' })
  }
}

type JsonFilter = Extract<Filter, { is: 'json' }>

/** The complement of a test that is null exactly where its column is. */
function leaf(test: string, column: string, nullable: boolean, yes: boolean): string {
  if (yes) return test
  return nullable ? `(not ${test} or ${column} is null)` : `not ${test}`
}

/** What stands for equality: of unique emails the shadow, so that those are equal that would be refused as taken. */
function compared(emit: Emit, table: Table, field: string): Column {
  const column = emit.models.column(table, field)
  const shadow = table.shadows.find(({ of, use }) => of === column && use === 'email')
  return shadow ? { ...column, name: quote(shadow.column), encode: (value) => normaliseEmail(String(value)) } : column
}

const comparisons = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function compare(emit: Emit, filter: Extract<Filter, { is: 'compare' }>, column: Column, sql: string): string {
  const at = emit.slot(filter)
  const value = emit.token(at, column.encode)
  switch (filter.op) {
    case 'contains':
      return `(instr(${sql}, ${value}) > 0)`
    case 'startsWith':
      return `(${sql} >= ${value} and ${sql} < ${emit.token(at, afterPrefix)})`
    case 'endsWith':
      return `(substr(${sql}, length(${sql}) - length(${value}) + 1) = ${value})`
    default:
      return `(${sql} ${comparisons[filter.op]} ${value})`
  }
}

/** The least value after all texts with this prefix, so that an index serves `startsWith`. Any blob comes after any text. */
function afterPrefix(prefix: string): SqlValue {
  const points = [...prefix]
  while (points.length > 0) {
    const last = points.pop()!.codePointAt(0)!
    if (last < 0x10ffff) return points.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1)
  }
  return new Uint8Array(0)
}

/** One parameter whatever the number of values, so that the statement stays the same. Whole numbers keep all 64 bits. */
function listOf(column: Column, values: readonly Json[]): string {
  const items = values.map((value) => {
    const encoded = column.encode(value)
    return typeof encoded === 'bigint' ? encoded.toString() : JSON.stringify(encoded)
  })
  return `[${items.join()}]`
}

/** How the rows on the other side of a relation are found. */
export interface Link {
  readonly table: Table
  readonly alias: string
  readonly on: string
}

/** `between` is emitted here, so whoever calls must have walked it at this point. */
export function link(emit: Emit, parent: Table, alias: string, name: string, other: string, between: Filter | undefined): Link {
  const field = emit.models.relation(parent, name)
  const table = emit.models.table(field.target)
  if (field.kind.name === 'ref') {
    return { table, alias: other, on: `${other}.${table.id.name} = ${alias}.${emit.models.column(parent, name).name}` }
  }
  const own = `${alias}.${parent.id.name}`
  if (field.through === undefined) return { table, alias: other, on: `${other}.${emit.models.column(table, field.via!).name} = ${own}` }
  const middle = emit.models.table(field.through)
  const m = emit.alias()
  const via = `${m}.${emit.models.column(middle, field.via!).name}`
  const to = `${m}.${emit.models.column(middle, field.to!).name}`
  const guard = between ? ` and ${condition(emit, middle, m, between)}` : ''
  return { table, alias: other, on: `${other}.${table.id.name} in (select ${to} from ${middle.name} ${m} where ${via} = ${own}${guard})` }
}

/** Walked as `where`, then `between`. */
function exists(emit: Emit, table: Table, alias: string, filter: Extract<Filter, { is: 'some' }>): string {
  const target = emit.models.table(emit.models.relation(table, filter.field).target)
  const other = emit.alias()
  const where = condition(emit, target, other, filter.where)
  const found = link(emit, table, alias, filter.field, other, filter.between)
  const watched = emit.models.relation(table, filter.field).kind.name === 'ref' ? '' : `${step} and `
  return `exists (select 1 from ${target.name} ${other} where ${found.on} and ${watched}${where})`
}

function search(emit: Emit, table: Table, alias: string, filter: Extract<Filter, { is: 'search' }>, yes: boolean): string {
  const text = emit.value(filter, normaliseSearch)
  const tests = filter.fields.map((name) => {
    const column = emit.models.column(table, name)
    if (!column.field.searchable) throw new OffstageError('invalid_call', { detail: `${table.model.name}.${name} is not searchable.` })
    const shadow = `${alias}.${quote(shadowName(column.field.column, 'search'))}`
    return leaf(`(instr(${shadow}, ${text}) > 0)`, shadow, column.nullable, yes)
  })
  return tests.length === 0 ? (yes ? '0' : '1') : `(${tests.join(yes ? ' or ' : ' and ')})`
}
