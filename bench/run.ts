// `npm run bench`: how fast Offstage answers, as ratios against a hand-written server (the limit) and Express 5 with
// Drizzle, in one run. The servers are processes of their own, each on its own copy of one file; the rounds alternate, so
// that a busy machine is busy for all of them. `--quick` takes about a minute; the figures go to `bench/results/`.
// `--database=<url>` measures on PostgreSQL, MySQL or MariaDB, in an empty database: both servers share its tables, Express stays away.
import { fork, type ChildProcess } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { load, request, type LoadResult } from './load.ts'
import { makeDatabase, type Made } from './database.ts'
import { restartTimes, startTimes } from './startup.ts'

const quick = process.argv.includes('--quick')
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7)
const [rounds, time, warmUp] = quick ? [3, 400, 300] : [9, 1200, 800]

const address = process.argv.find((argument) => argument.startsWith('--database='))?.slice(11)
const engine = address === undefined ? 'sqlite' : address.startsWith('postgres') ? 'postgres' : 'mysql'

type Server = 'offstage' | 'limit' | 'express'
const servers: readonly Server[] = address === undefined ? ['offstage', 'limit', 'express'] : ['offstage', 'limit']
const files: Record<Server, string> = { offstage: 'server.ts', limit: `limit-${engine}.ts`, express: 'express.js' }

type Round = LoadResult & { readonly cpu: number }

interface Case {
  readonly name: string
  readonly connections: number
  readonly status: number
  readonly next: () => Buffer
}

function cases({ ids, categories, token }: Made): Case[] {
  const authorization = { authorization: `Bearer ${token}` }
  let turn = 0
  const id = (): string => ids[(turn += 7919) % ids.length]!
  const product = (): object => ({
    name: `Product ${++turn}`,
    description: 'A thing that is written down while the clock runs, with a description of an ordinary length.',
    price: '19.90',
    stock: 12,
    releasedAt: '2026-01-31T12:00:00.000Z',
    category: categories[turn % categories.length]!,
  })
  const read = { connections: 32, status: 200 }
  const create = { status: 201, next: (): Buffer => request('POST', '/api/products', authorization, product()) }
  return [
    { name: 'read by id', ...read, next: () => request('GET', `/api/products/${id()}`) },
    { name: 'read by id, signed in', ...read, next: () => request('GET', `/api/products/${id()}`, authorization) },
    { name: 'list of 50', ...read, next: () => request('GET', '/api/products?limit=50') },
    { name: 'list of 50 with include', ...read, next: () => request('GET', '/api/products?limit=50&include=category') },
    {
      name: 'aggregate by reference',
      connections: 8,
      status: 200,
      next: () =>
        request(
          'GET',
          `/api/products/aggregate?${new URLSearchParams({ group: 'category', measures: '{"n":"count","total":{"sum":"price"}}' })}`,
        ),
    },
    // Last, because they change how much there is to read.
    { name: 'create, 1 client', connections: 1, ...create },
    { name: 'create, 32 clients', connections: 32, ...create },
    { name: 'update, 32 clients', ...read, next: () => request('PATCH', `/api/products/${id()}`, authorization, { stock: ++turn % 1000 }) },
  ].filter((one) => only === undefined || one.name.includes(only))
}

async function start(server: Server, file: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(new URL(files[server], import.meta.url), [file], {
    execArgv: ['--conditions=@offstage/source', '--disable-warning=ExperimentalWarning'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port))
    child.once('exit', (code) => reject(new Error(`${server} ended with ${code} before it listened.`)))
  })
  return { child, port }
}

/** Milliseconds of processor time a process has used, all its threads; NaN where there is no /proc. */
function processorTime(pid: number): number {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return Number.NaN
  const fields = readFileSync(file, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** One round, with the server's processor time for one request in microseconds: what counts when the generator is the slower one. */
async function round(one: Case, { child, port }: { child: ChildProcess; port: number }): Promise<Round> {
  const before = processorTime(child.pid!)
  const result = await load({ ...one, port, time })
  return { ...result, cpu: ((processorTime(child.pid!) - before) * 1000) / (result.perSecond * (time / 1000)) }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const spread = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}..${Math.max(...values).toFixed(2)})`
const whole = (value: number): string => Math.round(value).toLocaleString('en')

const folder = mkdtempSync(join(tmpdir(), 'offstage-bench-'))
const running = new Map<Server, { child: ChildProcess; port: number }>()
try {
  const first = join(folder, 'made.db')
  const made = await makeDatabase(address ?? `file:${first}`, quick ? 2_000 : 20_000)
  for (const server of servers) {
    const file = join(folder, `${server}.db`)
    if (address === undefined) copyFileSync(first, file)
    running.set(server, await start(server, address ?? file))
  }
  console.log(
    `${rounds} rounds of ${time} ms each, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${whole(made.ids.length)} products\n`,
  )
  const results: object[] = []
  for (const one of cases(made)) {
    const found: Record<Server, Round[]> = { offstage: [], limit: [], express: [] }
    for (const server of servers) await load({ ...one, port: running.get(server)!.port, time: warmUp })
    for (let n = 0; n < rounds; n++) {
      for (let turn = 0; turn < servers.length; turn++) {
        const server = servers[(n + turn) % servers.length]!
        found[server].push(await round(one, running.get(server)!))
      }
    }
    const perSecond = (server: Server): number => median(found[server].map((result) => result.perSecond))
    const ratio = (to: Server): number[] => found.offstage.map((result, n) => result.perSecond / found[to][n]!.perSecond)
    const cpu = (server: Server): number => median(found[server].map((result) => result.cpu))
    console.log(
      `${one.name.padEnd(26)}${servers.map((server) => `${server} ${whole(perSecond(server)).padStart(7)}/s`).join('   ')}   of the limit ${spread(ratio('limit'))}${address === undefined ? `   of Express ${spread(ratio('express'))}` : ''}   CPU ${servers.map((server) => whole(cpu(server))).join(' / ')} µs`,
    )
    results.push({
      name: one.name,
      rounds: found,
      ofLimit: median(ratio('limit')),
      ...(address === undefined && { ofExpress: median(ratio('express')) }),
    })
  }
  const times = only === undefined && address === undefined ? (quick ? 3 : 7) : 0
  const starts = times > 0 ? await startTimes(folder, times) : {}
  const restarts = times > 0 ? await restartTimes(folder, times) : {}
  const seconds = (list: readonly number[]): string => `${spread(list.map((ms) => ms / 1000))} s`
  for (const [way, list] of Object.entries(starts)) console.log(`The shop ${way}, from start to its first answer: ${seconds(list)}`)
  for (const [way, list] of Object.entries(restarts)) console.log(`The shop ${way}, from a change in dev to its answer: ${seconds(list)}`)
  const output = new URL('results/', import.meta.url)
  mkdirSync(output, { recursive: true })
  const file = new URL(
    `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}${engine === 'sqlite' ? '' : `-${engine}`}${quick ? '-quick' : ''}.json`,
    output,
  )
  writeFileSync(
    file,
    `${JSON.stringify({ at: new Date(), engine, node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, rounds, time, results, starts, restarts }, null, 2)}\n`,
  )
  console.log(`\nWritten to ${file.pathname}`)
} finally {
  for (const { child } of running.values()) child.kill()
  rmSync(folder, { recursive: true, force: true })
}
