// Runs the `offstage` command as a person would, from source, in a folder of its own.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const packageRoot = resolve(import.meta.dirname, '../..')
const repository = resolve(packageRoot, '../..')
const cli = join(packageRoot, 'src/cli.ts')

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Workplace extends Disposable {
  readonly folder: string
  run(...args: string[]): Ran
  runWith(env: Record<string, string>, ...args: string[]): Ran
  start(env: Record<string, string>, ...args: string[]): Running
}

export interface Running {
  readonly process: ChildProcess
  readonly output: () => string
  /** Waits until what was printed matches; fails after `seconds`. */
  until(pattern: RegExp, seconds?: number): Promise<RegExpExecArray>
  /** Sends the signal and gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** A temporary folder that holds a copy of an example, with `offstage` installed beside it. */
export function workplace(example?: string): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-'))
  if (example !== undefined)
    cpSync(join(repository, 'examples', example), folder, {
      recursive: true,
      filter: (path) => !/\/(data|node_modules|\.offstage)(\/|$)/.test(path),
    })
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  symlinkSync(packageRoot, join(folder, 'node_modules/offstage'))
  for (const name of ['typescript', '@types/node', 'undici-types'])
    symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name))
  const children: ChildProcess[] = []
  const environment = (env: Record<string, string>): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HOME: folder,
    NO_COLOR: '1',
    PORT: '0',
    ...env,
  })
  const args = (given: readonly string[]): string[] => [
    '--conditions=@offstage/source',
    '--disable-warning=ExperimentalWarning',
    cli,
    ...given,
  ]
  const runWith: Workplace['runWith'] = (env, ...given) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args(given), {
      cwd: folder,
      encoding: 'utf8',
      env: environment(env),
      timeout: 60_000,
    })
    return { code: status ?? -1, out: stdout, err: stderr }
  }
  return {
    folder,
    runWith,
    run: (...given) => runWith({}, ...given),
    start(env, ...given) {
      const child = spawn(process.execPath, args(given), { cwd: folder, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
      children.push(child)
      return running(child)
    },
    [Symbol.dispose]() {
      for (const child of children) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function running(child: ChildProcess): Running {
  let output = ''
  let told = (): void => {}
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      told()
    })
  }
  const exited = new Promise<number | null>((resolveExit) => child.once('exit', (code) => resolveExit(code)))
  return {
    process: child,
    output: () => output,
    until(pattern, seconds = 15) {
      return new Promise((resolveMatch, reject) => {
        const late = setTimeout(() => reject(new Error(`Not printed within ${seconds} s: ${pattern}\n${output}`)), seconds * 1000)
        told = () => {
          const match = pattern.exec(output)
          if (match === null) return
          clearTimeout(late)
          // What has been waited for is not found twice.
          output = output.slice(match.index + match[0].length)
          told = () => {}
          resolveMatch(match)
        }
        told()
      })
    },
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
  }
}
