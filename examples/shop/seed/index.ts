// The shop as it looks after a year and a half of business: always the same one, only the calendar moves with today.
import type { Sys } from '../kit.ts'
import type { Progress } from './batches.ts'
import { seedCustomers } from './customers.ts'
import { seedProducts } from './products.ts'
import { randomOf } from './random.ts'
import { seedReviews } from './reviews.ts'
import { seedSales } from './sales.ts'

export async function seedShop(sys: Sys, numbers: () => number, progress: Progress = () => {}, orders = 5000): Promise<void> {
  const random = randomOf(numbers)
  const products = await seedProducts(sys, random, progress)
  const customers = await seedCustomers(sys, random, progress)
  const bought = await seedSales(sys, random, progress, { products, customers, orders })
  await seedReviews(sys, random, progress, { bought, customers })
}
