import { openAuth, type Auth, type AuthOptions } from '../../src/auth/auth.ts'
import { authModels } from '../../src/auth/models.ts'
import { testCost } from '../../src/auth/password.ts'
import { OffstageError } from '../../src/base/errors.ts'
import { openData } from '../../src/data/open.ts'
import type { Data } from '../../src/data/data.ts'
import type { HttpReply, HttpRequest } from '../../src/http/http.ts'
import { system } from '../../src/query/principal.ts'
import { defineModels, t } from '../../src/index.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { openTestStore } from '../database.ts'

export interface Call {
  readonly body?: unknown
  readonly query?: string
  readonly cookie?: string | undefined
  readonly token?: string | undefined
  readonly ip?: string
  readonly userAgent?: string
}
export interface Answer {
  readonly status: number
  readonly body: any
  readonly headers: Readonly<Record<string, unknown>>
  /** `name=value` of the cookie set. */
  readonly cookie: string | undefined
}

export interface AuthTest extends AsyncDisposable {
  readonly data: Data
  readonly auth: Auth
  readonly sys: any
  readonly clock: { now: Date }
  call(name: string, call?: Call): Promise<Answer>
}

/** The routes of auth on an empty database, without a server. */
export async function openAuthTest(options: Partial<AuthOptions> = {}): Promise<AuthTest> {
  const { models, me } = defineModels({
    users: {
      name: t.text(),
      email: t.email().unique(),
      role: t.enum('member', 'admin').default('member').writable('nobody'),
      secret: t.text().hidden().optional().writable('nobody'),
    },
    posts: { text: t.text(), author: t.user().onDelete('cascade') },
  })
  models.users.access({ read: { id: me }, update: { id: me }, delete: { id: me } })
  models.posts.access({ read: 'everyone', create: { author: me } })
  const registry = resolve({ models }, { system: authModels })
  const clock = { now: new Date('2026-03-01T12:00:00.000Z') }
  const now = (): Date => clock.now
  const store = await openTestStore(registry)
  const data = openData({ registry, store, secret: 's'.repeat(32), now })
  const auth = openAuth({ data, signUp: true, secret: 's'.repeat(32), secureCookie: true, now, cost: testCost, ...options })

  return {
    data,
    auth,
    clock,
    sys: data.as(system),
    async call(name, { body, query = '', cookie, token, ip = '198.51.100.1', userAgent = 'test' } = {}) {
      const [route, id] = name.split('/') as [string, string?]
      const found = auth.routes.find((r) => r.name === `auth.${route}`)!
      const headers = { 'user-agent': userAgent, ...(cookie && { cookie }), ...(token && { authorization: `Bearer ${token}` }) }
      const request = {
        id: 'r',
        method: found.method,
        path: found.path,
        query,
        params: { ...(id && { id }) },
        headers,
        body,
        ip,
        signal: new AbortController().signal,
      } as unknown as HttpRequest
      return answer(await Promise.resolve(found.handle(request)).catch(problem))
    },
    [Symbol.asyncDispose]: () => store.close(),
  }
}

function answer({ status, headers = {}, body }: HttpReply): Answer {
  const set = headers['set-cookie']
  return {
    status,
    headers,
    body: body === undefined ? undefined : JSON.parse(String(body)),
    cookie: typeof set === 'string' ? set.split(';')[0] : undefined,
  }
}

function problem(error: unknown): HttpReply {
  if (!(error instanceof OffstageError)) throw error
  return {
    status: error.status,
    headers: { ...error.headers },
    body: JSON.stringify({ code: error.code, detail: error.detail, errors: error.errors }),
  }
}

export const ada = { name: 'Ada', email: 'ada@example.com', password: 'gnomes-eat-9-figs' }
