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
  /** Those that it has run. */
  readonly files: string[]
  /** A process whose tests failed ends with 1 for that. */
  failed: boolean
  /** Its exit code, its signal, or why it could not be started. */
  readonly ended: Promise<number | string>
}

type Work = { readonly group: Group; readonly file: string } | Command

/** Files with a comment `// Alone: <why>`, for what they change in the whole process. */
export const marksItself = (text: string): boolean => /^\/\/ Alone: \S/m.test(text)

let waiting: Work[] = []
const children = new Set<ChildProcess>()
let stopped = false

/** Its exit code, its signal, or why it could not be started. */
function endOf(child: ChildProcess): Promise<number | string> {
  children.add(child)
  return new Promise<number | string>((done) => {
    // What it printed may come after its end; a process with a channel that was ended tells no other.
    child.once(child.stdout ? 'close' : 'exit', (code, signal) => done(signal ?? code!))
    child.on('error', (error) => done(error.message))
  }).finally(() => children.delete(child))
}

/** Ends every process at once, and begins no other. */
export function killAll(): void {
  stopped = true
  waiting = []
  for (const child of children) child.kill('SIGKILL')
}

/** Runs everything in the order given and prints each result when it is there. Throws nothing: what fails is a result. */
export async function runAll(work: readonly (Group | Command)[]): Promise<Result[]> {
  waiting = work.flatMap((item): Work[] => ('files' in item ? item.files.map((file) => ({ group: item, file })) : [item]))
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
  async function end(worker: Worker): Promise<undefined> {
    const found = await endWorker(worker)
    if (found) add(worker.group.title, found)
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
      if (environment === undefined || stopped) continue
      if (worker !== undefined && (worker.group !== group || group.alone.has(file))) worker = await end(worker)
      worker ??= startWorker(group, environment)
      const result = await runFile(worker, file)
      const where = relative(top, file)
      add(group.title, { ...result, skipped: result.skipped.map((line) => `${where}: ${line}`) })
      process.stdout.write(`${result.text}${lineOf(where, group.title, result)}`)
      if (group.alone.has(file) || result.failed > 0) worker = await end(worker)
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
  const child = fork(join(import.meta.dirname, 'worker.ts'), {
    cwd: top,
    execPath: group.node,
    execArgv: [...options, ...reporter],
    env: { ...process.env, NODE_ENV: undefined, ...environment },
  })
  return { process: child, group, files: [], failed: false, ended: endOf(child) }
}

/** What failed, and was no test. */
function failure(text: string): FileResult {
  process.stdout.write(`\n✖ ${text}\n\n`)
  return { passed: 0, failed: 1, skipped: [], text: '', seconds: 0 }
}

async function runFile(worker: Worker, file: string): Promise<FileResult> {
  const { process: child, files, ended } = worker
  files.push(relative(top, file))
  const done = new Promise<FileResult>((resolveDone) => child.once('message', resolveDone))
  // What cannot be sent is told by the end of the process.
  child.send(file, () => {})
  const late = setTimeout(() => child.kill('SIGKILL'), longest * 60_000)
  const told = await Promise.race([done, ended])
  clearTimeout(late)
  const result =
    typeof told === 'object'
      ? told
      : failure(`${files.at(-1)}: its process ended with ${told} before the tests did (within ${longest} minutes)`)
  worker.failed ||= result.failed > 0
  return result
}

/** A failure where all tests passed and the process does not end well: one of them left something open (`worker.ts`), or broke it later. */
async function endWorker({ process: child, group, files, failed, ended }: Worker): Promise<FileResult | undefined> {
  // A test that failed may not have come to where it closes what it opened.
  const late = setTimeout(() => child.kill('SIGKILL'), failed ? 5_000 : longest * 60_000)
  if (child.connected) child.disconnect()
  const how = await ended
  clearTimeout(late)
  return how === 0 || failed || stopped ? undefined : failure(`A process (${group.title}) ended with ${how} after ${files.join(', ')}`)
}

/** Its output is kept together and printed when it ends. */
async function runCommand({ title, command, args }: Command): Promise<FileResult> {
  const started = performance.now()
  const child = spawn(command, args, { cwd: top, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: undefined } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const late = setTimeout(() => child.kill('SIGKILL'), longest * 60_000)
  const ok = (await endOf(child)) === 0
  clearTimeout(late)
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(
    `\n== ${title}\n${output}${ok ? `${title}: ok, ${seconds.toFixed(1)} s\n` : `${title}: FAILED after ${seconds.toFixed(1)} s\n`}\n`,
  )
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [], text: '', seconds }
}
