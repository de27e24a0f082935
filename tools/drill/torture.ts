// The models of an app are edited hundreds of times, each edit is a migration on a database with rows, and whoever runs it dies on the way:
// in this process before any statement, and for some rounds in processes of their own that are killed at a random moment.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { readMigrations } from '../../packages/offstage/src/app/migrations.ts'
import type { Dice } from '../../packages/offstage/test/random/dice.ts'
import { readState } from '../../packages/offstage/src/migrate/state.ts'
import type { Patient } from '../../packages/offstage/test/migrate/torture/database.ts'
import { torture } from '../../packages/offstage/test/migrate/torture/run.ts'

interface TortureOptions {
  readonly rounds: number
  readonly seed: number
  /** Absent: SQLite. */
  readonly server: string | undefined
  /** Processes to be killed. */
  readonly kills: number
}

export async function tortureDrill({ rounds, seed, server, kills }: TortureOptions): Promise<Record<string, unknown>> {
  const figures = await torture({
    rounds,
    seed,
    server,
    everywhere: 25,
    rows: 8,
    told: (now) => {
      if (now.migrations % 10 === 0) console.log(`${String(now.migrations).padStart(6)} migrations, ${now.deaths} deaths, ${now.rows} rows`)
    },
  })
  const killer = new Killer(kills)
  // Rows enough for a step of code to take its time.
  for (let chain = 1; killer.wanted; chain++)
    await torture({
      rounds: 12,
      seed: seed + chain,
      server,
      everywhere: Infinity,
      rows: 400,
      migrate: (...given) => killer.migrate(...given),
    })
  return { ...figures, processesKilled: killer.killed, killedInTheMiddle: killer.halved }
}

class Killer {
  killed = 0
  /** Of them, those that left a migration half done. */
  halved = 0
  readonly #most: number
  /** Milliseconds that a migration takes, about. */
  #usual = 60

  constructor(most: number) {
    this.#most = most
  }

  get wanted(): boolean {
    return this.killed < this.#most
  }

  /** Begins the migration in other processes, until one ends it or enough are dead. */
  async migrate(patient: Patient, root: string, dice: Dice): Promise<void> {
    for (let tries = 0; tries < 4 && this.wanted; tries++) {
      const { killed, time } = await run(patient.url, root, dice.next() * this.#usual)
      if (!killed) {
        this.#usual = Math.max(20, (this.#usual + time) / 2)
        return
      }
      this.killed++
      const chain = readMigrations(root).runnables(patient.store.dialect)
      const { unfinished, pending } = await patient.tables.locked((session) => readState(session, chain))
      if (unfinished) this.halved++
      if (pending.length === 0) return
    }
  }
}

/** A process that migrates, killed so many milliseconds after it began unless it has ended by then. */
function run(url: string, root: string, after: number): Promise<{ killed: boolean; time: number }> {
  return new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, 'torture-child.ts')
    const child = spawn(process.execPath, ['--conditions=@offstage/source', script, url, root], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [began, told] = [0, '']
    child.stdout.once('data', () => {
      began = performance.now()
      setTimeout(() => child.kill('SIGKILL'), after).unref()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve({ killed: signal === 'SIGKILL', time: performance.now() - began })
      else reject(new Error(`The process that migrates failed.\n${told}`))
    })
  })
}
