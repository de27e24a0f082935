// Pages of an app in a browser: what their Content-Security-Policy lets run, on the first visit and on the next.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openLog } from '../../src/http/log.ts'
import { openServer, type Server, type ServerOptions } from '../../src/http/server.ts'
import { openBrowser, without } from './browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'offstage-pages-'))
const page = (origin: string): string => `<!doctype html><title>Front</title>
<script src="/own.js"></script><script src="${origin}/paid.js"></script><script>document.documentElement.dataset.inline = 'yes'</script>`
const other = createServer((_request, response) =>
  response.writeHead(200, { 'content-type': 'text/javascript' }).end("document.documentElement.dataset.paid = 'yes'"),
)
const servers: Server[] = []
let origin: string

before(async () => {
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.html'), page(origin))
  writeFileSync(join(folder, 'own.js'), "document.documentElement.dataset.own = 'yes'")
  writeFileSync(
    join(folder, 'worker.js'),
    "fetch('/data.json').then((r) => r.json()).then((d) => postMessage(d.ok), () => postMessage('refused'))",
  )
  writeFileSync(join(folder, 'data.json'), '{"ok":"fetched"}')
})
after(async () => {
  for (const server of servers) await server.close()
  other.close()
  rmSync(folder, { recursive: true })
})

async function open(csp?: Record<string, string[]>): Promise<{ server: Server; url: string }> {
  const options: ServerOptions = {
    routes: [],
    log: openLog({ write: () => {} }),
    development: false,
    files: [{ folder, fallback: 'index.html', ...(csp && { csp }) }],
  }
  const server = await openServer(options)
  servers.push(server)
  return { server, url: `http://127.0.0.1:${(await server.listen('127.0.0.1', 0)).port}/` }
}
const policyOf = async (url: string, headers: Record<string, string> = {}): Promise<string | null> =>
  (await fetch(url, { headers })).headers.get('content-security-policy')

test('pages, their scripts and their 304 carry the widened policy, data that of data', async () => {
  const { url } = await open({ 'script-src': ['https://js.stripe.com'] })
  const wide = await policyOf(url)
  assert.match(wide!, /script-src 'self' https:\/\/js\.stripe\.com(;|$)/)
  for (const path of ['orders/7', 'own.js']) assert.equal(await policyOf(url + path, { accept: 'text/html' }), wide, path)
  const { headers } = await fetch(url)
  const again = await fetch(url, { headers: { 'if-none-match': headers.get('etag')! } })
  assert.deepEqual([again.status, again.headers.get('content-security-policy'), again.headers.get('referrer-policy')], [304, wide, null])
  assert.match((await policyOf(`${url}data.json`))!, /^default-src 'none'/)
  assert.match((await policyOf(`${url}api/x`))!, /^default-src 'none'/)
  assert.doesNotMatch((await policyOf((await open()).url))!, /stripe|script-src/)
})

test('a browser runs what the policy names and nothing else, on later visits too', { skip: without }, async () => {
  const browser = await openBrowser()
  const ran = async (url: string): Promise<object[]> => {
    const tab = await (await browser.newContext()).newPage()
    const seen: object[] = []
    for (let visit = 0; visit < 3; visit++) {
      await tab.goto(url, { waitUntil: 'load' })
      seen.push(await tab.evaluate('({ ...document.documentElement.dataset })'))
    }
    return seen
  }
  try {
    assert.deepEqual(await ran((await open()).url), Array(3).fill({ own: 'yes' }))
    const wide = (await open({ 'script-src': [origin] })).url
    assert.deepEqual(await ran(wide), Array(3).fill({ own: 'yes', paid: 'yes' }))
    const tab = await browser.newPage()
    await tab.goto(wide)
    const work = "new Promise((resolve) => { new Worker('/worker.js').onmessage = ({ data }) => resolve(data) })"
    assert.deepEqual([await tab.evaluate(work), await tab.reload().then(() => tab.evaluate(work))], ['fetched', 'fetched'])
  } finally {
    await browser.close()
  }
})
