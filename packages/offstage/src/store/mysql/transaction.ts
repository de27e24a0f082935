// What a closure gets: reads and writes on a connection of its own, good until the closure ends or its time is up. A statement that is
// refused is undone alone. The connection does not commit by itself: the first statement begins the transaction.

import { OffstageError } from '../../base/errors.ts'
import type { Json, Row } from '../../schema/kind.ts'
import type { Page, Query } from '../../query/tree.ts'
import { parameters, type Statement } from '../sql/emit.ts'
import { Reads, type Plans } from '../sql/reads.ts'
import type { Column, SqlRow, SqlValue } from '../sql/dialect.ts'
import type { ListPlan } from '../sql/rows.ts'
import { appendsIn, deleteStatement, insertStatement, updateStatement, valueStatement, type WriteStatement } from '../sql/writes.ts'
import { ReferenceViolation, type Change, type Transaction } from '../store.ts'
import { complete } from './answers.ts'
import type { Connection } from './connection.ts'
import { busy } from '../server/door.ts'
import { isConflict, isLost, unavailable } from './errors.ts'
import type { Refusals } from './refusals.ts'
import { othersReferring, refersToItself } from './self-reference.ts'

export interface Terms {
  readonly plans: Plans
  readonly refusals: Refusals
  readonly connection: Connection
  /** As `performance.now()` counts. */
  readonly deadline: number
  /** For the message. */
  readonly timeout: number
}

const lockedStatements = new WeakMap<ListPlan, Statement>()

function locked(plan: ListPlan): Statement {
  let statement = lockedStatements.get(plan)
  if (!statement) {
    const { sql, binds } = plan.statement
    lockedStatements.set(plan, (statement = { sql: `${sql} for update`, binds }))
  }
  return statement
}

export class MysqlTransaction extends Reads implements Transaction {
  readonly #terms: Terms
  #depth = 0
  #ended = false
  /** Whether anything was sent. */
  begun = false
  /** Why it cannot be committed, if it cannot. */
  failure: OffstageError | undefined
  /** Whether it met another transaction, and is to be run again from its start. */
  again = false
  /** Whether its connection broke, and with it all that was done. */
  lost = false

  constructor(terms: Terms) {
    super(terms.plans)
    this.#terms = terms
  }

  end(): void {
    this.#ended = true
  }

  get #over(): OffstageError | undefined {
    if (this.failure) return this.failure
    if (this.#ended)
      return new OffstageError('invalid_call', { detail: 'This transaction has ended; await everything inside it before it returns.' })
    return this.again ? busy('The transaction met another one, and is begun again.') : undefined
  }

  expire(): OffstageError {
    const detail = `The transaction took over ${this.#terms.timeout} ms and was rolled back.`
    // Others may have been in its way.
    return this.#fail(new OffstageError('timeout', { detail, headers: { 'retry-after': '1' } }))
  }

  #fail(error: OffstageError): OffstageError {
    return (this.failure ??= error)
  }

  protected override ready(): void {
    const over = this.#over
    if (over) throw over
    if (performance.now() > this.#terms.deadline) throw this.expire()
    this.begun = true
  }

  protected async rows(statement: Statement, values: readonly unknown[]): Promise<SqlRow[]> {
    return complete(await this.#all(statement.sql, parameters(statement, values)), statement.sql)
  }

  async #all(sql: string, values: readonly SqlValue[]): Promise<SqlRow[]> {
    try {
      return await this.#terms.connection.all(sql, values)
    } catch (error) {
      throw unavailable(this.#judge(error))
    }
  }

  #judge(error: unknown): unknown {
    // Whoever has lost a deadlock has lost all that was done before, too.
    if (isConflict(error)) this.again = true
    else if (isLost(error)) {
      this.lost = true
      this.#fail(unavailable(error) as OffstageError)
    }
    return this.#over ?? error
  }

  listLocked(query: Query): Promise<Page> {
    return this.listWith(query, locked)
  }

  async insert(model: string, row: Row): Promise<void> {
    await this.#change(model, insertStatement(this.plans.models, model, row))
  }

  async delete(model: string, id: string): Promise<number> {
    const { models } = this.plans
    const statement = deleteStatement(models, model, id)
    try {
      return await this.#change(model, statement)
    } catch (error) {
      if (!(error instanceof ReferenceViolation) || !refersToItself(models, model)) throw error
      for (const { sql, values } of othersReferring(models, model, id)) if ((await this.#read(sql, values)).length > 0) throw error
      // What was read is locked until the end, so nothing can come to refer to the row meanwhile.
      await this.#tell('set foreign_key_checks = 0')
      try {
        return await this.#change(model, statement)
      } finally {
        await this.#tell('set foreign_key_checks = 1')
      }
    }
  }

  async update(model: string, id: string, changes: Readonly<Record<string, Change>>): Promise<number> {
    const { models } = this.plans
    const old = new Map<Column, Json>()
    for (const column of appendsIn(models, model, changes)) {
      const { sql, values } = valueStatement(models, model, id, column)
      const value = (await this.#read(`${sql} for update`, values))[0]?.[0] ?? null
      old.set(column, value === null ? null : column.decode!(value))
    }
    const statement = updateStatement(models, model, id, changes, (column) => old.get(column)!)
    if (statement) return this.#change(model, statement)
    const { name, id: key } = models.table(model)
    return (await this.#read(`select 1 from ${name} where ${key.name} = ?`, [key.encode(id)])).length
  }

  async #read(sql: string, values: readonly SqlValue[]): Promise<SqlRow[]> {
    this.ready()
    return this.#all(sql, values)
  }

  async #change(model: string, { sql, values }: WriteStatement): Promise<number> {
    this.ready()
    try {
      return await this.#terms.connection.run(sql, values)
    } catch (error) {
      throw unavailable(this.#judge(this.#terms.refusals.of(error, this.plans.models, model)))
    }
  }

  async savepoint<T>(run: () => Promise<T>): Promise<T> {
    this.ready()
    const level = ++this.#depth
    await this.#tell(`savepoint s${level}`)
    try {
      const value = await run()
      this.ready()
      await this.#leave(level, `release savepoint s${level}`)
      return value
    } catch (error) {
      if (!this.#over) await this.#leave(level, `rollback to savepoint s${level}`)
      throw error
    }
  }

  // Savepoints nest: if an inner one is still open, ending this one would end that too.
  async #leave(level: number, text: string): Promise<void> {
    if (this.#depth !== level) {
      throw this.#fail(
        new OffstageError('invalid_call', { detail: 'Two nested transactions ran at once; await one before the next begins.' }),
      )
    }
    this.#depth = level - 1
    await this.#tell(text)
  }

  async #tell(text: string): Promise<void> {
    try {
      await this.#terms.connection.exec(text)
    } catch (error) {
      throw unavailable(this.#judge(error))
    }
  }
}
