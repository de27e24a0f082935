// The ground of the emitter: values become tokens while the text is put together, and question marks when it is done. So a piece
// of text may stand anywhere, or twice, and no value is ever part of it.

import { OffstageError } from '../../base/errors.ts'
import type { Filter, Term } from '../../query/tree.ts'
import type { SlotValue, Walk } from '../shape.ts'
import { emitFilter } from './filter.ts'
import type { Models, Table } from './model.ts'
import type { Column, SqlValue } from './values.ts'

type Encode = (value: any) => SqlValue

/** A statement and how its parameters come from the values of a tree of its shape. */
export interface Statement {
  readonly sql: string
  readonly binds: readonly { readonly at: number; readonly encode: Encode }[]
}

export function parameters(statement: Statement, values: readonly SlotValue[]): SqlValue[] {
  const { binds } = statement
  const list: SqlValue[] = new Array(binds.length)
  for (let i = 0; i < binds.length; i++) list[i] = binds[i]!.encode(values[binds[i]!.at])
  return list
}

export class Emit {
  readonly models: Models
  readonly #nodes: readonly object[]
  readonly #encoders: { at: number; encode: Encode }[] = []
  #next = 0
  #aliases = 0

  constructor(models: Models, walk: Walk) {
    this.models = models
    this.#nodes = walk.nodes!
  }

  alias(): string {
    return `t${++this.#aliases}`
  }

  /** The place of the next value, which must stand in this node: a tree visited in another order than it was walked would mix up values. */
  slot(node: object): number {
    if (this.#nodes[this.#next] !== node) throw new OffstageError('internal', { detail: 'The emitter left the order of the walk.' })
    return this.#next++
  }

  token(at: number, encode: Encode): string {
    return `«${this.#encoders.push({ at, encode }) - 1}»`
  }

  value(node: object, encode: Encode): string {
    return this.token(this.slot(node), encode)
  }

  finish(sql: string): Statement {
    if (this.#next !== this.#nodes.length) throw new OffstageError('internal', { detail: 'The emitter left values out.' })
    const binds: { at: number; encode: Encode }[] = []
    const text = sql.replace(/«(\d+)»/g, (_, index: string) => {
      binds.push(this.#encoders[Number(index)]!)
      return '?'
    })
    return { sql: text, binds }
  }

  where(table: Table, alias: string, filter: Filter | undefined): string {
    return filter ? emitFilter(this, table, alias, filter, true) : '1'
  }
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
  const guard = between ? ` and ${emit.where(middle, m, between)}` : ''
  return { table, alias: other, on: `${other}.${table.id.name} in (select ${to} from ${middle.name} ${m} where ${via} = ${own}${guard})` }
}

export interface Emitted {
  readonly sql: string
  readonly column: Column
  readonly nullable: boolean
}

/** A column, reached through references by joins that are added to `joins`; null where a guard or mask does not hold. */
export function emitTerm(emit: Emit, table: Table, alias: string, term: Term, joins: string[]): Emitted {
  let at = { table, alias }
  for (const step of term.through) {
    const conditions: string[] = []
    if (step.mask) conditions.push(emit.where(at.table, at.alias, step.mask))
    const next = link(emit, at.table, at.alias, step.field, emit.alias(), undefined)
    if (step.guard) conditions.push(emit.where(next.table, next.alias, step.guard))
    joins.push(` left join ${next.table.name} ${next.alias} on ${[next.on, ...conditions].join(' and ')}`)
    at = next
  }
  const column = emit.models.column(at.table, term.field)
  const sql = `${at.alias}.${column.name}`
  if (!term.mask) return { sql, column, nullable: column.nullable || term.through.length > 0 }
  return { sql: `case when ${emit.where(at.table, at.alias, term.mask)} then ${sql} end`, column, nullable: true }
}
