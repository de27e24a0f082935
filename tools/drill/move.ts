// The shop, and an app with very many rows, move from one database to another by the command, which is killed half-way and run again.
// Then the app answers on the other as it did on the first, byte for byte.

import { setTimeout as sleep } from 'node:timers/promises'
import { workplace, type Workplace } from '../../packages/offstage/test/commands/offstage.ts'
import { connectTo } from './client.ts'
import { fillMillion, million } from './million.ts'
import { command } from './nodes.ts'
import { fail, secret, serverOf, type Kind, type Server } from './stage.ts'

const variables = { SECRET: secret, PAYMENT_SECRET: secret, PRETEND_PAYMENTS: 'true' }

const asked = [
  '/api/products?limit=100',
  '/api/products?limit=50&sort=-price&include=category',
  '/api/products?limit=20&search=harbour&sort=name',
  '/api/products?price.gt=50&limit=100&sort=name&count=true',
  '/api/products?category.name.startsWith=C&limit=30&count=true',
  '/api/reviews?limit=100&sort=-createdAt',
  '/api/categories?limit=100',
]
const asStaff = [
  '/api/orders?limit=100&include=lines,customer&sort=-placedAt',
  '/api/orders?limit=100&status=paid&sort=total',
  '/api/users?limit=100&sort=name',
  '/api/lines?limit=100&include=product',
]

export async function moveDrill(kinds: readonly Kind[], rows: number): Promise<Record<string, unknown>> {
  const servers = new Map<Kind, Server>()
  await using open = new AsyncDisposableStack()
  for (const kind of new Set<Kind>(['sqlite', ...kinds])) servers.set(kind, open.use(await serverOf[kind]()))
  const [files, ...others] = [...servers.values()]
  const figures: Record<string, unknown> = { rows }
  const note = (name: string, value: unknown): void => {
    figures[name] = value
    console.log(`  ${name}: ${String(value)}`)
  }

  using shop = workplace('shop')
  const first = await files!.make()
  await command(shop, { DATABASE_URL: first, ...variables }, 'seed')
  const staff = await makeStaff(shop, first)
  const answers = await answersOf(shop, first, staff)
  let last = first
  const way = [...others, files!]
  for (const server of way) {
    const next = await server.make()
    note(`shop to ${server.kind}, s`, await move(shop, last, next))
    const there = await answersOf(shop, next, staff)
    for (const [path, body] of answers)
      if (there.get(path) !== body) fail(`${server.kind} answers ${path} otherwise:\n${differenceOf(body, there.get(path)!)}`)
    last = next
  }
  note('answers compared', answers.size)

  using large = million()
  const source = await files!.make()
  await command(large, {}, 'migrate', 'make', 'first')
  await command(large, { DATABASE_URL: source }, 'migrate', 'up')
  await fillMillion(source, rows)
  for (const server of others) {
    const target = await server.make()
    const killed = await killHalfWay(large, source, target, rows / 2)
    const resumed = await move(large, source, target)
    note(`sqlite to ${server.kind}, killed at row`, killed)
    note(`sqlite to ${server.kind}, resumed and verified, s`, resumed)
    const whole = await move(large, source, await server.make())
    note(`sqlite to ${server.kind}, whole, rows/s`, Math.round(rows / whole))
    const back = await move(large, target, await files!.make())
    note(`${server.kind} to sqlite, rows/s`, Math.round(rows / back))
    const status = await command(large, { DATABASE_URL: target }, 'migrate', 'status')
    if (!status.includes('done')) fail(`${server.kind} does not know of its migration:\n${status}`)
  }
  return figures
}

/** Seconds, with the start of the process. */
async function move(place: Workplace, from: string, to: string): Promise<number> {
  const started = performance.now()
  const moving = place.start({ DATABASE_URL: from, ...variables }, 'move', '--to', to)
  const code = await new Promise((done) => moving.process.once('exit', done))
  if (code !== 0 || !/Moved and verified/.test(moving.output())) fail(`offstage move ended with ${String(code)}:\n${moving.output()}`)
  return Math.round((performance.now() - started) / 100) / 10
}

async function killHalfWay(place: Workplace, from: string, to: string, rows: number): Promise<number> {
  const moving = place.start({ DATABASE_URL: from }, 'move', '--to', to)
  await using client = await connectTo(to)
  for (;;) {
    if (moving.process.exitCode !== null) fail(`it ended before it was killed:\n${moving.output()}`)
    const [row] = await client.all('select count(*) as n from orders').catch(() => [])
    const there = Number(row?.['n'] ?? 0)
    if (there >= rows) {
      await moving.stop('SIGKILL')
      return there
    }
    await sleep(100)
  }
}

interface Login {
  readonly email: string
  readonly password: string
}

/** Somebody who works in the shop, who moves with it. */
async function makeStaff(place: Workplace, url: string): Promise<Login> {
  const email = 'drill@example.com'
  const said = await command(
    place,
    { DATABASE_URL: url, ...variables },
    'user',
    'create',
    '--email',
    email,
    '--set',
    'name=Drill',
    'role=staff',
  )
  const [, password] = /password: (\S+)/.exec(said) ?? fail(`no password was made: ${said}`)
  return { email, password: password! }
}

/** What the app says in production. It refuses to start on tables that are not as its models have them. */
async function answersOf(place: Workplace, url: string, staff: Login): Promise<ReadonlyMap<string, string>> {
  const node = place.start({ DATABASE_URL: url, ...variables }, 'start')
  const [, address] = await node.until(/"url":"(http:[^"]+)"/, 60)
  const session = await signIn(address!, staff)
  const answers = new Map<string, string>()
  for (const [path, cookie] of [...asked.map((one) => [one, ''] as const), ...asStaff.map((one) => [one, session] as const)]) {
    const answer = await fetch(address + path, { headers: { cookie } })
    const body = await answer.text()
    if (answer.status !== 200) fail(`${path} is ${answer.status}: ${body}`)
    if (body.length < 200) fail(`${path} shows next to nothing: ${body}`)
    answers.set(path, body)
  }
  await node.stop()
  return answers
}

async function signIn(address: string, { email, password }: Login): Promise<string> {
  const answer = await fetch(`${address}/api/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  if (answer.status !== 200) fail(`signing in is ${answer.status}: ${await answer.text()}`)
  return answer.headers.get('set-cookie')!.split(';')[0]!
}

function differenceOf(one: string, other: string): string {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return `  ${one.slice(Math.max(0, at - 80), at + 80)}\n  ${other.slice(Math.max(0, at - 80), at + 80)}`
}
