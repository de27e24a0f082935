// What rows that are there would break, found before anything is changed: where no transaction holds changes of tables, a refusal half-way
// stays. Asked by development, where the tables follow the models, and by migrations before they begin.

import type { ColumnDef, IndexDef } from '../store/blueprint.ts'
import { isDecimal, isTextual, lengthOf } from '../store/conversions.ts'
import type { Operation } from '../store/operations.ts'
import { said } from '../store/said.ts'
import { cellOf } from './cells.ts'
import type { Refusal, Rows } from './row-questions.ts'

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
            write: 'correct these rows first (offstage shell of the version before, or SQL), or take the new limit back',
          },
        ]
  if (operation.op === 'addIndex') return told(await twice(rows, table, operation.index))
  if (operation.op !== 'alterColumn' || !rows.knows(table, operation.from.name)) return []
  const { from, to } = operation
  const renamed = all.flatMap((one) => (one.op === 'renameChoice' && one.table === table && one.column === to.name ? [one.from] : []))
  return told(
    (await beyond(rows, table, from, to)) ??
      (await noChoice(rows, table, from, to, renamed)) ??
      (await noTarget(rows, table, from, to, remade)),
  )
}

async function twice(rows: Rows, table: string, { columns, unique }: IndexDef): Promise<string | undefined> {
  if (!unique) return undefined
  const source = columns.length === 1 ? rows.sourceOf(table, columns[0]!) : undefined
  const found =
    source !== undefined
      ? await rows.repeatedEmails(table, source)
      : columns.every((column) => rows.knows(table, column))
        ? await rows.repeated(table, columns)
        : undefined
  return found === undefined ? undefined : `values of ${source ?? columns.join(' and ')} are there twice: ${found}`
}

async function beyond(rows: Rows, table: string, from: ColumnDef, to: ColumnDef): Promise<string | undefined> {
  const name = rows.column(table, from.name)
  const those = async (why: string, condition: string, values: readonly unknown[] = []): Promise<string | undefined> => {
    const found = await rows.describeRows(table, from.name, condition, values)
    return found === undefined ? undefined : `some ${why}, ${found}`
  }
  if (isTextual(from.type) && isTextual(to.type)) {
    const [had, most] = [lengthOf(from.type), lengthOf(to.type)]
    const length = rows.dialect === 'sqlite' ? 'length' : 'char_length'
    return most < had ? those(`are longer than ${most}`, `${length}(${name}) > ${most}`) : undefined
  }
  // Limits of a number are asked for in the form that the column has now; a decimal may have no digits for them.
  const isWhole = from.type === 'integer' || from.type === 'real'
  if (from.type !== to.type && !(isWhole && (to.type === 'real' || isDecimal(to.type)))) return undefined
  const cell = cellOf(rows.dialect, isWhole ? 'real' : from.type)
  const encode = (limit: number | string): unknown => cell.encode(isWhole ? Number(limit) : limit)
  const tighter = (limit: 'min' | 'max'): boolean => to[limit] !== undefined && to[limit] !== from[limit]
  const less = tighter('min') ? await those(`are less than ${to.min}`, `${name} < ?`, [encode(to.min!)]) : undefined
  return less ?? (tighter('max') ? those(`are greater than ${to.max}`, `${name} > ?`, [encode(to.max!)]) : undefined)
}

async function noChoice(
  rows: Rows,
  table: string,
  from: ColumnDef,
  { choices, type }: ColumnDef,
  renamed: readonly string[],
): Promise<string | undefined> {
  if (!choices || from.choices?.every((choice) => choices.includes(choice))) return undefined
  const name = rows.column(table, from.name)
  if (!isTextual(from.type))
    return (await rows.anyIn(table, from.name, 'is not null')) ? `none of them is one of ${choices.join(', ')}` : undefined
  const allowed = [...choices, ...renamed]
  const { encode } = cellOf(rows.dialect, type)
  const found = await rows.describeRows(table, from.name, `${name} not in (${allowed.map(() => '?').join(', ')})`, allowed.map(encode))
  return found === undefined ? undefined : `some have none of ${allowed.join(', ')}, ${found}`
}

async function noTarget(
  rows: Rows,
  table: string,
  from: ColumnDef,
  { references }: ColumnDef,
  remade: ReadonlySet<string>,
): Promise<string | undefined> {
  if (!references || (from.references?.table === references.table && from.references.column === references.column)) return undefined
  if (remade.has(references.table) || !rows.knows(references.table, references.column)) return undefined
  const [name, target] = [rows.column(table, from.name), rows.column(references.table, references.column)]
  const found = await rows.describeRows(
    table,
    from.name,
    `${name} is not null and ${name} not in (select ${target} from ${rows.table(references.table)})`,
  )
  return found === undefined ? undefined : `some refer to no row of ${references.table}, ${found}`
}
