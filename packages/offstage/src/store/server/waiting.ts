// Those who wait for a connection, in order. Nobody waits long: it is better to be told to come back.

import { busy } from './door.ts'

const patience = 1_900

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
  readonly timer: NodeJS.Timeout
}

export class Waiting<T> {
  #waiters: Waiter<T>[] = []
  readonly #says: string

  constructor(says: string) {
    this.#says = says
  }

  get size(): number {
    return this.#waiters.length
  }

  /** `first`: before all others. */
  wait(first = false): Promise<T> {
    return new Promise((resolve, reject) => {
      const give = (): void => {
        this.#waiters = this.#waiters.filter((one) => one !== waiter)
        reject(busy(this.#says))
      }
      const waiter = { resolve, reject, timer: setTimeout(give, patience) }
      if (first) this.#waiters.unshift(waiter)
      else this.#waiters.push(waiter)
    })
  }

  /** Whoever waits longest; undefined when nobody does. */
  next(): Pick<Waiter<T>, 'resolve' | 'reject'> | undefined {
    const waiter = this.#waiters.shift()
    if (!waiter) return undefined
    clearTimeout(waiter.timer)
    return waiter
  }

  rejectAll(error: unknown): void {
    for (let waiter = this.next(); waiter; waiter = this.next()) waiter.reject(error)
  }
}
