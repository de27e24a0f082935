import type { RunningApp } from './open.ts'

/**
 * SIGTERM and SIGINT stop the app in order: `/readyz` goes red, `delay` milliseconds pass in which a load balancer can notice,
 * what is under way is finished, the database is closed. A second signal ends the process at once.
 */
export function stopOnSignal(
  running: RunningApp,
  options: { readonly delay?: number; readonly onStop?: (signal: string) => void } = {},
): void {
  let stopping = false
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    options.onStop?.(signal)
    running.drain()
    if (options.delay) await new Promise((resolve) => setTimeout(resolve, options.delay))
    await running.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
        process.exit(1)
      })
    })
  }
}
