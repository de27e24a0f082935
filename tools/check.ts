// `npm run check`: everything that must hold before a change goes in. `npm run check -- lint format` runs the steps named.

import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pack } from './pack.ts'
import { typesOfAll } from './types.ts'

const top = resolve(import.meta.dirname, '..')
const node = process.execPath
const source = '--conditions=@offstage/source'
const bin = (name: string): string => join(top, 'node_modules/.bin', name)

interface Step {
  readonly name: string
  readonly says: string
  readonly run: () => boolean
}

function run(command: string, ...args: string[]): boolean {
  const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  return spawnSync(command, args, { cwd: top, stdio: 'inherit', env: { ...process.env, ...quiet } }).status === 0
}

const steps: readonly Step[] = [
  { name: 'types', says: 'the types of everything, tests of types among them', run: () => run(typesOfAll.command, ...typesOfAll.args) },
  { name: 'lint', says: 'oxlint with types', run: () => run(bin('oxlint'), '--type-aware', '--deny-warnings') },
  { name: 'format', says: 'oxfmt', run: () => run(bin('oxfmt'), '--check') },
  { name: 'unused', says: 'knip: nothing declared and not used', run: () => run(bin('knip')) },
  { name: 'package', says: 'built and packed: publint, attw, and installed elsewhere it runs the notes app', run: packed },
  { name: 'dependencies', says: 'what an install of offstage brings', run: dependencies },
  { name: 'type-cost', says: 'instantiations, and 100 models in under 3 s', run: () => run(node, source, 'tools/type-cost.ts', '--time') },
  { name: 'openapi', says: 'redocly lint of the OpenAPI of the examples', run: () => ['shop', 'conduit'].every(openapi) },
  {
    name: 'tests',
    says: 'npm test without what was done above, and every file on Node 26 too',
    run: () => run(node, 'tools/test.ts', '--everywhere', '--without=types,type-cost'),
  },
]

/** `npm pack` builds what it packs. */
function packed(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-package-'))
  try {
    const archive = pack(folder)
    return (
      run(bin('publint'), 'run', archive, '--strict') &&
      run(bin('attw'), archive, '--profile', 'esm-only', '--no-emoji') &&
      run(node, 'tools/installed.ts', archive)
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Locked {
  readonly version?: string
  readonly dependencies?: Record<string, string>
  readonly hasInstallScript?: boolean
}

/** Walks the lockfile as Node resolves: nested folders first. Fails where an install would have to run a script. */
function dependencies(): boolean {
  const { packages } = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> }
  const find = (name: string, from: string): string | undefined => {
    for (let at = from; ; at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : '') {
      const key = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
      if (packages[key] !== undefined) return key
      if (at === '') return undefined
    }
  }
  const seen = new Set<string>()
  const walk = (key: string): void => {
    for (const name of Object.keys(packages[key]?.dependencies ?? {})) {
      const found = find(name, key)
      if (found === undefined || seen.has(found)) continue
      seen.add(found)
      walk(found)
    }
  }
  walk('packages/offstage')
  const folders = [...seen].filter((key) => existsSync(join(top, key)))
  const size = (folder: string): number =>
    globSync('**/*', { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
  const bytes = folders.reduce((sum, key) => sum + size(join(top, key)), 0)
  const direct = Object.keys(packages['packages/offstage']?.dependencies ?? {})
  const scripts = [...seen].filter((key) => packages[key]?.hasInstallScript === true)
  process.stdout.write(
    `run-time dependencies: ${direct.length} direct (${direct.join(', ')}), ${seen.size} in all, ${(bytes / 1e6).toFixed(1)} MB\n`,
  )
  for (const key of scripts) process.stdout.write(`${key} has an install script: installs would stop and ask for approval\n`)
  return scripts.length === 0
}

function openapi(example: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-openapi-'))
  try {
    const file = join(folder, 'openapi.json')
    const { status, stdout } = spawnSync(node, [source, 'tools/openapi.ts', `examples/${example}/app.ts`], {
      cwd: top,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 64e6,
    })
    if (status !== 0) return false
    writeFileSync(file, stdout)
    return run(bin('redocly'), 'lint', file, '--extends=recommended', '--max-problems=20')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const named = process.argv.slice(2)
const unknown = named.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  process.stderr.write(`There is no step ${unknown.join(', ')}. Steps: ${steps.map((step) => step.name).join(', ')}.\n`)
  process.exit(1)
}
const results = steps
  .filter((step) => named.length === 0 || named.includes(step.name))
  .map((step) => {
    process.stdout.write(`\n== ${step.name}: ${step.says}\n`)
    const started = performance.now()
    const ok = step.run()
    return { name: step.name, ok, seconds: (performance.now() - started) / 1000 }
  })

process.stdout.write('\n')
for (const { name, ok, seconds } of results)
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s\n`)
process.exitCode = results.every((result) => result.ok) ? 0 : 1
