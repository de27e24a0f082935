// The database is restarted under the load of a served app, which must say 503 while it is away, and be well within two seconds after.
// Then its connections are all taken by slow transactions: who waits for one is told so in time, and everybody else is served.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { workplace, type Running, type Workplace } from '../../packages/offstage/test/commands/offstage.ts'
import { connectTo } from './client.ts'
import { fail, secret, serverOf, type Kind, type Server } from './stage.ts'

/** Milliseconds. */
const [awayFor, wellWithin] = [3_000, 2_000]
const slowFor = 1_500
const [rows, clients] = [200, 24]

interface Answer {
  readonly at: number
  readonly status: number
  readonly what: string
}

export async function restartDrill(kinds: readonly Kind[], rounds: number): Promise<Record<string, unknown>> {
  const figures: Record<string, unknown> = { rounds, clients }
  for (const kind of kinds) {
    await using server = await serverOf[kind]()
    using place = makeApp()
    const url = await server.make()
    const node = place.start({ DATABASE_URL: url, SECRET: secret }, 'start', '--migrate')
    const [, address = ''] = await node.until(/"url":"(http:[^"]+)"/, 60)
    const found = { ...(await restarts(server, url, address, rounds, node)), ...(await exhaust(address)) }
    if ((await node.stop()) !== 0) fail(`${kind}: the app did not end well`)
    for (const [name, value] of Object.entries(found)) figures[`${kind}, ${name}`] = value
  }
  return figures
}

function makeApp(): Workplace {
  const place = workplace()
  writeFileSync(join(place.folder, 'package.json'), '{ "name": "drill", "type": "module" }\n')
  writeFileSync(
    join(place.folder, 'app.ts'),
    `import { defineApp, defineModels, t } from 'offstage'

const { models, endpoint } = defineModels({ items: { name: t.text(), seen: t.integer().default(0) }, others: { name: t.text() } })
for (const one of Object.values(models)) one.access({ read: 'everyone', create: 'everyone', update: 'everyone' })
const slow = endpoint({
  allow: 'everyone',
  run: ({ db }) =>
    db.system.transaction(async (sys) => {
      await sys.others.create({ name: 'slow' })
      await new Promise((done) => setTimeout(done, ${slowFor}))
      return { done: true }
    }),
})
export const app = defineApp({ models, endpoints: { slow } })
`,
  )
  return place
}

const post = (body: unknown, method = 'POST'): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** Clients that read and write without a pause, each request noted. */
class Load {
  readonly answers: Answer[] = []
  readonly increments = { acknowledged: 0, perhaps: 0 }
  readonly #address: string
  readonly #ids: readonly string[]
  readonly #stopped = new AbortController()
  readonly #running: Promise<unknown>

  constructor(address: string, ids: readonly string[]) {
    this.#address = address
    this.#ids = ids
    this.#running = Promise.all(Array.from({ length: clients }, (_, client) => this.#run(client)))
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  async #run(client: number): Promise<void> {
    for (let n = client; !this.#stopped.signal.aborted; n++) {
      const id = this.#ids[n % rows]!
      const [path, options] = [
        ['/api/items?limit=20', {}],
        [`/api/items/${id}`, {}],
        ['/api/items', post({ name: `by ${client}` })],
        [`/api/items/${id}`, post({ seen: { increment: 1 } }, 'PATCH')],
      ][n % 4] as [string, RequestInit]
      const answer = await fetch(this.#address + path, options).then(
        async (response) => ({ status: response.status, what: await response.text() }),
        (error) => ({ status: 0, what: String((error as Error).cause ?? error) }),
      )
      const isGood = answer.status >= 200 && answer.status < 300
      if (options.method === 'PATCH') this.increments[isGood ? 'acknowledged' : 'perhaps']++
      this.answers.push({ at: performance.now(), status: answer.status, what: isGood ? '' : answer.what })
      await sleep(isGood ? 2 : 20)
    }
  }
}

async function restarts(server: Server, url: string, address: string, rounds: number, node: Running): Promise<Record<string, unknown>> {
  const ids: string[] = []
  for (let n = 0; n < rows; n++) {
    const made = await fetch(`${address}/api/items`, post({ name: `item ${n}` }))
    ids.push(((await made.json()) as { id: string }).id)
  }
  const load = new Load(address, ids)
  await sleep(2_000)
  const before = await connections(url)
  let [errors, lastError] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const found = await restart(server, load)
    if (node.process.exitCode !== null) fail(`the app ended:\n${node.output()}`)
    errors += found.errors
    lastError = Math.max(lastError, found.lastError)
  }
  await load.stop()
  await sleep(1_000)
  const after = await connections(url)
  if (after > before) fail(`there were ${before} connections under load before, and there are ${after} after it`)
  const { acknowledged, perhaps } = load.increments
  const there = await asked(url, 'select sum(seen) as n from items')
  if (there < acknowledged || there > acknowledged + perhaps)
    fail(`${acknowledged} writes were acknowledged, ${perhaps} were not, and ${there} are there`)
  const ready = await fetch(`${address}/readyz`)
  if (ready.status !== 200) fail(`/readyz is ${ready.status} afterwards`)
  return {
    'requests answered': load.answers.filter(({ status }) => status < 300).length,
    '503 while away': errors,
    'last error after return, ms': lastError,
    'writes acknowledged, there': acknowledged,
    'connections before': before,
    'connections after': after,
  }
}

async function restart(server: Server, { answers }: Load): Promise<{ readonly errors: number; readonly lastError: number }> {
  const first = answers.length
  const away = performance.now()
  await server.stop()
  await sleep(awayFor)
  await server.start()
  const back = performance.now()
  await sleep(wellWithin + 2_000)
  const bad = answers.slice(first).filter(({ status }) => status < 200 || status >= 300)
  const odd = bad.find(({ at, status }) => status !== 503 || at < away || at > back + wellWithin)
  if (odd) fail(`${odd.status} ${Math.round(odd.at - back)} ms after the server was back: ${odd.what}`)
  if (bad.length === 0) fail('the server was away, and nobody noticed')
  if (!answers.some(({ at, status }) => at > back + wellWithin && status === 200)) fail('nothing was answered any more')
  return { errors: bad.length, lastError: Math.max(0, ...bad.map(({ at }) => Math.round(at - back))) }
}

const connections = (url: string): Promise<number> =>
  asked(
    url,
    url.startsWith('postgres')
      ? 'select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
      : 'select count(*) as n from information_schema.processlist where db = database() and id <> connection_id()',
  )

async function asked(url: string, sql: string): Promise<number> {
  await using client = await connectTo(url)
  const [row] = await client.all(sql)
  return Number(row!['n'])
}

async function exhaust(address: string): Promise<Record<string, unknown>> {
  const all = new AbortController()
  const lists = listsUntil(all.signal, address)
  const ended = await Promise.all(Array.from({ length: 40 }, () => slowCall(address)))
  all.abort()
  const times = await lists
  const refused = ended.filter(({ status }) => status === 503)
  const [longest, longestList] = [Math.max(...refused.map(({ took }) => took)), Math.max(...times)]
  if (refused.length === 0) fail('40 slow transactions at once, and none was refused')
  if (longest > wellWithin + 500) fail(`a 503 came after ${Math.round(longest)} ms`)
  if (longestList > 1_000) fail(`a list beside it took ${Math.round(longestList)} ms`)
  const made = await fetch(`${address}/api/items`, post({ name: 'afterwards' }))
  if (made.status !== 201) fail(`a create afterwards is ${made.status}`)
  return {
    'slow transactions at once': ended.length,
    'of them refused': refused.length,
    'longest wait for a 503, ms': Math.round(longest),
    'lists meanwhile': times.length,
    'longest of them, ms': Math.round(longestList),
  }
}

async function slowCall(address: string): Promise<{ readonly status: number; readonly took: number }> {
  const started = performance.now()
  const answer = await fetch(`${address}/api/call/slow`, post({}))
  const what = await answer.text()
  const [status, took] = [answer.status, performance.now() - started]
  if (status !== 200 && status !== 503) fail(`a slow call is ${status}: ${what}`)
  if (status === 503 && answer.headers.get('retry-after') === null) fail(`a 503 without Retry-After: ${what}`)
  return { status, took }
}

/** What each took. */
async function listsUntil(ended: AbortSignal, address: string): Promise<readonly number[]> {
  const times: number[] = []
  while (!ended.aborted) {
    const started = performance.now()
    const answer = await fetch(`${address}/api/items?limit=20`)
    await answer.arrayBuffer()
    if (answer.status !== 200) fail(`a list beside it is ${answer.status}`)
    times.push(performance.now() - started)
    await sleep(10)
  }
  return times
}
