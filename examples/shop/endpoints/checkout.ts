import { decimal, problem } from 'offstage'
import { endpoint, t } from '../kit.ts'

/** Turns the caller's cart into an order: takes the stock and writes the prices down, all or nothing. */
export const checkout = endpoint({
  allow: 'signed-in',
  input: { order: t.ref('orders'), address: t.text({ min: 8, max: 300 }) },
  problems: { not_a_cart: 409, empty_cart: 409, out_of_stock: 409 },
  async run({ input, db, user }) {
    const { id } = await db.orders.get(input.order)
    return db.system.transaction(async (sys) => {
      // Read again inside the transaction: another tab may have checked the same cart out in between.
      const cart = await sys.orders.first({
        where: { id, customer: user.id, status: 'cart' },
        include: { lines: { include: { product: true }, sort: 'createdAt' } },
      })
      if (!cart) throw problem('not_a_cart', { detail: 'This order is not a cart of yours any more.' })
      if (cart.lines.length === 0) throw problem('empty_cart', { detail: 'The cart is empty.' })

      let total = '0.00'
      for (const { id: line, product, quantity } of cart.lines) {
        const wanted = { id: product.id, active: true, stock: { gte: quantity } }
        const taken = await sys.products.updateMany(wanted, { stock: { decrement: quantity } })
        if (taken === 0) throw problem('out_of_stock', { detail: `There are not ${quantity} of ${product.name} left.` })
        const sum = decimal.mul(product.price, String(quantity))
        await sys.lines.update(line, { name: product.name, price: product.price, total: sum })
        total = decimal.add(total, sum)
      }
      return sys.orders.update(id, { status: 'placed', placedAt: new Date(), address: input.address, total })
    })
  },
})
