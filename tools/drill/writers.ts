// The process that is killed: 32 writers on one store. A transfer is acknowledged by a line on standard output, written at once.

import { writeSync } from 'node:fs'
import { createIds } from '../../packages/offstage/src/base/ids.ts'
import { follow } from '../../packages/offstage/src/migrate/follow.ts'
import { openSqlite } from '../../packages/offstage/src/store/sqlite/store.ts'
import type { Transaction } from '../../packages/offstage/src/store/store.ts'
import { Dice } from '../../packages/offstage/test/random/dice.ts'
import { accounts, bankRegistry, startBalance } from './bank.ts'

const [file, seed] = process.argv.slice(2) as [string, string]
const dice = new Dice(Number(seed))
const registry = bankRegistry()
const store = await openSqlite({ registry, file })
await follow(store, registry)
const nextId = createIds()
const own = (): object => ({ createdAt: new Date().toISOString(), updatedAt: new Date().toISOString(), version: 1 })

if ((await store.count('accounts', { is: 'true' })) === 0) {
  await store.transaction(async (tx) => {
    for (let i = 0; i < accounts; i++) await tx.insert('accounts', { id: `a${i}`, ...own(), balance: startBalance })
  })
}

async function entry(tx: Transaction, transfer: string, account: string, amount: number): Promise<void> {
  await tx.update('accounts', account, { balance: { increment: amount } })
  await tx.insert('entries', { id: nextId(), ...own(), transfer, account, amount })
}

async function transfer(): Promise<string> {
  const id = nextId()
  const [from, to, amount, mood] = [`a${dice.int(0, accounts - 1)}`, `a${dice.int(0, accounts - 1)}`, dice.int(1, 50), dice.next()]
  await store.transaction(async (tx) => {
    await entry(tx, id, from, -amount)
    // Some give up half-way, as a whole or in a savepoint, and some let the event loop turn.
    if (mood < 0.1) throw new Error('changed my mind')
    if (mood < 0.2) await new Promise((resolve) => setImmediate(resolve))
    if (mood < 0.3) {
      await tx
        .savepoint(async () => {
          await entry(tx, id, to, amount + 1)
          throw new Error('wrong amount')
        })
        .catch(() => {})
    }
    await entry(tx, id, to, amount)
  })
  return id
}

async function writer(): Promise<void> {
  for (;;) {
    const done = await transfer().catch((error: Error) => {
      if (error.message !== 'changed my mind') throw error
    })
    if (done !== undefined) writeSync(1, `${done}\n`)
  }
}

writeSync(1, 'ready\n')
await Promise.all(Array.from({ length: 32 }, writer))
