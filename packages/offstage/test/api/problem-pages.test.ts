// Errors in a browser: a page for people, the same problem in JSON for programs, and the page that explains its code.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { codes } from '../../src/base/codes.ts'
import { OffstageError } from '../../src/base/errors.ts'
import type { Route } from '../../src/http/http.ts'
import { openLog } from '../../src/http/log.ts'
import { openServer, type Server, type ServerOptions } from '../../src/http/server.ts'
import { openBrowser, without } from './browser.ts'
import { openFixture, type Fixture } from './fixture.ts'

const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const evil = `<img src=x onerror=alert(1)>"'&</code></main><script>alert(1)</script><!--{{7*7}}\u202E`
const throws = (path: string, error: unknown, more: Partial<Route> = {}): Route => ({
  name: path,
  method: 'GET',
  path,
  handle: () => {
    throw error
  },
  ...more,
})
const routes: Route[] = [
  throws('/fails', new Error(`the secret ${evil}`)),
  throws('/forbidden', new OffstageError('forbidden', { detail: 'Only members may.' })),
  throws(
    '/evil',
    new OffstageError('invalid_values', { detail: evil, errors: [{ path: evil, code: 'x', message: evil }], hint: evil, place: evil }),
  ),
  throws(`/own-code`, new OffstageError(`a/"><b>`, { status: 409, title: evil, detail: evil })),
  throws('/form', new OffstageError('conflict'), { method: 'POST', body: 'json' }),
  throws('/grouped', new OffstageError('conflict'), {
    under: '/grouped',
    problem: async ({ code, status }) => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ own: code }) }),
  }),
  throws('/late', new OffstageError('unavailable')),
]
const folder = mkdtempSync(join(tmpdir(), 'offstage-problem-pages-'))
const base: ServerOptions = {
  routes,
  log: openLog({ write: () => {} }),
  development: false,
  origins: ['https://app.example'],
  files: [{ folder, fallback: 'index.html' }],
}
let production: Server
let development: Server
let fixture: Fixture

before(async () => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Front</title>')
  production = await openServer(base)
  development = await openServer({ ...base, development: true, files: [] })
  fixture = await openFixture()
})
after(async () => {
  await production.close()
  await development.close()
  await fixture.close()
  rmSync(folder, { recursive: true })
})

const ask = (path: string, accept?: string, server = production, init: RequestInit = {}): Promise<Response> =>
  server.fetch(new Request(`http://x.example${path}`, { ...init, headers: { ...(accept !== undefined && { accept }), ...init.headers } }))
const typeOf = (response: Response): string | null => response.headers.get('content-type')

test('who asks as a browser gets a page, everyone else the problem document, and caches tell them apart', async () => {
  for (const [path, status] of [
    ['/api/nothing', 404],
    ['/forbidden', 403],
    ['/fails', 500],
    ['/late', 503],
    ['/api//x', 400],
    ['/form', 405],
    ['/api/x%zz', 400],
  ] as const) {
    const page = await ask(path, browserAccept)
    assert.deepEqual([page.status, typeOf(page)], [status, 'text/html; charset=utf-8'], path)
    const text = await page.text()
    assert.match(text, new RegExp(`^<!doctype html>[^]*<p class="status">${status}</p><h1>`))
    for (const accept of [undefined, '*/*', 'application/json', 'application/json, text/html;q=0.9']) {
      const response = await ask(path, accept)
      assert.deepEqual([response.status, typeOf(response)], [status, 'application/problem+json'], `${path} ${accept}`)
      const problem = (await response.json()) as Record<string, string>
      assert.ok(text.includes(`<a href="/problems/${problem['code']}">`), path)
      for (const each of [page, response]) {
        assert.ok(each.headers.get('vary')!.split(', ').includes('Accept'), path)
        assert.equal(each.headers.get('cache-control'), 'no-store')
      }
    }
  }
  const { headers } = await ask('/fails', browserAccept)
  assert.match(headers.get('vary')!, /Origin/)
  assert.equal((await ask('/late', browserAccept)).headers.get('retry-after'), '1')
  assert.equal((await ask('/form', browserAccept)).headers.get('allow'), 'POST, OPTIONS')
  const form = await ask('/form', browserAccept, production, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  assert.deepEqual([form.status, typeOf(form)], [409, 'text/html; charset=utf-8'])
})

test('HEAD has the headers of the page, and no body', async () => {
  const { port } = await development.listen('127.0.0.1', 0)
  const url = `http://127.0.0.1:${port}/fails`
  const head = await fetch(url, { method: 'HEAD', headers: { accept: browserAccept } })
  const get = await fetch(url, { headers: { accept: browserAccept } })
  assert.deepEqual([head.status, typeOf(head), await head.text()], [500, 'text/html; charset=utf-8', ''])
  assert.ok(Math.abs(Number(head.headers.get('content-length')) - (await get.text()).length) < 20)
})

test('an internal error says in production its code and request and no more, in development what went wrong', async () => {
  const closed = await (await ask('/fails', browserAccept)).text()
  assert.doesNotMatch(closed, /secret|developer|\.ts/)
  assert.match(closed, /<dt>Request<\/dt><dd><code>[\w-]{36}<\/code>/)
  const open = await (await ask('/fails', browserAccept, development)).text()
  assert.match(open, /For the developer<\/h2><p class="said">the secret/)
  assert.match(await (await ask('/evil', browserAccept, development)).text(), /For the developer[^]*<p><code>&#60;img/)
  assert.doesNotMatch(await (await ask('/evil', browserAccept)).text(), /For the developer/)
})

test('no text of a request or error becomes markup, and the page may run and load nothing', async () => {
  for (const server of [production, development])
    for (const path of [
      '/evil',
      '/own-code',
      '/fails',
      `/api/${encodeURIComponent('<script>alert(1)</script>')}`,
      '/form?<script>alert(1)</script>',
    ]) {
      const page = await ask(path, browserAccept, server)
      const text = await page.text()
      assert.doesNotMatch(text, /<script|<img|onerror=alert\(1\)>|<b>|<!--/, path)
      const policy = page.headers.get('content-security-policy')!
      assert.match(policy, /^default-src 'none'; img-src data:; style-src 'sha256-[\w+/]{43}='; /)
      for (const part of ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]) assert.ok(policy.includes(part))
      assert.doesNotMatch(policy, /unsafe|'self'|script-src/)
    }
  const own = await (await ask('/own-code', browserAccept)).text()
  assert.match(own, /href="\/problems\/a%2F%22%3E%3Cb%3E"/)
})

test('a group with a form of its own and a frontend with its own pages keep them', async () => {
  for (const path of ['/grouped', '/grouped/nothing']) {
    const own = await ask(path, browserAccept, development)
    assert.equal(typeOf(own), 'application/json', path)
    assert.ok(!own.headers.get('vary')?.includes('Accept'))
    assert.match(own.headers.get('content-security-policy')!, /^default-src 'none'; frame-ancestors/)
  }
  const front = await ask('/orders/7', browserAccept)
  assert.match(await front.text(), /Front/)
  assert.match(front.headers.get('vary')!, /Accept/, 'others get an error here')
  const kept = await ask('/orders/7', browserAccept, production, { headers: { 'if-none-match': front.headers.get('etag')! } })
  assert.deepEqual([kept.status, kept.headers.get('vary')], [304, front.headers.get('vary')])
  for (const accept of ['application/json, text/html;q=0.5', 'text/html;q=0', '*/*'])
    assert.equal((await ask('/orders/7', accept)).status, 404, accept)
})

test('each code has a page that says what docs/errors.md says', async () => {
  const sections = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8').split(/^#+ /m)
  for (const code of Object.keys(codes)) {
    const section = sections
      .find((part) => part.startsWith(`\`${code}\`\n`))!
      .slice(code.length + 3)
      .trim()
    const plain = await fixture.ask(`/problems/${code}`)
    assert.equal(typeOf(plain), 'text/plain; charset=utf-8')
    assert.ok((await plain.text()).endsWith(`\n\n${section}\n`), code)
    const page = await fixture.ask(`/problems/${code}`, { headers: { accept: browserAccept } })
    assert.deepEqual([page.status, typeOf(page), page.headers.get('vary')], [200, 'text/html; charset=utf-8', 'Accept'])
    const text = await page.text()
    const words = (written: string): string => written.replace(/\s+/g, ' ').trim()
    const shown = /<h1>[^<]*<\/h1>([^]*)<dl>/
      .exec(text)![1]!
      .replace(/<[^>]+>/g, ' ')
      .replace(/&#(\d+);/g, (_, n) => String.fromCharCode(Number(n)))
    assert.equal(
      words(shown).replaceAll(' ', ''),
      words(section.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '')).replaceAll(' ', ''),
      code,
    )
    assert.doesNotMatch(section, /^\s*(?:[-*|>] |\d{1,2}\. |```|\|)|\*\*/m, `${code}: the page shows paragraphs, code and links`)
  }
})

test('a problem that the app declares has a page, what nobody declares is 404, and no path leads to a file', async () => {
  const page = await (await fixture.ask('/problems/too_big', { headers: { accept: browserAccept } })).text()
  assert.match(page, /<p class="status">409<\/p><h1>Too big<\/h1><p>A problem that this app declares\./)
  for (const code of [
    'nothing',
    '__proto__',
    'constructor',
    'NOT_FOUND',
    'not_found%20',
    '%3Cscript%3E',
    '..%2f..%2fpackage.json',
    '%60internal%60',
    'The%20request',
  ])
    for (const accept of [browserAccept, 'application/json']) {
      const { status } = await fixture.ask(`/problems/${code}`, { headers: { accept } })
      assert.ok(status === 404 || status === 400, `${code} ${status}`)
    }
})

test(
  'a browser shows the pages in light and dark and on small screens, runs nothing, and finds its way to the explanation',
  { skip: without },
  async () => {
    const { port } = await fixture.server.listen('127.0.0.1', 0)
    const browser = await openBrowser()
    try {
      const seen = async (page: Page): Promise<{ text: string; ground: string; wide: boolean }> =>
        page.evaluate(
          '({ text: document.body.innerText, ground: getComputedStyle(document.body).backgroundColor, wide: document.documentElement.scrollWidth > innerWidth })',
        )
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await (await browser.newContext({ colorScheme, viewport: { width: 320, height: 568 } })).newPage()
        const problems: string[] = []
        page.on('console', (message) => !/status of 404/.test(message.text()) && problems.push(message.text()))
        page.on('dialog', (dialog) => problems.push(dialog.message()))
        const answer = await page.goto(`http://127.0.0.1:${port}/api/${'x'.repeat(200)}?a=<script>alert(1)</script>`)
        assert.equal(answer!.status(), 404)
        const { text, ground, wide } = await seen(page)
        assert.match(text, /404\s+Not found\s+There is nothing at this address\./)
        assert.equal(
          ground,
          colorScheme === 'light' ? 'rgb(251, 251, 252)' : 'rgb(22, 24, 27)',
          'the style is the one that the policy allows',
        )
        assert.equal(wide, false)
        await page.getByRole('link', { name: 'not_found' }).click()
        await page.getByRole('heading', { name: 'Not found' }).waitFor()
        assert.match((await seen(page)).text, /so that ids cannot be probed/)
        assert.deepEqual(problems, [])
      }
    } finally {
      await browser.close()
    }
  },
)
