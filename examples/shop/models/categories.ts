import { model, staff, t } from '../kit.ts'

/** A tree of two levels: departments (without a parent) and the categories in them. */
export const categories = model({
  name: t.text({ min: 1, max: 60 }),
  position: t.integer({ min: 0 }).default(0),
  parent: t.ref('categories').optional(),
  children: t.many('categories', 'parent'),
  products: t.many('products', 'category'),
})

categories.access({
  read: 'everyone',
  create: staff,
  update: staff,
  delete: staff,
})
