import { defineApp, defineModels, problem, t } from '../../src/index.ts'

const { models, me, endpoint } = defineModels({
  users: { name: t.text(), email: t.email().unique(), role: t.enum('member', 'admin').default('member').writable('nobody') },
  notes: {
    text: t.text({ max: 50 }),
    stars: t.integer({ min: 0, max: 5 }).default(0),
    done: t.boolean().default(false),
    due: t.datetime().optional(),
    owner: t.user(),
    tags: t.many('tags', 'note'),
  },
  tags: { name: t.text(), note: t.ref('notes') },
})

const mine = { owner: me }
models.users.access({ read: { id: me }, update: { id: me } })
models.notes.access({ read: [mine, me.is({ role: 'admin' })], create: mine, update: mine, delete: mine })
models.tags.access({ read: { note: mine }, create: { note: mine } })

const finishAll = endpoint({
  allow: 'signed-in',
  run: ({ db, user }) => db.notes.updateMany({ owner: user.id, done: false }, { done: true }),
})
const shout = endpoint({
  allow: 'everyone',
  input: { text: t.text(), at: t.datetime().optional() },
  problems: { too_quiet: 409 },
  run: ({ input }) => {
    if (input.text === '') throw problem('too_quiet', { detail: 'Say something.' })
    return { text: input.text.toUpperCase(), at: input.at }
  },
})
const failing = endpoint({
  allow: 'everyone',
  run: (): never => {
    throw new Error('The secret is in here.')
  },
})

export const app = defineApp({ models, endpoints: { finishAll, shout, failing }, login: { password: true } })
