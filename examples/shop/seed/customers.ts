import type { Sys } from '../kit.ts'
import { inBatches, type Progress } from './batches.ts'
import { firstNames, lastNames, streets, towns } from './people.ts'
import type { Random } from './random.ts'

export interface SeededCustomer {
  id: string
  name: string
  address: string
}

/** One who works here, and 300 customers; all of them sign in with the password that `offstage dev` prints. */
export async function seedCustomers(sys: Sys, random: Random, progress: Progress): Promise<SeededCustomer[]> {
  await sys.users.create({ name: 'Sam Staff', email: 'staff@example.com', role: 'staff' })
  const names = random.some(
    firstNames.flatMap((first) => lastNames.map((last) => ({ first, last }))),
    300,
  )
  const customers: SeededCustomer[] = []
  await inBatches(
    sys,
    names,
    async (tx, { first, last }) => {
      const name = `${first} ${last}`
      const plain = `${first}.${last}`.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
      const email = customers.length === 0 ? 'customer@example.com' : `${plain}@example.com`
      const user = await tx.users.create({ name, email })
      const address = `${name}\n${random.integer(1, 140)} ${random.pick(streets)}\n${random.integer(10000, 99999)} ${random.pick(towns)}`
      customers.push({ id: user.id, name, address })
    },
    (done) => progress('customers', done, names.length),
  )
  return customers
}
