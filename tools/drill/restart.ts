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
const rows = 200

interface Answer {
  readonly at: number
  readonly status: number
  readonly what: string
}

export async function restartDrill(kinds: readonly Kind[], rounds: number): Promise<Record<string, unknown>> {
  const figures: Record<string, unknown> = { rounds, 'clients of the load': 24 }
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

async function restarts(server: Server, url: string, address: string, rounds: number, node: Running): Promise<Record<string, unknown>> {
  const ids: string[] = []
  for (let n = 0; n < rows; n++) {
    const made = await fetch(`${address}/api/items`, post({ name: `item ${n}` }))
    ids.push(((await made.json()) as { id: string }).id)
  }
  const answers: Answer[] = []
  const wrote = { acknowledged: 0, perhaps: 0 }
  let stopped = false
  const load = Array.from({ length: 24 }, async (_, client) => {
    for (let n = client; !stopped; n++) {
      const id = ids[n % rows]!
      const [path, options] = [
        ['/api/items?limit=20', {}],
        [`/api/items/${id}`, {}],
        ['/api/items', post({ name: `by ${client}` })],
        [`/api/items/${id}`, post({ seen: { increment: 1 } }, 'PATCH')],
      ][n % 4] as [string, RequestInit]
      const answer = await fetch(address + path, options).then(
        async (response) => ({ status: response.status, what: await response.text() }),
        (error) => ({ status: 0, what: String((error as Error).cause ?? error) }),
      )
      if (options.method === 'PATCH') wrote[answer.status < 300 ? 'acknowledged' : 'perhaps']++
      answers.push({ at: performance.now(), status: answer.status, what: answer.status < 300 ? '' : answer.what })
      await sleep(answer.status < 300 ? 2 : 20)
    }
  })
  await sleep(2_000)
  const before = await connections(url)
  let [errors, longestAfter] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const first = answers.length
    const away = performance.now()
    await server.stop()
    await sleep(awayFor)
    const from = answers.length
    await server.start()
    const back = performance.now()
    await sleep(wellWithin + 2_000)
    const bad = answers.slice(first).filter(({ status }) => status >= 300)
    const odd = bad.find(({ at, status }) => status !== 503 || at < away || at > back + wellWithin)
    if (odd) fail(`${odd.status} ${Math.round(odd.at - back)} ms after the server was back: ${odd.what}`)
    if (bad.length === 0) fail('the server was away, and nobody noticed')
    if (!answers.slice(from).some(({ at, status }) => at > back && status === 200)) fail('nothing was answered any more')
    if (node.process.exitCode !== null) fail(`the app ended:\n${node.output()}`)
    errors += bad.length
    longestAfter = Math.max(longestAfter, ...bad.map(({ at }) => at - back))
  }
  stopped = true
  await Promise.all(load)
  await sleep(1_000)
  const after = await connections(url)
  if (after > before) fail(`there were ${before} connections under load before, and there are ${after} after it`)
  const there = await asked(url, 'select sum(seen) as n from items')
  if (there < wrote.acknowledged || there > wrote.acknowledged + wrote.perhaps)
    fail(`${wrote.acknowledged} writes were acknowledged and ${wrote.perhaps} refused, and ${there} are there`)
  const ready = await fetch(`${address}/readyz`)
  if (ready.status !== 200) fail(`/readyz is ${ready.status} afterwards`)
  return {
    'requests answered': answers.filter(({ status }) => status < 300).length,
    '503 while away': errors,
    'last error after return, ms': Math.max(0, Math.round(longestAfter)),
    'writes acknowledged, there': wrote.acknowledged,
    'connections before': before,
    'connections after': after,
  }
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
  let done = false
  const slow = Array.from({ length: 40 }, async () => {
    const started = performance.now()
    const answer = await fetch(`${address}/api/call/slow`, post({}))
    const what = await answer.text()
    const [status, took] = [answer.status, performance.now() - started]
    if (status !== 200 && status !== 503) fail(`a slow call is ${status}: ${what}`)
    if (status === 503 && answer.headers.get('retry-after') === null) fail(`a 503 without Retry-After: ${what}`)
    return { status, took }
  })
  const lists: number[] = []
  const others = (async () => {
    while (!done) {
      const started = performance.now()
      const answer = await fetch(`${address}/api/items?limit=20`)
      await answer.arrayBuffer()
      if (answer.status !== 200) fail(`a list beside it is ${answer.status}`)
      lists.push(performance.now() - started)
      await sleep(10)
    }
  })()
  const ended = await Promise.all(slow)
  done = true
  await others
  const refused = ended.filter(({ status }) => status === 503)
  const [longest, longestList] = [Math.max(...refused.map(({ took }) => took)), Math.max(...lists)]
  if (refused.length === 0) fail('40 slow transactions at once, and none was refused')
  if (longest > wellWithin + 500) fail(`a 503 came after ${Math.round(longest)} ms`)
  if (longestList > 1_000) fail(`a list beside it took ${Math.round(longestList)} ms`)
  const made = await fetch(`${address}/api/items`, post({ name: 'afterwards' }))
  if (made.status !== 201) fail(`a create afterwards is ${made.status}`)
  return {
    'slow transactions at once': ended.length,
    'of them refused': refused.length,
    'longest wait for a 503, ms': Math.round(longest),
    'lists meanwhile': lists.length,
    'longest of them, ms': Math.round(longestList),
  }
}
