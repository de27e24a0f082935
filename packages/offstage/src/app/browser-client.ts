// The client as a browser loads it without a bundler: `import { createClient } from '/offstage/client.js'`.

import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { extname } from 'node:path'
import type { Route } from '../http/http.ts'

/** One route for each file of the client. They say nothing of the app, so everyone may have them. */
export function browserClientRoutes(): Route[] {
  // In the repository the sources are TypeScript, in the package they are not.
  const ending = extname(import.meta.url)
  const parts = readdirSync(new URL('../client/', import.meta.url)).filter((name) => name.endsWith(ending) && !/\.(test|d)\.ts$/.test(name))
  return [`client${ending}`, ...parts.map((name) => `client/${name}`)].map((file) => {
    const path = `/offstage/${file.replace(/\.ts$/, '.js')}`
    let kept: { readonly body: string; readonly etag: string } | undefined
    return {
      method: 'GET',
      path,
      name: 'client',
      handle(request) {
        kept ??= read(new URL(`../${file}`, import.meta.url))
        const headers = { etag: kept.etag, 'cache-control': 'no-cache' }
        if (request.headers['if-none-match'] === kept.etag) return { status: 304, headers }
        return { status: 200, headers: { ...headers, 'content-type': 'text/javascript; charset=utf-8' }, body: kept.body }
      },
    }
  })
}

function read(file: URL): { body: string; etag: string } {
  const text = readFileSync(file, 'utf8')
  const body = file.pathname.endsWith('.ts')
    ? stripTypeScriptTypes(text).replaceAll(/(from '\.{1,2}\/[^']+)\.ts'/g, "$1.js'")
    : text.replace(/\n\/\/# sourceMappingURL=.*/, '')
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}
