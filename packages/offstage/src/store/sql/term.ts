// Columns to sort, group and measure by.

import type { Term } from '../../query/tree.ts'
import type { Emit } from './emit.ts'
import { condition, link } from './filter.ts'
import type { Table } from './model.ts'
import type { Column } from './dialect.ts'

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
    if (step.mask) conditions.push(condition(emit, at.table, at.alias, step.mask))
    const next = link(emit, at.table, at.alias, step.field, emit.alias(), undefined)
    if (step.guard) conditions.push(condition(emit, next.table, next.alias, step.guard))
    joins.push(` left join ${next.table.name} ${next.alias} on ${[next.on, ...conditions].join(' and ')}`)
    at = next
  }
  const column = emit.models.column(at.table, term.field)
  const sql = `${at.alias}.${column.name}`
  if (!term.mask) return { sql, column, nullable: column.nullable || term.through.length > 0 }
  return { sql: `case when ${condition(emit, at.table, at.alias, term.mask)} then ${sql} end`, column, nullable: true }
}
