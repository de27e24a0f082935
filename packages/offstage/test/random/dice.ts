// Random choices that a seed repeats.

export class Dice {
  #state: number
  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761 + 1) >>> 0
  }
  /** From 0 up to, but without, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let x = this.#state
    x = Math.imul(x ^ (x >>> 15), x | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296
  }
  /** Both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }
  chance(probability: number): boolean {
    return this.next() < probability
  }
  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)]!
  }
  some<T>(items: readonly T[], most: number): T[] {
    const left = [...items]
    return Array.from({ length: Math.min(left.length, this.int(0, most)) }, () => left.splice(this.int(0, left.length - 1), 1)[0]!)
  }
  times<T>(from: number, to: number, make: (i: number) => T): T[] {
    return Array.from({ length: this.int(from, to) }, (_, i) => make(i))
  }
}
