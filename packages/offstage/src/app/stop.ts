import { isError } from '../base/realms.ts'
import type { RunningApp } from './open.ts'

export interface StopOptions {
  /** Milliseconds in which everything is still answered, with `/readyz` red. Default 0. */
  readonly delay?: number
  readonly onStop?: (signal: string) => void
  /** Told of what nobody caught; the app then stops, and the process ends with 1. Absent: as Node has it. */
  readonly onFault?: (error: unknown) => void
  /** Default: SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[]
}

/** Exceptions that are told: one that telling sets off would be told for ever. */
const mostFaults = 10
/** Milliseconds after which a process that cannot come to its end after a fault is ended. */
const longestStop = 20_000

/**
 * SIGTERM and SIGINT stop the app in order: `/readyz` goes red, `delay` milliseconds pass in which a load balancer can notice,
 * what is under way is finished, the database is closed. A second signal ends the process at once. With `onFault` an exception that nobody
 * caught stops it in the same order: nobody knows what state the process is in, so another has to take its place.
 */
export function stopOnSignal(running: RunningApp, options: StopOptions = {}): void {
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    running.drain()
    if (options.delay) await new Promise((resolve) => setTimeout(resolve, options.delay))
    await running.close()
    process.exit()
  }
  const begin = (): void => {
    stop().catch((error: unknown) => {
      process.stderr.write(`${isError(error) ? (error.stack ?? error.message) : String(error)}\n`)
      process.exit(1)
    })
  }
  for (const signal of options.signals ?? ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      options.onStop?.(signal)
      begin()
    })
  }
  if (!options.onFault) return
  let faults = 0
  process.on('uncaughtException', (error) => {
    process.exitCode = 1
    if (++faults > mostFaults) return
    if (faults === 1) setTimeout(() => process.exit(), (options.delay ?? 0) + longestStop).unref()
    options.onFault!(error)
    begin()
  })
}
