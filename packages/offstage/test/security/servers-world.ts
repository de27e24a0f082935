// The same small app on SQLite, PostgreSQL and MySQL or MariaDB, with the same rows, the same clock and the same secret: whatever is asked
// of it, the bytes of the answers must be the same. TEST_POSTGRES_URL and TEST_MYSQL_URL name the servers.
import { defineApp, defineModels, model, t } from 'offstage'
import { testApp } from 'offstage/testing'
import { makeScratch } from '../../src/app/scratch.ts'

const { models } = defineModels({
  groups: model({ name: t.text(), rows: t.many('values', 'team') }, { own: { id: t.key() } }),
  values: model(
    {
      text: t.text().optional(),
      short: t.text({ max: 255 }).unique().optional(),
      words: t.text().searchable().optional(),
      email: t.email().unique().optional(),
      url: t.url().optional(),
      whole: t.integer().optional(),
      few: t.integer({ min: -5, max: 5 }).default(0),
      real: t.number().optional(),
      exact: t.decimal(18, 0).optional(),
      fine: t.decimal(18, 18).optional(),
      price: t.decimal(12, 2).optional(),
      flag: t.boolean().optional(),
      at: t.datetime().optional(),
      day: t.date().optional(),
      choice: t.enum('a', 'B', 'é', "it's", 'x\\y').optional(),
      meta: t.json().optional(),
      team: t.ref('groups').column('group').optional(),
      parent: t.ref('values').optional(),
      children: t.many('values', 'parent'),
    },
    { own: { id: t.key() } },
  ),
  // Words that mean something to a database.
  order: model({ picked: t.text().column('from').optional(), user: t.integer().column('group').default(1) }, { own: { id: t.key() } }),
})
for (const one of Object.values(models) as any[])
  one.access({ read: 'everyone', create: 'everyone', update: 'everyone', delete: 'everyone' })

const app = defineApp({ models, docs: 'everyone' })

export const serverUrls: Readonly<Record<string, string>> = {
  postgres: process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test',
  mysql: process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test',
}

export interface Sent {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Got {
  readonly status: number
  readonly text: string
}

/** The answers are compared, not the time they take on a busy machine. */
function patient(url: string): string {
  const other = new URL(url)
  other.searchParams.set('statement_timeout', '60000')
  return other.href
}

export async function openTrio() {
  const now = '2026-03-05T10:20:30.456Z'
  const scratches = await Promise.all(Object.values(serverUrls).map(makeScratch))
  const places = ['file::memory:', ...scratches.map(({ url }) => patient(url))]
  const names = ['sqlite', ...Object.keys(serverUrls)]
  const log: string[] = []
  const apps: Awaited<ReturnType<typeof testApp<typeof app>>>[] = []
  for (const DATABASE_URL of places) {
    const one = await testApp(app, {
      env: { DATABASE_URL, SECRET: 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA' },
      log: (line) => void log.push(`${names[apps.length]}: ${line}`),
    })
    one.clock.set(now)
    apps.push(one)
  }
  return {
    log,
    names,
    apps,
    /** Of every database, in the order of `names`, without what belongs to the request alone. */
    ask: ({ method, path, body, headers }: Sent): Promise<Got[]> =>
      Promise.all(
        apps.map(async (one) => {
          const response = await one.fetch(path, {
            method,
            ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
            headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
          })
          const text = await response.text()
          const etag = response.headers.get('etag') ?? ''
          return { status: response.status, text: `${etag}\n${text.replace(/"requestId":"[^"]*"/, '')}` }
        }),
      ),
    async close() {
      for (const one of apps) await one.close()
      for (const one of scratches) await one.drop()
    },
  }
}
