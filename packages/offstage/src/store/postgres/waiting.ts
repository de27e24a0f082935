// Those who wait for a connection, in order. Nobody waits long: it is better to be told to come back.

import { busy } from './errors.ts'

const patience = 1_900

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
  readonly timer: NodeJS.Timeout
}

export class Waiting<T> {
  readonly #waiters = new Set<Waiter<T>>()
  readonly #says: string

  constructor(says: string) {
    this.#says = says
  }

  get size(): number {
    return this.#waiters.size
  }

  wait(most = patience): Promise<T> {
    return new Promise((resolve, reject) => {
      const give = (): void => {
        this.#waiters.delete(waiter)
        reject(busy(this.#says))
      }
      const waiter = { resolve, reject, timer: setTimeout(give, Math.min(most, patience)) }
      this.#waiters.add(waiter)
    })
  }

  /** Whoever waits longest; undefined when nobody does. */
  next(): Pick<Waiter<T>, 'resolve' | 'reject'> | undefined {
    const [waiter] = this.#waiters
    if (!waiter) return undefined
    this.#waiters.delete(waiter)
    clearTimeout(waiter.timer)
    return waiter
  }

  rejectAll(error: unknown): void {
    for (let waiter = this.next(); waiter; waiter = this.next()) waiter.reject(error)
  }
}
