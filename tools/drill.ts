// Drills of what Offstage promises, on the real thing; slow, so they are not tests.
//   node tools/drill.ts differential [--cases 20000] [--seed 1] [--quick]   the database answers as the evaluator does:
//                                                                         SQLite, or the server of TEST_DATABASE_URL
//   node tools/drill.ts kill [--rounds 50] [--quick]                        kill -9 under 32 writers loses nothing acknowledged
//   node tools/drill.ts nodes [--on postgres,mysql] [--quick]               ten nodes start at once: one migrates, all serve
//   node tools/drill.ts backfill [--on ...] [--rows 1000000] [--quick]      a large table is migrated while others write, and killed on its way
//   node tools/drill.ts move [--on ...] [--rows 1000000] [--quick]          apps move from database to database, killed half-way
//   node tools/drill.ts restart [--on ...] [--quick]                        the server restarts under load, and runs out of connections
// These four start servers of their own: PostgreSQL from npm, and the MariaDB or MySQL of this machine. Without a name, all drills.
// The figures go to `test-results/drill-<name>.json` too.

import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { backfillDrill } from './drill/backfill.ts'
import { differentialDrill } from './drill/differential.ts'
import { killDrill } from './drill/kill.ts'
import { tortureDrill } from './drill/torture.ts'
import { moveDrill } from './drill/move.ts'
import { nodesDrill } from './drill/nodes.ts'
import { restartDrill } from './drill/restart.ts'
import { serverOf, type Kind } from './drill/stage.ts'
import { mysqlProgram } from './servers.ts'

const { positionals, values: given } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    cases: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    url: { type: 'string' },
    kills: { type: 'string' },
    on: { type: 'string' },
    rows: { type: 'string' },
  },
})

const on = (usual: string): Kind[] => {
  const kinds = (given.on ?? usual).split(',') as Kind[]
  const odd = kinds.find((kind) => !Object.hasOwn(serverOf, kind))
  if (odd !== undefined) throw new Error(`--on ${odd}: expected ${Object.keys(serverOf).join(', ')}, with commas between them`)
  // On a machine that is there to test everything, nothing may be left out.
  if (given.on !== undefined || mysqlProgram() !== undefined || process.env['CI'] === 'true') return kinds
  console.log('On MariaDB or MySQL SKIPPED: there is no mariadbd or mysqld here.')
  return kinds.filter((kind) => kind !== 'mysql')
}
const rows = Number(given.rows ?? (given.quick ? 20_000 : 1_000_000))

const drills: Readonly<Record<string, () => Promise<Record<string, unknown>>>> = {
  differential: () => differentialDrill(Number(given.cases ?? (given.quick ? 2_000 : 20_000)), Number(given.seed)),
  kill: () => killDrill(Number(given.rounds ?? (given.quick ? 5 : 50)), Number(given.seed)),
  torture: () =>
    tortureDrill({
      rounds: Number(given.rounds ?? (given.quick ? 40 : 300)),
      seed: Number(given.seed),
      server: given.url ?? (process.env['TEST_DATABASE_URL'] || undefined),
      kills: Number(given.kills ?? (given.quick ? 5 : 25)),
    }),
  nodes: () => nodesDrill(on('postgres,mysql'), given.quick ? 4 : 10, given.quick ? 0 : 40),
  move: () => moveDrill(on('postgres,mysql'), rows),
  restart: () => restartDrill(on('postgres,mysql'), given.quick ? 1 : 3),
  backfill: () => backfillDrill(on('postgres,mysql,sqlite'), rows),
}

const names = positionals.length > 0 ? positionals : Object.keys(drills)
const unknown = names.find((name) => !Object.hasOwn(drills, name))
if (unknown !== undefined) {
  console.error(`There is no drill '${unknown}'; there are ${Object.keys(drills).join(' and ')}.`)
  process.exit(2)
}
for (const name of names) {
  const started = performance.now()
  const figures = { ...(await drills[name]!()), seconds: Math.round((performance.now() - started) / 100) / 10 }
  console.log(`\n${name}`)
  for (const [key, value] of Object.entries(figures)) console.log(`  ${key.padEnd(28)} ${String(value).padStart(12)}`)
  const output = new URL('../test-results/', import.meta.url)
  mkdirSync(output, { recursive: true })
  writeFileSync(
    new URL(`drill-${name}.json`, output),
    `${JSON.stringify({ name, node: process.version, at: new Date().toISOString(), ...figures }, null, 2)}\n`,
  )
}
