// What nobody caught while `offstage dev` runs: told with its line, never the end of the process without a word.

import { pretty } from './pretty.ts'
import { paint, warn } from './terminal.ts'

/**
 * A promise that nobody awaited fails by itself, and the app goes on. After an exception outside of every request nobody knows what state
 * the process is in: it ends, and the next change of a file starts the app again.
 */
export function showFaults(root: () => string): void {
  const tell = (head: string, error: unknown): void => warn(`\n${paint(['red', 'bold'], head, process.stderr)}\n${pretty(error, root())}\n`)
  process.on('unhandledRejection', (error) => tell('A promise was rejected, and nobody awaits it: is an `await` missing?', error))
  process.on('uncaughtException', (error) => {
    tell('An exception was thrown that nobody caught, such as one in a timer or an event.', error)
    process.exit(1)
  })
}
