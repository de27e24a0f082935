// Filters as conditions. They are two-valued: `not` goes down to the leaves, where the negative form lets null in, and stops at a
// relation as `not exists`. A condition may come out as null only where that means false.

import { OffstageError } from '../../base/errors.ts'
import type { Filter } from '../../query/tree.ts'
import type { Json, KindName } from '../../schema/kind.ts'
import { normaliseEmail } from '../../schema/normalise.ts'
import { parameterFor, type Column, type SqlValue } from './dialect.ts'
import { isPlain } from '../shape.ts'
import type { Emit } from './emit.ts'
import type { Table } from './model.ts'

export function condition(emit: Emit, table: Table, alias: string, filter: Filter | undefined): string {
  return filter ? emitFilter(emit, table, alias, filter, true) : emit.dialect.always
}

/** As `condition`, and stopped in time where each row may cost much: what reads a table from end to end stands behind this. */
export function bounded(emit: Emit, table: Table, alias: string, filter: Filter): string {
  const sql = condition(emit, table, alias, filter)
  return cost(filter) > 16 ? watched(emit, sql) : sql
}

/** The condition that ends the statement in time comes before what it watches over: SQLite keeps the order. */
export const watched = ({ dialect }: Emit, sql: string): string => (dialect.step === undefined ? sql : `${dialect.step} and ${sql}`)

/** As `bounded`, of a table whose rows all are asked: for what is worked out of every row that passes. */
export function ofAll(emit: Emit, table: Table, alias: string, filter: Filter): string {
  emit.asksAll = emit.dialect.existsByRow && !(filter.is === 'and' ? filter.of : [filter]).some(isNarrow)
  const sql = bounded(emit, table, alias, filter)
  emit.asksAll = false
  return sql
}

/** What an index of the table itself may serve. */
const isNarrow = (filter: Filter): boolean => filter.is === 'in' || (filter.is === 'compare' && filter.op === 'eq')

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
      return (filter.is === 'true') === yes ? emit.dialect.always : emit.dialect.never
    case 'and':
    case 'or': {
      const all = (filter.is === 'and') === yes
      if (filter.of.length === 0) return all ? emit.dialect.always : emit.dialect.never
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
      const list = emit.value(filter, (values: Json[]) => emit.dialect.encodeList(column, values))
      return leaf(emit.dialect.inList(sql, list, column), sql, column.nullable, yes)
    }
    case 'some': {
      const passed = passedBy(emit, table, filter)
      if (passed) {
        const list = filter.where as typeof filter
        const inOrder = yes && emit.dialect.existsByRow && !emit.asksAll
        return (inOrder && byOther(emit, passed, alias, list, '+')) || emitFilter(emit, passed, alias, list, yes)
      }
      const found = yes ? (byOne(emit, table, alias, filter) ?? (emit.asksAll && byOther(emit, table, alias, filter))) : undefined
      return found || `${yes ? '' : 'not '}${exists(emit, table, alias, filter)}`
    }
    case 'exists': {
      const other = emit.models.table(filter.model)
      const name = emit.alias()
      return `${yes ? '' : 'not '}exists (select 1 from ${other.name} ${name} where ${condition(emit, other, name, filter.where)})`
    }
    case 'json': {
      const sql = `${alias}.${emit.models.column(table, filter.field).name}`
      return `${yes ? '' : 'not '}${emit.dialect.jsonTest(sql, emit.tokens(filter), filter.op)}`
    }
    case 'search':
      return search(emit, table, alias, filter, yes)
    case 'me':
      throw new OffstageError('invalid_call', { detail: 'The tree holds a rule that is not bound.' })
  }
}

/** The complement of a test that is null exactly where its column is. */
function leaf(test: string, column: string, nullable: boolean, yes: boolean): string {
  if (yes) return test
  return nullable ? `(not ${test} or ${column} is null)` : `not ${test}`
}

/** What stands for equality: of unique emails the shadow, so that those are equal that would be refused as taken. */
function compared(emit: Emit, table: Table, field: string): Column {
  const column = emit.models.column(table, field)
  const shadow = table.shadows.find(({ of, use }) => of === column && use === 'email')
  return shadow ? { ...column, name: shadow.name, encode: (value) => normaliseEmail(String(value)) } : column
}

const comparisons = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function compare(emit: Emit, filter: Extract<Filter, { is: 'compare' }>, column: Column, sql: string): string {
  const at = emit.slot(filter)
  const value = emit.token(at, column.encode)
  switch (filter.op) {
    case 'contains':
      return emit.dialect.contains(sql, value)
    case 'startsWith':
      return `(${sql} >= ${value} and ${sql} < ${emit.token(at, (prefix: string) => afterPrefix(prefix) ?? emit.dialect.afterAllText)})`
    case 'endsWith':
      return emit.dialect.endsWith(sql, value)
    default:
      return `(${sql} ${comparisons[filter.op]} ${parameterFor(column, value)})`
  }
}

/** The least text after all texts with this prefix, so that an index serves `startsWith`; undefined when there is none. */
function afterPrefix(prefix: string): SqlValue | undefined {
  const points = [...prefix]
  while (points.length > 0) {
    const last = points.pop()!.codePointAt(0)!
    if (last < 0x10ffff) return points.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1)
  }
  return undefined
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

/**
 * A reference that is followed only to go on by a list: the row itself says all that is asked of the row between, which is there because
 * the database keeps references. Gives the other table with the reference for its id; undefined where the row between is needed.
 */
function passedBy(emit: Emit, table: Table, { field: name, where }: Extract<Filter, { is: 'some' }>): Table | undefined {
  const field = emit.models.relation(table, name)
  const target = emit.models.table(field.target)
  if (field.kind.name !== 'ref' || table.model.adopted || target.model.adopted || where.is !== 'some') return undefined
  return emit.models.relation(target, where.field).kind.name === 'many' ? { ...target, id: emit.models.column(table, name) } : undefined
}

/** At most one row passes. */
export function meansOne(table: Table, where: Filter): boolean {
  if (where.is === 'and') return where.of.some((part) => meansOne(table, part))
  if (where.is !== 'compare' || where.op !== 'eq') return false
  const { field } = where
  return field === table.id.field.name || table.model.unique.some((group) => group.length === 1 && group[0] === field)
}

/**
 * A reference to a row that is named by a unique value: found once, its id is as good as one that was given, and the same indexes
 * serve it. Undefined where there may be several, or a table that Offstage does not keep could have several.
 */
function byOne(emit: Emit, table: Table, alias: string, filter: Extract<Filter, { is: 'some' }>): string | undefined {
  const field = emit.models.relation(table, filter.field)
  const target = emit.models.table(field.target)
  if (field.kind.name !== 'ref' || target.model.adopted || !meansOne(target, filter.where)) return undefined
  const other = emit.alias()
  const where = condition(emit, target, other, filter.where)
  const column = emit.models.column(table, filter.field)
  return `(${alias}.${column.name} = (select ${other}.${target.id.name} from ${target.name} ${other} where ${where}))`
}

/**
 * A list with a row that is named by a value of many: its rows are few, so they are looked up once, and where all rows of this table are
 * asked, the others are never seen. Undefined where that could be the longer way. A `sign` of `+` keeps SQLite in the order that it is in.
 */
function byOther(emit: Emit, table: Table, alias: string, filter: Extract<Filter, { is: 'some' }>, sign = ''): string | undefined {
  const field = emit.models.relation(table, filter.field)
  const target = emit.models.table(field.target)
  if (field.kind.name === 'ref' || field.through !== undefined || !isNamed(emit, target, filter.where)) return undefined
  const other = emit.alias()
  const where = watched(emit, condition(emit, target, other, filter.where))
  const via = emit.models.column(target, field.via!)
  return `${sign}${alias}.${table.id.name} in (select ${other}.${via.name} from ${target.name} ${other} where ${where})`
}

const naming: ReadonlySet<KindName> = new Set(['id', 'ref', 'text', 'email', 'url'])

/** Whether an index leads to the rows, by a value that few of them have: choices and numbers may be the same for most. */
function isNamed(emit: Emit, table: Table, where: Filter): boolean {
  if (where.is === 'and') return where.of.some((part) => isNamed(emit, table, part))
  if (where.is !== 'some' && !isNarrow(where)) return false
  const { field: name } = where as Extract<Filter, { readonly field: string }>
  const { model } = table
  const field = model.fields.get(name)!
  if (!naming.has(field.kind.name)) return false
  if (where.is === 'some' && !meansOne(emit.models.table(field.target!), where.where)) return false
  return field.index || field === model.columns[0] || [...model.unique, ...model.index].some(([first]) => first === name)
}

/** Walked as `where`, then `between`. */
function exists(emit: Emit, table: Table, alias: string, filter: Extract<Filter, { is: 'some' }>): string {
  const target = emit.models.table(emit.models.relation(table, filter.field).target)
  const other = emit.alias()
  const where = condition(emit, target, other, filter.where)
  const found = link(emit, table, alias, filter.field, other, filter.between)
  const isList = emit.models.relation(table, filter.field).kind.name !== 'ref'
  return `exists (select 1 from ${target.name} ${other} where ${found.on} and ${isList ? watched(emit, where) : where})`
}

/** What the index finds may be too much, never too little: the words are looked for in the shadows whatever it says. */
function search(emit: Emit, table: Table, alias: string, filter: Extract<Filter, { is: 'search' }>, yes: boolean): string {
  const { dialect } = emit
  const at = emit.slot(filter)
  const shadows = filter.fields.map((name) => searched(emit, table, alias, name))
  if (shadows.length === 0) return yes ? dialect.never : dialect.always
  const tests = filter.words.map((_, i) => {
    const begins = shadows.map(({ sql, nullable }) =>
      leaf(
        dialect.contains(
          sql,
          emit.token(at, (words: string[]) => ` ${words[i]}`),
        ),
        sql,
        nullable,
        yes,
      ),
    )
    return `(${begins.join(yes ? ' or ' : ' and ')})`
  })
  const found = yes && dialect.search?.(table, alias, filter.words.some(isPlain), (encode) => emit.token(at, encode))
  return `(${[...(found ? [found] : []), ...tests].join(yes ? ' and ' : ' or ')})`
}

/** The words of a field as they are kept, each with a space before and after. */
export function searched(emit: Emit, table: Table, alias: string, field: string): { readonly sql: string; readonly nullable: boolean } {
  const column = emit.models.column(table, field)
  const shadow = table.shadows.find(({ of, use }) => of === column && use === 'search')
  if (!shadow) throw new OffstageError('invalid_call', { detail: `${table.model.name}.${field} is not searchable.` })
  return { sql: `${alias}.${shadow.name}`, nullable: column.nullable }
}
