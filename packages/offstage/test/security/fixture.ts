// The app that these tests attack: two tenants, rows of several owners, and a marker in every value that must not leave.
import { defineApp, defineModels, problem, t } from 'offstage'

/** Text that may leave the process for nobody. One marker a field, so that a leak names where it came from. */
export const marker = (field: string): string => `MARKER-${field}-7f3a9c51`
export const hiddenNumber = 918_273_645

const { models, me, endpoint } = defineModels({
  tenants: { name: t.text({ max: 80 }) },
  users: {
    email: t
      .email()
      .unique()
      .readable([{ id: t.me }, t.me.is({ role: 'admin' })])
      .writable('nobody'),
    name: t.text({ max: 80 }),
    role: t.enum('member', 'manager', 'admin').default('member').writable('nobody'),
    tenant: t.ref('tenants').optional().writable('nobody'),
    legacyHash: t.text().hidden().optional().writable('nobody'),
    resetCode: t.text().hidden().optional().writable('nobody'),
  },
  projects: {
    title: t.text({ max: 200 }).searchable(),
    slug: t.text({ max: 80 }),
    budget: t
      .integer()
      .default(0)
      .readable(t.me.is({ role: 'manager' })),
    internalNote: t.text().hidden().optional().writable('nobody'),
    // Seen by its owner only: null for every other reader of the row.
    diary: t.text().optional().readable({ owner: t.me }),
    owner: t.user(),
    tenant: t.ref('tenants').default(t.me.tenant),
    meta: t.json<Record<string, unknown>>().optional(),
    tasks: t.many('tasks', 'project'),
  },
  tasks: {
    title: t.text({ max: 200 }),
    points: t.integer().default(0),
    project: t.ref('projects'),
    assignee: t.ref('users').optional(),
    secretScore: t.integer().hidden().default(0).writable('nobody'),
    status: t.enum('open', 'done').default('open'),
    comments: t.many('comments', 'task'),
  },
  comments: { body: t.text({ max: 1000 }), approved: t.boolean().default(false).writable('nobody'), task: t.ref('tasks') },
  coupons: { code: t.text({ max: 40 }).unique(), stock: t.integer({ min: 0 }) },
  memberships: { user: t.ref('users'), tenant: t.ref('tenants'), role: t.text({ max: 20 }) },
  orphans: { text: t.text(), owner: t.ref('users').optional() },
})

models.tenants.access({ read: { id: me.tenant } })
models.users.access({ read: { tenant: me.tenant }, update: { id: me } })
models.projects.access({
  read: { tenant: me.tenant },
  create: { tenant: me.tenant, owner: me },
  update: { tenant: me.tenant },
  delete: { owner: me },
})
models.tasks.access({
  read: { project: { tenant: me.tenant } },
  create: { project: { tenant: me.tenant } },
  update: { assignee: me, status: 'open' },
  updateTo: { assignee: me, project: { tenant: me.tenant } },
})
models.comments.access({ read: { approved: true }, create: 'signed-in' })
models.coupons.access({ read: 'signed-in' })
models.memberships.access({ read: { user: me } })

const redeem = endpoint({
  allow: 'signed-in',
  input: { code: t.text({ max: 40 }) },
  problems: { sold_out: 409 },
  async run({ input, db }) {
    const taken = await db.system.coupons.updateMany({ code: input.code, stock: { gte: 1 } }, { stock: { decrement: 1 } })
    if (taken === 0) throw problem('sold_out')
    return { taken }
  },
})
const score = endpoint({
  allow: 'signed-in',
  input: { task: t.ref('tasks') },
  run: ({ input, db }) => db.system.tasks.update(input.task, { points: { increment: 1 } }, { return: 'none' }),
})
const canary = endpoint({
  allow: 'everyone',
  method: 'GET',
  path: '/api/canary',
  run: () => ({ polluted: ({} as { polluted?: unknown }).polluted ?? null }),
})

export const app = defineApp({ models, endpoints: { redeem, score, canary }, login: { password: true }, docs: 'everyone' })
