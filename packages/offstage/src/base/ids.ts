import { randomFillSync } from 'node:crypto'

const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const pool = Buffer.allocUnsafe(8 * 512)
let used = pool.length

function eightRandomBytes(): number {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 8
  return used - 8
}

/**
 * Makes UUIDs of version 7: they sort by the time of their making, and those of one maker are strictly increasing even
 * within a millisecond and when the clock steps back. `now` gives milliseconds since 1970.
 */
export function createIds(now: () => number = Date.now): () => string {
  let last = -1
  // 12 bits, in the place that RFC 9562 calls rand_a; starts in its lower half so that it seldom runs over.
  let counter = 0
  return () => {
    const at = eightRandomBytes()
    const time = now()
    if (time > last) {
      last = time
      counter = ((pool[at]! & 0x07) << 8) | pool[at + 1]!
    } else if (++counter > 0xfff) {
      last += 1
      counter = 0
    }
    const text = last.toString(16).padStart(12, '0')
    const b = (offset: number): string => hex[pool[at + offset]!]!
    return (
      `${text.slice(0, 8)}-${text.slice(8)}-7${counter.toString(16).padStart(3, '0')}-` +
      `${hex[0x80 | (pool[at + 2]! & 0x3f)]}${b(3)}-${b(4)}${b(5)}${b(6)}${b(7)}${b(0)}${b(1)}`
    )
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether the text is a UUID in its one canonical form: lower case, with hyphens. */
export const isUuid = (text: string): boolean => uuid.test(text)
