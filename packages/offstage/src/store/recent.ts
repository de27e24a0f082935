/** Characters of a key, at the most, on an average of a full cache. */
const meanLength = 2_000

/**
 * A bounded cache that forgets what was not used lately, at the price of one `Map.get` a hit: it keeps two generations, and what
 * is used moves to the younger. Holds between `size` and `2 * size` entries once full, fewer where keys are long: what is kept of
 * a question grows with it, and callers make up questions.
 */
export class Recent<K extends string, V> {
  readonly #size: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()
  #characters = 0

  constructor(size: number) {
    this.#size = size
  }

  get(key: K): V | undefined {
    const found = this.#young.get(key)
    if (found !== undefined) return found
    const aged = this.#old.get(key)
    if (aged !== undefined) this.set(key, aged)
    return aged
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#size || this.#characters >= this.#size * meanLength) {
      this.#old = this.#young
      this.#young = new Map()
      this.#characters = 0
    }
    this.#young.set(key, value)
    this.#characters += key.length
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
    this.#characters = 0
  }
}
