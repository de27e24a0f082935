// What the `type` of a problem links to: its section of `docs/errors.md`, of which the package has a copy.

import { readFile } from 'node:fs/promises'
import { codes } from '../base/codes.ts'
import { OffstageError } from '../base/errors.ts'
import { prefersPage } from '../http/accept.ts'
import type { HttpReply } from '../http/http.ts'
import { markup, pageReply, type Html } from '../http/page.ts'

const file = new URL('../../errors.md', import.meta.url)
let read: Promise<ReadonlyMap<string, string>> | undefined

/** By code. */
async function sections(): Promise<ReadonlyMap<string, string>> {
  const parts = (await readFile(file, 'utf8')).split(/^##? /m).flatMap((part): [string, string][] => {
    const [, code, text] = /^`(\w+)`\n([^]*)$/.exec(part) ?? []
    return code === undefined ? [] : [[code, text!.trim()]]
  })
  return new Map(parts)
}

/** A page for browsers, the same text for everyone else. `declared` are the problems of the app's own, with their status. */
export async function problemDocs(code: string, accept: string | undefined, declared: ReadonlyMap<string, number>): Promise<HttpReply> {
  const known = Object.hasOwn(codes, code) ? codes[code as keyof typeof codes] : undefined
  const status = known?.status ?? declared.get(code)
  if (status === undefined) throw new OffstageError('not_found', { detail: 'There is no such problem.' })
  const title = known?.title ?? new OffstageError(code).title
  const text = (known && (await (read ??= sections())).get(code)) ?? 'A problem that this app declares.'
  const headers = { 'cache-control': 'public, max-age=3600', vary: 'Accept' }
  if (!prefersPage(accept)) {
    const body = `${code}\n\n${title}.\nStatus: ${status}\n\n${text}\n`
    return { status: 200, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body }
  }
  const page = pageReply(200, status, title, markup`${paragraphs(text)}<dl><dt>Code</dt><dd><code>${code}</code></dd></dl>`)
  return { ...page, headers: { ...page.headers, ...headers } }
}

/** Of Markdown what the sections use: paragraphs, code, and links, which lead to files that are not here. */
function paragraphs(text: string): Html[] {
  return text.split(/\n{2,}/).map((paragraph) => {
    const parts = paragraph.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').split('`')
    return markup`<p>${parts.map((part, i) => (i % 2 === 1 ? markup`<code>${part}</code>` : part))}</p>`
  })
}
