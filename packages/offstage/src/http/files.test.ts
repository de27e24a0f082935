import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFiles } from './files.ts'
import type { HttpRequest } from './http.ts'

test('a folder that is not there when its first file is asked for is found when it is', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'offstage-files-'))
  try {
    const folder = join(parent, 'dist')
    const find = openFiles({ folder })
    const request = { path: '/app.css', headers: {} } as HttpRequest
    await assert.rejects(find(request), { code: 'ENOENT' })
    mkdirSync(folder)
    writeFileSync(join(folder, 'app.css'), 'a{}')
    const found = await find(request)
    assert.equal(await new Response(found?.body as ReadableStream<Uint8Array<ArrayBuffer>>).text(), 'a{}')
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
})
