// Opens connections to one server. While it is away, attempts become rarer, and who asks between them is told at once.

import { Connection, type Use } from './connection.ts'
import type { Driver } from './driver.ts'
import { busy } from './errors.ts'
import type { Settings } from './options.ts'

const firstPause = 50
// A server that is back is found within this time.
const longestPause = 500

export class Door {
  readonly #driver: Driver
  readonly settings: Settings
  #pause = 0
  #next = 0
  #failure: unknown
  #closed = false

  constructor(driver: Driver, settings: Settings) {
    this.#driver = driver
    this.settings = settings
  }

  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    this.#closed = true
  }

  async open(use: Use): Promise<Connection> {
    if (this.#closed) throw busy('The database is closed.')
    if (performance.now() < this.#next) throw this.#failure
    try {
      const connection = await Connection.open(this.#driver, this.settings, use)
      this.#pause = 0
      return connection
    } catch (error) {
      this.#pause = Math.min(longestPause, this.#pause * 2 || firstPause)
      this.#next = performance.now() + this.#pause
      this.#failure = error
      throw error
    }
  }
}
