import { randomUUID } from 'node:crypto'
import { problem } from 'offstage'
import { endpoint, t } from '../kit.ts'

/** Starts a payment and says where the customer goes to make it. Asking again leads to the same payment, so nobody pays twice. */
export const pay = endpoint({
  allow: 'signed-in',
  input: { order: t.ref('orders') },
  problems: { nothing_to_pay: 409 },
  run: ({ input, db, user }) =>
    db.system.transaction(async (sys) => {
      const order = await sys.orders.first({ where: { id: input.order, customer: user.id, status: 'placed' } })
      if (!order) throw problem('nothing_to_pay', { detail: 'Only a placed order of yours that is not paid yet can be paid.' })
      const payment =
        (await sys.payments.first({ where: { order: order.id, status: 'started' } })) ??
        (await sys.payments.create({ order: order.id, reference: `pay_${randomUUID()}`, amount: order.total }))
      return { page: `/pretend-pay/pay?${new URLSearchParams({ reference: payment.reference, amount: order.total, order: order.id })}` }
    }),
})
