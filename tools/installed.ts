// Packs offstage as npm would, or takes the archive named, unpacks it into an empty project, and uses it there: init, check, tsc, dev, a
// request. Dependencies come from this repository's node_modules, so nothing is fetched.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pack } from './pack.ts'

const top = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'offstage-installed-'))

function run(where: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: where,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1', npm_config_cache: join(folder, 'cache') },
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed\n${stdout}${stderr}`)
  return stdout
}

/** Its address, when it is printed. */
function started(bin: string, where: string): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [bin, 'dev', '.'], {
    cwd: where,
    env: { PATH: process.env['PATH'], PORT: '0', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolveStarted, reject) => {
    let output = ''
    const late = setTimeout(() => reject(new Error(`dev did not start:\n${output}`)), 60_000)
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const url = /(http:\/\/localhost:\d+)\/api/.exec(output)?.[1]
        if (url === undefined) return
        clearTimeout(late)
        resolveStarted({ url, stop: () => void child.kill('SIGTERM') })
      })
    }
  })
}

try {
  const archive = process.argv[2] ?? pack(folder)
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'offstage'), { recursive: true })
  run(folder, 'tar', '-xzf', resolve(archive), '-C', join(modules, 'offstage'), '--strip-components=1')
  const stray = globSync('{dist,src}/**/{stale.js,*.test.*,contract.*,contract/*}', { cwd: join(modules, 'offstage') })
  if (stray.length > 0) throw new Error(`The package holds what is not for users: ${stray.join(', ')}`)
  for (const name of readdirSync(join(top, 'node_modules'))) {
    if (!name.startsWith('.') && !existsSync(join(modules, name))) symlinkSync(join(top, 'node_modules', name), join(modules, name))
  }
  const bin = join(modules, 'offstage/bin/offstage.js')
  run(folder, process.execPath, bin, 'init', 'app')
  const app = join(folder, 'app')
  run(app, process.execPath, bin, 'check')
  // The test of docs/testing.md: it needs Node's own types and `await using`, beside what the app itself needs.
  const documented = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(top, 'docs/testing.md'), 'utf8'))
  writeFileSync(join(app, 'app.test.ts'), documented![1]!)
  run(app, process.execPath, join(modules, 'typescript/bin/tsc'), '--noEmit')
  run(app, process.execPath, '--test', 'app.test.ts')
  run(app, process.execPath, bin, 'types', '--out', 'app.d.ts')
  const { url, stop } = await started(bin, app)
  const { status } = await fetch(`${url}/api/notes`)
  const client = await fetch(`${url}/offstage/client.js`)
  const problem = await (await fetch(`${url}/problems/not_found`)).text()
  stop()
  if (status !== 401) throw new Error(`GET /api/notes answered ${status} where 401 was expected`)
  if (!problem.includes('\nStatus: 404\n\n404. '))
    throw new Error(`GET /problems/not_found does not say what docs/errors.md says: ${problem}`)
  if (!client.ok) throw new Error(`GET /offstage/client.js answered ${client.status}`)
  process.stdout.write(
    `offstage ${run(folder, process.execPath, bin, '--version').trim()} from its package: init, check, tsc, types, dev and a request, all well\n`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
