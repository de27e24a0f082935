// Ten nodes of the shop start at the same moment, each with `start --migrate`, on one database: one migrates it, and all serve.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workplace, type Running, type Workplace } from '../../packages/offstage/test/commands/offstage.ts'
import { readJournal } from '../../packages/offstage/src/migrate/journal.ts'
import { fail, inDatabase, secret, serverOf, type Kind, type Server } from './stage.ts'

const variables = { SECRET: secret, PAYMENT_SECRET: secret, PRETEND_PAYMENTS: 'true' }

/** `takes`: seconds that the pending migration takes at least; others wait longer for it than for anything else. */
export async function nodesDrill(kinds: readonly Kind[], nodes: number, takes: number): Promise<Record<string, unknown>> {
  const figures: Record<string, unknown> = { nodes }
  for (const kind of kinds) {
    await using server = await serverOf[kind]()
    using place = workplace('shop')
    const bare = await start(place, await server.make(), nodes)
    figures[`${kind}, without migrations, s`] = bare.seconds
    await command(place, {}, 'migrate', 'make', 'first')
    const empty = await start(place, await server.make(), nodes)
    if (empty.migrated !== 1) fail(`${kind}: ${empty.migrated} of ${nodes} nodes migrated the empty database`)
    figures[`${kind}, empty, s`] = empty.seconds
    const pending = await startWithPending(place, server, nodes, takes)
    if (pending.migrated !== 1) fail(`${kind}: ${pending.migrated} of ${nodes} nodes ran the pending migration`)
    figures[`${kind}, one pending, s`] = pending.seconds
    figures[`${kind}, rows filled`] = pending.filled
  }
  return figures
}

/** A database with rows, and a migration that none of the nodes finds done. */
async function startWithPending(
  place: Workplace,
  server: Server,
  nodes: number,
  takes: number,
): Promise<Started & { readonly filled: number }> {
  const url = await server.make()
  await command(place, { DATABASE_URL: url, ...variables }, 'seed')
  const model = join(place.folder, 'models/products.ts')
  writeFileSync(
    model,
    readFileSync(model, 'utf8')
      .replace('  stock: t.integer', `  label: t.text({ max: 200 }).writable('nobody'),\n  stock: t.integer`)
      .replace('  hue: t.integer({ min: 0, max: 359 })', `  tone: t.integer({ min: 0, max: 359 }).renamedFrom('hue')`),
  )
  await command(place, {}, 'migrate', 'make', 'labels', '--data', 'products.label')
  const id = readdirSync(join(place.folder, 'migrations')).find((name) => name.endsWith('_labels'))!
  writeFileSync(
    join(place.folder, `migrations/${id}/data.ts`),
    `import { dataSteps } from 'offstage'

export const steps = dataSteps({
  'products.label': {
    table: 'products',
    columns: ['name', 'tone'],
    where: { label: null },
    async run(rows) {
      await new Promise((done) => setTimeout(done, ${takes * 1_000} * rows.length / 1_040))
      return rows.map((row) => ({ label: row.name + ' ' + row.tone }))
    },
  },
})
`,
  )
  const started = await start(place, url, nodes)
  const [row] = await inDatabase(url, (session) =>
    session.all(`select count(*) as n, count(label) as filled, count(tone) as renamed from products`),
  )
  const [n, filled, renamed] = [Number(row!['n']), Number(row!['filled']), Number(row!['renamed'])]
  if (n < 100 || filled !== n || renamed !== n) fail(`of ${n} products ${filled} have a label and ${renamed} a tone`)
  return { ...started, filled }
}

interface Started {
  /** Until the last node answers. */
  readonly seconds: number
  /** Nodes that say that they have migrated. */
  readonly migrated: number
}

async function start(place: Workplace, url: string, nodes: number): Promise<Started> {
  const started = performance.now()
  const running = Array.from({ length: nodes }, () => place.start({ DATABASE_URL: url, ...variables }, 'start', '--migrate'))
  const logs = await Promise.all(running.map(serves))
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const codes = await Promise.all(running.map((node) => node.stop()))
  if (codes.some((code) => code !== 0)) fail(`nodes ended with ${codes.join(', ')}`)
  await journalIsWhole(url)
  return { seconds, migrated: logs.filter((log) => /"step":"migrated /.test(log)).length }
}

/** The node's log up to here. */
async function serves(node: Running): Promise<string> {
  const all: string[] = []
  node.process.stdout!.on('data', (text: string) => all.push(text))
  const [, address] = await node.until(/"url":"(http:[^"]+)"/, 120)
  const ready = await fetch(`${address}/readyz`)
  if (ready.status !== 200) fail(`/readyz of a node is ${ready.status}`)
  const list = await fetch(`${address}/api/products?limit=2`)
  if (list.status !== 200) fail(`a list of a node is ${list.status}: ${await list.text()}`)
  return all.join('')
}

async function journalIsWhole(url: string): Promise<void> {
  const open = (await inDatabase(url, readJournal)).filter(({ finished }) => finished === undefined)
  if (open.length > 0) fail(`not finished: ${open.map(({ id }) => id).join(', ')}`)
}

/** What it printed. */
export async function command(place: Workplace, env: Record<string, string>, ...args: string[]): Promise<string> {
  const running = place.start(env, ...args)
  const code = await new Promise((done) => running.process.once('close', done))
  if (code !== 0) fail(`offstage ${args.join(' ')} ended with ${String(code)}\n${running.output()}`)
  return running.output()
}
