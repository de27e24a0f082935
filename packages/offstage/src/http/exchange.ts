// One request and its answer, on Node's own objects.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { OffstageError } from '../base/errors.ts'
import { isBytes, isStream } from '../base/realms.ts'
import type { HttpReply, HttpRequest } from './http.ts'
import type { StandingHeaders } from './headers.ts'

const none: Readonly<Record<string, string>> = Object.freeze(Object.create(null))

export class Exchange implements HttpRequest {
  readonly raw: IncomingMessage
  readonly res: ServerResponse
  readonly method: string
  readonly query: string
  readonly params: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly started: number = performance.now()
  body: unknown
  bytes: Uint8Array | undefined
  /** The answer has begun; nothing else may be written. */
  answered = false
  /** An error is on its way, in a form that the app gives it. */
  failing = false
  readonly #base: string | undefined
  readonly #address: { readonly ip: string } | undefined
  #id: string | undefined
  #abort: AbortController | undefined
  #late = false

  /** `base`: the origin that the app is known by. `address`: what knows the client behind trusted proxies. */
  constructor(raw: IncomingMessage, res: ServerResponse, params: unknown, base?: string, address?: { readonly ip: string }) {
    const url = raw.url!
    const mark = url.indexOf('?')
    this.raw = raw
    this.res = res
    this.method = raw.method!
    this.query = mark < 0 ? '' : url.slice(mark + 1)
    this.params = (params as Record<string, string> | undefined) ?? none
    this.headers = raw.headers as Record<string, string | undefined>
    this.#base = base
    this.#address = address
  }

  get id(): string {
    return (this.#id ??= randomUUID())
  }

  get rawPath(): string {
    const url = this.raw.url!
    return this.query === '' && !url.endsWith('?') ? url : url.slice(0, url.indexOf('?'))
  }

  get path(): string {
    const path = this.rawPath
    return path.includes('%') ? decodeURIComponent(path) : path
  }

  get ip(): string {
    return this.#address?.ip ?? this.raw.socket.remoteAddress ?? ''
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      const abort = (this.#abort = new AbortController())
      this.res.once('close', () => {
        if (!this.res.writableFinished) abort.abort(new DOMException('The client went away.', 'AbortError'))
      })
    }
    return this.#abort.signal
  }

  get aborted(): boolean {
    return this.#late || (this.res.destroyed && !this.res.writableFinished)
  }

  abort(reason: Error): void {
    this.#late = true
    this.#abort?.abort(reason)
  }

  toRequest(): Request {
    const headers = new Headers()
    for (const [name, value] of Object.entries(this.headers)) if (value !== undefined) headers.set(name, String(value))
    const body = this.method === 'GET' || this.method === 'HEAD' ? undefined : this.bytes
    const { method, signal } = this
    return new Request(`${this.#base ?? `http://${this.headers.host ?? 'localhost'}`}${this.raw.url}`, {
      method,
      headers,
      signal,
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    })
  }

  /** Writes the answer. `more` are pairs of headers beside those of the reply. */
  answer(reply: HttpReply, standing: StandingHeaders, more: readonly string[]): void {
    const { body, status } = reply
    if (this.answered) return discard(body)
    if (isStream(body) && this.method !== 'HEAD' && (body.locked || Readable.isDisturbed(body as any)))
      throw new OffstageError('internal', { detail: 'The body of the response has been read already; send a clone().' })
    const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : isBytes(body) ? body.byteLength : undefined
    // Throws for a header that cannot be sent; then nothing has been, and an error can still be answered.
    this.res.writeHead(status, standing.merge(reply, length, more))
    this.answered = true
    if (isStream(body)) void this.#stream(body)
    else this.res.end(body)
  }

  async #stream(body: ReadableStream<Uint8Array>): Promise<void> {
    if (this.method === 'HEAD') {
      discard(body)
      this.res.end()
      return
    }
    try {
      await pipeline(Readable.fromWeb(body as any), this.res)
    } catch {
      // The client went away, or the source failed: the cut connection tells that the answer is not whole.
      this.res.destroy()
    }
  }
}

/** What nobody will read lets go of what it holds: an open file, a connection. It may be in use, or fail to stop: neither is anyone's affair. */
function discard(body: HttpReply['body']): void {
  if (isStream(body)) body.cancel().catch(() => {})
}

/** A fetch-style answer as a reply. */
export function replyOf(response: Response): HttpReply {
  if (response.status < 200) throw new OffstageError('internal', { detail: 'A response must have a status from 200 to 599.' })
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of response.headers) if (name !== 'set-cookie') headers[name] = value
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) headers['set-cookie'] = cookies
  // The length and the chunks are of this connection, not of the one the response may have come by.
  for (const name of ['connection', 'transfer-encoding', 'content-length', 'keep-alive']) delete headers[name]
  return { status: response.status, headers, ...(response.body && { body: response.body }) }
}
