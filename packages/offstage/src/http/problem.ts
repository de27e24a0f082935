import { isInternal, OffstageError } from '../base/errors.ts'
import { placeOf } from '../base/place.ts'
import { prefersPage } from './accept.ts'
import { messageOf } from '../base/realms.ts'
import type { HttpReply } from './http.ts'
import { problemPage } from './page.ts'

/** The error as the caller may know it: one that is not meant for the caller says only that something went wrong. */
export function outward(error: unknown): OffstageError {
  return error instanceof OffstageError && !isInternal(error) ? error : new OffstageError('internal')
}

/**
 * The answer to an error, as RFC 9457 has it; to `asker`, who prefers pages, as one. Hints and places leave the process in development only.
 */
export function problemReply(error: unknown, requestId: string, development: boolean, asker?: { readonly accept?: string }): HttpReply {
  const known = error instanceof OffstageError ? error : new OffstageError('internal', { cause: error })
  const { code, title, status, detail, errors, headers } = development ? known : outward(known)
  const hint = development ? (known.hint ?? (isInternal(known) ? messageOf(known.cause ?? known) : undefined)) : undefined
  const body = {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    code,
    errors,
    requestId,
    hint: hint === detail ? undefined : hint,
    place: development ? known.place || (isInternal(known) ? placeOf(known.cause ?? known) : undefined) : undefined,
  }
  const page = prefersPage(asker?.accept) ? problemPage(body) : undefined
  return {
    status,
    headers: {
      ...(page?.headers ?? { 'content-type': 'application/problem+json' }),
      ...(asker && { vary: 'Accept' }),
      'cache-control': 'no-store',
      ...(status === 503 && { 'retry-after': '1' }),
      // What of a refused body is still on its way shall not be read.
      ...(status === 413 && { connection: 'close' }),
      ...headers,
    },
    body: page?.body ?? JSON.stringify(body),
  }
}
