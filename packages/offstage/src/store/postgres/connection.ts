// One connection: its settings, its prepared statements, and how long it has been silent. Statements are pipelined: each is sent at
// once, and answers come in order.

import type { Client } from 'pg'
import { OffstageError } from '../../base/errors.ts'
import { worthEnding } from '../gone.ts'
import type { Use } from '../server/door.ts'
import type { SqlRow, SqlValue } from '../sql/dialect.ts'
import type { Asker } from '../store.ts'
import { connect, type Driver } from './driver.ts'
import { ConnectionLost, GivenUp, isCancelled, isStale, stateOf } from './errors.ts'
import type { Settings } from './options.ts'

interface Answer {
  readonly rows: SqlRow[]
  readonly rowCount: number | null
  readonly command: string
}

interface Records {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly rowCount: number | null
}

interface Types {
  getTypeParser(type: number): (text: string) => unknown
}

// Whole and floating numbers by their type's number in the server's catalogue; all else is text.
const numbers = new Set([20, 21, 23, 26, 700, 701])
const plainTypes: Types = {
  getTypeParser: (type: number) => (text: string) => (numbers.has(type) ? Number(text) : type === 16 ? text === 't' : text),
}

type Sent = {
  readonly text: string
  readonly name?: string
  readonly values?: unknown[]
  readonly rowMode?: 'array'
  readonly types?: Types
}

const leastVersion = 14
const preparedPerConnection = 250
/** Milliseconds over its time after which a statement that nothing is heard of is taken for lost, with its connection. */
const grace = 1_500

export class Connection {
  readonly #driver: Driver
  readonly #client: Client
  readonly #settings: Settings
  readonly #use: Use
  /** In order of their last use. */
  readonly #names = new Map<string, string>()
  #named = 0
  /** The statements that are not answered yet, in their order, each with who asked where that matters. */
  readonly #underWay = new Set<{ readonly asker: Asker | undefined }>()
  #since = 0
  #watch: NodeJS.Timeout | undefined
  /** Why nothing can be sent any more. */
  lost: ConnectionLost | undefined
  /** Whether a cancellation was sent, which may yet hit whatever comes next. */
  tainted = false
  /** Whether what is under way will be asked again elsewhere. */
  #givenUp = false

  private constructor(driver: Driver, client: Client, settings: Settings, use: Use) {
    this.#driver = driver
    this.#client = client
    this.#settings = settings
    this.#use = use
    client.on('error', (error) => this.#lose(error))
    client.on('end', () => this.#lose(new Error('The connection has ended.')))
  }

  static async open(driver: Driver, settings: Settings, use: Use): Promise<Connection> {
    const connection = new Connection(driver, await connect(driver, settings), settings, use)
    try {
      await connection.#prepare()
      return connection
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  async #prepare(): Promise<void> {
    const { schema, statementTimeout, prepare, place } = this.#settings
    const chosen: [string, string][] = [
      ['TimeZone', 'UTC'],
      ['DateStyle', 'ISO'],
    ]
    // PgBouncer keeps the two above for each of its clients; what else is set here would be seen by others.
    if (prepare) {
      if (schema !== undefined) chosen.push(['search_path', `"${schema.replaceAll('"', '""')}"`])
      chosen.push(
        ['standard_conforming_strings', 'on'],
        ['statement_timeout', String(this.#use === 'read' ? statementTimeout : 0)],
        // Compiling takes longer than nearly all of our statements do.
        ['jit', 'off'],
        ['default_transaction_isolation', 'read committed'],
        // A statement that misses its transaction must fail instead of taking effect at once.
        ['default_transaction_read_only', this.#use === 'session' ? 'off' : 'on'],
        // The server looks for a deadlock after a second only, and all that time both hold what they have: rather begin again. Measured
        // with a hundred opposite transfers at once: 2.4 s with 100 ms, 1.4 s with 40, 0.9 s with 25.
        ['lock_timeout', this.#use === 'write' ? '25' : '0'],
        // For a process that stands still: others wait for what it has locked.
        ['idle_in_transaction_session_timeout', this.#use === 'session' ? '0' : '60000'],
      )
    }
    const settings = chosen.map(([name, value]) => `set_config('${name}', '${value.replaceAll("'", "''")}', false)`)
    const asked = ['server_version_num', 'server_encoding'].map((name) => `current_setting('${name}')`)
    const { rows } = await this.send({ text: `select ${[...asked, ...settings].join(', ')}`, rowMode: 'array' })
    const [version, encoding] = rows[0] as readonly string[]
    if (Number(version) < leastVersion * 10_000) {
      throw new OffstageError('configuration', {
        detail: `Offstage needs PostgreSQL ${leastVersion} or later; ${place} is version ${Math.floor(Number(version) / 10_000)}.`,
      })
    }
    if (encoding !== 'UTF8') {
      throw new OffstageError('configuration', {
        detail: `The database ${place} keeps text as ${encoding}, which cannot hold all of Unicode. Make one with: create database <name> encoding 'UTF8' template template0.`,
      })
    }
  }

  /** Rows as arrays. */
  async all(sql: string, values: readonly SqlValue[], asker?: Asker): Promise<SqlRow[]> {
    return (await this.#statement(sql, values, asker)).rows
  }

  /** The number of rows changed. */
  async run(sql: string, values: readonly SqlValue[]): Promise<number> {
    return (await this.#statement(sql, values)).rowCount ?? 0
  }

  /** Rows by the names of their columns, and numbers and booleans as such. */
  records(text: string, values: readonly unknown[]): Promise<Records> {
    return this.send({ text, values: values as unknown[], types: plainTypes }) as unknown as Promise<Records>
  }

  /** Statements without values; gives the name of the last, as the server calls what it did. */
  async exec(text: string): Promise<string> {
    return (await this.send({ text })).command
  }

  async #statement(text: string, values: readonly SqlValue[], asker?: Asker): Promise<Answer> {
    if (!this.#settings.prepare) return this.send({ text, values: values as unknown[], rowMode: 'array' }, asker)
    const name = this.#nameOf(text)
    try {
      return await this.send({ text, name, values: values as unknown[], rowMode: 'array' }, asker)
    } catch (error) {
      if (isStale(error) && this.#names.get(text) === name) this.#forget(text, name)
      throw error
    }
  }

  #nameOf(text: string): string {
    const known = this.#names.get(text)
    if (known !== undefined) this.#names.delete(text)
    else if (this.#names.size >= preparedPerConnection) this.#forget(...this.#names.entries().next().value!)
    // No name is used twice, so that what is on its way to the server cannot be mistaken for another.
    const name = known ?? `o${++this.#named}`
    this.#names.set(text, name)
    return name
  }

  #forget(text: string, name: string): void {
    this.#names.delete(text)
    // In a transaction that has failed the server refuses, and keeps the statement until the connection ends.
    this.send({ text: `deallocate ${name}` }).then(
      () => {
        // The driver would keep the text of every statement there ever was.
        const { parsedStatements } = this.#client.connection as unknown as { parsedStatements: Record<string, string> }
        delete parsedStatements[name]
      },
      () => {},
    )
  }

  send(statement: Sent, asker?: Asker): Promise<Answer> {
    if (this.lost) return Promise.reject(this.lost)
    if (this.pending === 0) this.#since = performance.now()
    const asked = { asker }
    this.#underWay.add(asked)
    if (this.#use === 'read') this.#watch ??= setInterval(() => this.#look(), 250).unref()
    return new Promise((resolve, reject) => {
      // With a callback of its own the driver makes no promise of it.
      const query = this.#client.query.bind(this.#client) as unknown as (sent: Sent, done: (error: unknown, answer: Answer) => void) => void
      query(statement, (error, answer) => {
        this.#underWay.delete(asked)
        this.#since = performance.now()
        if (!error) return resolve(answer)
        // By our own word, whichever statement it was meant for.
        const givenUp = this.#givenUp && isCancelled(error)
        if (givenUp) this.destroy()
        reject(givenUp || stateOf(error) === undefined ? this.#lose(error) : error)
      })
    })
  }

  /** Statements that are not answered yet. */
  get pending(): number {
    return this.#underWay.size
  }

  /** Milliseconds that the statement which the server is at now has taken so far. */
  get busyFor(): number {
    return this.pending === 0 ? 0 : performance.now() - this.#since
  }

  /** The server ends statements in time by itself, unless it could not be told to, or is not there any more. */
  #look(): void {
    if (this.pending === 0) {
      clearInterval(this.#watch)
      this.#watch = undefined
      return
    }
    const over = this.busyFor - this.#settings.statementTimeout
    if (over > grace) this.destroy()
    else if (over > 0 && !this.#settings.prepare) this.cancel()
    else if (this.busyFor > worthEnding && this.#underWay.values().next().value?.asker?.aborted) this.#giveUp()
  }

  /**
   * Nobody waits for what the server is at. Just to cancel that would do for it, but the cancellation may come late and hit another: the
   * whole connection goes, and what else was under way on it is asked again.
   */
  #giveUp(): void {
    if (this.tainted || this.lost) return
    this.#givenUp = true
    this.cancel(() => this.destroy())
  }

  /** Asks the server, over a connection of its own, to give up what it is at. */
  cancel(sent: () => void = () => {}): void {
    if (this.tainted || this.lost) return
    this.tainted = true
    const { processID, secretKey } = this.#client as unknown as { processID: number; secretKey: number }
    const other = new this.#driver.Client({ connectionString: this.#settings.url, ssl: this.#client.ssl })
    cancelOver(other, processID, secretKey, sent)
  }

  #lose(cause: unknown): ConnectionLost {
    clearInterval(this.#watch)
    return (this.lost ??= this.#givenUp ? new GivenUp(cause) : cause instanceof ConnectionLost ? cause : new ConnectionLost(cause))
  }

  /** At once, whatever is under way: the server undoes what was not committed. */
  destroy(): void {
    this.#lose(new Error('The connection was given up.'))
    ;(this.#client.connection as unknown as { stream: { destroy(): void } }).stream.destroy()
  }

  /** When everything that was sent is answered. */
  async end(): Promise<void> {
    if (this.lost) return this.destroy()
    await this.#client.end()
  }
}

/** The way of the driver's own `cancel`, which is not made for pipelines. */
function cancelOver(client: Client, processId: number, secretKey: number, sent: () => void): void {
  interface Wire {
    on(event: string, listener: (...values: any[]) => void): void
    connect(port: number | string, host?: string): void
    requestSsl(): void
    cancel(processId: number, secretKey: number): void
    end(): void
  }
  const wire = client.connection as unknown as Wire
  const say = (): void => {
    wire.cancel(processId, secretKey)
    wire.end()
  }
  // The statement's own time is the last resort.
  wire.on('error', () => {})
  // The server ends this connection when it has passed on the word.
  wire.on('end', sent)
  wire.on('connect', () => (client.ssl ? wire.requestSsl() : say()))
  wire.on('sslconnect', say)
  if (client.host.startsWith('/')) wire.connect(`${client.host}/.s.PGSQL.${client.port}`)
  else wire.connect(client.port, client.host)
}
