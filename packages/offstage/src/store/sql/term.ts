// Columns to sort, group and measure by.

import type { Rank, Term } from '../../query/tree.ts'
import { integerKind } from '../../schema/fields/integer.ts'
import type { Emit } from './emit.ts'
import { condition, link, searched } from './filter.ts'
import type { Table } from './model.ts'
import { columnOf, type Column } from './dialect.ts'

export interface Emitted {
  readonly sql: string
  readonly column: Column
  readonly nullable: boolean
}

/** A column, reached through references by joins that are added to `joins`; null where a guard or mask does not hold. */
export function emitTerm(emit: Emit, table: Table, alias: string, term: Term, joins: string[]): Emitted {
  if (term.rank) return emitRank(emit, table, alias, term.rank)
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

function emitRank(emit: Emit, table: Table, alias: string, rank: Rank): Emitted {
  const at = emit.slot(rank)
  const word = (i: number, end: string): string => emit.token(at, (words: string[]) => ` ${words[i]}${end}`)
  const parts = rank.fields.map(({ field, weight, mask }) => {
    const { sql } = searched(emit, table, alias, field)
    const sum = rank.words.map((_, i) => {
      const [whole, begins] = [emit.dialect.contains(sql, word(i, ' ')), emit.dialect.contains(sql, word(i, ''))]
      return `case when ${whole} then ${2 * weight} when ${begins} then ${weight} else 0 end`
    })
    return mask ? `case when ${condition(emit, table, alias, mask)} then ${sum.join(' + ')} else 0 end` : sum.join(' + ')
  })
  const column = columnOf(emit.dialect, { ...table.id.field, name: '', column: '', kind: integerKind, options: {} })
  // A mere number would be the number of a column where rows are sorted by it.
  return { sql: `(${['0', '0', ...parts].join(' + ')})`, column, nullable: false }
}
