// Runs the `offstage` command as a person would, from source, in a folder of its own.

import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { runHere, type Ran } from './in-process.ts'

const packageRoot = resolve(import.meta.dirname, '../..')
const repository = resolve(packageRoot, '../..')
const cli = join(packageRoot, 'src/cli.ts')

export type { Ran } from './in-process.ts'

// These serve, or read what is typed: they are processes, and tested as such.
const processes = new Set(['dev', 'start', 'shell'])

export interface Workplace extends Disposable {
  readonly folder: string
  /** In the process of the test, but for what serves or reads what is typed. */
  run(...args: string[]): Promise<Ran>
  runWith(env: Record<string, string>, ...args: string[]): Promise<Ran>
  /** In a process of its own. */
  runApart(env: Record<string, string>, ...args: string[]): Promise<Ran>
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
  const spawned = (env: Record<string, string>, given: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, args(given), { cwd: folder, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }
  const runWith: Workplace['runWith'] = (env, ...given) =>
    processes.has(given[0]!) ? ended(spawned(env, given)) : runHere(folder, environment(env), given)
  return {
    folder,
    runWith,
    runApart: (env, ...given) => ended(spawned(env, given)),
    run: (...given) => runWith({}, ...given),
    start: (env, ...given) => running(spawned(env, given)),
    [Symbol.dispose]() {
      for (const child of children) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function ended(child: ChildProcess): Promise<Ran> {
  const [out, err, code] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    new Promise<number | null>((done) => child.once('exit', done)),
  ])
  return { code: code ?? -1, out, err }
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
    until(pattern, seconds = 60) {
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
