import type { Sys } from '../kit.ts'

/** Told how many rows of a step are done. */
export type Progress = (step: string, done: number, total?: number) => void

/** Runs `each` for every item, some in one transaction: far faster than one by one, and no transaction keeps others waiting. */
export async function inBatches<T>(
  sys: Sys,
  items: readonly T[],
  each: (sys: Sys, item: T) => Promise<void>,
  done: (count: number) => void,
): Promise<void> {
  const size = 25
  for (let from = 0; from < items.length; from += size) {
    const batch = items.slice(from, from + size)
    await sys.transaction(async (tx) => {
      for (const item of batch) await each(tx, item)
    })
    done(from + batch.length)
  }
}
