import { OffstageError } from '../base/errors.ts'
import type { HttpReply } from './http.ts'

/** The answer to an error, as RFC 9457 has it. What is not known to be meant for the caller stays inside. */
export function problemReply(error: unknown, requestId: string, development: boolean): HttpReply {
  const known = error instanceof OffstageError ? error : new OffstageError('internal', { cause: error })
  // 503 tells the caller to try again; any other 5xx is ours, and says nothing but that.
  const ours = known.status >= 500 && known.status !== 503
  const code = ours && !development ? 'internal' : known.code
  const hint = known.hint ?? (ours ? message(known.cause ?? known) : undefined)
  const body = {
    type: `/problems/${code}`,
    title: ours && !development ? 'Something went wrong on our side' : known.title,
    status: known.status,
    ...((!ours || development) && known.detail !== undefined && { detail: known.detail }),
    code,
    ...(known.errors && (!ours || development) && { errors: known.errors }),
    requestId,
    ...(development && hint !== undefined && hint !== known.detail && { hint }),
    ...(development && known.place !== undefined && known.place !== '' && { place: known.place }),
  }
  return {
    status: known.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(known.status === 503 && { 'retry-after': '1' }),
      ...known.headers,
    },
    body: JSON.stringify(body),
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
