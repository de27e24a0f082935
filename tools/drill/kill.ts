// Kill -9 at a random moment, again and again on one database: every acknowledged transfer must be there, whole, and nothing half.
// The machine stays up, so this shows what the store does when its process dies, not what a disk does when the power goes.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Dice } from '../../packages/offstage/test/random/dice.ts'
import { accounts, startBalance } from './bank.ts'

export async function killDrill(rounds: number, seed: number): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-kill-'))
  const file = join(folder, 'bank.db')
  const dice = new Dice(seed)
  const figures = { rounds: 0, writers: 32, acknowledged: 0, inDatabase: 0, lost: 0, half: 0 }
  try {
    for (let round = 0; round < rounds; round++) {
      const acknowledged = await run(file, round, dice.int(50, 500))
      const found = inspect(file, acknowledged, round)
      figures.rounds++
      figures.acknowledged += acknowledged.length
      figures.inDatabase = found
      if (round % 10 === 9) console.log(`${String(round + 1).padStart(6)} kills, ${figures.acknowledged} acknowledged transfers, all there`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return figures
}

/** The transfers acknowledged before the kill. */
function run(file: string, seed: number, time: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, 'writers.ts')
    const child = spawn(process.execPath, ['--conditions=@offstage/source', script, file, String(seed)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err, killed] = ['', '', false]
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (out === '') {
        setTimeout(() => {
          killed = true
          child.kill('SIGKILL')
        }, time)
      }
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    child.on('close', () => {
      if (!killed) return reject(new Error(`The writers ended by themselves.\n${err}`))
      // The last piece may be half a line: not acknowledged.
      resolve(
        out
          .split('\n')
          .slice(0, -1)
          .filter((line) => line !== 'ready'),
      )
    })
  })
}

function inspect(file: string, acknowledged: readonly string[], round: number): number {
  const db = new DatabaseSync(file)
  try {
    const fail = (what: string): never => {
      throw new Error(`Round ${round}: ${what}`)
    }
    const checked = Object.values(db.prepare('pragma integrity_check').get()!)[0]
    if (checked !== 'ok') fail(`integrity_check says ${String(checked)}`)
    if (db.prepare('pragma foreign_key_check').all().length > 0) fail('a reference points at nothing')
    const entries = new Map(
      db
        .prepare('select transfer, count(*) as n, sum(amount) as s from entries group by transfer')
        .all()
        .map((row) => [row['transfer'] as string, row]),
    )
    for (const [id, row] of entries) if (row['n'] !== 2 || row['s'] !== 0) fail(`the transfer ${id} is there by half`)
    for (const id of acknowledged) if (!entries.has(id)) fail(`the acknowledged transfer ${id} is lost`)
    const { total } = db.prepare('select sum(balance) as total from accounts').get()!
    if (total !== accounts * startBalance) fail(`the balances add up to ${String(total)}`)
    const off = db
      .prepare(
        'select count(*) as n from accounts a where balance <> ? + (select coalesce(sum(amount), 0) from entries e where e.account = a.id)',
      )
      .get(startBalance)!
    if (off['n'] !== 0) fail('a balance differs from its entries')
    return entries.size
  } finally {
    db.close()
  }
}
