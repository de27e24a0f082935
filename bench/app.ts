// The app that is measured: two models with a relation, a rule about the row, limits, a unique value, an index.
import { defineApp, defineModels, t } from 'offstage'

const { models } = defineModels({
  users: { name: t.text({ max: 80 }), email: t.email().unique() },
  categories: { name: t.text({ max: 60 }) },
  products: {
    name: t.text({ min: 1, max: 120 }),
    description: t.text({ max: 2000 }),
    price: t.decimal(10, 2, { min: '0.00' }),
    stock: t.integer({ min: 0 }).default(0),
    active: t.boolean().default(true),
    releasedAt: t.datetime(),
    category: t.ref('categories').index(),
  },
})

models.users.access({ read: 'signed-in' })
models.categories.access({ read: 'everyone' })
models.products.access({ read: { active: true }, create: 'signed-in', update: 'signed-in' })

export const benchApp = defineApp({ models, user: 'users', login: { password: true } })
