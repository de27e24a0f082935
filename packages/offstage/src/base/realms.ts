// What a value is, whichever realm made it: a REPL, Jest and vitest's vm pools run code in a realm of their own, whose `Object`, `Date` and
// `Error` are not ours. So no value from outside is asked for its class by `instanceof`.

import { types } from 'node:util'

const hasTag = (value: unknown, tag: string): boolean =>
  typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === `[object ${tag}]`

/** An object without a class: of literals, of JSON, or without a prototype. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return true
  // The end of a chain that brings `hasOwnProperty` is the `Object.prototype` of some realm.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty')
}

export const isDate = (value: unknown): value is Date => value instanceof Date || types.isDate(value)

export const isError = (value: unknown): value is Error => value instanceof Error || types.isNativeError(value)

/** What an error says; of one that stands for several, what each of them says. */
export function messageOf(error: unknown): string {
  if (!isError(error)) return String(error)
  return 'errors' in error && Array.isArray(error.errors) ? error.errors.map(String).join('; ') : error.message
}

export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array || types.isUint8Array(value)

/** Of the platform, of another realm, or of the npm package undici. */
export const isResponse = (value: unknown): value is Response => value instanceof Response || hasTag(value, 'Response')

export const isStream = (value: unknown): value is ReadableStream => value instanceof ReadableStream || hasTag(value, 'ReadableStream')
