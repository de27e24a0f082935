import { me, model, staff, t } from '../kit.ts'

export const users = model({
  name: t.text({ min: 1, max: 80 }),
  email: t.email().unique(),
  role: t.enum('customer', 'staff').default('customer').writable('nobody'),
  orders: t.many('orders', 'customer'),
})

users.access({
  read: [{ id: me }, staff],
  update: { id: me },
})
