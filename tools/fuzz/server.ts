// The shop as it is fuzzed: a process of its own, as in production, with a customer and somebody of the staff signed in.
import { system } from '../../packages/offstage/src/query/principal.ts'
import { openShop } from '../shop.ts'

const file = process.argv[2]!
const filled = await openShop(file, { mode: 'development', orders: 200 })
const sys = filled.data.as(system)
const tokens: Record<string, string> = {}
for (const role of ['customer', 'staff']) {
  const answer = await filled.fetch(new Request('http://localhost/api/auth/sign-up', {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: `Fuzz ${role}`, email: `fuzz-${role}@example.com`, password: 'not guessed by chance', as: 'token' }),
  }))
  if (answer.status !== 201) throw new Error(`Signing up answered ${answer.status}: ${await answer.text()}`)
  const { user, token } = await answer.json() as { user: { id: string }; token: string }
  tokens[role] = token
  await sys['users'].update(user.id, { role })
}
const customer = await sys['users'].first({ where: { email: 'fuzz-customer@example.com' } })
const products = (await sys['products'].list({ limit: 20 })).data
await sys['orders'].create({ customer: customer.id, lines: { create: products.slice(0, 3).map(({ id }: { id: string }) => ({ product: id, quantity: 2 })) } })

const ids: string[] = [customer.id]
for (const model of ['products', 'orders', 'lines', 'categories', 'reviews', 'payments', 'users']) {
  ids.push(...(await sys[model].list({ limit: 15, sort: '-id' })).data.map(({ id }: { id: string }) => id))
}
await filled.close()

const running = await openShop(file, { mode: 'production', environment: { HOST: '127.0.0.1' } })
const { port } = await running.listen({ port: 0 })
process.send!({ port, tokens, ids })
