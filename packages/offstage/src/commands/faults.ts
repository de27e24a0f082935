// What nobody caught in the code of the app, in `offstage dev` and in commands: told with its line, never the end of the process without a word.

import { pretty } from './pretty.ts'
import { paint, warn } from './terminal.ts'

export type Fault = 'unhandledRejection' | 'uncaughtException'

const heads: Readonly<Record<Fault, string>> = {
  unhandledRejection: 'A promise was rejected, and nobody awaits it: is an `await` missing?',
  uncaughtException: 'An exception was thrown that nobody caught, such as one in a timer or an event.',
}

export function tellFault(fault: Fault, error: unknown, root: string): void {
  warn(`\n${paint(['red', 'bold'], heads[fault], process.stderr)}\n${pretty(error, root)}\n`)
}

/**
 * A promise that nobody awaited fails by itself, and the app goes on. After an exception outside of every request nobody knows what state
 * the process is in: it ends, and the next change of a file starts the app again.
 */
export function showFaults(root: () => string): void {
  process.on('unhandledRejection', (error) => tellFault('unhandledRejection', error, root()))
  process.on('uncaughtException', (error) => {
    tellFault('uncaughtException', error, root())
    process.exit(1)
  })
}
