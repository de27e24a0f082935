// JSON as it comes from outside: read strictly, so that nobody further in can be surprised by it.

import { isUtf8 } from 'node:buffer'
import { OffstageError } from '../base/errors.ts'

const maxDepth = 32
const maxMembers = 20_000
const jsonType = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?$/i

/** The value of a JSON body; undefined for an empty one. */
export function readJsonBody(type: string | undefined, bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return undefined
  if (type === undefined || !jsonType.test(type)) {
    throw new OffstageError('unsupported_media_type', {
      detail: `The body must be sent as \`content-type: application/json\`, in UTF-8; ${type === undefined ? 'no type was sent' : 'another type was sent'}.`,
    })
  }
  if (!isUtf8(bytes)) throw malformed('The body is not valid UTF-8.')
  return parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
}

/**
 * `JSON.parse`, and refuses what it would let pass: deep nesting, very many members, a name given twice, `__proto__`, and
 * numbers that a double cannot hold.
 */
export function parseJson(text: string): unknown {
  const members = scan(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed('The body is not valid JSON.')
  }
  // In valid JSON each member has one colon outside of texts; a name given twice leaves fewer keys than colons.
  if (countKeys(value) !== members) throw malformed('An object in the body has the same name twice.')
  return value
}

const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y

/** Before parsing: depth, size and numbers. Returns the number of members. */
function scan(text: string): number {
  let depth = 0
  let members = 0
  let items = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) i = endOfText(text, i)
    else if (code === 0x3a) members++
    else if (code === 0x2c) items++
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) throw malformed(`The body is nested more than ${maxDepth} levels.`)
    } else if (code === 0x7d || code === 0x5d) depth--
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) i = endOfNumber(text, i)
  }
  if (members > maxMembers || items > maxMembers * 5)
    throw malformed(`The body holds more than ${maxMembers} names or ${maxMembers * 5} items.`)
  return members
}

function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end > 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) return end
  }
  return text.length
}

function endOfNumber(text: string, start: number): number {
  number.lastIndex = start
  const match = number.exec(text)
  if (match === null) return start
  const [token, fraction, exponent] = match
  if (token.length > 15) {
    const value = Number(token)
    const whole = fraction === undefined && exponent === undefined
    if (whole ? !Number.isSafeInteger(value) : !Number.isFinite(value)) throw outOfRange()
  } else if (exponent !== undefined && !Number.isFinite(Number(token))) throw outOfRange()
  return number.lastIndex - 1
}

const outOfRange = (): OffstageError =>
  malformed('A number in the body is too large to be kept exactly; send it as text where the field is a decimal.')

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item)
    return count
  }
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key]
    if (
      key === '__proto__' ||
      (key === 'constructor' && typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype'))
    ) {
      throw malformed(`The body has the name \`${key}\`, which cannot be kept.`)
    }
    count += 1 + countKeys(inner)
  }
  return count
}

const malformed = (detail: string): OffstageError => new OffstageError('malformed', { detail })
