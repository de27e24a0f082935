import { me, model, staff, t } from '../kit.ts'

/** A cart is an order that has not been placed yet. */
export const orders = model({
  customer: t.user().index(),
  status: t.enum('cart', 'placed', 'paid', 'shipped', 'cancelled').default('cart').writable('nobody').index(),
  placedAt: t.datetime().optional().writable('nobody').index(),
  address: t.text({ max: 300 }).optional(),
  total: t.decimal(12, 2).default('0.00').writable('nobody'),
  lines: t.many('lines', 'order'),
  payments: t.many('payments', 'order'),
})

orders.access({
  read: [{ customer: me }, staff],
  create: { customer: me },
  update: { customer: me, status: 'cart' },
})
