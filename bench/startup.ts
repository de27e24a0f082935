// How long a start is waited for, with the shop and all its data: from the start of a process to its first answer, as `offstage start` runs it,
// and from the change of a file to the first answer of the new version, as `offstage dev` runs it. Alone, and with processor time and modules:
// `node --conditions=@offstage/source bench/startup.ts`; `--runs=15` for more of them, `--beside=<folder>` to measure another checkout in turns.
import { spawn, type ChildProcess } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openShop, shopEnvironment } from '../tools/shop.ts'

const repository = fileURLToPath(new URL('../', import.meta.url))
const listLoaded = new URL('../tools/list-loaded.ts', import.meta.url)

/** One way to run `offstage`: from source as in a repository, or built as it is published. */
interface Way {
  readonly name: string
  readonly checkout: string
  readonly command: readonly string[]
}

function waysOf(checkout: string, called = ''): Way[] {
  const offstage = join(checkout, 'packages/offstage')
  const node = [process.execPath, '--disable-warning=ExperimentalWarning']
  return [
    { name: `${called}from source`, checkout, command: [...node, '--conditions=@offstage/source', join(offstage, 'src/cli.ts')] },
    ...(isBuilt(offstage) ? [{ name: `${called}built`, checkout, command: [...node, join(offstage, 'dist/cli.js')] }] : []),
  ]
}

/** Whether what was built is of the source as it is now: another one may not even open the same tables. */
function isBuilt(offstage: string): boolean {
  const build = join(offstage, 'tsconfig.tsbuildinfo')
  if (!existsSync(join(offstage, 'dist/cli.js')) || !existsSync(build)) return false
  const { mtimeMs } = statSync(build)
  return readdirSync(join(offstage, 'src'), { recursive: true }).every(
    (name) => statSync(join(offstage, 'src', String(name))).mtimeMs <= mtimeMs,
  )
}

/** Milliseconds of `offstage start`, one for each run and way. What a first start compiles and keeps is there: it is not measured. */
export async function startTimes(folder: string, runs: number): Promise<Record<string, number[]>> {
  const file = await databaseIn(folder)
  return inTurns(waysOf(repository), runs, async (way) => (await start(way, file)).ms)
}

/** Milliseconds from the change of a file to the answer of what it says now, with `offstage dev`. */
export async function restartTimes(folder: string, runs: number): Promise<Record<string, number[]>> {
  return restarts(waysOf(repository), await databaseIn(folder), folder, runs)
}

async function databaseIn(folder: string): Promise<string> {
  const file = join(folder, 'shop.db')
  if (!existsSync(file)) await (await openShop(file, { mode: 'development', orders: 5000 })).close()
  return file
}

/** A first turn is not counted; every further one goes through all ways, so that a busy machine is busy for all of them. */
async function inTurns<T>(ways: readonly Way[], runs: number, once: (way: Way) => Promise<T>): Promise<Record<string, T[]>> {
  const found: Record<string, T[]> = {}
  for (let run = 0; run <= runs; run++) {
    for (const way of ways) {
      const one = await once(way)
      if (run > 0) (found[way.name] ??= []).push(one)
    }
  }
  return found
}

interface Start {
  readonly ms: number
  /** Milliseconds of processor time, of all threads. */
  readonly cpu: number
}

async function start(way: Way, file: string, environment: Record<string, string> = {}): Promise<Start> {
  const port = await freePort()
  const begin = performance.now()
  const child = run(way, ['start', join(way.checkout, 'examples/shop/app.ts')], {
    ...shopEnvironment,
    ...environment,
    DATABASE_URL: `file:${file}`,
    PORT: String(port),
  })
  try {
    await answer(child, `http://127.0.0.1:${port}/api/products?limit=10`, () => true)
    return { ms: performance.now() - begin, cpu: processorTime(child.pid!) }
  } finally {
    await end(child)
  }
}

/** How many modules a start has loaded at the end of its first answer. */
async function modulesOf(way: Way, file: string, folder: string): Promise<number> {
  const list = join(folder, 'loaded.json')
  await start(way, file, { LIST_LOADED: list, NODE_OPTIONS: `--import=${listLoaded}` })
  const { loaded } = JSON.parse(readFileSync(list, 'utf8')) as { loaded: string[] }
  return loaded.filter((address) => address.startsWith('file:')).length
}

/** Each way runs `dev` on a copy of the shop all the time; what changes is the number that one endpoint answers. */
async function restarts(ways: readonly Way[], file: string, folder: string, runs: number): Promise<Record<string, number[]>> {
  const places = new Map<Way, Place>()
  try {
    for (const way of ways) places.set(way, await openPlace(way, file, mkdtempSync(join(folder, 'shop-'))))
    return await inTurns(ways, runs, async (way) => {
      const { child, url, write, version } = places.get(way)!
      const next = version() + 1
      // A person looks at the answer before the next change.
      await new Promise((resolve) => setTimeout(resolve, 1000))
      const begin = performance.now()
      write(next)
      await answer(child, url, (body) => body.version === next)
      return performance.now() - begin
    })
  } finally {
    for (const { child } of places.values()) await end(child)
  }
}

interface Place {
  readonly child: ChildProcess
  readonly url: string
  readonly write: (version: number) => void
  readonly version: () => number
}

async function openPlace(way: Way, file: string, folder: string): Promise<Place> {
  cpSync(join(way.checkout, 'examples/shop'), folder, {
    recursive: true,
    filter: (path) => !/\/(data|node_modules|\.offstage)(\/|$)/.test(path),
  })
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(way.checkout, 'packages/offstage'), join(folder, 'node_modules/offstage'))
  copyFileSync(file, join(folder, 'shop.db'))
  let current = 0
  const write = (version: number): void => {
    current = version
    writeFileSync(
      join(folder, 'endpoints/version.ts'),
      `import { endpoint } from '../kit.ts'\nexport const version = endpoint({ allow: 'everyone', method: 'GET', path: '/version', run: () => ({ version: ${version} }) })\n`,
    )
  }
  write(current)
  const index = join(folder, 'endpoints/index.ts')
  writeFileSync(index, `${readFileSync(index, 'utf8')}export { version } from './version.ts'\n`)
  const port = await freePort()
  const child = run(way, ['dev', folder], { DATABASE_URL: `file:${join(folder, 'shop.db')}`, PORT: String(port) })
  const url = `http://127.0.0.1:${port}/version`
  await answer(child, url, (body) => body.version === current)
  return { child, url, write, version: () => current }
}

function run(way: Way, args: readonly string[], environment: Record<string, string>): ChildProcess {
  const [command, ...before] = way.command
  // A cache that whoever measures has set up for all their processes would be measured too.
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  // `dev` says there which file has changed, each time.
  const errors = args[0] === 'dev' ? 'ignore' : 'inherit'
  return spawn(command!, [...before, ...args], { stdio: ['ignore', 'ignore', errors], env: { ...env, ...environment } })
}

async function answer(child: ChildProcess, url: string, wanted: (body: any) => boolean): Promise<void> {
  const late = performance.now() + 60_000
  while (performance.now() < late) {
    if (child.exitCode !== null) throw new Error(`The shop ended with ${child.exitCode} before it answered.`)
    const reply = await fetch(url).catch(() => undefined)
    if (reply?.ok && wanted(await reply.json())) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`The shop gave no answer within a minute.`)
}

async function end(child: ChildProcess): Promise<void> {
  child.kill()
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** NaN where there is no /proc. */
function processorTime(pid: number): number {
  const tasks = `/proc/${pid}/task`
  if (!existsSync(tasks)) return Number.NaN
  return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0]) / 1e6, 0)
}

function shown(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  return `${sorted[sorted.length >> 1]!.toFixed(0)} ms (${sorted[0]!.toFixed(0)}..${sorted.at(-1)!.toFixed(0)})`
}

if (import.meta.main) {
  const option = (name: string): string | undefined => process.argv.find((given) => given.startsWith(`--${name}=`))?.slice(name.length + 3)
  const runs = Number(option('runs') ?? 9)
  const beside = option('beside')
  const ways = [...waysOf(repository), ...(beside === undefined ? [] : waysOf(resolve(beside), 'beside, '))]
  const folder = mkdtempSync(join(tmpdir(), 'offstage-startup-'))
  try {
    const file = await databaseIn(folder)
    const starts = await inTurns(ways, runs, (way) => start(way, file))
    for (const way of ways) {
      const of = starts[way.name]!
      console.log(
        `${way.name.padEnd(20)} start ${shown(of.map(({ ms }) => ms))}, processor ${shown(of.map(({ cpu }) => cpu))}, ${await modulesOf(way, file, folder)} modules`,
      )
    }
    for (const [name, times] of Object.entries(await restarts(ways, file, folder, runs)))
      console.log(`${name.padEnd(20)} dev, from a change to its answer ${shown(times)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
