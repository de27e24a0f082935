// What every request goes through, whichever route it is for. Fastify carries the routes; what they mean is decided here and above.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { OffstageError } from '../base/errors.ts'
import { placeOf } from '../base/place.ts'
import { openCarrier } from './carrier.ts'
import { Exchange, replyOf } from './exchange.ts'
import { openFiles, type FilesOptions } from './files.ts'
import { knownMethods, refuseAtFront } from './front.ts'
import { openHeaders } from './headers.ts'
import type { Asked, HttpReply, Route } from './http.ts'
import { readJsonBody } from './json.ts'
import type { Log } from './log.ts'
import { openOrigins } from './origins.ts'
import { allowOf, openPaths } from './paths.ts'
import { outward, problemReply } from './problem.ts'
import { refuseUnsupported } from './unsupported.ts'

export interface ServerOptions {
  readonly routes: readonly Route[]
  readonly log: Log
  /** Problems carry hints and places, and pages on this machine may call with cookies. */
  readonly development: boolean
  /** Other origins whose pages may call with cookies. */
  readonly origins?: readonly string[]
  readonly publicUrl?: string | undefined
  /** How many proxies stand before the app, or their addresses. Default: forwarded headers are ignored. */
  readonly trustProxy?: false | number | readonly string[]
  /** Bytes of a body, where the route does not say. Default 1 MiB. */
  readonly bodyLimit?: number
  /** Milliseconds until a request is given up with 503. Default 30,000. */
  readonly requestTime?: number
  /** Tried in this order for a GET that no route answers. */
  readonly files?: readonly FilesOptions[]
  /** Fetch-style handlers; each gets every request at or below its prefix. */
  readonly mounts?: readonly { readonly prefix: string; readonly handle: (request: Request) => Promise<Response> | Response }[]
  /** Fastify plugins and routes of the app's own. */
  readonly extend?: (server: FastifyInstance) => void | Promise<void>
  /** Whether the process can do its work now, for `/readyz`. Default: always. */
  readonly ready?: () => boolean | Promise<boolean>
}

export interface Server {
  /** Answers without a port. `ip` is whom the request is taken to come from. */
  fetch(request: Request, options?: { readonly ip?: string }): Promise<Response>
  listen(host: string, port: number): Promise<{ readonly address: string; readonly port: number }>
  /** `/readyz` says no from now on; everything is still answered. */
  drain(): void
  /** Takes no more connections, finishes what is under way (for at most `grace` milliseconds, default 10,000), closes. */
  close(grace?: number): Promise<void>
}

export async function openServer(options: ServerOptions): Promise<Server> {
  const { log, development } = options
  const standing = openHeaders(options.publicUrl?.startsWith('https:') ?? false)
  const origins = openOrigins({ origins: options.origins ?? [], publicUrl: options.publicUrl, development })
  const base = options.publicUrl === undefined ? undefined : new URL(options.publicUrl).origin
  const files = (options.files ?? []).map(openFiles)
  const active = new Set<Exchange>()
  let draining = false
  let closing = false

  const health: Route[] = [
    { method: 'GET', path: '/healthz', name: 'healthz', handle: () => state(200, 'ok') },
    {
      method: 'GET',
      path: '/readyz',
      name: 'readyz',
      handle: async () =>
        !draining && (await (options.ready?.() ?? true)) ? state(200, 'ready') : state(503, draining ? 'stopping' : 'not ready'),
    },
  ]
  const routes = [...options.routes, ...health]
  const routesAt = openPaths(routes)
  const groups = routes.filter((route) => route.under !== undefined).toSorted((a, b) => b.under!.length - a.under!.length)
  const groupsAt = openPaths(groups.flatMap((route) => [route.under!, `${route.under}/*`].map((path) => ({ ...route, path }))))
  /** The route in whose form and to whose origins an error at this path is told, when no route got to answer it. */
  const nearest = ({ rawPath: path, method }: Pick<Exchange, 'rawPath' | 'method'>): Route | undefined => {
    const there = routesAt(path)
    return there.find((route) => route.method === method) ?? there[0] ?? groupsAt(path)[0]
  }

  /** Whatever no route takes: another method, a preflight, a file, or nothing. */
  const fallback: Route = {
    method: 'GET',
    path: '*',
    name: 'fallback',
    body: 'raw',
    async handle(request) {
      const there = routesAt((request as Exchange).rawPath)
      if (there.length > 0) {
        if (request.method !== 'OPTIONS') throw notAnswered(request.path, there)
        const allow = allowOf(there)
        const wanted = request.headers['access-control-request-method']
        const list = origins.preflight(request.headers, allow, there.find((route) => route.method === wanted) ?? there[0])
        return { status: 204, headers: { ...pairs(list), allow } }
      }
      if (request.method === 'GET' || request.method === 'HEAD') {
        for (const find of files) {
          const reply = await find(request)
          if (reply) return reply
        }
      }
      throw notAnswered(request.path, there)
    },
  }

  const finish = (exchange: Exchange, route: Route | undefined, reply: HttpReply): void => {
    active.delete(exchange)
    if (exchange.answered) return exchange.answer(reply, standing, [])
    const more = origins.answer(exchange.headers.origin, route)
    exchange.answer(reply, standing, closing ? [...more, 'connection', 'close'] : more)
    if (log.isLevelEnabled('info')) {
      log.requests.info(
        {
          requestId: exchange.id,
          method: exchange.method,
          path: exchange.rawPath,
          route: route?.name,
          status: reply.status,
          ms: Math.round((performance.now() - exchange.started) * 10) / 10,
          ip: exchange.ip,
        },
        'request',
      )
    }
  }

  /** The reply in the form of the route. The form is the group's; `Allow`, `Retry-After` and the like are of the protocol. */
  const inForm = async (problem: Route['problem'], error: unknown, reply: HttpReply, request: Asked): Promise<HttpReply> => {
    if (!problem) return reply
    const { 'content-type': _, ...headers } = reply.headers ?? {}
    const own = await problem(outward(error), request)
    return { ...own, headers: { ...headers, ...own.headers } }
  }

  const fail = (exchange: Exchange, route: Route | undefined, error: unknown): void => {
    if (exchange.answered) return
    // A form of a group's own is for everyone who asks.
    const reply = problemReply(error, exchange.id, development, route?.problem ? undefined : exchange.headers)
    if (reply.status >= 500 && !(reply.status === 503 && error instanceof OffstageError)) {
      log.error(
        { requestId: exchange.id, method: exchange.method, path: exchange.rawPath, route: route?.name, place: placeOf(error), err: error },
        'request failed',
      )
    }
    if (!route?.problem) return finish(exchange, route, reply)
    if (exchange.failing) return
    exchange.failing = true
    // Refused before there was a route, it is not among them yet, and the form may be late.
    active.add(exchange)
    inForm(route.problem, error, reply, exchange)
      .then((own) => finish(exchange, route, own))
      .catch((second: unknown) => {
        log.error({ requestId: exchange.id, route: route.name, err: second }, 'the problem form of a group failed')
        finish(exchange, route, reply)
      })
      .catch(() => exchange.res.destroy())
  }

  const succeed = (exchange: Exchange, route: Route, reply: HttpReply): void => {
    try {
      finish(exchange, route, reply)
    } catch (error) {
      fail(exchange, route, error)
    }
  }

  const carry = async (route: Route, exchange: Exchange, bytes: Uint8Array | undefined): Promise<void> => {
    active.add(exchange)
    try {
      const { method, headers } = exchange
      const refused = route === fallback ? undefined : (origins.refuse(method, headers, route) ?? refuseUnsupported(method, headers, route))
      if (refused) throw refused
      if (bytes !== undefined && bytes.length > 0) readBody(route, exchange, bytes)
      succeed(exchange, route, await route.handle(exchange))
    } catch (error) {
      try {
        fail(exchange, (route === fallback ? nearest(exchange) : undefined) ?? route, error)
      } catch {
        // The error cannot even be told. Thrown on, it would end the process, and everybody's requests with it.
        exchange.res.destroy()
      }
    }
  }

  /** False when the request was refused and has been answered. */
  const passes = (raw: IncomingMessage, res: ServerResponse): boolean => {
    const refused = refuseAtFront(raw.url!, raw.rawHeaders)
    if (refused === undefined && knownMethods.has(raw.method!)) return true
    // Of a host that was refused no address can be made.
    const exchange = new Exchange(raw, res, undefined, base ?? (refused && 'http://localhost'))
    if (refused) fail(exchange, nearest(exchange), refused)
    else void carry(fallback, exchange, undefined)
    return false
  }

  const carrier = await openCarrier({
    routes,
    fallback,
    base,
    passes,
    carry,
    extend: options.extend,
    bodyLimit: options.bodyLimit ?? 1_048_576,
    trustProxy: options.trustProxy ?? false,
    fail: (exchange, error) => fail(exchange, nearest(exchange), error),
    mounts: (options.mounts ?? []).map(({ prefix, handle }) => ({
      method: 'GET',
      path: prefix,
      name: 'mount',
      body: 'raw',
      supports: 'all',
      handle: async (request) => replyOf(await handle(request.toRequest())),
    })),
  })

  const requestTime = options.requestTime ?? 30_000
  const sweep = setInterval(
    () => {
      const oldest = performance.now() - requestTime
      for (const exchange of active) {
        if (exchange.started > oldest) break
        const late = new OffstageError('timeout', { detail: 'The request took too long and was given up.' })
        // A form that is late itself is not waited for a second time.
        fail(exchange, exchange.failing ? undefined : nearest(exchange), late)
        exchange.abort(late)
      }
    },
    Math.min(500, requestTime),
  )
  sweep.unref()

  return {
    async fetch(request, { ip } = {}) {
      const { pathname, search } = new URL(request.url)
      const refused =
        refuseAtFront(pathname + search, []) ?? (knownMethods.has(request.method) ? undefined : notAnswered(pathname, routesAt(pathname)))
      if (refused === undefined) return carrier.fetch(request, ip)
      const route = nearest({ rawPath: pathname, method: request.method })
      const accept = request.headers.get('accept') ?? ''
      const ours = problemReply(refused, randomUUID(), development, route?.problem ? undefined : { accept })
      const reply = await inForm(route?.problem, refused, ours, { toRequest: () => request }).catch(() => ours)
      const more = origins.answer(request.headers.get('origin') ?? undefined, route)
      return new Response((reply.body ?? null) as string | null, {
        status: reply.status,
        headers: pairs(standing.merge(reply, undefined, more)),
      })
    },
    listen: carrier.listen,
    drain: () => void (draining = true),
    async close(grace = 10_000) {
      draining = closing = true
      await carrier.close(grace)
      clearInterval(sweep)
    },
  }
}

function notAnswered(path: string, there: readonly Route[]): OffstageError {
  if (there.length === 0) return new OffstageError('not_found', { detail: 'There is nothing at this address.' })
  const allow = allowOf(there)
  return new OffstageError('method_not_allowed', { detail: `${path} answers ${allow}.`, headers: { allow } })
}

const state = (status: number, text: string): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify({ status: text }),
})

function readBody(route: Route, exchange: Exchange, bytes: Uint8Array): void {
  if (route.body === undefined) throw new OffstageError('malformed', { detail: `${exchange.method} ${exchange.path} takes no body.` })
  const encoding = exchange.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new OffstageError('unsupported_media_type', { detail: 'The body must be sent without a content encoding.' })
  }
  exchange.bytes = bytes
  exchange.body = route.body === 'json' ? readJsonBody(exchange.headers['content-type'], bytes) : bytes
}

function pairs(list: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let i = 0; i < list.length; i += 2) record[list[i]!] = list[i + 1]!
  return record
}
