// Who writes to the table of a million rows while it is migrated. Each writer has rows of its own, so it knows what must be in them.

import { setTimeout as sleep } from 'node:timers/promises'
import { serverKind } from '../../packages/offstage/src/app/database-url.ts'
import { Dice } from '../../packages/offstage/test/random/dice.ts'
import { connectTo, type Client } from './client.ts'
import { customers, decimalOf, priceOf, quantityOf, rowId } from './million.ts'
import { fail } from './stage.ts'

/** MySQL and MariaDB rename in several steps, between which neither the old names hold nor all of the new ones. */
const longestGone = 300_000

interface Expected {
  price: number
  quantity: number
  touched: number
}

/** What the tables are called, as far as the writers have found out. */
interface Names {
  table: string
  price: string
  choice: string
  total: boolean
}

const versions: readonly Names[] = [
  { table: 'purchases', price: 'amount', choice: 'open', total: true },
  { table: 'orders', price: 'price', choice: 'draft', total: true },
  { table: 'orders', price: 'price', choice: 'draft', total: false },
]

/** A name that is not there, or a value that is not allowed: the writer is of another version than the tables. */
const otherVersion =
  /does not exist|doesn't exist|unknown column|no such (table|column)|has no column|check constraint|not-null|cannot be null|not null constraint|CONSTRAINT `|doesn't have a default/i

export class Traffic {
  readonly #url: string
  readonly #base: number
  readonly #expected = new Map<number, Expected>()
  readonly #clients: Client[] = []
  #running: Promise<unknown> = Promise.resolve()
  #stopped = false
  #next: number
  /** Milliseconds of every write since the last look, from its first attempt until it was done. */
  #times: number[] = []
  writes = 0
  inserted = 0

  constructor(url: string, rows: number) {
    this.#url = url
    this.#base = rows
    this.#next = rows
  }

  async start(writers: number): Promise<void> {
    const file = serverKind(this.#url) === undefined
    for (let n = 0; n < writers; n++) this.#clients.push(await connectTo(this.#url))
    this.#running = Promise.all(this.#clients.map((client, n) => this.#write(client, n, writers, file)))
    // Told by `stop`, so that what the drill has started is ended in order.
    this.#running.catch(() => {})
  }

  /** Since the last look. */
  look(): { readonly longest: number; readonly writes: number } {
    const times = this.#times
    this.#times = []
    return { longest: Math.round(Math.max(0, ...times)), writes: times.length }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
    for (const client of this.#clients) await client[Symbol.asyncDispose]()
  }

  async #write(client: Client, writer: number, writers: number, file: boolean): Promise<void> {
    const dice = new Dice(writer + 1)
    const money = (cents: number): string | number => (file ? cents : decimalOf(cents))
    let names = await found(client)
    let looked = performance.now()
    const own: number[] = []
    while (!this.#stopped) {
      const write = this.#plan(dice, writer, writers, own)
      const started = performance.now()
      for (;;) {
        // Nodes of the new version are started while the column is being filled.
        if (performance.now() - looked > 100) [names, looked] = [await found(client), performance.now()]
        try {
          await send(client, names, write, money)
          break
        } catch (error) {
          if (!otherVersion.test(String(error))) throw error
          if (performance.now() - started > longestGone) throw error
          await sleep(2)
          names = await found(client)
        }
      }
      this.#times.push(performance.now() - started)
      this.#expected.set(write.row, write.after)
      if (write.is === 'insert') own.push(write.row)
      this.writes++
      await sleep(5)
    }
  }

  #plan(dice: Dice, writer: number, writers: number, own: readonly number[]): Write {
    if (dice.next() < 0.3) {
      const row = this.#next++
      this.inserted++
      return { is: 'insert', row, after: { price: priceOf(row), quantity: quantityOf(row), touched: 0 } }
    }
    const mine = own.length > 0 && dice.next() < 0.2
    const row = mine ? own[dice.int(0, own.length - 1)]! : dice.int(0, Math.floor((this.#base - 1 - writer) / writers)) * writers + writer
    const before = this.#expected.get(row) ?? { price: priceOf(row), quantity: quantityOf(row), touched: 0 }
    const price = dice.int(0, 99_999)
    return { is: 'update', row, after: { ...before, price, touched: before.touched + 1 } }
  }

  /** Throws where a row is missing, holds another value, or has a wrong total. */
  async verify(): Promise<void> {
    const client = await connectTo(this.#url)
    const file = serverKind(this.#url) === undefined
    try {
      const { table, price } = await found(client)
      const [sums] = await client.all(
        `select count(*) as n, sum(touched) as touched, sum(case when total = ${price} * quantity then 0 else 1 end) as wrong, sum(case when status in ('open', 'placed', 'paid') then 0 else 1 end) as odd from ${table}`,
      )
      const expected = {
        n: this.#base + this.inserted,
        touched: [...this.#expected.values()].reduce((sum, row) => sum + row.touched, 0),
        wrong: 0,
        odd: 0,
      }
      for (const [name, value] of Object.entries(expected))
        if (Number(sums![name]) !== value) fail(`${this.#url}: ${name} is ${String(sums![name])}, not ${value}`)
      for (const [row, { price: cents, touched }] of this.#expected) {
        const [there] = await client.all(`select ${price} as price, touched from ${table} where id = ?`, [rowId(row)])
        if (!there) fail(`the row ${row} is lost`)
        const same = Number(there['touched']) === touched && String(there['price']) === String(file ? cents : decimalOf(cents))
        if (!same) fail(`the row ${row} has ${JSON.stringify(there)}, not ${touched} and ${cents}`)
      }
    } finally {
      await client[Symbol.asyncDispose]()
    }
  }
}

interface Write {
  readonly is: 'insert' | 'update'
  readonly row: number
  readonly after: Expected
}

async function found(client: Client): Promise<Names> {
  for (const started = performance.now(); performance.now() - started < longestGone;) {
    for (const names of versions) {
      const columns = ['id', names.price, ...(names.total ? ['total'] : [])]
      const there = await client.all(`select ${columns.join(', ')} from ${names.table} limit 1`).then(
        () => true,
        (error) => (otherVersion.test(String(error)) ? false : fail(String(error))),
      )
      if (there) return names
    }
    await sleep(5)
  }
  return fail('the table of orders is gone, by each of its names')
}

const at = '2026-02-03 04:05:06.789'

async function send(client: Client, names: Names, { is, row, after }: Write, money: (cents: number) => string | number): Promise<void> {
  const total = after.price * after.quantity
  if (is === 'update') {
    const sets = [`${names.price} = ?`, 'touched = touched + 1', ...(names.total ? ['total = ?'] : [])]
    const values = [money(after.price), ...(names.total ? [money(total)] : []), rowId(row)]
    await client.all(`update ${names.table} set ${sets.join(', ')} where id = ?`, values)
    return
  }
  const fields: Record<string, string | number> = {
    id: rowId(row),
    createdAt: at,
    updatedAt: at,
    version: 1,
    customer: rowId(row % customers),
    [names.price]: money(after.price),
    quantity: after.quantity,
    touched: 0,
    status: names.choice,
    ...(names.total && { total: money(total) }),
  }
  const columns = Object.keys(fields).map((name) => (/[A-Z]/.test(name) && client.quotes ? `"${name}"` : name))
  await client.all(
    `insert into ${names.table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    Object.values(fields),
  )
}
