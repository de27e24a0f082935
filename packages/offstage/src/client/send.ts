import type { OptionNames } from '../base/options.ts'
import type { RequestOptions } from '../schema/client.ts'
import { refuseOtherOptions } from './options.ts'

export interface ClientOptions {
  /** A bearer token, or a function asked before each request. Default: the token of the last `signIn` with `as: 'token'`, else the browser's cookie. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>)
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** How often a read is tried again when the network fails or the server says it is busy. Writes are never repeated. Default 2. */
  readonly retries?: number
  /** In place of the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** What went wrong, as the server told it. `code` is for programs; `errors` names the fields. */
export class OffstageClientError extends Error {
  override readonly name = 'OffstageClientError'
  /** `not_found`, `invalid_values`, ...; `network` when there was no answer, `unexpected_answer` when it was not Offstage's. */
  readonly code: string
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly errors: readonly { readonly path: string; readonly code: string; readonly message: string }[]
  /** What the server's log knows the request by. */
  readonly requestId: string | undefined
  /** The whole problem, as RFC 9457 has it; where a group of endpoints tells errors in a form of its own, that. */
  readonly problem: Readonly<Record<string, any>>

  constructor(status: number, problem: Readonly<Record<string, any>>, cause?: unknown) {
    const errors: any[] = Array.isArray(problem.errors) ? problem.errors : []
    const list = errors.map((e) => `${e.path}: ${e.message}`).join('; ')
    super([problem.detail ?? problem.title, list, problem.hint].filter(Boolean).join(' '), { cause })
    this.code = problem.code ?? 'unexpected_answer'
    this.status = status
    this.errors = errors
    this.requestId = problem.requestId
    this.problem = problem
  }
}

export interface SendOptions extends RequestOptions {
  /** A read although it is a POST: may be repeated. */
  readonly safe?: boolean
  /** In place of JSON. */
  readonly bytes?: RequestInit['body']
}
export type Send = (method: string, path: string, body?: unknown, options?: SendOptions) => Promise<any>

const callNames: OptionNames<RequestOptions> = { signal: true, headers: true, as: true }

/** Sends requests below `base`, reads what comes back, and repeats what can be repeated without harm. */
export function sender(base: string, options: ClientOptions, token: () => Promise<string | undefined>): Send {
  const go = options.fetch ?? ((request: Request) => fetch(request))
  return async (method, path, body, { bytes = null, safe = method === 'GET', ...call } = {}) => {
    refuseOtherOptions('A call', call, callNames)
    const { signal, headers, as } = call
    const text = body === undefined ? null : toJson(body)
    for (let attempt = 0; ; attempt++) {
      const bearer = await token()
      const request = new Request(base + path, {
        method,
        body: text ?? bytes,
        // Without it a stream is refused.
        ...(bytes !== null && { duplex: 'half' }),
        signal: signal ?? null,
        // A token speaks for itself; a cookie must go along, to another origin of ours too.
        credentials: bearer === undefined ? 'include' : 'omit',
        headers: {
          accept: 'application/json',
          ...(text !== null && { 'content-type': 'application/json' }),
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
          ...options.headers,
          ...headers,
        },
      })
      const again = safe && attempt < (options.retries ?? 2)
      try {
        const response = await go(request)
        const wait = response.headers.get('retry-after')
        if (!again || response.status !== 503 || wait === null) return as && response.ok ? response : await read(response)
        await pause(Math.min(10, Number(wait) || 1) * 1000, signal)
      } catch (error) {
        if (error instanceof OffstageClientError || signal?.aborted) throw error
        if (!again) throw new OffstageClientError(0, { code: 'network', title: `${new URL(request.url).origin} gave no answer.` }, error)
        await pause(2 ** attempt * 200, signal)
      }
    }
  }
}

/** JSON that says all it was given: JSON itself would drop an undefined, and `{ owner: undefined }` would become "any owner". */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (key, inner) => {
    if (inner === undefined) throw new TypeError(`"${key}" is undefined. Leave it out, or write null.`)
    return inner
  })
}

async function read(response: Response): Promise<any> {
  const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
  if (response.ok && !json) return response.status === 204 ? undefined : response
  const text = await response.text()
  if (response.ok) return text === '' ? undefined : JSON.parse(text)
  const said: unknown = json ? JSON.parse(text) : undefined
  const title = `The answer was ${response.status} ${response.statusText}`.trimEnd()
  throw new OffstageClientError(response.status, { title, ...(typeof said === 'object' && !Array.isArray(said) && said) })
}

/** Half to all of the time, so that clients that failed together do not return together. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal!.reason)
    }
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      },
      ms * (0.5 + Math.random() / 2),
    )
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** One segment of a path, whatever the text is: `../admin` stays an id. */
export function segment(text: string): string {
  // The URL standard reads these three as steps, encoded or not: no encoding can carry them.
  if (text === '' || text === '.' || text === '..')
    throw new OffstageClientError(404, { code: 'not_found', title: `"${text}" cannot be an id.` })
  return encodeURIComponent(text)
}
