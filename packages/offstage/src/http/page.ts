// The pages that Offstage shows by itself, to people in a browser: an error, and what a code of errors means. One file each, without scripts.

import { createHash } from 'node:crypto'
import type { HttpReply } from './http.ts'

/** Text that is HTML, made by `markup` alone. */
class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export type { Html }

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

function render(value: unknown): string {
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(render).join('')
  return value === undefined ? '' : escape(String(value))
}

/** HTML of which every value is escaped, but for what this made; lists stand one after another, and undefined is nothing. */
export function markup(parts: TemplateStringsArray, ...values: unknown[]): Html {
  return new Html(parts.map((part, i) => part + (i < values.length ? render(values[i]) : '')).join(''))
}

const style = `
:root { color-scheme: light dark; --text: #1c1e21; --soft: #5a6068; --ground: #fbfbfc; --box: #f0f1f3; --line: #dcdfe3; --link: #0b57c2 }
@media (prefers-color-scheme: dark) { :root { --text: #e8eaed; --soft: #a4abb4; --ground: #16181b; --box: #212429; --line: #383d44; --link: #8ab8ff } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere }
main { max-width: 42rem; margin: 0 auto; padding: clamp(1.5rem, 8vw, 5rem) 1.25rem }
h1 { margin: 0 0 1rem; font-size: clamp(1.5rem, 5vw, 2rem); line-height: 1.2; text-wrap: balance }
h2 { margin: 0 0 .5rem; font-size: 1rem }
p { margin: 0 0 1rem }
.status { margin: 0; color: var(--soft); font-variant-numeric: tabular-nums }
.said { white-space: pre-wrap }
section { margin: 1.5rem 0; padding: 1rem 1.25rem; background: var(--box); border: 1px solid var(--line); border-radius: .5rem }
section > :last-child { margin-bottom: 0 }
ul { margin: 0 0 1rem; padding-left: 1.25rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 2rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem }
dd { margin: 0 }
code { font: .9em ui-monospace, Consolas, monospace }
a { color: var(--link) }
`
// Nothing runs here, and nothing is loaded: whatever text gets into the page stays text.
const policy = `default-src 'none'; img-src data:; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const head = new Html(
  `<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><link rel="icon" href="data:,"><style>${style}</style>`,
)

/** `shown` is the status that stands above the title: of the problem that the page is about. */
export function pageReply(status: number, shown: number, title: string, body: Html): HttpReply {
  const { text } = markup`<!doctype html>
<html lang="en">
<head>${head}<title>${shown} ${title}</title></head>
<body><main><p class="status">${shown}</p><h1>${title}</h1>${body}</main></body>
</html>
`
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }, body: text }
}

/** A problem as it would be said in JSON. */
export interface Problem {
  readonly title: string
  readonly status: number
  readonly detail: string | undefined
  readonly code: string
  readonly errors: readonly { readonly path: string; readonly message: string }[] | undefined
  readonly requestId: string
  readonly hint: string | undefined
  readonly place: string | undefined
}

export function problemPage({ title, status, detail, code, errors, requestId, hint, place }: Problem): HttpReply {
  const said = (text: string | undefined): Html | undefined => (text === undefined ? undefined : markup`<p class="said">${text}</p>`)
  const list = errors?.map(({ path, message }) => markup`<li><code>${path}</code>: ${message}</li>`)
  const where = place === undefined ? undefined : markup`<p><code>${place}</code></p>`
  const told = (hint ?? place) === undefined ? undefined : markup`<section><h2>For the developer</h2>${said(hint)}${where}</section>`
  const link = markup`<a href="/problems/${encodeURIComponent(code.toWellFormed())}"><code>${code}</code></a>`
  const more = markup`<dl><dt>Code</dt><dd>${link}</dd><dt>Request</dt><dd><code>${requestId}</code></dd></dl>`
  return pageReply(status, status, title, markup`${said(detail)}${list && markup`<ul>${list}</ul>`}${told}${more}`)
}
