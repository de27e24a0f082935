import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { cacheFolder } from '../../src/commands/compile-cache.ts'
import { workplace } from './offstage.ts'

const ours = resolve(import.meta.dirname, '../../node_modules/.cache/offstage')
const files = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [])

test('what was compiled is kept beside the modules, never in the folder for temporary files', async () => {
  using place = workplace('notes')
  const temporary = join(place.folder, 'tmp')
  mkdirSync(temporary)
  assert.equal((await place.runApart({ TMPDIR: temporary, TEMP: temporary, TMP: temporary }, 'check')).code, 0)
  assert.deepEqual(files(temporary), [])
  assert.ok(files(ours).length > 100, `${ours} holds what check has loaded`)
})

test('where the package is installed, that is node_modules/.cache', () => {
  assert.equal(cacheFolder(new URL('file:///srv/app/node_modules/offstage/')), resolve('/srv/app/node_modules/.cache/offstage'))
  assert.equal(
    cacheFolder(new URL('file:///srv/node_modules/.pnpm/offstage@1.0.0/node_modules/offstage/')),
    resolve('/srv/node_modules/.pnpm/offstage@1.0.0/node_modules/.cache/offstage'),
  )
})

test("Node's own variables go before: another folder, or none", async () => {
  using place = workplace('notes')
  const other = join(place.folder, 'other')
  assert.equal((await place.runApart({ NODE_COMPILE_CACHE: other }, 'check')).code, 0)
  assert.ok(files(other).length > 100)
  const none = join(place.folder, 'none')
  assert.equal((await place.runApart({ NODE_COMPILE_CACHE: none, NODE_DISABLE_COMPILE_CACHE: '1' }, 'check')).code, 0)
  assert.deepEqual(files(none), [])
})
