import { me, model, staff, t } from '../kit.ts'

export const reviews = model(
  {
    product: t.ref('products').onDelete('cascade'),
    customer: t.user().index(),
    by: t.text({ max: 80 }).default('').writable('nobody'), // a public name: the users model itself is closed to others
    stars: t.integer({ min: 1, max: 5 }),
    text: t.text({ max: 2000 }).default(''),
  },
  { unique: [['product', 'customer']] },
)

// Only who bought the product and paid for it may speak about it.
const myBuy = {
  customer: me,
  product: { lines: { some: { order: { customer: me, status: { in: ['paid', 'shipped'] } } } } },
} as const

reviews.access({
  read: 'everyone',
  create: myBuy,
  update: { customer: me },
  updateTo: myBuy,
  delete: [{ customer: me }, staff],
})

reviews.on('creating', async ({ row, db }) => {
  if (row.by !== '') return {}
  const { name } = await db.system.users.get(row.customer)
  const [first = '', ...rest] = name.split(' ')
  return { by: [first, ...rest.slice(-1).map((last) => `${last.slice(0, 1)}.`)].join(' ') }
})

for (const event of ['created', 'updated', 'deleted'] as const) {
  reviews.on(event, async ({ row, db }) => {
    const [all] = await db.system.reviews.aggregate({
      where: { product: row.product },
      measures: { average: { avg: 'stars' }, ratings: 'count' },
    })
    const rating = (all?.average ?? 0).toFixed(2)
    await db.system.products.updateMany({ id: row.product }, { rating, ratings: all?.ratings ?? 0 })
  })
}
