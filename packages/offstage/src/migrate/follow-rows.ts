import type { DialectName, Operation, Session } from '../store/operations.ts'
import { quoteFor } from './cells.ts'

/** What rows that are there have against a change; both end without a full stop. */
export interface Refusal {
  readonly what: string
  readonly write: string
}

/** Questions to the rows as they are, asked by the names that their tables and columns will have. */
export class Rows {
  readonly #session: Session
  readonly #tables = new Map<string, string>()
  readonly #columns = new Map<string, string>()
  readonly #added = new Set<string>()

  constructor(session: Session) {
    this.#session = session
  }

  get dialect(): DialectName {
    return this.#session.dialect
  }

  remember(operations: readonly Operation[]): void {
    for (const one of operations) {
      if (one.op === 'renameTable') this.#tables.set(one.to, one.from)
      if (one.op === 'renameColumn') this.#columns.set(`${one.table}.${one.to}`, one.from)
      if (one.op === 'addColumn') this.#added.add(`${one.table}.${one.column.name}`)
    }
  }

  knows(table: string, column: string): boolean {
    return !this.#added.has(`${table}.${column}`)
  }

  column(table: string, column: string): string {
    return quoteFor(this.dialect, this.#columns.get(`${table}.${column}`) ?? column)
  }

  /** `rest` follows the table's name: conditions and groups. */
  async any(table: string, rest = '', values: readonly unknown[] = []): Promise<boolean> {
    const name = quoteFor(this.dialect, this.#tables.get(table) ?? table)
    const found = await this.#session.all(`select 1 as found from ${name} ${rest} limit 1`, values)
    return found.length > 0
  }

  anyIn(table: string, column: string, condition: string, values: readonly unknown[] = []): Promise<boolean> {
    return this.any(table, `where ${this.column(table, column)} ${condition}`, values)
  }
}
