// The processes of `offstage dev`: one runs the app as its files are now, one more is kept ready for the next change.

import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DatabaseConfig } from '../app/database-url.ts'

/** What a process is to run. */
export interface Order {
  readonly file: string
  readonly port: string | undefined
  readonly host: string | undefined
  /** Where it listened last, and the port that was asked for then; after that it says in one line that it is ready. */
  readonly before: Pick<Ready, 'asked' | 'port'> | undefined
}

/** What it tells when it listens. */
export interface Ready {
  readonly port: number
  /** The port of the configuration, which may have been taken. */
  readonly asked: number
  /** Folders that hold only static files. */
  readonly quiet: readonly string[]
  readonly database: DatabaseConfig['kind']
}

export interface ProcessesOptions {
  readonly env: NodeJS.ProcessEnv
  readonly onReady: (ready: Ready) => void
  /** The app ended by itself, and has said why. */
  readonly onEnd: () => void
}

/** What is under way when the app is to end may take so many milliseconds more. */
const grace = 500

const script = fileURLToPath(new URL(`./dev-child${extname(import.meta.url)}`, import.meta.url))

/** At any time at most one process has an order: two would meet at the port and at the database file. */
export class AppProcesses {
  readonly #options: ProcessesOptions
  #running: ChildProcess | undefined
  #spare: ChildProcess | undefined
  /** Those that were told to end. */
  #ending: Promise<unknown> = Promise.resolve()
  #turn = 0
  #database: string | undefined

  constructor(options: ProcessesOptions) {
    this.#options = options
  }

  /** Begins when the one before has ended; does nothing when another `run` or `end` came in the meantime. */
  async run(order: Order): Promise<void> {
    this.end()
    const turn = this.#turn
    await this.#ending
    if (turn !== this.#turn) return
    const child = this.#spare?.connected ? this.#spare : this.#boot()
    this.#spare = undefined
    this.#running = child
    // That it could not be told is told by its end.
    child.send(order, () => {})
  }

  /** Tells the app to end, at once where it has not begun to serve. */
  end(): void {
    this.#turn++
    const child = this.#running
    if (child === undefined) return
    this.#running = undefined
    const force = setTimeout(() => child.kill('SIGKILL'), grace)
    this.#ending = Promise.all([this.#ending, once(child, 'exit').finally(() => clearTimeout(force))])
    child.kill('SIGTERM')
  }

  /** The next change loads Offstage anew, as it is then. */
  forgetSpare(): void {
    this.#spare?.kill('SIGKILL')
    this.#spare = undefined
  }

  /** Ends all of them, and lets the app take the time it needs. Gives its exit code. */
  async close(): Promise<number> {
    this.#turn++
    this.forgetSpare()
    const child = this.#running
    this.#running = undefined
    child?.kill('SIGTERM')
    const [code] = child === undefined ? [0] : await once(child, 'exit')
    await this.#ending
    return code ?? 0
  }

  #boot(): ChildProcess {
    const args = this.#database === undefined ? [] : [this.#database]
    const child = fork(script, args, { env: this.#options.env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
    child.on('message', (ready: Ready) => {
      if (this.#running !== child) return
      this.#database = ready.database
      // Not before: it would take the processor from the app that starts.
      this.#spare ??= this.#boot()
      this.#options.onReady(ready)
    })
    child.on('exit', () => {
      if (this.#spare === child) this.#spare = undefined
      if (this.#running !== child) return
      this.#running = undefined
      this.#spare ??= this.#boot()
      this.#options.onEnd()
    })
    return child
  }
}
