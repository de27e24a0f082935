import type { Sys } from '../kit.ts'
import { inBatches, type Progress } from './batches.ts'
import type { SeededCustomer } from './customers.ts'
import { opinions } from './people.ts'
import type { Random } from './random.ts'
import type { Bought } from './sales.ts'

/** About every fourth buyer says something; the hooks of reviews keep the ratings of the products. */
export async function seedReviews(
  sys: Sys,
  random: Random,
  progress: Progress,
  { bought, customers }: { bought: readonly Bought[]; customers: readonly SeededCustomer[] },
): Promise<void> {
  const names = new Map(customers.map(({ id, name }) => [id, name]))
  const once = new Map(bought.filter(() => random.chance(0.24)).map((b) => [`${b.product} ${b.customer}`, b]))
  await inBatches(
    sys,
    [...once.values()],
    async (tx, { product, customer }) => {
      const stars = random.pick([5, 5, 5, 5, 5, 4, 4, 4, 3, 3, 2, 1])
      const [first, last = ''] = names.get(customer)!.split(' ')
      await tx.reviews.create({ product, customer, by: `${first} ${last.slice(0, 1)}.`, stars, text: random.pick(opinions[stars]!) })
    },
    (done) => progress('reviews', done, once.size),
  )
}
