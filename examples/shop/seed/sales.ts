import { decimal } from 'offstage'
import type { Sys } from '../kit.ts'
import { inBatches, type Progress } from './batches.ts'
import type { SeededCustomer } from './customers.ts'
import type { SeededProduct } from './products.ts'
import type { Random } from './random.ts'

/** One product that one customer bought and got. */
export interface Bought {
  product: string
  customer: string
}

const day = 86_400_000
const days = 548 // eighteen months
/** How busy a month is, January first. */
const season = [0.7, 0.7, 0.85, 0.95, 1.05, 1, 0.9, 0.85, 1, 1.1, 1.5, 1.9]

/** A moment of the last eighteen months: business grows, and winter is busier than summer. */
function moment(random: Random, now: number): Date {
  for (;;) {
    const age = random.integer(0, days * 24 * 60 - 1) / (24 * 60)
    const at = new Date(now - age * day)
    const weight = ((1 - (0.6 * age) / days) * season[at.getUTCMonth()]!) / 1.9
    const hour = at.getUTCHours()
    if (random.chance(weight * (hour < 6 ? 0.15 : hour < 9 || hour > 21 ? 0.5 : 1))) return at
  }
}

function statusAt(random: Random, age: number): 'placed' | 'paid' | 'shipped' | 'cancelled' {
  if (random.chance(0.04)) return 'cancelled'
  if (age > 6 * day) return 'shipped'
  if (age < day / 2 && random.chance(0.4)) return 'placed'
  return random.chance(0.35) ? 'shipped' : 'paid'
}

export async function seedSales(
  sys: Sys,
  random: Random,
  progress: Progress,
  { products, customers, orders }: { products: readonly SeededProduct[]; customers: readonly SeededCustomer[]; orders: number },
): Promise<Bought[]> {
  const now = Math.floor(Date.now() / day) * day
  const moments = Array.from({ length: orders }, () => moment(random, now)).sort((a, b) => Number(a) - Number(b))
  const shelf = random.some(products, products.length) // the first ones sell best
  const bought: Bought[] = []
  await inBatches(
    sys,
    moments,
    async (tx, placedAt) => {
      const customer = customers[Math.floor(customers.length * (random.integer(0, 999) / 1000) ** 1.6)]!
      const chosen = new Set(
        Array.from(
          { length: random.pick([1, 1, 2, 2, 2, 3, 3, 4, 5]) },
          () => shelf[Math.floor(shelf.length * (random.integer(0, 9999) / 10_000) ** 1.8)]!,
        ),
      )
      const lines = [...chosen].map(({ id, name, price }) => {
        const quantity = random.pick([1, 1, 1, 1, 2, 2, 3, 4])
        return { product: id, name, price, quantity, total: decimal.mul(price, String(quantity)) }
      })
      const total = lines.reduce((sum, line) => decimal.add(sum, line.total), '0.00')
      const status = statusAt(random, now - Number(placedAt))
      const order = await tx.orders.create({
        customer: customer.id,
        status,
        placedAt,
        address: customer.address,
        total,
        lines: { create: lines },
      })
      if (status === 'paid' || status === 'shipped') {
        const finishedAt = new Date(Number(placedAt) + random.integer(40, 900) * 1000)
        await tx.payments.create({ order: order.id, reference: `pay_seed_${order.id}`, amount: total, status: 'succeeded', finishedAt })
      }
      if (status === 'shipped') for (const line of lines) bought.push({ product: line.product, customer: customer.id })
    },
    (done) => progress('orders', done, orders),
  )
  return bought
}
