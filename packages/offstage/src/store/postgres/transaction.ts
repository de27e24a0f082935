// What a closure gets: reads and writes on a connection of its own, good until the closure ends or its time is up.
//
// A statement that PostgreSQL refuses spoils the whole transaction up to the savepoint before it. Mostly the refusal leaves the
// closure, or the savepoint that the closure made, and nothing is lost; so statements have no savepoints of their own. Where a closure
// goes on after a refusal all the same, it is run again from the start, `careful` then: each statement in a savepoint.

import { OffstageError } from '../../base/errors.ts'
import type { Json, Row } from '../../schema/kind.ts'
import type { Page, Query } from '../../query/tree.ts'
import type { Statement } from '../sql/emit.ts'
import { Reads, type Plans } from '../sql/reads.ts'
import type { Column, SqlRow, SqlValue } from '../sql/dialect.ts'
import type { ListPlan } from '../sql/rows.ts'
import { appendsIn, deleteStatement, insertStatement, updateStatement, valueStatement, type WriteStatement } from '../sql/writes.ts'
import type { Change, Transaction } from '../store.ts'
import type { Connection } from './connection.ts'
import { busy } from '../server/door.ts'
import { isAborted, isConflict, isLocked, isLost, isStale, unavailable } from './errors.ts'
import { ready } from './limits.ts'
import { grows, oneGrowthEach } from './growth.ts'
import type { Refusals } from './refusals.ts'

export interface Terms {
  readonly plans: Plans
  readonly refusals: Refusals
  readonly connection: Connection
  /** As `performance.now()` counts. */
  readonly deadline: number
  /** For the message. */
  readonly timeout: number
  /** Whether a connection can be trusted to refuse what misses its transaction. */
  readonly guarded: boolean
  readonly careful: boolean
}

/**
 * Why a closure is run again from its start: it met another transaction, waited for one too long, goes on after a refusal, or lost its
 * connection before anything was committed.
 */
export type Again = 'conflict' | 'locked' | 'careful' | 'lost'

const commitTime = 10_000

/** A server that does not answer is given up, with the connection to it. */
export async function within(connection: Connection, time: number, text: string): Promise<string> {
  const timer = setTimeout(() => connection.destroy(), time)
  try {
    return await connection.exec(text)
  } finally {
    clearTimeout(timer)
  }
}

const lockedStatements = new WeakMap<ListPlan, Statement>()

function locked(plan: ListPlan): Statement {
  let statement = lockedStatements.get(plan)
  if (!statement) {
    const { sql, binds } = plan.statement
    lockedStatements.set(plan, (statement = { sql: `${sql} for update of ${plan.alias}`, binds }))
  }
  return statement
}

export class PostgresTransaction extends Reads implements Transaction {
  readonly #terms: Terms
  #begun: Promise<void> | undefined
  #depth = 0
  #ended = false
  #settled = false
  #last: Promise<unknown> = Promise.resolve()
  /** Whether others may be waiting for what it has locked. */
  #holds = false
  /** The depth at which a statement was refused: what follows on that level is lost. */
  #spoiled: number | undefined
  /** Why it cannot be committed, if it cannot. */
  failure: OffstageError | undefined
  again: Again | undefined

  constructor(terms: Terms) {
    super(terms.plans)
    this.#terms = terms
  }

  /** Whether the server holds anything of it. */
  get open(): boolean {
    return this.#begun !== undefined && !this.#settled
  }

  get expired(): boolean {
    return this.failure?.code === 'timeout'
  }

  /** False when it met another transaction and nothing of it was kept. */
  async commit(): Promise<boolean> {
    if (!this.#begun) return true
    this.#settled = true
    try {
      const did = await within(this.#terms.connection, commitTime, 'commit')
      if (did === 'COMMIT') return true
      throw new OffstageError('internal', { detail: `The database answered ${did} to a commit; nothing was changed.` })
    } catch (error) {
      if (isConflict(error)) return false
      if (!isLost(error)) throw unavailable(error)
      throw busy(
        'The connection broke while the change was being committed: it may have been made or not. Look before trying again.',
        error,
      )
    }
  }

  /** `returned`: the closure takes what it did for done, so a refusal that it swallowed must not be the end of it. */
  end(returned: boolean): void {
    this.#ended = true
    if (returned && this.#spoiled !== undefined) this.again ??= 'careful'
  }

  get #over(): OffstageError | undefined {
    if (this.failure) return this.failure
    if (this.#ended)
      return new OffstageError('invalid_call', { detail: 'This transaction has ended; await everything inside it before it returns.' })
    return this.again && busy('The transaction met another one, and is begun again.')
  }

  expire(): OffstageError {
    const detail = `The transaction took over ${this.#terms.timeout} ms and was rolled back.`
    // Others may have been in its way.
    return this.#fail(new OffstageError('timeout', { detail, headers: { 'retry-after': '1' } }))
  }

  #fail(error: OffstageError): OffstageError {
    return (this.failure ??= error)
  }

  protected override ready(): Promise<void> | void {
    const over = this.#over
    if (over) throw over
    if (performance.now() > this.#terms.deadline) throw this.expire()
    if (this.#spoiled !== undefined) {
      this.again = 'careful'
      throw this.#over!
    }
    return this.#begin()
  }

  /** Sent together with the first statement. */
  #begin(): Promise<void> | void {
    if (!this.#begun) {
      this.#begun = this.#terms.connection.exec('begin isolation level serializable read write').then(() => {})
      this.#begun.catch((error: unknown) => {
        if (isLost(error)) this.again ??= 'lost'
        else this.#fail(busy('The database could not begin a transaction; try again.', error))
      })
    }
    return this.#terms.guarded ? undefined : this.#begun
  }

  protected async rows(statement: Statement, values: readonly unknown[]): Promise<SqlRow[]> {
    const { sql, values: encoded } = ready(statement, values)
    return this.#all(sql, encoded)
  }

  async #all(sql: string, values: readonly SqlValue[]): Promise<SqlRow[]> {
    try {
      return await this.#send((connection) => connection.all(sql, values))
    } catch (error) {
      throw unavailable(error)
    }
  }

  async #send<T>(run: (connection: Connection) => Promise<T>): Promise<T> {
    const { connection, careful } = this.#terms
    if (careful) return this.#sendAlone(run)
    try {
      return await run(connection)
    } catch (error) {
      throw this.#judge(error)
    }
  }

  /** Those that were asked for at once take turns: one that is refused would take the next with it. */
  #sendAlone<T>(run: (connection: Connection) => Promise<T>): Promise<T> {
    const { connection } = this.#terms
    const answer = this.#last.then(async () => {
      this.#tell('savepoint own')
      try {
        const value = await run(connection)
        this.#tell('release own')
        return value
      } catch (error) {
        this.#tell('rollback to own; release own')
        throw this.#judge(error)
      }
    })
    this.#last = answer.catch(() => {})
    return answer
  }

  #judge(error: unknown): unknown {
    if (isConflict(error) || isStale(error)) this.again ??= 'conflict'
    // Who waits for a lock and holds none makes nobody wait; two who do both would go on locking each other out.
    else if (isLocked(error)) this.again ??= this.#holds ? 'conflict' : 'locked'
    else if (isAborted(error)) this.again ??= 'careful'
    else if (isLost(error)) this.again ??= 'lost'
    else if (!this.#terms.careful) this.#spoiled ??= this.#depth
    return this.failure ?? (this.again ? this.#over : error)
  }

  /** For what fails only together with the statements around it. */
  #tell(text: string): void {
    this.#terms.connection.exec(text).catch(() => {})
  }

  async listLocked(query: Query): Promise<Page> {
    const page = await this.listWith(query, locked)
    this.#holds ||= page.rows.length > 0
    return page
  }

  async insert(model: string, row: Row): Promise<void> {
    await this.#change(model, insertStatement(this.plans.models, model, row))
  }

  delete(model: string, id: string): Promise<number> {
    return this.#change(model, deleteStatement(this.plans.models, model, id))
  }

  async update(model: string, id: string, changes: Readonly<Record<string, Change>>): Promise<number> {
    const { models } = this.plans
    const [first, ...others] = oneGrowthEach(changes, (field) => models.column(models.table(model), field))
    const count = await this.#update(model, id, first!)
    for (const other of count > 0 ? others : []) await this.#update(model, id, other)
    return count
  }

  async #update(model: string, id: string, changes: Readonly<Record<string, Change>>): Promise<number> {
    const { models } = this.plans
    const old = new Map<Column, Json>()
    for (const column of appendsIn(models, model, changes)) {
      const { sql, values } = valueStatement(models, model, id, column)
      const value = (await this.#read(`${sql} for update`, values))[0]?.[0] ?? null
      old.set(column, value === null ? null : column.decode!(value))
    }
    const statement = updateStatement(models, model, id, changes, (column) => old.get(column)!)
    if (statement) {
      const grown = Object.keys(changes).find((field) => grows(changes[field]!, models.column(models.table(model), field)))
      return this.#change(model, statement, grown)
    }
    const { name, id: key } = models.table(model)
    return (await this.#read(`select 1 from ${name} where ${key.name} = $1`, [key.encode(id)])).length
  }

  async #read(sql: string, values: readonly SqlValue[]): Promise<SqlRow[]> {
    const wait = this.ready()
    if (wait) await wait
    return this.#all(sql, values)
  }

  async #change(model: string, { sql, values }: WriteStatement, grown?: string): Promise<number> {
    const wait = this.ready()
    if (wait) await wait
    try {
      const count = await this.#send((connection) => connection.run(sql, values))
      this.#holds ||= count > 0
      return count
    } catch (error) {
      throw unavailable(this.#terms.refusals.of(error, this.plans.models, model, grown))
    }
  }

  async savepoint<T>(run: () => Promise<T>): Promise<T> {
    const wait = this.ready()
    if (wait) await wait
    const level = ++this.#depth
    this.#tell(`savepoint s${level}`)
    try {
      const value = await run()
      // Refuses to go on when a refusal was swallowed inside of it.
      const still = this.ready()
      if (still) await still
      this.#leave(level, `release s${level}`)
      return value
    } catch (error) {
      if (!this.#over) this.#leave(level, `rollback to s${level}; release s${level}`)
      throw error
    }
  }

  // Savepoints nest: if an inner one is still open, ending this one would end that too.
  #leave(level: number, text: string): void {
    if (this.#depth !== level) {
      throw this.#fail(
        new OffstageError('invalid_call', { detail: 'Two nested transactions ran at once; await one before the next begins.' }),
      )
    }
    this.#tell(text)
    this.#depth = level - 1
    if (this.#spoiled !== undefined && this.#spoiled >= level) this.#spoiled = undefined
  }
}
