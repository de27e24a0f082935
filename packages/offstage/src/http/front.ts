// What is refused before any route is looked for. Nothing is normalised: where two readers of one request could read it
// differently, there is no right answer, so there is none.

import { OffstageError } from '../base/errors.ts'

/** Methods that Offstage knows. Others never reach a route. */
export const knownMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Headers that must come once. Node keeps the first of two, a proxy may have judged by the second. */
const single: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'origin',
  'sec-fetch-site',
  'if-match',
  'prefer',
  'x-http-method-override',
  'idempotency-key',
])
const lengths = new Set([...single].map((name) => name.length))

/** `%` and a code that needs none (letters, digits, `-._~`), or that hides a separator or a control character. */
const needlessEscape = /%(?:[01][\da-f]|2[def]|3\d|4[1-9a-f]|5[\dacf]|6[1-9a-f]|7[\daef])/i
// With a slash or a question mark in it, the host would push the path aside where a URL is put together from both.
const hostForm = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i
const oddSegment = /\/\/|\/\.{1,2}(?:\/|$)|[\\;]/

/** What is wrong with the request line and headers, or undefined. */
export function refuseAtFront(url: string, rawHeaders: readonly string[]): OffstageError | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (!lengths.has(name.length) || !single.has(name.toLowerCase())) continue
    if (repeats(rawHeaders, i)) return malformed(`The header ${name.toLowerCase()} was sent more than once.`)
    if (name.length === 4 && name.toLowerCase() === 'host' && !hostForm.test(rawHeaders[i + 1]!))
      return malformed('The Host header must be a name or an address, and perhaps a port.')
  }
  return refuseUrl(url)
}

function repeats(rawHeaders: readonly string[], at: number): boolean {
  const name = rawHeaders[at]!.toLowerCase()
  for (let i = at + 2; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.length === name.length && rawHeaders[i]!.toLowerCase() === name) return true
  }
  return false
}

function refuseUrl(url: string): OffstageError | undefined {
  if (url.charCodeAt(0) !== 47) return malformed('The request target must be a path that begins with a slash.')
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  if (oddSegment.test(path)) return malformed('The path may not hold `//`, `/.`, `/..`, `;` or a backslash.')
  if (url.includes('#')) return malformed('The path may not hold `#`.')
  if (!url.includes('%')) return undefined
  if (needlessEscape.test(path)) return malformed('The path escapes characters that may not be, or need not be, escaped.')
  try {
    decodeURIComponent(path)
    if (mark >= 0) decodeURIComponent(url.slice(mark + 1))
  } catch {
    return malformed('A `%` in the address is not followed by two hexadecimal digits that make up UTF-8.')
  }
  return undefined
}

const malformed = (detail: string): OffstageError => new OffstageError('malformed', { detail })
