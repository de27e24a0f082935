import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser, without } from './browser.ts'
import { openFixture } from './fixture.ts'

test('the docs page draws every model and endpoint, and asks nobody but the app', { skip: without }, async () => {
  const app = await openFixture()
  const { port } = await app.server.listen('127.0.0.1', 0)
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    const problems: string[] = []
    const outside: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).host !== `127.0.0.1:${port}`) outside.push(request.url())
    })
    await page.goto(`http://127.0.0.1:${port}/docs`)
    await page.getByText('List users').first().waitFor()
    for (const name of ['projects', 'tasks', 'call', 'batch']) await page.getByText(name, { exact: true }).first().waitFor()
    assert.deepEqual(problems, [])
    assert.deepEqual(outside, [])
  } finally {
    await browser.close()
    await app.close()
  }
})
