// `node --conditions=@offstage/source bench/conduit.ts`: the example `conduit` side by side with another RealWorld backend, on the same data
// and after both said the same. The rounds alternate, so that a busy machine is busy for both. `--quick` takes about a minute.
// `--database=<url of a server>` or `--database=postgres` (one of its own) measures on PostgreSQL, without it both have a SQLite file.
// Our peer is Express with MikroORM, or by `--peer=drizzle` with Drizzle. `--other=http://127.0.0.1:3000` measures a backend that runs already
// in its place; `--fill-http` first fills it over its public API, which it must be once. `--sides=drizzle,mikro-orm` leaves Offstage out.
// `--only=feed` takes the cases with that name.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { postgresServer, type TestServer } from '../tools/servers.ts'
import { makeData, readers, sizes, tagName } from './conduit/data.ts'
import { callsOf, sameAnswers, signIn } from './conduit/http.ts'
import { postgresPlace, readSides, sqlitePlace, startSide, type Running } from './conduit/sides.ts'
import { load, request, type LoadResult } from './load.ts'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    database: { type: 'string' },
    peer: { type: 'string', default: 'mikro-orm' },
    other: { type: 'string' },
    'fill-http': { type: 'boolean', default: false },
    sides: { type: 'string' },
  },
})
const { quick, database, other } = options
const [rounds, time, warmUp] = quick ? [3, 600, 500] : [9, 2_000, 1_500]
const connections = 32
const sides = readSides(options.sides?.split(',') ?? ['offstage', other === undefined ? options.peer : 'other'])
const engine = database === undefined ? 'sqlite' : 'postgres'

interface Case {
  readonly name: string
  readonly next: (tokens: readonly string[]) => Buffer
}

let turn = 0
/** The first ten pages. */
const page = (): string => `limit=20&offset=${(++turn % 10) * 20}`
const as = (tokens: readonly string[]): Record<string, string> => ({ authorization: `Token ${tokens[turn % readers]}` })
const all: readonly Case[] = [
  { name: 'list of 20', next: () => request('GET', `/api/articles?${page()}`) },
  { name: 'list of 20, signed in', next: (tokens) => request('GET', `/api/articles?${page()}`, as(tokens)) },
  { name: 'list of 20 by tag', next: () => request('GET', `/api/articles?limit=20&tag=${tagName(++turn)}`) },
  {
    name: 'feed of 20, signed in',
    next: (tokens) => {
      turn++
      return request('GET', '/api/articles/feed?limit=20', as(tokens))
    },
  },
]
const cases = all.filter(({ name }) => name.includes(options.only))

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const whole = (value: number): string => Math.round(value).toLocaleString('en')

const size = quick ? sizes.quick : sizes.whole
const data = makeData(size)
const folder = mkdtempSync(join(tmpdir(), 'offstage-conduit-'))
const server: TestServer | undefined = database === 'postgres' ? await postgresServer() : undefined
const place = database === undefined ? sqlitePlace(folder) : postgresPlace(server?.url ?? database)
const running: Running[] = []
try {
  for (const side of sides) running.push(await startSide(side, { place, size, data, other, fillHttp: options['fill-http'] }))
  await place.ready()
  const asked = await Promise.all(
    sides.map(async (name, n) => {
      const call = callsOf(running[n]!.port)
      return { name, call, tokens: await signIn(call, data) }
    }),
  )
  const same = await sameAnswers(asked[0]!, asked[1]!, { exact: !sides.includes('other') })
  console.log(
    `${engine}, ${whole(size.articles)} articles; ${same} answers were the same; ${rounds} rounds of ${time} ms, ${connections} connections, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`,
  )
  const results: object[] = []
  for (const one of cases) {
    const measure = (n: number, time: number): Promise<LoadResult> =>
      load({ port: running[n]!.port, connections, time, status: 200, next: () => one.next(asked[n]!.tokens) })
    const found: [LoadResult[], LoadResult[]] = [[], []]
    for (const n of [0, 1]) await measure(n, warmUp)
    for (let round = 0; round < rounds; round++) {
      for (const n of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) found[n].push(await measure(n, time))
    }
    const ratios = found[0].map(({ perSecond }, round) => perSecond / found[1][round]!.perSecond)
    const told = sides.map((side, n) => {
      const p99 = median(found[n]!.map((result) => result.p99)).toFixed(1)
      return `${side} ${whole(median(found[n]!.map((result) => result.perSecond))).padStart(6)}/s, p99 ${p99.padStart(6)} ms`
    })
    console.log(
      `${one.name.padEnd(24)}${told.join('   ')}   ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)})`,
    )
    results.push({ name: one.name, rounds: { [sides[0]]: found[0], [sides[1]]: found[1] }, ratio: median(ratios) })
  }
  const output = new URL('results/', import.meta.url)
  mkdirSync(output, { recursive: true })
  const moment = new Date().toISOString().replaceAll(':', '-').slice(0, 19)
  const file = new URL(`${moment}-conduit-${sides.join('-')}-${engine}${quick ? '-quick' : ''}.json`, output)
  const about = {
    at: new Date(),
    engine,
    sides,
    size,
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    rounds,
    time,
    connections,
  }
  writeFileSync(file, `${JSON.stringify({ ...about, results }, null, 2)}\n`)
  console.log(`\nWritten to ${file.pathname}`)
} finally {
  for (const one of running) await one.stop()
  await place.remove()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
}
