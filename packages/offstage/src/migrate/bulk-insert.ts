// Many rows into a table at once, as each database takes them fastest.

import type { Json } from '../schema/kind.ts'
import type { TableDef } from '../store/blueprint.ts'
import type { Session } from '../store/operations.ts'
import { cellOf, quoteFor } from './cells.ts'

/** Rows as lists of values in wire form, in the order of the table's columns. */
export type Line = readonly Json[]

export async function insertLines(session: Session, table: TableDef, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return
  const { dialect } = session
  const names = table.columns.map(({ name }) => quoteFor(dialect, name))
  const cells = table.columns.map(({ type }) => cellOf(dialect, type))
  const into = `insert into ${quoteFor(dialect, table.name)} (${names.join(', ')})`
  if (dialect === 'postgres') {
    // One parameter, whatever the number of rows; the values are read by the types of the table itself.
    const objects = lines.map((line) => Object.fromEntries(table.columns.map(({ name }, at) => [name, line[at]!])))
    const from = `json_populate_recordset(null::${quoteFor(dialect, table.name)}, (?)::json)`
    await session.run(`${into} select ${names.join(', ')} from ${from}`, [JSON.stringify(objects)])
    return
  }
  // On SQLite a statement for each row is as fast. MySQL takes 65,535 parameters at most.
  const rows = dialect === 'sqlite' ? 1 : Math.max(1, Math.min(500, Math.floor(60_000 / names.length)))
  const places = `(${names.map(() => '?').join(', ')})`
  for (let at = 0; at < lines.length; at += rows) {
    const part = lines.slice(at, at + rows)
    const values = part.flatMap((line) => line.map((value, column) => cells[column]!.encode(value)))
    await session.run(`${into} values ${part.map(() => places).join(', ')}`, values)
  }
}
