// The shop as it is fuzzed: a process of its own, as in production, with a customer and somebody of the staff signed in.
import { system } from '../../packages/offstage/src/query/principal.ts'
import { openShop } from '../shop.ts'

const url = process.argv[2]!
const filled = await openShop(':memory:', { mode: 'development', orders: 200, environment: { DATABASE_URL: url } })
const sys = filled.data.as(system)
const users: Record<string, string> = {}
for (const role of ['customer', 'staff'])
  users[role] = (await sys['users'].create({ name: `Fuzz ${role}`, email: `fuzz-${role}@example.com`, role })).id
const products = (await sys['products'].list({ limit: 20 })).data
await sys['orders'].create({
  customer: users['customer'],
  lines: { create: products.slice(0, 3).map(({ id }: { id: string }) => ({ product: id, quantity: 2 })) },
})

const ids: string[] = Object.values(users)
for (const model of ['products', 'orders', 'lines', 'categories', 'reviews', 'payments', 'users']) {
  ids.push(...(await sys[model].list({ limit: 15, sort: '-id' })).data.map(({ id }: { id: string }) => id))
}
await filled.close()

const running = await openShop(':memory:', { mode: 'production', environment: { HOST: '127.0.0.1', DATABASE_URL: url } })
const { port } = await running.listen({ port: 0 })
process.send!({ port, ids })
// Requests that sign out end the session they come with: whoever fuzzes asks for another.
const renew = async (role: string): Promise<void> => {
  process.send!({ role, token: (await running.auth!.openSession(users[role]!)).token })
}
process.on('message', (role: string) => void renew(role))
