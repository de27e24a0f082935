// Who has just written reads from where it was written: a replica may not have it yet.

import type { Principal } from '../query/principal.ts'

/** How long, in milliseconds, a replica is not asked by who has written. Replicas that are further behind should not serve at all. */
export const replicaGrace = 5_000

/** Known to this process alone: a user whose next request goes to another node may meet a replica without the write. */
export class RecentWriters {
  readonly #until = new Map<string, number>()

  wrote(who: Principal, now: number): void {
    const key = keyOf(who)
    if (key === undefined) return
    // In order of their ends, so that what is over stands in front.
    this.#until.delete(key)
    this.#until.set(key, now + replicaGrace)
    for (const [first, until] of this.#until) {
      if (until > now) break
      this.#until.delete(first)
    }
  }

  has(who: Principal, now: number): boolean {
    const key = keyOf(who)
    return key !== undefined && (this.#until.get(key) ?? 0) > now
  }

  get size(): number {
    return this.#until.size
  }
}

/** Strangers are one: which of them wrote cannot be told. The system never reads from replicas. */
function keyOf(who: Principal): string | undefined {
  if (who.kind === 'system') return undefined
  return who.kind === 'user' ? `user ${who.id}` : 'anonymous'
}
