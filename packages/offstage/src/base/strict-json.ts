// JSON as it comes from outside, whichever door it comes by: read strictly, so that nobody further in can be surprised by it.

import { OffstageError } from './errors.ts'

const maxDepth = 32
const maxMembers = 20_000

/**
 * `JSON.parse`, and refuses what it would let pass: deep nesting, very many members, a name given twice, `__proto__`, and
 * numbers that a double cannot hold. `what` it is stands in the message. A file of ours may have any size: `ours`.
 * Throws `malformed`.
 */
export function strictJson(text: string, what = 'the body', ours = false): unknown {
  try {
    const members = scan(text, ours)
    const value = parsed(text)
    // In valid JSON each member has one colon outside of texts; a name given twice leaves fewer keys than colons.
    if (countKeys(value) !== members) throw new Refused('an object in {} has the same name twice.')
    return value
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const detail = error.message.replace('{}', what)
    throw new OffstageError('malformed', { detail: detail.charAt(0).toUpperCase() + detail.slice(1) })
  }
}

/** A sentence in which `{}` is what was read. */
class Refused extends Error {}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refused('{} is not valid JSON.')
  }
}

const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y

/** Before parsing: depth, size and numbers. Returns the number of members. */
function scan(text: string, ours: boolean): number {
  let depth = 0
  let members = 0
  let items = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) i = endOfText(text, i)
    else if (code === 0x3a) members++
    else if (code === 0x2c) items++
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth && !ours) throw new Refused(`{} is nested more than ${maxDepth} levels.`)
    } else if (code === 0x7d || code === 0x5d) depth--
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) i = endOfNumber(text, i)
  }
  if (!ours && (members > maxMembers || items > maxMembers * 5))
    throw new Refused(`{} holds more than ${maxMembers} names or ${maxMembers * 5} items.`)
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
  const [token, , exponent] = match
  const lost = token.length > 15 || exponent !== undefined ? lostIn(token) : undefined
  if (lost !== undefined) throw new Refused(`a number in {} is ${lost}; write it as text where the field is a decimal or a text.`)
  return number.lastIndex - 1
}

/**
 * What of a number in JSON's form a double would not give back, if anything. Whole numbers come back with all their digits, also where `.0`
 * follows; others are as near as a double is, but never infinite, and zero only if they were.
 */
export function lostIn(token: string): string | undefined {
  const value = Number(token)
  if (value === 0) return /^[^eE]*[1-9]/.test(token) ? 'too near to zero to be kept' : undefined
  const [digits] = /^-?\d+(?=(?:\.0+)?$)/.exec(token) ?? []
  const kept = digits === undefined ? Number.isFinite(value) : Number.isSafeInteger(value) || String(value) === digits
  return kept ? undefined : 'too large to be kept exactly'
}

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
      throw new Refused(`{} has the name \`${key}\`, which cannot be kept.`)
    }
    count += 1 + countKeys(inner)
  }
  return count
}
