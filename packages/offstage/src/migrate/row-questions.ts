// Questions to rows that are there, asked before a change, by the names that their tables and columns will have after it.

import { normaliseEmail } from '../schema/normalise.ts'
import type { Json } from '../schema/kind.ts'
import type { Registry } from '../schema/registry.ts'
import type { Blueprint, ColumnDef } from '../store/blueprint.ts'
import type { DialectName, Operation, Session } from '../store/operations.ts'
import { cellOf, quoteFor } from './cells.ts'

/** What rows that are there have against a change; both end without a full stop. */
export interface Refusal {
  readonly what: string
  readonly write: string
}

/** Whether the values of a column may stand in a message, which ends in logs. */
export type IsPublic = (table: string, column: string) => boolean

/** Those that every reader of the row sees. A column that no model has is not known to be one of them. */
export function publicColumns(registry: Registry): IsPublic {
  const columns = new Set(
    [...registry.models.values()].flatMap((model) =>
      model.columns.filter(({ hidden, readable }) => !hidden && readable === undefined).map(({ column }) => `${model.table}.${column}`),
    ),
  )
  return (table, column) => columns.has(`${table}.${column}`)
}

/** So many rows, or values, are named in one message. */
const mostNamed = 3
const longestShown = 60

export class Rows {
  readonly #session: Session
  readonly #before: Blueprint
  readonly #isPublic: IsPublic
  readonly #tables = new Map<string, string>()
  readonly #columns = new Map<string, string>()
  readonly #added = new Map<string, ColumnDef>()

  /** `before`: the tables as they are now. */
  constructor(session: Session, before: Blueprint, isPublic: IsPublic) {
    this.#session = session
    this.#before = before
    this.#isPublic = isPublic
  }

  get dialect(): DialectName {
    return this.#session.dialect
  }

  remember(operations: readonly Operation[]): void {
    for (const one of operations) {
      if (one.op === 'renameTable') this.#tables.set(one.to, this.#tables.get(one.from) ?? one.from)
      if (one.op === 'renameColumn') this.#columns.set(`${one.table}.${one.to}`, this.#columns.get(`${one.table}.${one.from}`) ?? one.from)
      if (one.op === 'addColumn') this.#added.set(`${one.table}.${one.column.name}`, one.column)
    }
  }

  /** Whether the column is there already, under this name or its old one. */
  knows(table: string, column: string): boolean {
    return !this.#added.has(`${table}.${column}`) && this.#definition(table, column) !== undefined
  }

  /** What a copy that is not there yet will be made from, if that is. */
  sourceOf(table: string, column: string): string | undefined {
    const source = this.#added.get(`${table}.${column}`)?.shadow
    return source?.use === 'email' && this.knows(table, source.of) ? source.of : undefined
  }

  #oldTable(table: string): string {
    return this.#tables.get(table) ?? table
  }

  #definition(table: string, column: string): ColumnDef | undefined {
    const name = this.#columns.get(`${table}.${column}`) ?? column
    return this.#before.tables.find((one) => one.name === this.#oldTable(table))?.columns.find((one) => one.name === name)
  }

  table(table: string): string {
    return quoteFor(this.dialect, this.#oldTable(table))
  }

  column(table: string, column: string): string {
    return quoteFor(this.dialect, this.#columns.get(`${table}.${column}`) ?? column)
  }

  /** `rest` follows the table's name: conditions and groups. */
  async any(table: string, rest = '', values: readonly unknown[] = []): Promise<boolean> {
    const found = await this.#session.all(`select 1 as found from ${this.table(table)} ${rest} limit 1`, values)
    return found.length > 0
  }

  anyIn(table: string, column: string, condition: string, values: readonly unknown[] = []): Promise<boolean> {
    return this.any(table, `where ${this.column(table, column)} ${condition}`, values)
  }

  /** How many rows a condition holds for, and which: `2 rows: 'x' (id 7), 'y' (id 9)`. Undefined where there is none. */
  async describeRows(table: string, column: string, condition: string, values: readonly unknown[] = []): Promise<string | undefined> {
    const [where, key] = [`from ${this.table(table)} where ${condition}`, this.#key(table)]
    const [row] = await this.#session.all(`select count(*) as n ${where}`, values)
    const count = Number(row!['n'])
    if (count === 0) return undefined
    const cells = [key, column].map((name) => this.#cell(table, name))
    const list = cells.map(({ read }, at) => `${read(this.column(table, [key, column][at]!))} as c${at}`).join(', ')
    const found = await this.#session.all(`select ${list} ${where} order by ${this.column(table, key)} limit ${mostNamed}`, values)
    const named = found.map((one) => {
      const value = this.#told(table, column, cells[1]!.decode(one['c1']))
      const id = this.#told(table, key, cells[0]!.decode(one['c0']))
      return [value, id === undefined ? undefined : `${value === undefined ? '' : '('}${key} ${id}${value === undefined ? '' : ')'}`]
        .filter(Boolean)
        .join(' ')
    })
    return `${counted(count)}${listed(named, count)}`
  }

  /** Values that more than one row has: `2 rows have 'x' (id 7, 9)`. Undefined where there is none. `columns` all have a value there. */
  async repeated(table: string, columns: readonly string[]): Promise<string | undefined> {
    const names = columns.map((column) => this.column(table, column))
    const groups = await this.#groups(table, columns, names)
    if (groups.length === 0) return undefined
    const said = groups.slice(0, mostNamed).map(({ rows, values, ids }) => `${counted(rows)} have ${values}${ids}`)
    return `${said.join('; ')}${groups.length > mostNamed ? '; and more' : ''}`
  }

  /** Addresses that are the same but for case, while the copies that tell are still to be made. */
  async repeatedEmails(table: string, column: string): Promise<string | undefined> {
    const name = this.column(table, column)
    const groups = await this.#groups(table, [column], [`lower(${name})`], name)
    // Databases differ in which letters they know the small form of: only what is the same to us counts.
    const equal = groups.filter(({ first, last }) => normaliseEmail(first) === normaliseEmail(last))
    if (equal.length === 0) return undefined
    return equal
      .slice(0, mostNamed)
      .map(({ rows, values, ids }) => `${counted(rows)} have ${values}${ids}`)
      .join('; ')
  }

  async #groups(
    table: string,
    columns: readonly string[],
    by: readonly string[],
    sample = by[0]!,
  ): Promise<readonly { rows: number; values: string; ids: string; first: string; last: string }[]> {
    const key = this.#key(table)
    const cells = columns.map((column) => this.#cell(table, column))
    const keys = this.#cell(table, key)
    const list = [
      ...by.map((name, at) => `${sample === name ? cells[at]!.read(name) : cells[at]!.read(`min(${sample})`)} as c${at}`),
      `${keys.read(`min(${this.column(table, key)})`)} as k0`,
      `${keys.read(`max(${this.column(table, key)})`)} as k1`,
      ...(sample === by[0] ? [] : [`min(${sample}) as s0`, `max(${sample}) as s1`]),
    ]
    const given = columns.map((column) => `${this.column(table, column)} is not null`).join(' and ')
    const found = await this.#session.all(
      `select count(*) as n, ${list.join(', ')} from ${this.table(table)} where ${given} group by ${by.join(', ')} having count(*) > 1 order by count(*) desc, ${by.join(', ')} limit ${mostNamed + 1}`,
    )
    return found.map((row) => {
      const values = columns.map((column, at) => this.#told(table, column, cells[at]!.decode(row[`c${at}`])))
      const ids = [row['k0'], row['k1']].map((value) => this.#told(table, key, keys.decode(value)))
      const rows = Number(row['n'])
      return {
        rows,
        values: values.every((value) => value !== undefined) ? values.join(' and ') : 'one value, which is not shown',
        ids: ids.includes(undefined) ? '' : ` (${key} ${ids.join(', ')}${rows > 2 ? ', ...' : ''})`,
        first: String(row['s0']),
        last: String(row['s1']),
      }
    })
  }

  #key(table: string): string {
    return this.#before.tables.find((one) => one.name === this.#oldTable(table))!.columns[0]!.name
  }

  #cell(table: string, column: string): ReturnType<typeof cellOf> {
    return cellOf(this.dialect, this.#definition(table, column)!.type)
  }

  /** A value in a message; undefined where it may not stand in one. */
  #told(table: string, column: string, value: Json): string | undefined {
    const definition = this.#definition(table, column)
    if (!this.#isPublic(table, definition?.shadow?.of ?? column)) return undefined
    if (value === null) return undefined
    if (typeof value !== 'string') return JSON.stringify(value)
    return `'${value.length > longestShown ? `${value.slice(0, longestShown)}...` : value}'`
  }
}

const counted = (rows: number): string => `${rows} ${rows === 1 ? 'row' : 'rows'}`

function listed(named: readonly string[], of: number): string {
  const told = named.filter((one) => one !== '')
  if (told.length === 0) return ''
  return `: ${told.join(', ')}${of > told.length ? ' and others' : ''}`
}
