// What a value is, whichever realm made it: a REPL, Jest and vitest's vm pools run code in a realm of their own, whose `Object`, `Date` and
// `Error` are not ours. So no value from outside is asked for its class by `instanceof`.

import { types } from 'node:util'

const tagOf = (value: unknown): string => Object.prototype.toString.call(value)

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

export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array || types.isUint8Array(value)

/** Of the platform, of another realm, or of the npm package undici. */
export const isResponse = (value: unknown): value is Response => value instanceof Response || tagOf(value) === '[object Response]'

export const isStream = (value: unknown): value is ReadableStream =>
  value instanceof ReadableStream || tagOf(value) === '[object ReadableStream]'
