// What a request asks for by a header, and Offstage does not do. Passed over, something else would be done than was asked for.

import { OffstageError } from '../base/errors.ts'
import type { Route } from './http.ts'

const ofWrites: ReadonlyMap<string, string> = new Map([
  [
    'idempotency-key',
    'Offstage does not yet know repeated writes by their key, so this one would be done again. Leave the header out, and repeat only what may happen twice: ' +
      'an upsert by a unique value, or a change or delete with If-Match.',
  ],
  ['if-match', 'This address has no version that could be compared. If-Match is for PATCH and DELETE of one row.'],
  [
    'if-none-match',
    'A write does not look at If-None-Match. To make a row once give it a unique value; to change it as it was read send If-Match.',
  ],
  ['if-unmodified-since', 'Rows have versions, not dates. Send If-Match with the ETag of the row as it was read.'],
  ['content-range', 'A body is taken whole or not at all.'],
])

const always: ReadonlyMap<string, string> = new Map(
  ['x-http-method-override', 'x-http-method', 'x-method-override'].map((name) => [name, 'Send the request with the method that is meant.']),
)

/** Why the request is refused, or undefined. */
export function refuseUnsupported(
  method: string,
  headers: Readonly<Record<string, string | undefined>>,
  route: Route,
): OffstageError | undefined {
  if (route.supports === 'all') return undefined
  for (const [name, why] of always) if (headers[name] !== undefined) return refused(name, why)
  if (method === 'GET' || method === 'HEAD') return undefined
  for (const [name, why] of ofWrites) if (headers[name] !== undefined && !route.supports?.includes(name)) return refused(name, why)
  return undefined
}

const refused = (name: string, why: string): OffstageError =>
  new OffstageError('unsupported_header', { detail: `The header ${name} asks for what is not done here. ${why}` })
