// Lists as objects: a plan reads the arrays that the driver gives into rows of wire form.

import type { Json, Row } from '../../schema/kind.ts'
import type { Query } from '../../query/tree.ts'
import { tooManyRows } from '../../query/evaluate.ts'
import { maxAnswerRows, maxIncludedRows } from '../../query/limits.ts'
import type { Walk } from '../shape.ts'
import { Emit, type Statement } from './emit.ts'
import { emitCount, emitList, emitSource, selectFrom, shows, type Part } from './parts.ts'
import type { Models } from './model.ts'
import type { Emitted } from './term.ts'
import type { SqlRow, SqlValue } from './dialect.ts'

/** Rows of lists that one answer may still hold. */
export interface Budget {
  left: number
}

export const newBudget = (): Budget => ({ left: maxAnswerRows })

export function spend(budget: Budget, rows: number, as: string, bounded: boolean): void {
  if ((!bounded && rows > maxIncludedRows) || (budget.left -= rows) < 0) throw tooManyRows(as)
}

interface Entry {
  readonly as: string
  read(values: SqlRow, budget: Budget): Json
}

export interface ListPlan {
  readonly statement: Statement
  /** What the table of the rows is called in the statement. */
  readonly alias: string
  row(values: SqlRow, budget: Budget): Row
  /** The sort values of a row. */
  keys(values: SqlRow): Json[]
  /** How many rows pass in all, as any row tells; for queries that count. */
  count(values: SqlRow): number
}

export function planList(models: Models, walk: Walk, query: Query): ListPlan {
  const emit = new Emit(models, walk)
  const table = models.table(query.model)
  const source = emitSource(emit, table, query)
  const { parts, sort } = source
  const columns: string[] = []
  const entries = entriesOf(emit, parts, columns)
  const keys = sort.map((key) => keyEntry(key, parts, columns))
  const count = query.count ? columns.push(`(${emitCount(emit, table, query.where)})`) - 1 : -1
  return {
    statement: emit.finish(selectFrom(columns, source)),
    alias: source.alias,
    row: (values, budget) => readRow(entries, values, budget),
    keys: (values) => keys.map((read) => read(values)),
    count: (values) => Number(values[count]),
  }
}

function readRow(entries: readonly Entry[], values: SqlRow, budget: Budget): Row {
  const row: Row = {}
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!
    row[entry.as] = entry.read(values, budget)
  }
  return row
}

function entriesOf(emit: Emit, parts: readonly Part[], columns: string[]): Entry[] {
  return parts.map((part) => {
    const { as } = part
    switch (part.kind) {
      case 'column': {
        const at = columns.push(part.column.read(part.sql)) - 1
        return { as, read: reader(at, part.column.decode) }
      }
      case 'one': {
        const at = columns.push(part.present) - 1
        const entries = entriesOf(emit, part.parts, columns)
        return { as, read: (values, budget) => (values[at] === null ? null : readRow(entries, values, budget)) }
      }
      case 'many': {
        const at = columns.push(emitList(emit, part, false)) - 1
        return {
          as,
          read(values, budget) {
            const rows = JSON.parse(values[at] as string) as Row[]
            settle(part, rows, budget)
            return rows
          },
        }
      }
      case 'count': {
        const at = columns.push(part.sql) - 1
        return { as, read: (values) => Number(values[at]) }
      }
      case 'flag': {
        const at = columns.push(part.sql) - 1
        return { as, read: (values) => emit.dialect.isTrue(values[at]!) }
      }
    }
  })
}

function reader(at: number, decode: ((value: SqlValue) => Json) | undefined): (values: SqlRow) => Json {
  if (!decode) return (values) => values[at] as Json
  return (values) => (values[at] === null ? null : decode(values[at]!))
}

/** Counts the rows of a list and of the lists in it against the bounds. */
function settle(part: Extract<Part, { kind: 'many' }>, rows: readonly Row[], budget: Budget): void {
  spend(budget, rows.length, part.as, part.bounded)
  for (const inner of part.parts) {
    if (inner.kind === 'many' || inner.kind === 'one') for (const row of rows) settleInner(inner, row, budget)
  }
}

function settleInner(part: Extract<Part, { kind: 'many' | 'one' }>, row: Row, budget: Budget): void {
  const value = row[part.as]
  if (part.kind === 'many') return settle(part, value as Row[], budget)
  if (value === null) return
  for (const inner of part.parts) if (inner.kind === 'many' || inner.kind === 'one') settleInner(inner, value as Row, budget)
}

/** Where a sort value is read: from the column shown, if it is, else from one of its own. */
function keyEntry(key: Emitted, parts: readonly Part[], columns: string[]): (values: SqlRow) => Json {
  const text = key.column.read(key.sql)
  return reader(shows(parts, key) ? columns.indexOf(text) : columns.push(text) - 1, key.column.decode)
}
