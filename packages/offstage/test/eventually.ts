import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until it holds: longer than the busiest machine needs, so that only what never happens fails. */
export async function eventually(holds: () => boolean | Promise<boolean>, says: string, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1_000
  while (!(await holds())) {
    assert.ok(performance.now() < end, `${says}: not within ${seconds} s`)
    await sleep(10)
  }
}
