// HTTP as the rest of Offstage sees it. Routes are values; nothing above this room knows which server carries them.

import type { Code } from '../base/codes.ts'
import type { OffstageError } from '../base/errors.ts'

export interface HttpRequest {
  /** Unique per request; in every problem answer and log line. */
  readonly id: string
  readonly method: string
  /** Path without the query, percent-decoded once. */
  readonly path: string
  /** As sent, without the question mark. */
  readonly query: string
  readonly params: Readonly<Record<string, string>>
  /** Lower-case names; a header sent twice where only one is meaningful has been refused before. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Parsed JSON for routes with `body: 'json'`, the bytes for `'raw'`, undefined otherwise or when none was sent. */
  readonly body: unknown
  /** The client's address, proxies considered only as far as `TRUST_PROXY` allows. */
  readonly ip: string
  /** Aborted when the client goes away or the request takes too long. */
  readonly signal: AbortSignal
  /** Whether it is, or would be: to look costs nothing. */
  readonly aborted: boolean
  /** A fetch-like view, for endpoints and mounted handlers. */
  toRequest(): Request
}

/** What the form of an error may look at. */
export type Asked = Pick<HttpRequest, 'toRequest'>

export interface HttpReply {
  readonly status: number
  /** Lower-case names. They win over the headers that every answer has. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Text and bytes go out as they are; undefined is an empty body. */
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Route {
  /** `GET` answers HEAD too. */
  readonly method: Method
  /** `/api/notes/:id`; `*` at the end matches the rest. */
  readonly path: string
  /** Absent: a request with a body is refused. */
  readonly body?: 'json' | 'raw'
  /** Bytes of body accepted. Default: the server's, 1 MiB. */
  readonly bodyLimit?: number
  /**
   * The route gives out cookies, so pages of other origins may not call it even before there is one (else they could sign
   * their visitor in as somebody else).
   */
  readonly signsIn?: boolean
  /** Headers of the request that the route acts on itself, of those that are refused elsewhere (`unsupported.ts`). */
  readonly supports?: readonly string[] | 'all'
  /** Origins whose pages may call this route without cookies, beside those of `ORIGINS`; `*` for all. */
  readonly cors?: readonly string[]
  /** Gives the errors of this route another form. */
  readonly problem?: (problem: OffstageError, request: Asked) => Promise<HttpReply>
  /** Errors at and below this path, where no route is, look and may be read as this route's do. */
  readonly under?: string
  /** What the route is, for `offstage routes`, OpenAPI and the parity matrix: `notes.list`, `auth.signIn`, `call.checkout`. */
  readonly name: string
  readonly handle: (request: HttpRequest) => Promise<HttpReply> | HttpReply
}

/** What a route takes and answers, for the OpenAPI document; schemas are JSON Schema 2020-12. */
export interface DescribedOperation {
  /** The name of the route: `auth.signIn`. */
  readonly name: string
  readonly summary: string
  readonly description?: string
  /** Whether it needs a signed-in user. */
  readonly signedIn: boolean
  readonly body?: Readonly<Record<string, unknown>>
  readonly answer: { readonly status: number; readonly description: string; readonly schema?: Readonly<Record<string, unknown>> }
  readonly problems: readonly Code[]
}
