/**
 * A bounded cache that forgets what was not used lately, at the price of one `Map.get` a hit: it keeps two generations, and what
 * is used moves to the younger. Holds between `size` and `2 * size` entries once full.
 */
export class Recent<K, V> {
  readonly #size: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()

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
    if (this.#young.size >= this.#size) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
  }
}
