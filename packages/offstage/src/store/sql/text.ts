// Lists as JSON text, made by the database where no code must touch a row: byte for byte what `JSON.stringify` of the rows would give.

import type { Json, Row } from '../../schema/kind.ts'
import type { Query } from '../../query/tree.ts'
import type { Walk } from '../shape.ts'
import { Emit, type Statement } from './emit.ts'
import { emitCount, emitSource, emitText, selectFrom, shows, type Part } from './parts.ts'
import type { Models } from './model.ts'
import { spend, type Budget } from './rows.ts'
import type { SqlRow } from './dialect.ts'

export interface TextPlan {
  readonly statement: Statement
  /** The text of a row. */
  text(values: SqlRow, budget: Budget): string
  keys(values: SqlRow, text: string): Json[]
  /** How many rows pass in all, as any row tells; for queries that count. */
  count(values: SqlRow): number
}

/** Undefined when the bytes cannot be promised: databases print doubles in another way, and lists within lists could pass their bounds unseen. */
export function planText(models: Models, walk: Walk, query: Query): TextPlan | undefined {
  if (!models.dialect.exactText) return undefined
  const emit = new Emit(models, walk)
  const table = models.table(query.model)
  const source = emitSource(emit, table, query)
  const { parts, sort } = source
  if (!isProven(parts, true)) return undefined
  const columns = emitText(emit, parts, true)
  const lists = parts.filter((part) => part.kind === 'many')
  const size = columns.length
  const inText = sort.every((key) => shows(parts, key))
  if (!inText) columns.push(...sort.map((key) => key.column.read(key.sql)))
  const count = query.count ? columns.push(`(${emitCount(emit, table, query.where)})`) - 1 : -1
  return {
    statement: emit.finish(selectFrom(columns, source)),
    text: size === 1 ? (values) => values[0] as string : (values, budget) => assemble(values, size, lists, budget),
    keys(values, text) {
      if (inText) {
        const row = JSON.parse(text) as Row
        return query.sort.map(({ term }) => row[term.field]!)
      }
      return sort.map(({ column }, index) => {
        const value = values[size + index]!
        return value === null ? null : column.decode ? column.decode(value) : (value as Json)
      })
    },
    count: (values) => Number(values[count]),
  }
}

function isProven(parts: readonly Part[], root: boolean): boolean {
  return parts.every((part) => {
    if (part.kind === 'column') return part.column.field.kind.storage !== 'real'
    if (part.kind === 'one') return isProven(part.parts, false)
    return part.kind !== 'many' || (root && isProven(part.parts, false))
  })
}

/** Text and lists take turns; a list comes with the number of its rows before it. */
function assemble(values: SqlRow, size: number, lists: readonly Extract<Part, { kind: 'many' }>[], budget: Budget): string {
  let out = values[0] as string
  for (let i = 1; i < size; i += 2) {
    const list = lists[(i - 1) / 2]!
    const text = values[i] as string
    const start = text.indexOf('[')
    spend(budget, Number(text.slice(0, start)), list.as, list.bounded)
    out += text.slice(start) + (values[i + 1] as string)
  }
  return out
}
