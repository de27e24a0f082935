// Fastify and Node's server: connections, routing, bytes of bodies. What a request means is decided elsewhere.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, Server as NodeServer, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import fastify, { type FastifyHttpOptions, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { OffstageError } from '../base/errors.ts'
import { Exchange } from './exchange.ts'
import { knownMethods } from './front.ts'
import type { Route } from './http.ts'

// An `import` of its values would ask the module for everything that it exports, and with that load the whole of `fetch`.
const { createServer } = process.getBuiltinModule('node:http')

export interface CarrierOptions {
  readonly routes: readonly Route[]
  /** Take every method at and below their path. */
  readonly mounts: readonly Route[]
  /** Takes what no other route takes. */
  readonly fallback: Route
  readonly bodyLimit: number
  readonly trustProxy: false | number | readonly string[]
  readonly base: string | undefined
  readonly extend: ((server: FastifyInstance) => void | Promise<void>) | undefined
  /** Asked before any route is looked for; false when the request was refused and has been answered. */
  readonly passes: (raw: IncomingMessage, res: ServerResponse) => boolean
  readonly carry: (route: Route, exchange: Exchange, bytes: Uint8Array | undefined) => void
  readonly fail: (exchange: Exchange, error: unknown) => void
}

export interface Carrier {
  fetch(request: Request, ip: string | undefined): Promise<Response>
  listen(host: string, port: number): Promise<{ readonly address: string; readonly port: number }>
  close(grace: number): Promise<void>
}

export async function openCarrier(options: CarrierOptions): Promise<Carrier> {
  const { passes, carry, fail, base, fallback } = options
  const refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack()
    fail(new Exchange(request.raw, reply.raw, undefined, base, request), carrierError(error))
  }
  const config: FastifyHttpOptions<NodeServer> = {
    exposeHeadRoutes: false,
    return503OnClosing: false,
    bodyLimit: options.bodyLimit,
    trustProxy: trustOf(options.trustProxy),
    // The query belongs to the routes; the carrier's own reading of it would be a second one.
    routerOptions: { maxParamLength: 512, querystringParser: () => noQuery },
    serverFactory: (handler) =>
      nodeServer((raw, res) => {
        if (passes(raw, res)) handler(raw, res)
      }),
    frameworkErrors: refuse,
    // Bodies are read by the routes. What compiles schemas is a third of all modules of a start, and is loaded only for routes of the app's own.
    ...(!options.extend && { schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } } }),
  }
  const server = fastify(config)
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.setErrorHandler(refuse)

  // Of a request that came by `fetch`. Given to `inject` itself, it would end a stream that nobody listens to yet, and with it the process.
  const givenUp = new AsyncLocalStorage<AbortSignal>()
  const handler = (route: Route): ((request: FastifyRequest, reply: FastifyReply) => void) => {
    const last = /\/:(\w+)$/.exec(route.path)?.[1]
    return (request, reply) => {
      reply.hijack()
      const signal = givenUp.getStore()
      if (signal?.aborted) return void reply.raw.destroy()
      signal?.addEventListener('abort', () => reply.raw.destroy(), { once: true })
      // To the carrier `/things/` is the thing without a name.
      const nameless = last !== undefined && (request.params as Record<string, string>)[last] === ''
      carry(
        nameless ? fallback : route,
        new Exchange(request.raw, reply.raw, request.params, base, request),
        request.body as Uint8Array | undefined,
      )
    }
  }
  server.setNotFoundHandler(handler(fallback))
  for (const route of options.routes) {
    const method = route.method === 'GET' ? ['GET', 'HEAD'] : route.method
    server.route({ method, url: route.path, ...(route.bodyLimit !== undefined && { bodyLimit: route.bodyLimit }), handler: handler(route) })
  }
  for (const route of options.mounts) {
    for (const url of new Set([route.path, `${route.path.replace(/\/$/, '')}/*`]))
      server.route({ method: [...knownMethods] as any[], url, handler: handler(route) })
  }
  if (options.extend) await options.extend(server)
  await server.ready()

  return {
    async fetch(request, ip) {
      const { signal } = request
      signal.throwIfAborted()
      const url = new URL(request.url)
      const headers: Record<string, string> = { host: url.host, ...Object.fromEntries(request.headers) }
      if (request.body && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked'
      const response = await givenUp
        .run(
          signal,
          async () =>
            await server.inject({
              method: request.method as any,
              url: `${url.pathname}${url.search}`,
              headers,
              payloadAsStream: true,
              ...(request.body && { payload: Readable.fromWeb(request.body as any) }),
              ...(ip !== undefined && { remoteAddress: ip }),
            }),
        )
        .catch((error: unknown) => {
          throw signal.aborted ? signal.reason : error
        })
      const answer = new Headers()
      for (const [name, value] of Object.entries(response.headers)) for (const one of [value].flat()) answer.append(name, String(one))
      const empty = request.method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304
      const body = empty ? null : (Readable.toWeb(response.stream()) as ReadableStream<Uint8Array<ArrayBuffer>>)
      return new Response(body, { status: response.statusCode, headers: answer })
    },
    async listen(host, port) {
      await server.listen({ host, port })
      const address = server.server.address() as AddressInfo
      return { address: address.address, port: address.port }
    },
    async close(grace) {
      const force = setTimeout(() => server.server.closeAllConnections(), grace)
      // A connection becomes idle when its answer is out, which may be after the listening has ended.
      const idle = setInterval(() => server.server.closeIdleConnections(), 50)
      await server.close()
      clearTimeout(force)
      clearInterval(idle)
    },
  }
}

/** A number counts the proxies that stand before the app: so many hops, seen from here, are believed. */
function trustOf(proxies: CarrierOptions['trustProxy']): false | string[] | ((address: string, hop: number) => boolean) {
  if (typeof proxies === 'number') return (_address, hop) => hop < proxies
  return proxies === false ? false : [...proxies]
}

const noQuery = Object.freeze({})

function noSchemas(): never {
  throw new Error('No route of Offstage has a schema.')
}

/** An error of the carrier itself, in our words. */
function carrierError(error: unknown): unknown {
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new OffstageError('too_large', { detail: 'The body is larger than this route accepts.' })
  if (statusCode === 415) return new OffstageError('unsupported_media_type', { detail: 'The content type of the body could not be read.' })
  if (statusCode !== undefined && statusCode < 500) return new OffstageError('malformed', { detail: 'The request could not be read.' })
  return error
}

function nodeServer(listener: (raw: IncomingMessage, res: ServerResponse) => void): NodeServer {
  const server = createServer(
    {
      // Longer than the minute that proxies keep a connection, so that it is they who close it.
      keepAliveTimeout: 72_000,
      headersTimeout: 20_000,
      requestTimeout: 120_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16_384,
    },
    listener,
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    refuseConnection(socket, error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400),
  )
  server.on('connect', (_raw: IncomingMessage, socket: Socket) => refuseConnection(socket, 405))
  return server
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** What is not HTTP gets no more than a status, and the connection ends: where the next request begins is not known. */
function refuseConnection(socket: Socket, status: number): void {
  if (!socket.writable) return
  socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 0\r\n\r\n`)
}
