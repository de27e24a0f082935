// Runs before `npm pack` and `npm publish` of offstage: builds it from nothing, so that what is packed is what the sources say, no more and no
// less, and looks that everything that package.json promises is there.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const top = resolve(import.meta.dirname, '..')
const folder = join(top, 'packages/offstage')

// What was built of a source that is gone would be packed too.
for (const built of ['dist', 'tsconfig.tsbuildinfo']) rmSync(join(folder, built), { recursive: true, force: true })
const tsc = join(top, 'node_modules/typescript/bin/tsc')
if (!existsSync(tsc)) fail('TypeScript is not installed here, so offstage cannot be built. Run npm ci at the top of the repository first.')
const { status } = spawnSync(process.execPath, [tsc, '-b', folder], { stdio: ['ignore', process.stderr.fd, 'inherit'] })
if (status !== 0) fail('offstage could not be built, so nothing is packed.')

interface Manifest {
  readonly bin: Readonly<Record<string, string>>
  readonly files: readonly string[]
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
const promised = [
  ...Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target))),
  ...Object.values(manifest.bin),
  ...manifest.files.filter((name) => !name.startsWith('!')),
]
const missing = promised.filter((name) => !existsSync(join(folder, name)))
if (missing.length > 0) fail(`package.json names what is not there: ${missing.join(', ')}.`)

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
