// A folder of files, such as a frontend's build, served as it is.

import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { Readable } from 'node:stream'
import { prefersPage } from './accept.ts'
import type { HttpReply, HttpRequest } from './http.ts'
import { pagePolicy } from './policy.ts'

export interface FilesOptions {
  readonly folder: string
  /** The path that the folder stands under. Default `/`. */
  readonly prefix?: string
  /** The file answered to page loads for which there is no file, so that a frontend can route by itself: `index.html`. */
  readonly fallback?: string
  /** Sources that pages may load from beside their own, by directive of the Content-Security-Policy. */
  readonly csp?: Readonly<Record<string, readonly string[]>>
}

const types: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.mjs': 'text/javascript; charset=utf-8',
    '.json': 'application/json',
    '.map': 'application/json',
    '.txt': 'text/plain; charset=utf-8',
    '.xml': 'application/xml',
    '.svg': 'image/svg+xml',
    '.png': 'image/png',
    '.jpg': 'image/jpeg',
    '.jpeg': 'image/jpeg',
    '.gif': 'image/gif',
    '.webp': 'image/webp',
    '.avif': 'image/avif',
    '.ico': 'image/x-icon',
    '.woff': 'font/woff',
    '.woff2': 'font/woff2',
    '.wasm': 'application/wasm',
    '.webmanifest': 'application/manifest+json',
    '.pdf': 'application/pdf',
    '.mp4': 'video/mp4',
    '.webm': 'video/webm',
    '.mp3': 'audio/mpeg',
  }),
)

/** Addresses of Offstage itself, in any spelling: a mistyped one is an error, not a page of the frontend. */
const own = /^(?:api|admin|docs|problems|openapi\.json|healthz|readyz|metrics)(?:\/|$)/i

/** Answers GET and HEAD; undefined where there is no such file. */
export function openFiles(options: FilesOptions): (request: HttpRequest) => Promise<HttpReply | undefined> {
  const prefix = (options.prefix ?? '/').replace(/\/*$/, '/')
  const policy = { 'content-security-policy': pagePolicy(options.csp) }
  let root: string | undefined

  const find = async (inside: string): Promise<HttpReply | undefined> => {
    const folder = (root ??= await realpath(options.folder))
    try {
      // Links may lead anywhere; what counts is where the file really is.
      let file = await realpath(join(folder, inside))
      let found = await stat(file)
      if (found.isDirectory()) {
        if (inside !== '' && !inside.endsWith('/')) return undefined
        file = await realpath(join(file, 'index.html'))
        found = await stat(file)
      }
      if (!found.isFile() || !file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return undefined
      const type = types.get(extname(file).toLowerCase()) ?? 'application/octet-stream'
      return {
        status: 200,
        headers: {
          'content-type': type,
          // A script that runs as a worker is under the policy of its own answer, not of the page's.
          ...(/^text\/(?:html|javascript)/.test(type) && policy),
          'content-length': String(found.size),
          'cache-control': 'no-cache',
          etag: `"${found.size.toString(36)}-${Math.floor(found.mtimeMs).toString(36)}"`,
          'last-modified': found.mtime.toUTCString(),
        },
        body: Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>,
      }
    } catch (error) {
      if (notThere.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
      throw error
    }
  }

  return async (request) => {
    if (!request.path.startsWith(prefix)) return undefined
    const inside = request.path.slice(prefix.length)
    // Files that begin with a dot are not for the public, whatever is in the folder; `.well-known` is.
    if (inside.includes('\0') || inside.includes('\\') || inside.split('/').some((part) => part.startsWith('.') && part !== '.well-known'))
      return undefined
    const page =
      options.fallback !== undefined && extname(inside) === '' && !own.test(request.path.slice(1)) && prefersPage(request.headers.accept)
    const reply = (await find(inside)) ?? (page ? varied(await find(options.fallback!)) : undefined)
    const tag = reply?.headers?.etag
    if (reply && tag !== undefined && request.headers['if-none-match']?.split(/, */).includes(String(tag))) {
      await (reply.body as ReadableStream).cancel()
      const kept = ['etag', 'cache-control', 'content-security-policy', 'vary'].filter((name) => reply.headers![name] !== undefined)
      return { status: 304, headers: Object.fromEntries(kept.map((name) => [name, reply.headers![name]!])) }
    }
    return reply
  }
}

/** Whoever takes no pages gets an error at the same address. */
const varied = (reply: HttpReply | undefined): HttpReply | undefined => reply && { ...reply, headers: { ...reply.headers, vary: 'Accept' } }

const notThere = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EISDIR', 'EACCES'])
