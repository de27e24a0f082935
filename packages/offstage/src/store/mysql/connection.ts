// One connection: its settings, its prepared statements, and how long it has been silent. It does one statement after another.

import type { Connection as Client } from 'mysql2'
import { OffstageError } from '../../base/errors.ts'
import { worthEnding } from '../gone.ts'
import type { Use } from '../server/door.ts'
import type { SqlRow, SqlValue } from '../sql/dialect.ts'
import type { Asker } from '../store.ts'
import { connect, type Driver } from './driver.ts'
import { ConnectionLost, numberOf } from './errors.ts'
import { flavourOf, type Flavour } from './flavour.ts'
import type { Settings } from './options.ts'

/** Milliseconds over its time after which a statement that nothing is heard of is taken for lost, with its connection. */
const grace = 1_500
/** Bytes of a text by which rows are sorted: longer ones with the same beginning are taken for equal. */
const sortedLength = 2 ** 17
/** The server demands room for fifteen rows whose keys are all that long, and fills what it needs of it; a question has six at most. */
const sortMemory = 16 * 6 * sortedLength

type Sent = { readonly sql: string; readonly values?: readonly unknown[]; readonly rowsAsArray?: boolean }
type Done = (error: Error | null, answer: unknown) => void

export class Connection {
  readonly #driver: Driver
  readonly #client: Client
  readonly #settings: Settings
  readonly #use: Use
  /** How those who wait for an answer are told that none will come. */
  readonly #waiting = new Set<(error: unknown) => void>()
  #since = 0
  /** Of the statement that was sent last: reads have a connection to themselves. */
  #asker: Asker | undefined
  #watch: NodeJS.Timeout | undefined
  #flavour: Flavour | undefined
  /** Why nothing can be sent any more. */
  lost: ConnectionLost | undefined

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
    const [[version, packet]] = (await this.all('select version(), @@max_allowed_packet', [])) as [[string, number]]
    const flavour = (this.#flavour = flavourOf(version, this.#settings.place))
    const chosen = [
      ...['client', 'results', 'connection'].map((part) => `character_set_${part} = utf8mb4`),
      `collation_connection = ${flavour.collation}`,
      `time_zone = '+00:00'`,
      // Values that do not fit are refused, text in statements means what it says.
      `sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_BACKSLASH_ESCAPES'`,
      `max_sort_length = ${sortedLength}`,
      `sort_buffer_size = ${sortMemory}`,
      // More than any text can be: what is too long comes out as null, and is not cut in silence.
      `group_concat_max_len = ${Number(packet) + 1_024}`,
      // As short as it can be: rather begin again than hold what one has and wait for more.
      'innodb_lock_wait_timeout = 1',
      // A table that is about to be changed must not make everybody wait behind who waits to change it.
      `lock_wait_timeout = 5`,
    ]
    // A statement that misses its transaction must not take effect at once.
    if (this.#use === 'write') chosen.push('autocommit = 0')
    if (this.#use !== 'session') chosen.push(...flavour.settings)
    if (this.#use === 'read') chosen.push(flavour.statementTime(this.#settings.statementTimeout))
    await this.exec(`set ${chosen.join(', ')}`)
    await this.exec(`set session transaction isolation level ${this.#use === 'write' ? 'serializable' : 'read committed'}`)
  }

  get flavour(): Flavour {
    return this.#flavour!
  }

  /** Statements that are not answered yet. */
  get pending(): number {
    return this.#waiting.size
  }

  /** Rows as arrays. */
  all(sql: string, values: readonly SqlValue[], asker?: Asker): Promise<SqlRow[]> {
    this.#asker = asker
    return this.#prepared(sql, values, true) as Promise<SqlRow[]>
  }

  /** Rows as objects, by the names of their columns. */
  objects(sql: string, values: readonly SqlValue[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#prepared(sql, values, false) as Promise<readonly Readonly<Record<string, unknown>>[]>
  }

  /** The number of rows changed: for an update, those that it found. */
  async run(sql: string, values: readonly SqlValue[]): Promise<number> {
    return ((await this.#prepared(sql, values, true)) as { affectedRows?: number }).affectedRows ?? 0
  }

  /** A statement without values; gives what the driver makes of the answer. */
  exec(sql: string): Promise<unknown> {
    return this.#send({ sql }, (sent, done) => this.#client.query(sent as { sql: string }, done as never))
  }

  #prepared(sql: string, values: readonly SqlValue[], rowsAsArray: boolean): Promise<unknown> {
    const sent = { sql, values: values.map((value) => this.#typed(value)), rowsAsArray }
    return this.#send(sent, (what, done) => this.#client.execute(what as never, done as never))
  }

  /** The driver would send a whole number as a double or as text, which the server refuses as a limit and rounds in sums. */
  #typed(value: SqlValue): unknown {
    return typeof value === 'bigint' ? this.#driver.TypedParameter.BIGINT(value) : value
  }

  #send(sent: Sent, run: (sent: Sent, done: Done) => unknown): Promise<unknown> {
    if (this.lost) return Promise.reject(this.lost)
    if (this.#waiting.size === 0) this.#since = performance.now()
    if (this.#use === 'read') this.#watch ??= setInterval(() => this.#look(), 250).unref()
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      run(sent, (error, answer) => {
        this.#waiting.delete(reject)
        this.#since = performance.now()
        if (error) reject(numberOf(error) === undefined || (error as { fatal?: boolean }).fatal ? this.#lose(error) : error)
        else resolve(answer)
      })
    })
  }

  /** The server ends statements in time by itself, unless it is not there any more; and nobody may be waiting for the answer any more. */
  #look(): void {
    if (this.#waiting.size === 0) {
      clearInterval(this.#watch)
      this.#watch = undefined
      return
    }
    const busyFor = performance.now() - this.#since
    if (busyFor > this.#settings.statementTimeout + grace) this.destroy()
    // To end the statement alone might hit the next one on this connection, if it is answered meanwhile.
    else if (busyFor > worthEnding && this.#asker?.aborted) this.kill()
  }

  #lose(cause: unknown): ConnectionLost {
    clearInterval(this.#watch)
    this.lost ??= cause instanceof ConnectionLost ? cause : new ConnectionLost(cause)
    // The driver tells nobody once it was closed.
    for (const reject of this.#waiting) reject(this.lost)
    this.#waiting.clear()
    return this.lost
  }

  /** Asks the server, over a connection of its own, to end this one: it would wait for a lock to the end, holding what it has locked. */
  kill(): void {
    const id = this.#client.threadId
    this.destroy()
    connect(this.#driver, this.#settings).then(
      (client) => {
        client.query(`kill ${id}`, () => client.destroy())
      },
      // The server will find out by itself.
      () => {},
    )
  }

  /** At once, whatever is under way: the server undoes what was not committed. */
  destroy(): void {
    this.#lose(new Error('The connection was given up.'))
    ;(this.#client as unknown as { stream: { destroy(): void } }).stream.destroy()
    this.#client.destroy()
  }

  /** When all is answered. */
  end(): Promise<void> {
    if (this.lost) {
      this.destroy()
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      this.#client.end(() => {
        this.#lose(new OffstageError('unavailable', { detail: 'The database is closed.' }))
        resolve()
      })
    })
  }
}
