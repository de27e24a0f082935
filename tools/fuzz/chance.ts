// Chance that can be repeated, and the values that break things.

export interface Chance {
  integer(low: number, high: number): number
  is(probability: number): boolean
  pick<T>(of: readonly T[]): T
}

/** mulberry32 over one number: request 4711 of seed 7 is always the same request. */
export function chanceOf(seed: number): Chance {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296
  }
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return { integer, is: (probability) => next() < probability, pick: (of) => of[integer(0, of.length - 1)]! }
}

export const nastyTexts: readonly string[] = [
  '', ' ', '0', '-1', 'null', 'undefined', 'true', 'NaN', '[object Object]', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then',
  "'", '"', '`', '\\', "' or 1=1 --", '"; drop table users; --', '%', '_', '%%%', '*', '\u0000', 'a\u0000b', '\ud800', '\udfff\ud800', '\u202e', 'İ', 'ß', 'ﬀ', '🂡', 'é'.normalize('NFD'),
  '../../etc/passwd', '/%2e%2e/', '%2f', '%00', '%', '%zz', '%c0%af', ';', '?', '#', '&', '=', ',', '.', '..', '...', 'a.b.c.d.e.f.g', 'order.customer.email', 'customer.role', 'id.id',
  '9007199254740993', '1e309', '-0', '0x10', '1_000', '12345678901234567890.12', '0.001', '1,5', '2026-02-30', '2026-01-31T12:00:00', '2026-01-31T12:00:00Z', '+010000-01-01T00:00:00Z', '0000-00-00',
  'x'.repeat(256), 'x'.repeat(5000), 'ä'.repeat(300), '(('.repeat(50), '{"a":1}', '[]', '{}', '[[[[[[[[]]]]]]]]', 'data:text/html,x', 'javascript:1', 'http://[::1', '-createdAt', 'asc', 'a@b', 'staff@example.com', '\r\nx-injected: 1', '\t', '\u2028',
]

export const nastyValues: readonly unknown[] = [
  ...nastyTexts, null, true, false, 0, -0, 1, -1, 1.5, 2 ** 53, -(2 ** 53) - 2, 1e308, [], {}, [[]], [null], [1, 'a', {}], { $ne: null }, { gte: null }, { in: [] }, { in: [null] }, { in: Array.from({ length: 1100 }, (_, n) => n) },
  { not: {} }, { some: {} }, { or: [] }, { and: [{}] }, { increment: 1 }, { increment: '1' }, { decrement: 1e308 }, { append: [1] }, { create: [] }, { create: {} }, { connect: ['x'] }, { disconnect: null }, { increment: 1, decrement: 1 },
  { length: 5 }, { toString: 1 }, { toJSON: 1 }, { then: 1 }, { id: 'x' }, { json: { path: 'a' } }, { path: ['a'], equals: 1 }, { contains: '%' },
]
