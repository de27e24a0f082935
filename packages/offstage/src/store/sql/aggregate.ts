// Groups and measures in SQL; `having`, order and limit over the answer are the same code for every store.

import { OffstageError } from '../../base/errors.ts'
import type { Json, Row } from '../../schema/kind.ts'
import type { Aggregate, Group, Measure } from '../../query/tree.ts'
import { finishAggregate } from '../../query/evaluate-aggregate.ts'
import { mean, scaleOf, wholeNumber } from '../../query/measures.ts'
import { textOf } from '../../query/values.ts'
import type { Walk } from '../shape.ts'
import { Emit, type Statement } from './emit.ts'
import { ofAll } from './filter.ts'
import type { Models, Table } from './model.ts'
import { emitTerm, type Emitted } from './term.ts'
import type { SqlRow } from './dialect.ts'

/** Groups that are looked at before `having`, order and limit. */
const maxSeenGroups = 200_000

interface Output {
  readonly as: string
  read(values: SqlRow): Json
}

export interface AggregatePlan {
  readonly statement: Statement
  finish(aggregate: Aggregate, rows: readonly SqlRow[]): readonly Row[]
}

export function planAggregate(models: Models, walk: Walk, aggregate: Aggregate): AggregatePlan {
  const emit = new Emit(models, walk)
  const table = models.table(aggregate.model)
  const alias = emit.alias()
  const joins: string[] = []
  const columns: string[] = []
  const outputs = [
    ...aggregate.group.map((group) => groupOutput(emit, table, alias, group, joins, columns)),
    ...aggregate.measures.map((measure) => measureOutput(emit, table, alias, measure, joins, columns)),
  ]
  const where = ofAll(emit, table, alias, aggregate.where)
  const by = aggregate.group.length > 0 ? ` group by ${aggregate.group.map((_, index) => index + 1).join(', ')}` : ''
  const sql = `select ${columns.join(', ') || '1'} from ${table.name} ${alias}${joins.join('')} where ${where}${by} limit ${maxSeenGroups + 1}`
  return {
    statement: emit.finish(sql),
    finish(asked, rows) {
      if (rows.length > maxSeenGroups)
        throw new OffstageError('too_many_rows', {
          detail: `This aggregate has over ${maxSeenGroups} groups; filter more, or group by less.`,
        })
      return finishAggregate(
        models.registry,
        asked,
        rows.map((values) => Object.fromEntries(outputs.map(({ as, read }) => [as, read(values)]))),
      )
    },
  }
}

function groupOutput(emit: Emit, table: Table, alias: string, group: Group, joins: string[], columns: string[]): Output {
  const term = emitTerm(emit, table, alias, group.term, joins)
  if (group.bucket) {
    const storage = term.column.field.kind.storage === 'date' ? 'date' : 'datetime'
    const at = columns.push(emit.dialect.bucket(term.sql, group.bucket.unit, storage, emit.tokens(group))) - 1
    return { as: group.as, read: (values) => values[at] as Json }
  }
  return plainOutput(group.as, term, term.sql, columns)
}

function plainOutput(as: string, { column }: Emitted, sql: string, columns: string[]): Output {
  const at = columns.push(column.read(sql)) - 1
  return { as, read: (values) => (values[at] === null ? null : column.decode ? column.decode(values[at]!) : (values[at] as Json)) }
}

function measureOutput(emit: Emit, table: Table, alias: string, { as, fn, term }: Measure, joins: string[], columns: string[]): Output {
  const number = (sql: string): Output => {
    const at = columns.push(sql) - 1
    return { as, read: (values) => (values[at] === null ? null : Number(values[at])) }
  }
  if (!term) return number('count(*)')
  const emitted = emitTerm(emit, table, alias, term, joins)
  switch (fn) {
    case 'count':
      return number(`count(${emitted.sql})`)
    case 'countDistinct':
      return number(`count(distinct ${emitted.sql})`)
    case 'min':
    case 'max':
      return plainOutput(as, emitted, `${fn}(${emitted.sql})`, columns)
    default:
      return emitted.column.field.kind.storage === 'real' ? number(`${fn}(${emitted.sql})`) : exactOutput(emit, as, fn, emitted, columns)
  }
}

function exactOutput(emit: Emit, as: string, fn: 'sum' | 'avg', { sql, column }: Emitted, columns: string[]): Output {
  const { select, read } = emit.dialect.exactSum(sql, column)
  const at = columns.push(`count(${sql})`, ...select) - select.length
  const scale = scaleOf(column.field)
  return {
    as,
    read(values) {
      const count = Number(values[at - 1])
      if (count === 0) return null
      const sum = read(values.slice(at, at + select.length))
      if (fn === 'avg') return mean(sum, scale, count)
      return column.field.kind.storage === 'decimal' ? textOf(sum, scale) : wholeNumber(sum)
    },
  }
}
