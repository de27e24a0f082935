import { model, staff, t } from '../kit.ts'

export const products = model({
  name: t.text({ min: 1, max: 120 }).searchable(),
  description: t.text({ max: 2000 }).searchable(),
  price: t.decimal(10, 2, { min: '0.00' }).index(),
  stock: t.integer({ min: 0 }).default(0), // the database itself refuses to go below zero
  category: t.ref('categories').index(),
  active: t.boolean().default(true),
  shape: t.text({ max: 20 }).default('box'), // which picture the storefront draws, and in which colour
  hue: t.integer({ min: 0, max: 359 }).default(30),
  rating: t.decimal(3, 2).default('0.00').writable('nobody'), // kept by the hooks of reviews
  ratings: t.integer({ min: 0 }).default(0).writable('nobody'),
  lines: t.many('lines', 'product'),
  reviews: t.many('reviews', 'product'),
})

products.access({
  read: [{ active: true }, staff],
  create: staff,
  update: staff,
})
