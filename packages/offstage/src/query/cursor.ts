// Cursors: the sort values of the last row seen, signed over the question and the caller, so that a cursor continues only what it came from.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { OffstageError } from '../base/errors.ts'
import type { Json } from '../schema/kind.ts'
import type { Principal } from './principal.ts'
import type { Query } from './tree.ts'

/** `query` as it was parsed, before the rules were added; `last` from the page. */
export function makeCursor(query: Query, principal: Principal, last: readonly Json[], secret: string): string {
  const payload = Buffer.from(JSON.stringify(last)).toString('base64url')
  return `${payload}.${sign(payload, query, principal, secret).toString('base64url')}`
}

/** The sort values that the cursor of a parsed query holds; undefined when it has none. One of the secrets must have signed it, else `invalid_cursor`. */
export function readCursor(query: Query, principal: Principal, secrets: readonly string[]): readonly Json[] | undefined {
  if (query.cursor === undefined) return undefined
  const [payload = '', signature = '', ...rest] = query.cursor.split('.')
  const given = Buffer.from(signature, 'base64url')
  // Base64 has several spellings of the same bytes; only the one we made is ours.
  const intact =
    rest.length === 0 &&
    given.toString('base64url') === signature &&
    secrets.some((secret) => signed(given, sign(payload, query, principal, secret)))
  if (!intact) throw invalid()
  const values: Json = JSON.parse(Buffer.from(payload, 'base64url').toString())
  if (!Array.isArray(values) || values.length !== query.sort.length) throw invalid()
  return values
}

const signed = (given: Buffer, expected: Buffer): boolean => given.length === expected.length && timingSafeEqual(given, expected)

function invalid(): OffstageError {
  return new OffstageError('invalid_cursor', {
    detail: 'This cursor belongs to another question: pass `next` back unchanged, with the same filter, search and sort, as the same user.',
  })
}

function sign(payload: string, query: Query, principal: Principal, secret: string): Buffer {
  const who = principal.kind === 'user' ? ['user', principal.id] : [principal.kind]
  return createHmac('sha256', secret)
    .update(JSON.stringify(['cursor', who, query.model, query.where, query.sort, payload]))
    .digest()
}
