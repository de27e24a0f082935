import { me, model, staff, t } from '../kit.ts'

/** So many of a product in an order. While the order is a cart, the product's price counts; checkout writes it down here. */
export const lines = model(
  {
    order: t.ref('orders').onDelete('cascade'),
    product: t.ref('products').index(),
    quantity: t.integer({ min: 1, max: 99 }).default(1),
    name: t.text({ max: 120 }).optional().writable('nobody'),
    price: t.decimal(10, 2).optional().writable('nobody'),
    total: t.decimal(12, 2).optional().writable('nobody'),
  },
  { unique: [['order', 'product']] },
)

const inMyCart = { order: { customer: me, status: 'cart' } } as const

lines.access({
  read: [{ order: { customer: me } }, staff],
  create: inMyCart,
  update: inMyCart,
  delete: inMyCart,
})
