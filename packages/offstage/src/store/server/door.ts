// Opens connections to one server. While it is away, attempts become rarer, and who asks between them is told at once.

import { OffstageError } from '../../base/errors.ts'

/** `read`: single statements that change nothing. `write`: transactions. `session`: statements that take as long as they take. */
export type Use = 'read' | 'write' | 'session'

export const busy = (detail: string, cause?: unknown): OffstageError =>
  new OffstageError('unavailable', { detail, headers: { 'retry-after': '1' }, cause })

const firstPause = 50
// A server that is back is found within this time.
const longestPause = 500

export class Door<Connection, Settings> {
  readonly settings: Settings
  readonly #connect: (use: Use) => Promise<Connection>
  readonly #now: () => number
  #pause = 0
  #next = 0
  #failure: unknown
  #closed = false

  /** `now`: milliseconds that pass, from any beginning. */
  constructor(settings: Settings, connect: (use: Use) => Promise<Connection>, now: () => number = () => performance.now()) {
    this.settings = settings
    this.#connect = connect
    this.#now = now
  }

  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    this.#closed = true
  }

  async open(use: Use): Promise<Connection> {
    if (this.#closed) throw busy('The database is closed.')
    if (this.#now() < this.#next) throw this.#failure
    try {
      const connection = await this.#connect(use)
      this.#pause = 0
      return connection
    } catch (error) {
      this.#pause = Math.min(longestPause, this.#pause * 2 || firstPause)
      this.#next = this.#now() + this.#pause
      this.#failure = error
      throw error
    }
  }
}
