// Stands before the app, passes everything on, and holds each answer against the app's own OpenAPI document.

import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openJudge, type Judge } from '../../packages/offstage/test/answers.ts'

export interface Proxy extends AsyncDisposable {
  readonly url: string
  /** How often which answer came: `GET /api/articles 200` to 12. */
  readonly seen: ReadonlyMap<string, number>
  /** What was not as documented, in words. */
  readonly violations: readonly string[]
}

/** Without `document` nothing is held against anything, only counted. */
export async function openProxy(app: string, document: object | undefined): Promise<Proxy> {
  const judge: Judge = document === undefined ? ({ method }) => ({ operation: `${method} (any)`, problems: [] }) : openJudge(document)
  const seen = new Map<string, number>()
  const violations: string[] = []
  const server = createServer((request, response) => {
    pass(app, request).then(
      async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer())
        const { method = 'GET', url: path = '/' } = request
        const { status } = answer
        const { operation, problems } = judge({ method, path, status, type: answer.headers.get('content-type'), body: body.toString() })
        const key = `${operation ?? `${method} ${path}`} ${status}`
        seen.set(key, (seen.get(key) ?? 0) + 1)
        for (const problem of problems) violations.push(`${method} ${path} -> ${status}: ${problem}`)
        for (const [name, value] of answer.headers) if (!hops.has(name)) response.appendHeader(name, value)
        response.writeHead(status).end(body)
      },
      (error: Error) => response.writeHead(502).end(`The app does not answer: ${error.message}`),
    )
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    violations,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** About one connection only, or no longer true of a body that was unpacked. */
const hops = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-encoding', 'content-length', 'host', 'expect'])

async function pass(app: string, request: IncomingMessage): Promise<Response> {
  const headers = new Headers()
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    if (!hops.has(request.rawHeaders[i]!.toLowerCase())) headers.append(request.rawHeaders[i]!, request.rawHeaders[i + 1]!)
  }
  const { method = 'GET' } = request
  const body = method === 'GET' || method === 'HEAD' ? undefined : Buffer.concat(await request.toArray())
  return fetch(app + request.url, { method, headers, redirect: 'manual', ...(body?.length && { body }) })
}

function listen(server: Server): Promise<number> {
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)))
}
