import { defineApp, defineModels, t } from 'offstage'

const { models, me, endpoint } = defineModels({
  users: { name: t.text(), email: t.email().unique(), role: t.enum('member', 'admin').default('member').writable('nobody') },
  notes: { text: t.text({ max: 500 }), done: t.boolean().default(false), due: t.datetime().optional(), owner: t.user() },
})

const mine = { owner: me }
models.users.access({ read: { id: me }, update: { id: me } })
models.notes.access({ read: [mine, me.is({ role: 'admin' })], create: mine, update: mine, delete: mine })

const finishAll = endpoint({
  allow: 'signed-in',
  run: ({ db, user }) => db.notes.updateMany({ owner: user.id, done: false }, { done: true }),
})

export const app = defineApp({
  models, endpoints: { finishAll }, login: { password: true },
  seed: async ({ sys }) => {
    const ada = await sys.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
    await sys.notes.create({ text: 'Learn Offstage', owner: ada.id })
  },
})
