import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

const isRefusedForNow = (outcome: unknown): boolean => {
  const { status, code } = outcome as { status?: unknown; code?: unknown }
  return status === 503 && code !== 'client_gone'
}

/**
 * Does it, and does it again for as long as the answer or the error is that it should be tried later, as clients do. On a busy machine a
 * crowd on a server takes longer than anybody is let wait: that is no mistake, and what else is wrong stays so.
 */
export async function retrying<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const outcome = await run().then(
      (value) => ({ value, said: value as unknown }),
      (error: unknown) => ({ error, said: error }),
    )
    if (!outcome.said || !isRefusedForNow(outcome.said)) {
      if ('error' in outcome) throw outcome.error
      return outcome.value
    }
    assert.ok(tries < 100, 'told to come back a hundred times')
    await sleep(100 + Math.random() * 400)
  }
}

/** So many at once, each of whom perseveres. */
export const crowd = <T>(size: number, run: (index: number) => Promise<T>): Promise<T>[] =>
  Array.from({ length: size }, (_, index) => retrying(() => run(index)))
