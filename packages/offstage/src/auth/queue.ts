import { OffstageError } from '../base/errors.ts'

export interface Queue {
  /** Runs `work` when its turn comes. Throws `unavailable` at once when too much waits already. */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

/**
 * A bounded queue for work that takes a processor for a while. Without the bound a burst of sign-ins would hold memory
 * and threads for minutes; with it the surplus is told at once to come back.
 */
export function openQueue(concurrency: number, waiting: number): Queue {
  const line: (() => void)[] = []
  let running = 0
  /** The place goes straight to the next in line: were it freed first, a newcomer could take it too. */
  const leave = (): void => {
    const next = line.shift()
    if (next) next()
    else running--
  }
  return {
    async run(work, signal) {
      if (running >= concurrency) {
        if (line.length >= waiting)
          throw new OffstageError('unavailable', { detail: 'Too many sign-ins at once.', headers: { 'retry-after': '2' } })
        await new Promise<void>((resolve) => line.push(resolve))
      } else running++
      try {
        // Whoever has gone away in the meantime must not cost the others a hash.
        signal?.throwIfAborted()
        return await work()
      } finally {
        leave()
      }
    },
  }
}
