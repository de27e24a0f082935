// The tests' processes: as many side by side as there are cores. Each lane takes the next piece of work when it is done with one, and keeps
// its process as long as the next file runs on the same Node with the same environment.

import { fork, spawn, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join, relative, resolve } from 'node:path'
import type { FileResult } from './reporter.ts'

const top = resolve(import.meta.dirname, '../..')
/** Minutes for one file or command. Only what hangs takes so long. */
const longest = 15

export type Environment = Readonly<Record<string, string>>

/** Files that run alike. `environment` may wait for a server; undefined when there is none. */
export interface Group {
  readonly title: string
  readonly node: string
  readonly environment: () => Promise<Environment | undefined>
  readonly files: readonly string[]
  /** Files that need a process of their own. */
  readonly alone: ReadonlySet<string>
}

export interface Command {
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
}

export interface Result {
  readonly title: string
  readonly ok: boolean
  readonly seconds: number
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly string[]
}

interface Worker {
  readonly process: ChildProcess
  readonly group: Group
  used: boolean
}

type Work = { readonly group: Group; readonly file: string } | Command

/** Files with a comment `// Alone: <why>`, for what they change in the whole process. */
export const marksItself = (text: string): boolean => /^\/\/ Alone: \S/m.test(text)

const children = new Set<ChildProcess>()

function kept(child: ChildProcess): ChildProcess {
  children.add(child)
  return child.once('exit', () => children.delete(child))
}

/** Ends every process at once. */
export function killAll(): void {
  for (const child of children) child.kill('SIGKILL')
}

/** Runs everything in the order given and prints each result when it is there. Throws nothing: what fails is a result. */
export async function runAll(work: readonly (Group | Command)[]): Promise<Result[]> {
  const waiting: Work[] = work.flatMap((item): Work[] => ('files' in item ? item.files.map((file) => ({ group: item, file })) : [item]))
  const results = new Map<string, Result>()
  const add = (title: string, one: FileResult): void => {
    const sum = results.get(title) ?? { title, ok: true, seconds: 0, passed: 0, failed: 0, skipped: [] }
    results.set(title, {
      title,
      ok: sum.ok && one.failed === 0,
      seconds: sum.seconds + one.seconds,
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: [...sum.skipped, ...one.skipped],
    })
  }
  async function lane(): Promise<void> {
    let worker: Worker | undefined
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if ('command' in next) {
        add(next.title, await runCommand(next))
        continue
      }
      const { group, file } = next
      const environment = await group.environment()
      if (environment === undefined) continue
      if (worker !== undefined && (worker.group !== group || (group.alone.has(file) && worker.used))) worker = await end(worker)
      worker ??= startWorker(group, environment)
      const result = await runFile(worker, file)
      const where = relative(top, file)
      add(group.title, { ...result, skipped: result.skipped.map((line) => `${where}: ${line}`) })
      process.stdout.write(`${result.text}${lineOf(where, group.title, result)}`)
      if (group.alone.has(file) || !worker.process.connected) worker = await end(worker)
    }
    if (worker !== undefined) await end(worker)
  }
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane))
  return [...results.values()]
}

function lineOf(file: string, title: string, { passed, failed, skipped, seconds }: FileResult): string {
  const parts = [`${passed} passed`, failed > 0 ? `${failed} FAILED` : '', skipped.length > 0 ? `${skipped.length} skipped` : '']
  return `${failed > 0 ? '✖' : '✔'} ${file}: ${parts.filter(Boolean).join(', ')}, ${seconds.toFixed(1)} s (${title})\n`
}

function startWorker(group: Group, environment: Environment): Worker {
  const options = ['--conditions=@offstage/source', '--disable-warning=ExperimentalWarning']
  const reporter = [`--test-reporter=${join(import.meta.dirname, 'reporter.ts')}`, '--test-reporter-destination=stdout']
  return {
    process: kept(
      fork(join(import.meta.dirname, 'worker.ts'), {
        cwd: top,
        execPath: group.node,
        execArgv: [...options, ...reporter],
        env: { ...process.env, NODE_ENV: undefined, ...environment },
      }),
    ),
    group,
    used: false,
  }
}

function runFile(worker: Worker, file: string): Promise<FileResult> {
  worker.used = true
  return new Promise((done) => {
    const broken = (text: string): void =>
      finish({ passed: 0, failed: 1, skipped: [], text: `\n✖ ${relative(top, file)}: ${text}\n\n`, seconds: 0 })
    const late = setTimeout(() => {
      worker.process.kill('SIGKILL')
      broken(`not done after ${longest} minutes`)
    }, longest * 60_000)
    const gone = (code: number | null, signal: string | null): void =>
      broken(`its process ended with ${signal ?? code} before the tests did`)
    const finish = (result: FileResult): void => {
      clearTimeout(late)
      worker.process.off('message', finish).off('exit', gone)
      done(result)
    }
    worker.process.on('message', finish).once('exit', gone)
    worker.process.send(file)
  })
}

/** A process that does not end by itself has left something open, which a test should not. */
async function end({ process: child }: Worker): Promise<undefined> {
  if (child.exitCode !== null || child.signalCode !== null) return undefined
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await new Promise((done) => {
    child.once('exit', done)
    if (child.connected) child.disconnect()
  })
  clearTimeout(late)
  return undefined
}

/** Its output is kept together and printed when it ends. */
async function runCommand({ title, command, args }: Command): Promise<FileResult> {
  const started = performance.now()
  const child = spawn(command, args, { cwd: top, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: undefined } })
  kept(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const late = setTimeout(() => child.kill('SIGKILL'), longest * 60_000)
  const ok = await new Promise<boolean>((done) => {
    child.once('error', () => done(false))
    child.once('close', (code) => done(code === 0))
  })
  clearTimeout(late)
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(
    `\n== ${title}\n${output}${ok ? `${title}: ok, ${seconds.toFixed(1)} s\n` : `${title}: FAILED after ${seconds.toFixed(1)} s\n`}\n`,
  )
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [], text: '', seconds }
}
