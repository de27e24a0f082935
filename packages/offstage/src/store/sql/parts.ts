// What is shown of a row, as parts: each a column, a row reached by a join, a list made by a subquery, or a number. `rows.ts` reads
// them into objects, `text.ts` has the database print them as JSON.

import type { Filter, Query, Shape } from '../../query/tree.ts'
import { maxIncludedRows } from '../../query/limits.ts'
import type { Emit } from './emit.ts'
import { bounded, condition, link, meansOne, ofAll, watched } from './filter.ts'
import type { Table } from './model.ts'
import { emitTerm, type Emitted } from './term.ts'
import { parameterFor, type Column, type SortKey } from './dialect.ts'

export type Part =
  | { readonly kind: 'column'; readonly as: string; readonly column: Column; readonly sql: string }
  /** `present` is null when no row was reached. */
  | { readonly kind: 'one'; readonly as: string; readonly present: string; readonly parts: readonly Part[] }
  /** `bounded`: the query says itself how many rows at most. */
  | { readonly kind: 'many'; readonly as: string; readonly source: Source; readonly bounded: boolean; readonly parts: readonly Part[] }
  | { readonly kind: 'count' | 'flag'; readonly as: string; readonly sql: string }

export function emitParts(emit: Emit, table: Table, alias: string, shape: Shape, joins: string[]): Part[] {
  const parts: Part[] = shape.select.map(({ field, mask }) => {
    const column = emit.models.column(table, field)
    const sql = `${alias}.${column.name}`
    return mask
      ? {
          kind: 'column',
          as: field,
          column: { ...column, nullable: true },
          sql: `case when ${condition(emit, table, alias, mask)} then ${sql} end`,
        }
      : { kind: 'column', as: field, column, sql }
  })
  for (const include of shape.include) {
    switch (include.kind) {
      case 'one': {
        const conditions = include.mask ? [condition(emit, table, alias, include.mask)] : []
        const other = link(emit, table, alias, include.field, emit.alias(), undefined)
        if (include.guard) conditions.push(condition(emit, other.table, other.alias, include.guard))
        joins.push(` left join ${other.table.name} ${other.alias} on ${[other.on, ...conditions].join(' and ')}`)
        const present = `${other.alias}.${other.table.id.name}`
        parts.push({ kind: 'one', as: include.as, present, parts: emitParts(emit, other.table, other.alias, include.shape, joins) })
        break
      }
      case 'many': {
        const inner = emit.alias()
        const other = link(emit, table, alias, include.field, inner, include.between)
        emit.lists++
        const source = emitSource(emit, other.table, include.query, {
          inner,
          on: other.on,
          bound: maxIncludedRows + 1,
          as: include.as,
        })
        emit.lists--
        parts.push({ kind: 'many', as: include.as, source, bounded: include.query.limit !== undefined, parts: source.parts })
        break
      }
      default: {
        const name = emit.alias()
        const other = link(emit, table, alias, include.field, name, include.between)
        if (include.where.is === 'false') {
          parts.push(
            include.kind === 'count'
              ? { kind: 'count', as: include.as, sql: '0' }
              : { kind: 'flag', as: include.as, sql: emit.dialect.never },
          )
          break
        }
        const where = condition(emit, other.table, name, include.where)
        const rows = `from ${other.table.name} ${name} where ${other.on} and ${emit.lists > 0 ? watched(emit, where) : where}`
        parts.push(
          include.kind === 'count'
            ? { kind: 'count', as: include.as, sql: `(select count(*) ${rows})` }
            : { kind: 'flag', as: include.as, sql: `exists (select 1 ${rows})` },
        )
      }
    }
  }
  for (const test of shape.tests ?? [])
    parts.push({ kind: 'flag', as: test.as, sql: `(${condition(emit, table, alias, test.where)}) is true` })
  // An included reference takes the place of its id, as a property set twice would.
  return [...new Map(parts.map((part) => [part.as, part])).values()]
}

/** Whether a row shows the sort value as it is. */
export const shows = (parts: readonly Part[], key: Emitted): boolean =>
  parts.some((part) => part.kind === 'column' && part.as === key.column.field.name && part.sql === key.sql)

export interface Source {
  /** What follows `from`: tables, joins and conditions. */
  readonly from: string
  /** What remains to be ordered by, and how many rows to take; empty where `from` has seen to it. */
  readonly order: string
  readonly limit: string
  readonly parts: readonly Part[]
  readonly sort: readonly Emitted[]
  /** What the table of the rows is called. */
  readonly alias: string
}

export const selectFrom = (columns: readonly string[], { from, order, limit }: Source): string =>
  `select ${columns.join(', ')} from ${from}${order && ` order by ${order}`}${limit && ` limit ${limit}`}`

interface SourceOptions {
  readonly inner?: string
  /** Ties the rows to their parent. */
  readonly on?: string
  /** Rows at most when the query has no limit. */
  readonly bound?: number
  /** The list's name, for when it holds too much. */
  readonly as?: string
}

interface Key extends Emitted {
  readonly desc: boolean
}

/**
 * The rows of a query in order, and what is shown of them. Where that takes joins or lists, an inner query finds and sorts row ids
 * alone and the outer one fetches what they hold: else a database may work out every list and text of every matching row before sorting.
 */
export function emitSource(emit: Emit, table: Table, query: Query, options: SourceOptions = {}): Source {
  const { dialect } = emit
  const isRoot = options.on === undefined
  const one = isRoot && query.offset === undefined && meansOne(table, query.where)
  const direct = one || (isRoot ? dialect.rows !== 'kept' && query.include.length === 0 : dialect.rows === 'flat')
  const outer = emit.alias()
  const inner = direct ? (options.inner ?? outer) : (options.inner ?? emit.alias())
  const shown: string[] = []
  const parts = emitParts(emit, table, direct ? inner : outer, query, shown)
  const where = [options.on, emit.lists > 1 ? dialect.step : undefined, bounded(emit, table, inner, query.where)]
  const joins: string[] = []
  const sort = query.sort.map(({ term, desc }) => ({ ...emitTerm(emit, table, inner, term, joins), desc }))
  where.push(emitAfter(emit, query, sort))
  // At the root one row more, which tells whether others follow.
  const rows = (more: number): string => dialect.limit(emit.value(query, (value: number) => dialect.encodeLimit(value + more)))
  const bound = query.limit === undefined ? String(options.bound ?? dialect.noLimit) : rows(isRoot ? 1 : 0)
  const limit = query.offset === undefined ? bound : `${bound} offset ${rows(0)}`
  const tests = where.filter((text) => text !== undefined && text !== dialect.always)
  const conditions = tests.length > 0 ? ` where ${tests.join(' and ')}` : ''
  if (direct) {
    const from = `${table.name} ${inner}${shown.join('')}${joins.join('')}${conditions}`
    return {
      from,
      parts,
      sort,
      alias: inner,
      order: one ? '' : isRoot ? orderBy(emit, sort) : orderInList(emit, sort),
      limit: one ? '' : limit,
    }
  }
  const whole = dialect.rows === 'whole'
  const rowId = dialect.rowId ?? table.id.name
  const rest = `${conditions}${sort.length > 0 ? ` order by ${orderBy(emit, sort)}` : ''}${limit && ` limit ${limit}`}`
  // Only what is not a plain column of the row itself must come out of the inner query.
  const passed = sort.map((key, index) => {
    const { through, mask, rank } = query.sort[index]!.term
    return through.length > 0 || mask || rank ? `, ${key.sql} as sort__${index}` : ''
  })
  const from = whole ? outer : `q${outer}`
  const found = `(select ${inner}.${whole ? '*' : `${rowId} as r`}${passed.join('')} from ${table.name} ${inner}${joins.join('')}${rest}) ${from}`
  const outerSort = sort.map((key, index) => ({ ...key, sql: passed[index] ? `${from}.sort__${index}` : `${outer}.${key.column.name}` }))
  const count = options.as === undefined || !dialect.countRow ? '' : ` where ${dialect.countRow(options.as)}`
  const join = `${dialect.rows === 'kept' ? 'cross join' : 'join'} ${table.name} ${outer} on ${outer}.${rowId} = ${from}.r`
  return {
    from: `${found}${whole ? '' : ` ${join}`}${shown.join('')}${count}`,
    order: dialect.rows === 'kept' ? '' : isRoot ? orderBy(emit, outerSort) : orderInList(emit, outerSort),
    limit: '',
    parts,
    sort: outerSort,
    alias: outer,
  }
}

const orderBy = ({ dialect }: Emit, keys: readonly SortKey[]): string => keys.map((key) => dialect.orderBy(key)).join(', ')

const orderInList = ({ dialect }: Emit, keys: readonly SortKey[]): string =>
  keys.map((key) => dialect.orderInList?.(key) ?? dialect.orderBy(key)).join(', ')

/** How many rows pass, whatever the page: worked out once for the statement that it stands in. */
export function emitCount(emit: Emit, table: Table, where: Filter): string {
  const alias = emit.alias()
  const rows = `select count(*) from ${table.name} ${alias}`
  // With a condition, be it one that always holds, SQLite looks at each row.
  return where.is === 'true' ? rows : `${rows} where ${ofAll(emit, table, alias, where)}`
}

/** What comes after the last row seen: `a <= ? and (a < ? or id < ?)`, the form that every database serves from an index. */
function emitAfter(emit: Emit, query: Query, sort: readonly Key[]): string | undefined {
  const { after } = query
  if (!after) return undefined
  const values = after.map((value, index) => {
    const { column } = sort[index]!
    return value === null ? null : parameterFor(column, emit.value(query.sort[index] ?? query, column.encode))
  })
  const from = (index: number): string => {
    const { sql, desc, nullable } = sort[index]!
    const value = values[index]!
    const last = index === sort.length - 1
    if (value === null) return last ? emit.dialect.never : `(${sql} is null and ${from(index + 1)})`
    const orNull = nullable ? ` or ${sql} is null` : ''
    const beyond = `${sql} ${desc ? '<' : '>'} ${value}${orNull}`
    if (last) return `(${beyond})`
    return `(${sql} ${desc ? '<=' : '>='} ${value}${orNull}) and (${beyond} or ${from(index + 1)})`
  }
  return `(${from(0)})`
}

const nameOf = (as: string, first: boolean): string => `${first ? '{' : ','}${JSON.stringify(as)}:`

/** The text of one row, or of the pieces between the lists that stand in it: lists are columns of their own, with their length before them. */
export function emitText(emit: Emit, parts: readonly Part[], split: boolean): string[] {
  const { dialect } = emit
  const columns: string[] = []
  let pieces: string[] = []
  parts.forEach((part, index) => {
    pieces.push(dialect.literal(nameOf(part.as, index === 0)))
    if (split && part.kind === 'many') {
      columns.push(dialect.concat(pieces), emitList(emit, part, true))
      pieces = []
    } else pieces.push(emitJson(emit, part))
  })
  pieces.push(dialect.literal(parts.length === 0 ? '{}' : '}'))
  columns.push(dialect.concat(pieces))
  return columns
}

export const emitList = (emit: Emit, { source, parts }: Extract<Part, { kind: 'many' }>, counted: boolean): string =>
  emit.dialect.list({ ...source, text: emitText(emit, parts, false)[0]! }, counted)

function emitJson(emit: Emit, part: Part): string {
  switch (part.kind) {
    case 'column':
      return part.column.json(part.sql)
    case 'one':
      return `case when ${part.present} is null then 'null' else ${emitText(emit, part.parts, false)[0]} end`
    case 'many':
      return emitList(emit, part, false)
    case 'count':
      return part.sql
    case 'flag':
      return `case when ${part.sql} then 'true' else 'false' end`
  }
}
