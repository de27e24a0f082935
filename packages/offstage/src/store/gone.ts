// Those who asked may be gone before the answer is there.

import { OffstageError } from '../base/errors.ts'
import type { Asker } from './store.ts'

/** Milliseconds that a statement has taken before it is worth ending: most end by themselves sooner. */
export const worthEnding = 100

export const gone = (cause?: unknown): OffstageError => new OffstageError('client_gone', { cause })

export function refuseGone(asker: Asker | undefined): void {
  if (asker?.aborted) throw gone()
}
