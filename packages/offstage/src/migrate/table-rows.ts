// Rows as code that migrates them sees them: by physical names, in wire form, without the models, which are of another time.

import { OffstageError } from '../base/errors.ts'
import type { Json } from '../schema/kind.ts'
import type { Blueprint, ColumnDef, TableDef } from '../store/blueprint.ts'
import type { Session } from '../store/operations.ts'
import { cellOf, quoteFor } from './cells.ts'

export type Values = Readonly<Record<string, Json>>
/** Columns and the value that they have; a list means any of these. All must hold. */
export type Where = Readonly<Record<string, Json | readonly Json[]>>

export interface Selection {
  readonly columns: readonly string[]
  readonly where?: Where
  /** In the order of the key, from after this one. */
  readonly after?: Json
  /** Up to and with this one. */
  readonly upTo?: Json
  /** From the last key to the first. */
  readonly descending?: boolean
  readonly limit?: number
  /** Nobody else changes the rows until the transaction ends. */
  readonly locked?: boolean
}

export class TableRows {
  readonly #session: Session
  readonly #table: TableDef
  readonly key: string

  constructor(session: Session, tables: Blueprint, name: string) {
    const table = tables.tables.find((one) => one.name === name)
    if (!table)
      throw new OffstageError('invalid_call', {
        detail: `At this step there is no table ${name}; there are: ${tables.tables.map((one) => one.name).join(', ')}.`,
      })
    this.#session = session
    this.#table = table
    this.key = table.columns[0]!.name
  }

  #column(name: string): ColumnDef {
    const column = this.#table.columns.find((one) => one.name === name)
    if (column) return column
    throw new OffstageError('invalid_call', {
      detail: `At this step ${this.#table.name} has no column ${name}; it has: ${this.columns.join(', ')}.`,
    })
  }

  get columns(): readonly string[] {
    return this.#table.columns.map((one) => one.name)
  }

  #quote(name: string): string {
    return quoteFor(this.#session.dialect, name)
  }

  #cell(name: string): ReturnType<typeof cellOf> {
    return cellOf(this.#session.dialect, this.#column(name).type)
  }

  /** The key comes with every row. */
  async select({ columns, where = {}, after, upTo, descending, limit, locked }: Selection): Promise<Record<string, Json>[]> {
    const names = [...new Set([this.key, ...columns])]
    const cells = names.map((name) => this.#cell(name))
    const values: unknown[] = []
    const conditions = this.#conditions(where, values)
    for (const [sign, key] of [
      ['>', after],
      ['<=', upTo],
    ] as const) {
      if (key === undefined) continue
      conditions.push(`${this.#quote(this.key)} ${sign} ?`)
      values.push(cells[0]!.encode(key))
    }
    const list = names.map((name, at) => `${cells[at]!.read(this.#quote(name))} as c${at}`)
    const sql = [
      `select ${list.join(', ')} from ${this.#quote(this.#table.name)}`,
      conditions.length > 0 ? `where ${conditions.join(' and ')}` : '',
      `order by ${this.#quote(this.key)}${descending ? ' desc' : ''}`,
      limit === undefined ? '' : `limit ${limit}`,
      locked && this.#session.dialect !== 'sqlite' ? 'for update' : '',
    ]
    const rows = await this.#session.all(sql.filter(Boolean).join(' '), values)
    return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, cells[at]!.decode(row[`c${at}`])])))
  }

  /** The key so many rows on; undefined where there are fewer. By keys alone, so that any database finds it in the index of the key. */
  async keyAfter(after: Json | undefined, rows: number): Promise<Json | undefined> {
    const [key, cell] = [this.#quote(this.key), this.#cell(this.key)]
    const condition = after === undefined ? '' : `where ${key} > ? `
    const [row] = await this.#session.all(
      `select ${cell.read(key)} as c0 from ${this.#quote(this.#table.name)} ${condition}order by ${key} limit 1 offset ${rows - 1}`,
      after === undefined ? [] : [cell.encode(after)],
    )
    return row && cell.decode(row['c0'])
  }

  #conditions(where: Where, values: unknown[]): string[] {
    return Object.entries(where).map(([name, wanted]) => {
      const [column, cell] = [this.#quote(name), this.#cell(name)]
      if (wanted === null) return `${column} is null`
      if (Array.isArray(wanted)) {
        values.push(...wanted.map((one: Json) => cell.encode(one)))
        return wanted.length === 0 ? '1 = 0' : `${column} in (${wanted.map(() => '?').join(', ')})`
      }
      values.push(cell.encode(wanted as Json))
      return `${column} = ?`
    })
  }

  async insert(rows: readonly Values[]): Promise<void> {
    for (const row of rows) {
      const names = Object.keys(row)
      await this.#session.run(
        `insert into ${this.#quote(this.#table.name)} (${names.map((name) => this.#quote(name)).join(', ')}) values (${names.map(() => '?').join(', ')})`,
        names.map((name) => this.#cell(name).encode(row[name]!)),
      )
    }
  }

  /** Every row has the key and what changes. In as few statements as the database can: over a network each is a way there and back. */
  async update(rows: readonly Values[]): Promise<void> {
    const groups = new Map<string, Values[]>()
    for (const row of rows) {
      const names = Object.keys(row).filter((name) => name !== this.key)
      for (const name of names) this.#column(name)
      if (names.length === 0) continue
      const group = JSON.stringify(names)
      groups.set(group, [...(groups.get(group) ?? []), row])
    }
    for (const [group, changed] of groups) {
      const names = JSON.parse(group) as string[]
      if (this.#session.dialect === 'sqlite') await this.#updateEach(names, changed)
      else if (this.#session.dialect === 'postgres') await this.#updateFromJson(names, changed)
      else for (let at = 0; at < changed.length; at += 100) await this.#updateByCase(names, changed.slice(at, at + 100))
    }
  }

  async #updateEach(names: readonly string[], rows: readonly Values[]): Promise<void> {
    const sets = names.map((name) => `${this.#quote(name)} = ?`).join(', ')
    const sql = `update ${this.#quote(this.#table.name)} set ${sets} where ${this.#quote(this.key)} = ?`
    for (const row of rows)
      await this.#session.run(
        sql,
        [...names, this.key].map((name) => this.#cell(name).encode(row[name]!)),
      )
  }

  /** PostgreSQL reads the values by the types of the table itself. */
  async #updateFromJson(names: readonly string[], rows: readonly Values[]): Promise<void> {
    const [table, key] = [this.#quote(this.#table.name), this.#quote(this.key)]
    const sets = names.map((name) => `${this.#quote(name)} = changed.${this.#quote(name)}`).join(', ')
    await this.#session.run(
      `update ${table} set ${sets} from json_populate_recordset(null::${table}, (?)::json) changed where ${table}.${key} = changed.${key}`,
      [JSON.stringify(rows)],
    )
  }

  async #updateByCase(names: readonly string[], rows: readonly Values[]): Promise<void> {
    const key = this.#quote(this.key)
    const keys = rows.map((row) => this.#cell(this.key).encode(row[this.key]!))
    const whens = rows.map(() => 'when ? then ?').join(' ')
    const sets = names.map((name) => `${this.#quote(name)} = case ${key} ${whens} end`)
    const values = names.flatMap((name) => rows.flatMap((row, at) => [keys[at], this.#cell(name).encode(row[name]!)]))
    await this.#session.run(
      `update ${this.#quote(this.#table.name)} set ${sets.join(', ')} where ${key} in (${rows.map(() => '?').join(', ')})`,
      [...values, ...keys],
    )
  }
}
