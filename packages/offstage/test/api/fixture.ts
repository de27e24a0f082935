import { defineModels, problem, t } from '../../src/index.ts'
import { openApi, type ApiOptions } from '../../src/api/api.ts'
import type { Data } from '../../src/data/data.ts'
import { openData } from '../../src/data/open.ts'
import type { HttpRequest } from '../../src/http/http.ts'
import { openLog } from '../../src/http/log.ts'
import { openServer, type Server } from '../../src/http/server.ts'
import { anonymous, system, type Principal } from '../../src/query/principal.ts'
import { declareApp } from '../../src/schema/app.ts'
import { me as caller } from '../../src/schema/me.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { openTestStore } from '../database.ts'

export const sentinel = 'SNTL_7f3a'

const { models, me, endpoint, group } = defineModels({
  users: {
    name: t.text(),
    email: t.email().unique(),
    role: t.enum('member', 'manager').default('member').writable('nobody'),
    secret: t.text().hidden().default(sentinel),
  },
  projects: {
    title: t.text({ max: 80 }),
    owner: t.user(),
    budget: t
      .decimal(12, 2)
      .optional()
      .readable(caller.is({ role: 'manager' })),
    note: t.text().hidden().default(sentinel),
    views: t.integer({ min: 0, max: 1000 }).default(0),
    due: t.datetime().optional(),
    meta: t.json().optional(),
    tasks: t.many('tasks', 'project'),
  },
  tasks: { title: t.text({ min: 1, max: 80 }), project: t.ref('projects').onDelete('cascade'), points: t.integer().default(1) },
  comments: { body: t.text(), approved: t.boolean().default(false) },
  closed: { text: t.text() },
})
models.users.access({ read: 'signed-in', update: { id: me } })
models.projects.access({ read: { owner: me }, create: { owner: me }, update: { owner: me }, delete: { owner: me } })
models.tasks.access({
  read: { project: { owner: me } },
  create: { project: { owner: me } },
  update: { project: { owner: me } },
  delete: { project: { owner: me } },
})
models.comments.access({ read: { approved: true } })

export const seen: { ran: number; polluted: unknown } = { ran: 0, polluted: undefined }

const endpoints = {
  add: endpoint({
    allow: 'signed-in',
    input: { a: t.integer(), b: t.integer().default(2), when: t.datetime().optional() },
    problems: { too_big: 409 },
    run({ input, user }) {
      if (input.a > 100) throw problem('too_big', { detail: 'Too big.' })
      return { sum: input.a + input.b, when: input.when, by: user.name, date: input.when instanceof Date }
    },
  }),
  peek: endpoint({
    allow: 'everyone',
    method: 'GET',
    path: '/public/:name/peek',
    query: { n: t.integer().optional() },
    run: ({ params, query }) => ({ params, query }),
  }),
  sneaky: endpoint({
    allow: 'signed-in',
    method: 'GET',
    path: '/api/sneaky',
    run: ({ db, user }) => db.projects.create({ title: 'from GET', owner: user.id }),
  }),
  raw: endpoint({
    allow: 'everyone',
    path: '/hooks/raw',
    body: 'raw',
    run: async ({ request }) => new Response(await request.text(), { status: 202, headers: { 'x-id': request.id, 'x-ip': request.ip } }),
  }),
  nothing: endpoint({
    allow: 'everyone',
    run: () => {
      seen.ran++
    },
  }),
  never: endpoint({
    allow: 'nobody',
    run: () => {
      seen.ran++
    },
  }),
  explode: endpoint({
    allow: 'everyone',
    run: () => {
      throw new Error('SELECT secret FROM /home/app')
    },
  }),
  standard: endpoint({
    allow: 'everyone',
    input: {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: any) => (typeof value.x === 'number' ? { value } : { issues: [{ message: 'x must be a number', path: ['x'] }] }),
      },
    } as any,
    run: ({ input }: any) => input,
  }),
  partner: group(
    {
      prefix: '/partner/v1',
      authenticate: (request) => request.headers.get('x-partner'),
      cors: ['https://partner.example'],
      problem: ({ code, status }) => Response.json({ error: code }, { status }),
    },
    {
      whoami: endpoint({ allow: 'signed-in', run: ({ user }) => ({ name: user.name }) }),
      boom: endpoint({
        allow: 'everyone',
        run: () => {
          throw new Error('inside')
        },
      }),
    },
  ),
}

export interface Fixture {
  readonly server: Server
  readonly data: Data
  readonly users: Readonly<Record<'alice' | 'bob' | 'mallory', string>>
  /** As the user named, or nobody. */
  ask(path: string, init?: RequestInit & { as?: string; json?: unknown }): Promise<Response>
  close(): Promise<void>
}

/** The app over a fresh database. Who calls is told by a header, as signing in is another room's affair. */
export async function openFixture(options: Partial<ApiOptions> = {}): Promise<Fixture> {
  const app = declareApp({ models, endpoints, docs: 'everyone', title: 'Fixture' } as any)
  const registry = resolve(app)
  const store = await openTestStore(registry)
  const data = openData({ registry, store, secret: 'x'.repeat(32) })
  const sys = data.as(system)
  const alice = (await sys.users.create({ name: 'Alice', email: 'alice@example.com' })).id
  const bob = (await sys.users.create({ name: 'Bob', email: 'bob@example.com', role: 'manager' })).id
  const mallory = (await sys.users.create({ name: 'Mallory', email: 'mallory@example.com' })).id
  const identify = async ({ headers }: HttpRequest): Promise<Principal> => {
    const id = headers['x-as']
    if (id === undefined) return anonymous
    const select = registry.user!.columns.map(({ name }) => ({ field: name }))
    const page = await store.list({
      model: 'users',
      select,
      include: [],
      where: { is: 'compare', field: 'id', op: 'eq', value: id },
      sort: [],
      limit: 1,
      count: false,
    })
    return { kind: 'user', id, row: page.rows[0]! }
  }
  const routes = openApi({ data, identify, app, env: {}, development: false, ...options })
  const server = await openServer({ routes, log: openLog({ level: 'silent' }), development: false })
  return {
    server,
    data,
    users: { alice, bob, mallory },
    ask: (path, { as, json, ...init } = {}) => {
      const headers = new Headers(init.headers)
      if (as !== undefined) headers.set('x-as', as)
      if (json !== undefined) headers.set('content-type', 'application/json')
      return server.fetch(
        new Request(`http://app.example${path}`, {
          ...init,
          headers,
          ...(json !== undefined && { body: JSON.stringify(json), method: init.method ?? 'POST' }),
        }),
      )
    },
    async close() {
      await server.close(500)
      await store.close()
    },
  }
}
