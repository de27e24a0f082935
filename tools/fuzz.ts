// `npm run fuzz`: throws garbage at every route of the shop, as nobody, as a customer and as staff, and raw bytes at its
// socket. No input may cause a 5xx, an exit, a hang or an answer that shows the inside; memory must stay flat.
// `--quick` takes 20 seconds, `--minutes 30` as long as it says; `--seed 7 --from 4711 --count 1` repeats one request. With `--url` or
// TEST_DATABASE_URL it is the shop on that server, in a place of its own there.
import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeScratch } from '../packages/offstage/src/app/scratch.ts'
import { chanceOf } from './fuzz/chance.ts'
import { rawOf, requestOf } from './fuzz/requests.ts'
import { worldOf } from './fuzz/world.ts'

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
    from: { type: 'string' },
    count: { type: 'string' },
    url: { type: 'string' },
  },
})
const seed = Number(given.seed ?? (given.quick ? 1 : Date.now() % 1_000_000))
const from = Number(given.from ?? 0)
const most = Number(given.count ?? Infinity)
const time = given.minutes ? Number(given.minutes) * 60_000 : given.quick ? 20_000 : 120_000
const workers = most === Infinity ? 8 : 1

interface Ready {
  port: number
  ids: string[]
}
type Role = 'customer' | 'staff'
interface Failure {
  at: number
  why: string
  line: string
  answer: string
}

const folder = mkdtempSync(join(tmpdir(), 'offstage-fuzz-'))
const server = given.url ?? (process.env['TEST_DATABASE_URL'] || undefined)
const scratch = server === undefined ? undefined : await makeScratch(server)
const child = fork(new URL('./fuzz/server.ts', import.meta.url), [scratch?.url ?? `file:${join(folder, 'shop.db')}`], {
  execArgv: ['--conditions=@offstage/source', '--disable-warning=ExperimentalWarning'],
  stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
})
let said = ''
for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (said = (said + String(chunk)).slice(-20_000)))
let exited: string | undefined
child.on('exit', (code, signal) => (exited = `The server ended (${code ?? signal}).`))

const failures: Failure[] = []
const statuses = new Map<string, number>()
const memory: number[] = []

/** Sends the bytes and gives the status and the answer; undefined when the connection ended or stayed silent. */
function ask(port: number, bytes: Buffer, patience: number): Promise<{ status: number; answer: string } | undefined> {
  const { promise, resolve } = Promise.withResolvers<{ status: number; answer: string } | undefined>()
  const chunks: Buffer[] = []
  const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(bytes))
  const timer = setTimeout(() => socket.destroy(), patience)
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {})
  socket.on('close', () => {
    clearTimeout(timer)
    const answer = Buffer.concat(chunks)
      .toString()
      .replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1])
    resolve(Number.isNaN(status) ? undefined : { status, answer })
  })
  return promise
}

const inside =
  /node:internal|\.ts:\d+:\d+|SQLITE_|sqlite3?error|near "|\/src\/|node_modules|\bselect "?t?\d|__(?:email|search|words)\b|ER_[A-Z]+_|SQLSTATE|syntax error|right syntax to use|violates .* constraint|relation "|Unknown column|Duplicate entry|for key '/i

const ready = await new Promise<Ready>((resolve, reject) => {
  child.once('message', (message) => resolve(message as Ready))
  child.once('exit', () => reject(new Error(`The server did not start.\n${said}`)))
})
const document = await (await fetch(`http://127.0.0.1:${ready.port}/openapi.json`)).json()
const world = worldOf(document, ready.ids)
console.log(`Seed ${seed}: ${world.operations.length} operations, ${workers} connections, server ${child.pid}`)

const tokens = new Map<Role, Promise<string>>()
function renew(role: Role): void {
  tokens.set(
    role,
    new Promise((resolve) => {
      const take = (message: any): void => {
        if (message.role !== role) return
        child.off('message', take)
        resolve(message.token)
      }
      child.on('message', take)
      child.send(role)
    }),
  )
}
renew('customer')
renew('staff')

let turn = from
const started = Date.now()
const done = (): boolean =>
  turn >= from + most || exited !== undefined || failures.length >= 20 || (most === Infinity && Date.now() - started > time)

async function work(): Promise<void> {
  while (!done()) {
    const at = turn++
    const chance = chanceOf(seed * 1_000_003 + at)
    const who = chance.pick(['nobody', 'customer', 'customer', 'staff'] as const)
    const raw = chance.is(0.06)
    const held = who === 'nobody' ? undefined : tokens.get(who)
    const { bytes, line } = raw ? { bytes: rawOf(chance), line: 'raw bytes' } : requestOf(world, chance, await held)
    const found = await ask(ready.port, bytes, raw ? 300 : 20_000)
    const key = found ? `${raw ? 'raw ' : ''}${found.status}` : raw ? 'raw closed' : 'silence'
    statuses.set(key, (statuses.get(key) ?? 0) + 1)
    const fail = (why: string): void => {
      failures.push({ at, why, line: `${who}: ${line}`, answer: found?.answer.slice(0, 800) ?? '' })
      console.error(
        `\nFailure: ${why}\n  ${who}: ${line}\n  ${found?.answer.split('\r\n\r\n')[1]?.slice(0, 300) ?? ''}\n  Again: npm run fuzz -- --seed ${seed} --from ${at} --count 1`,
      )
    }
    if (found?.status === 401 && who !== 'nobody' && tokens.get(who) === held) renew(who)
    if (!found && !raw && exited === undefined) fail('no answer')
    else if (found && found.status >= 500 && found.status !== 501 && found.status !== 505) fail(`status ${found.status}`)
    else if (found && !line.includes('/openapi.json') && inside.test(found.answer.split('\r\n\r\n').slice(1).join()) && found.status >= 400)
      fail('the answer shows the inside')
    if (most === 1 && said !== '') console.log(said)
    if (most === 1) console.log(bytes.toString().slice(0, 3000), '\n\n', found?.answer)
  }
}

/** Megabytes of memory of the server. */
function resident(): number {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024)
  } catch {
    return Number.NaN
  }
}
const watch = setInterval(() => {
  memory.push(resident())
  if (memory.length % (given.quick ? 5 : 30) === 0)
    console.log(
      `${String(Math.round((Date.now() - started) / 1000)).padStart(6)} s ${String(turn - from).padStart(9)} requests ${String(memory.at(-1)).padStart(6)} MB`,
    )
}, 1000)

async function stop(): Promise<void> {
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill()
  await ended
}

try {
  await Promise.all(Array.from({ length: workers }, work))
} catch (error) {
  await stop()
  await scratch?.drop()
  throw error
}
clearInterval(watch)
if (exited !== undefined)
  failures.push({ at: turn, why: exited, line: `one of the requests ${turn - workers} to ${turn}`, answer: said.slice(-2000) })
else await stop()
await scratch?.drop()

// Flat: the last quarter holds no more than the second quarter and a half of it, once a start's growth is over.
const quarter = Math.floor(memory.length / 4)
const middle = Math.max(...memory.slice(quarter, quarter * 2))
const last = Math.min(...memory.slice(-Math.max(1, quarter)))
if (quarter >= 5 && last > middle * 1.5 + 50)
  failures.push({ at: turn, why: `memory grew from ${middle} MB to ${last} MB`, line: '', answer: '' })

console.log(
  `\n${turn - from} requests in ${Math.round((Date.now() - started) / 1000)} s; memory ${memory[0]} MB at first, ${middle} MB in the second quarter, ${memory.at(-1)} MB at the end`,
)
console.log(
  [...statuses]
    .sort()
    .map(([status, count]) => `${status}: ${count}`)
    .join('   '),
)
const output = new URL('../test-results/', import.meta.url)
mkdirSync(output, { recursive: true })
const file = new URL(`fuzz-${seed}.json`, output)
writeFileSync(
  file,
  `${JSON.stringify({ at: new Date(), seed, from, requests: turn - from, seconds: (Date.now() - started) / 1000, statuses: Object.fromEntries(statuses), memory, failures }, null, 2)}\n`,
)
console.log(failures.length === 0 ? `No failure. Written to ${file.pathname}` : `${failures.length} failures. Written to ${file.pathname}`)
rmSync(folder, { recursive: true, force: true })
process.exitCode = failures.length === 0 ? 0 : 1
