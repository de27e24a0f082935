// Limits that rows break, found before anything is changed: where no transaction holds changes of tables, a refusal half-way stays.

import type { ColumnDef, IndexDef } from '../store/blueprint.ts'
import { isDecimal, isTextual, lengthOf } from '../store/conversions.ts'
import type { Operation } from '../store/operations.ts'
import { said } from '../store/said.ts'
import { cellOf } from './cells.ts'
import type { Refusal, Rows } from './follow-rows.ts'

/** `remade`: tables that are new, or have no rows. */
export async function limitsBroken(
  rows: Rows,
  operation: Operation,
  all: readonly Operation[],
  remade: ReadonlySet<string>,
): Promise<readonly Refusal[]> {
  if (!('table' in operation) || typeof operation.table !== 'string' || remade.has(operation.table)) return []
  const { table } = operation
  const told = async (why: string | undefined): Promise<readonly Refusal[]> =>
    why === undefined
      ? []
      : [
          {
            what: `"${said(operation)}" is refused by rows that are there (${why})`,
            write: 'correct these rows first, or take the new limit back',
          },
        ]
  if (operation.op === 'addIndex') return told(await twice(rows, table, operation.index))
  if (operation.op !== 'alterColumn') return []
  const { from, to } = operation
  const renamed = all.flatMap((one) => (one.op === 'renameChoice' && one.table === table && one.column === to.name ? [one.from] : []))
  return told((await beyond(rows, table, from, to)) ?? (await noChoice(rows, table, from, to, renamed)))
}

async function twice(rows: Rows, table: string, { columns, unique }: IndexDef): Promise<string | undefined> {
  if (!unique || !columns.every((column) => rows.knows(table, column))) return undefined
  const names = columns.map((column) => rows.column(table, column))
  const given = names.map((name) => `${name} is not null`).join(' and ')
  const found = await rows.any(table, `where ${given} group by ${names.join(', ')} having count(*) > 1`)
  return found ? `values of ${columns.join(' and ')} are there twice` : undefined
}

async function beyond(rows: Rows, table: string, from: ColumnDef, to: ColumnDef): Promise<string | undefined> {
  const any = (condition: string, values: readonly unknown[] = []): Promise<boolean> => rows.anyIn(table, from.name, condition, values)
  if (isTextual(from.type) && isTextual(to.type)) {
    const [had, most] = [lengthOf(from.type), lengthOf(to.type)]
    const length = rows.dialect === 'sqlite' ? 'length' : 'char_length'
    if (most < had && (await rows.any(table, `where ${length}(${rows.column(table, from.name)}) > ${most}`)))
      return `some are longer than ${most}`
  }
  // Limits of a number are asked for in the form that the column has now; a decimal may have no digits for them.
  const isWhole = from.type === 'integer' || from.type === 'real'
  if (from.type !== to.type && !(isWhole && (to.type === 'real' || isDecimal(to.type)))) return undefined
  const cell = cellOf(rows.dialect, isWhole ? 'real' : from.type)
  const encode = (limit: number | string): unknown => cell.encode(isWhole ? Number(limit) : limit)
  if (to.min !== undefined && (await any('< ?', [encode(to.min)]))) return `some are less than ${to.min}`
  if (to.max !== undefined && (await any('> ?', [encode(to.max)]))) return `some are greater than ${to.max}`
  return undefined
}

async function noChoice(
  rows: Rows,
  table: string,
  from: ColumnDef,
  { choices, type }: ColumnDef,
  renamed: readonly string[],
): Promise<string | undefined> {
  if (!choices) return undefined
  if (!isTextual(from.type))
    return (await rows.anyIn(table, from.name, 'is not null')) ? `none of them is one of ${choices.join(', ')}` : undefined
  const allowed = [...choices, ...renamed]
  const { encode } = cellOf(rows.dialect, type)
  const found = await rows.anyIn(table, from.name, `not in (${allowed.map(() => '?').join(', ')})`, allowed.map(encode))
  return found ? `some have none of ${allowed.join(', ')}` : undefined
}
