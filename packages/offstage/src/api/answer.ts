// The forms of the API's answers: bytes, tags, and what caches may do with them.

import { hash } from 'node:crypto'
import { OffstageError } from '../base/errors.ts'
import type { HttpReply, HttpRequest } from '../http/http.ts'

const cacheControl = 'private, no-cache'
const vary = 'Cookie, Authorization'
const json = 'application/json'

const digest = (text: string): string => hash('sha1', text, 'base64url').slice(0, 22)

/** An answer to a read, or 304 where the caller has it already. `version` is the row's, in front of the hash. */
export function readReply(request: HttpRequest, text: string, version?: number): HttpReply {
  const etag = version === undefined ? `"${digest(text)}"` : `"${version}.${digest(text)}"`
  const known = request.headers['if-none-match']
  if (known !== undefined && holds(known, etag)) return { status: 304, headers: { etag, 'cache-control': cacheControl, vary } }
  return { status: 200, headers: { 'content-type': json, etag, 'cache-control': cacheControl, vary }, body: text }
}

/** The answer to a write that gives back the row. */
export function rowReply(status: number, text: string, version: number | undefined, location?: string): HttpReply {
  const etag = version === undefined ? `"${digest(text)}"` : `"${version}.${digest(text)}"`
  return {
    status,
    headers: { 'content-type': json, etag, 'cache-control': cacheControl, vary, ...(location !== undefined && { location }) },
    body: text,
  }
}

export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return { status, headers: { 'content-type': json, 'cache-control': 'private, no-store', vary, ...headers }, body: JSON.stringify(value) }
}

export const emptyReply = (headers: Readonly<Record<string, string>> = {}, status = 204): HttpReply => ({
  status,
  headers: { 'cache-control': 'private, no-store', vary, ...headers },
})

/** Tags never hold a comma, so a list of them splits there. */
function holds(list: string, etag: string): boolean {
  return list === '*' || list.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

/** The version that `If-Match` asks for; undefined when any will do. */
export function versionAsked(request: HttpRequest): string | undefined {
  const header = request.headers['if-match']?.trim()
  if (header === undefined || header === '*') return undefined
  const match = /^(?:W\/)?"(\d{1,15})(?:\.[\w-]*)?"$/.exec(header)
  if (match) return match[1]
  throw new OffstageError('malformed', {
    detail: 'If-Match takes the ETag of the row as it was read, such as "3.kUm3…", or a bare version: "3".',
  })
}

/** `Prefer: return=minimal`: the caller does not want the row back. */
export function wantsNothing(request: HttpRequest): boolean {
  return request.headers.prefer !== undefined && /(?:^|[,;\s])return=minimal(?:$|[,;\s])/.test(request.headers.prefer)
}

export function refuseParameters(request: HttpRequest): void {
  if (request.query !== '')
    throw new OffstageError('unknown_parameter', { detail: `${request.method} ${request.path} takes no parameters.` })
}

/** The body as an object; the paths and kinds inside are for who knows the model. */
export function bodyObject(body: unknown, example: string): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw new OffstageError('malformed', { detail: `The body must be a JSON object, such as ${example}.` })
}
