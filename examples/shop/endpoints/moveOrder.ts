import { problem } from 'offstage'
import { endpoint, staff, t } from '../kit.ts'

/** What may follow what. `paid` is missing on purpose: only the payment provider says so. */
const from = { shipped: ['paid'], cancelled: ['placed', 'paid'] } as const

/** Staff ship an order or cancel it; what was cancelled goes back on the shelf. */
export const moveOrder = endpoint({
  allow: staff,
  input: { order: t.ref('orders'), to: t.enum('shipped', 'cancelled') },
  problems: { wrong_status: 409 },
  run: ({ input, db }) =>
    db.system.transaction(async (sys) => {
      const moved = await sys.orders.updateMany({ id: input.order, status: { in: from[input.to] } }, { status: input.to })
      if (moved === 0)
        throw problem('wrong_status', { detail: `Only an order that is ${from[input.to].join(' or ')} can become ${input.to}.` })
      const order = await sys.orders.get(input.order, { include: { lines: true } })
      if (input.to === 'cancelled') {
        for (const line of order.lines) await sys.products.update(line.product, { stock: { increment: line.quantity } })
      }
      return { id: order.id, status: order.status }
    }),
})
