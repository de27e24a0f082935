import { me, model, staff, t } from '../kit.ts'

/** Started by `pay`, finished by the provider's webhook; nobody else writes here. */
export const payments = model({
  order: t.ref('orders').index(),
  reference: t.text({ max: 80 }).unique(), // the provider's name for it
  amount: t.decimal(12, 2),
  status: t.enum('started', 'succeeded', 'failed').default('started'),
  finishedAt: t.datetime().optional(),
})

payments.access({
  read: [{ order: { customer: me } }, staff],
})

payments.on('updated', async ({ row, before, db }) => {
  if (row.status !== 'succeeded' || before.status === 'succeeded') return
  await db.system.orders.updateMany({ id: row.order, status: 'placed' }, { status: 'paid' })
})
