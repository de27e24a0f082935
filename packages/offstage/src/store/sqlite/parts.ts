// What is shown of a row, as parts: each a column, a row reached by a join, a list made by a subquery, or a number. `rows.ts` reads
// them into objects, `text.ts` has SQLite print them as JSON.

import type { Filter, Query, Shape } from '../../query/tree.ts'
import { maxIncludedRows } from '../../query/limits.ts'
import type { Emit } from './emit.ts'
import { bounded, condition, link, step } from './filter.ts'
import type { Table } from './model.ts'
import { emitTerm, type Emitted } from './term.ts'
import { literal, type Column } from './values.ts'

export type Part =
  | { readonly kind: 'column'; readonly as: string; readonly column: Column; readonly sql: string }
  /** `present` is null when no row was reached. */
  | { readonly kind: 'one'; readonly as: string; readonly present: string; readonly parts: readonly Part[] }
  /** `bounded`: the query says itself how many rows at most. */
  | { readonly kind: 'many'; readonly as: string; readonly from: string; readonly bounded: boolean; readonly parts: readonly Part[] }
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
        const { from, parts: columns } = emitSource(emit, other.table, include.query, {
          inner,
          on: other.on,
          bound: maxIncludedRows + 1,
          as: include.as,
        })
        emit.lists--
        parts.push({ kind: 'many', as: include.as, from, bounded: include.query.limit !== undefined, parts: columns })
        break
      }
      default: {
        const name = emit.alias()
        const other = link(emit, table, alias, include.field, name, include.between)
        const rows = `from ${other.table.name} ${name} where ${other.on} and ${emit.lists > 0 ? `${step} and ` : ''}${condition(emit, other.table, name, include.where)}`
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
  /** What follows `from`. */
  readonly from: string
  readonly parts: readonly Part[]
  readonly sort: readonly Emitted[]
}

interface SourceOptions {
  readonly inner?: string
  /** Ties the rows to their parent. */
  readonly on?: string
  /** Rows at most when the query has no limit. */
  readonly bound?: number
  /** The list's name, for when it holds too much. */
  readonly as?: string
}

/**
 * The rows of a query in order, and what is shown of them. An inner query finds and sorts row ids alone and the outer one fetches
 * what they hold: else SQLite would work out every list and text of every matching row before sorting.
 */
export function emitSource(emit: Emit, table: Table, query: Query, options: SourceOptions = {}): Source {
  const direct = options.on === undefined && meansOne(table, query.where)
  const outer = emit.alias()
  const inner = direct ? outer : (options.inner ?? emit.alias())
  const shown: string[] = []
  const parts = emitParts(emit, table, outer, query, shown)
  const watched = emit.lists > 1 ? step : undefined
  const where = [options.on, watched, bounded(emit, table, inner, query.where)].filter((text) => text !== undefined && text !== '1')
  const joins: string[] = []
  const sort = query.sort.map(({ term, desc }) => ({ ...emitTerm(emit, table, inner, term, joins), desc }))
  const after = emitAfter(emit, query, sort)
  if (after) where.push(after)
  // At the root one row more, which tells whether others follow. The cast keeps the value out of SQLite's planning: for a bare
  // `limit ?` it would plan the statement anew at every call.
  const limit =
    query.limit === undefined
      ? String(options.bound ?? -1)
      : `cast(${emit.value(query, (value: number) => (options.on === undefined ? value + 1 : value))} as integer)`
  const conditions = where.length > 0 ? ` where ${where.join(' and ')}` : ''
  if (direct) return { from: `${table.name} ${outer}${shown.join('')}${joins.join('')}${conditions}`, parts, sort }
  const rest = `${conditions}${sort.length > 0 ? ` order by ${sort.map(orderBy).join(', ')}` : ''} limit ${limit}`
  // Only what is not a plain column of the row itself must come out of the inner query.
  const passed = sort.map((key, index) =>
    query.sort[index]!.term.through.length > 0 || query.sort[index]!.term.mask ? `, ${key.sql} as s${index}` : '',
  )
  const found = `(select ${inner}._rowid_ as r${passed.join('')} from ${table.name} ${inner}${joins.join('')}${rest}) q${outer}`
  const outerSort = sort.map((key, index) => ({ ...key, sql: passed[index] ? `q${outer}.s${index}` : `${outer}.${key.column.name}` }))
  return {
    from: `${found} cross join ${table.name} ${outer} on ${outer}._rowid_ = q${outer}.r${shown.join('')}${options.as === undefined ? '' : ` where offstage_row(${literal(options.as)})`}`,
    parts,
    sort: outerSort,
  }
}

/** At most one row passes: finding it first would be a detour. */
function meansOne(table: Table, where: Filter): boolean {
  if (where.is === 'and') return where.of.some((part) => meansOne(table, part))
  if (where.is !== 'compare' || where.op !== 'eq') return false
  const { field } = where
  return field === table.id.field.name || table.model.unique.some((group) => group.length === 1 && group[0] === field)
}

interface SortKey extends Emitted {
  readonly desc: boolean
}

// Descending, SQLite has nulls last by itself; said only where needed, because it can keep an index from being used.
function orderBy(key: SortKey): string {
  return key.desc ? `${key.sql} desc` : key.nullable ? `${key.sql} nulls last` : key.sql
}

/** What comes after the last row seen: `a <= ? and (a < ? or id < ?)`, the form that every database serves from an index. */
function emitAfter(emit: Emit, query: Query, sort: readonly SortKey[]): string {
  const { after } = query
  if (!after) return ''
  const values = after.map((value, index) => (value === null ? null : emit.value(query.sort[index] ?? query, sort[index]!.column.encode)))
  const from = (index: number): string => {
    const { sql, desc, nullable } = sort[index]!
    const value = values[index]!
    const last = index === sort.length - 1
    if (value === null) return last ? '0' : `(${sql} is null and ${from(index + 1)})`
    const orNull = nullable ? ` or ${sql} is null` : ''
    const beyond = `${sql} ${desc ? '<' : '>'} ${value}${orNull}`
    if (last) return `(${beyond})`
    return `(${sql} ${desc ? '<=' : '>='} ${value}${orNull}) and (${beyond} or ${from(index + 1)})`
  }
  return `(${from(0)})`
}

/** Concatenates; a call of an SQL function takes at most 1,000 arguments. */
function concat(pieces: readonly string[]): string {
  if (pieces.length <= 900) return `concat(${pieces.join(', ')})`
  return concat([concat(pieces.slice(0, 900)), ...pieces.slice(900)])
}

const nameOf = (as: string, first: boolean): string => `${first ? '{' : ','}${JSON.stringify(as)}:`

/** The text of one row, or of the pieces between the lists that stand in it: lists are columns of their own, with their length before them. */
export function emitText(parts: readonly Part[], split: boolean): string[] {
  const columns: string[] = []
  let pieces: string[] = []
  parts.forEach((part, index) => {
    pieces.push(literal(nameOf(part.as, index === 0)))
    if (split && part.kind === 'many') {
      columns.push(concat(pieces), emitList(part, 'count(*), '))
      pieces = []
    } else pieces.push(emitJson(part))
  })
  pieces.push(parts.length === 0 ? `'{}'` : `'}'`)
  columns.push(concat(pieces))
  return columns
}

export function emitList(part: Extract<Part, { kind: 'many' }>, prefix = ''): string {
  return `(select concat(${prefix}'[', group_concat(${emitText(part.parts, false)[0]}), ']') from ${part.from})`
}

function emitJson(part: Part): string {
  switch (part.kind) {
    case 'column':
      return part.column.json(part.sql)
    case 'one':
      return `iif(${part.present} is null, 'null', ${emitText(part.parts, false)[0]})`
    case 'many':
      return emitList(part)
    case 'count':
      return part.sql
    case 'flag':
      return `iif(${part.sql}, 'true', 'false')`
  }
}
