/** Choices out of plain numbers from 0 to 1; Offstage gives a seed numbers that are the same on every machine. */
export interface Random {
  /** At least `low`, at most `high`, whole. */
  integer(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(of: readonly T[]): T
  /** `count` different ones. */
  some<T>(of: readonly T[], count: number): T[]
}

export function randomOf(next: () => number): Random {
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  const pick = <T>(of: readonly T[]): T => of[integer(0, of.length - 1)]!
  return {
    integer,
    pick,
    chance: (probability) => next() < probability,
    some(of, count) {
      const left = [...of]
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(integer(0, left.length - 1), 1)[0]!)
    },
  }
}
