// The pages that explain the API: `/docs`, the document behind it, and a page for each kind of error.

import { readFile } from 'node:fs/promises'
import type { HttpReply, HttpRequest, Route } from '../http/http.ts'
import type { Principal } from '../query/principal.ts'
import type { Gate } from './allow.ts'
import { readReply } from './answer.ts'

export interface DocsParts {
  readonly title: string
  readonly document: () => Promise<object>
  readonly identify: (request: HttpRequest) => Promise<Principal>
  readonly gate: Gate
  /** The problems that endpoints declare, with their status. */
  readonly problems: ReadonlyMap<string, number>
}

const reference = new URL('../../vendor/scalar/standalone.js.br', import.meta.url)
// The reference puts styles into the page as it draws; scripts and requests are our own only.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export function docsRoutes({ title, document, identify, gate, problems }: DocsParts): Route[] {
  let text: string | undefined
  let script: Buffer | undefined
  let plain: Buffer | undefined
  const guarded =
    (handle: (request: HttpRequest) => Promise<HttpReply> | HttpReply) =>
    async (request: HttpRequest): Promise<HttpReply> => {
      await gate(await identify(request))
      return handle(request)
    }
  const route = (name: string, path: string, handle: Route['handle']): Route => ({ name, method: 'GET', path, handle })
  return [
    route(
      'openapi',
      '/openapi.json',
      guarded(async (request) => readReply(request, (text ??= JSON.stringify(await document())))),
    ),
    route(
      'docs',
      '/docs',
      guarded(() => ({
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache', 'content-security-policy': policy },
        body: page(title),
      })),
    ),
    route(
      'docs.start',
      '/docs/start.js',
      guarded(() => scriptReply(startScript)),
    ),
    route(
      'docs.reference',
      '/docs/scalar.js',
      guarded(async (request) => {
        const bytes = (script ??= await readFile(reference))
        // Every browser takes Brotli over https and on localhost; what does not say so gets the plain text.
        if (/\bbr\b/.test(request.headers['accept-encoding'] ?? '')) return scriptReply(bytes, { 'content-encoding': 'br' })
        return scriptReply((plain ??= (await import('node:zlib')).brotliDecompressSync(bytes)))
      }),
    ),
    // Loaded when somebody asks for it: a start is not held up by it.
    route('problems', '/problems/:code', async (request) => {
      const { problemDocs } = await import('./problem-docs.ts')
      return problemDocs(request.params.code!, request.headers.accept, problems)
    }),
  ]
}

const scriptReply = (body: string | Uint8Array, more: Record<string, string> = {}): HttpReply => ({
  status: 200,
  body,
  headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'private, max-age=3600', vary: 'Accept-Encoding', ...more },
})

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const page = (title: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${escape(title)}</title></head>
<body><div id="app"></div><script src="/docs/scalar.js"></script><script src="/docs/start.js"></script></body>
</html>
`

/** Everything off that would ask somebody else: fonts, proxy, telemetry, hosted services. */
const startScript = `Scalar.createApiReference('#app', {
  url: '/openapi.json', theme: 'default', layout: 'modern', withDefaultFonts: false, telemetry: false, proxyUrl: '',
  agent: { disabled: true }, mcp: { disabled: true }, showDeveloperTools: 'never', hideClientButton: true, persistAuth: false,
})
`
