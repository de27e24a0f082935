// The client of an app, for browsers and Node. Of the server it imports types only, so a bundle holds this and `client/`.

import type { Client } from './schema/client.ts'
import { OffstageClientError, segment, sender, toJson, type CallOptions, type ClientOptions, type Send } from './client/send.ts'

export { OffstageClientError }
export type { CallOptions, Client, ClientOptions }

/** Beyond this many characters a query travels as a body. */
const longestUrl = 2000

/**
 * The client of an app: `createClient<typeof app>('https://shop.example')`. Tables have the face of `db`; endpoints are
 * under `call`, signing in and out under `auth`. Failures are thrown as `OffstageClientError`.
 */
export function createClient<App>(url: string, options: ClientOptions = {}): Client<App> {
  let token: string | undefined
  const send = sender(`${url.replace(/\/+$/, '')}/api/`, options, async () => {
    const given = typeof options.token === 'function' ? await options.token() : options.token
    return given ?? token
  })
  const auth = authOf(send, (fresh) => (token = fresh))
  const call = lazily((name) => (input?: unknown, o?: CallOptions) => send('POST', `call/${segment(name)}`, input ?? {}, o))
  return lazily((name) => (name === 'auth' ? auth : name === 'call' ? call : table(send, name))) as Client<App>
}

/** Members made when first asked for, each once. Names that JavaScript itself asks for (`then`, symbols) stay absent. */
function lazily(make: (name: string) => unknown): object {
  const made = new Map<string, unknown>()
  return new Proxy(Object.create(null), {
    get(_, name) {
      if (typeof name !== 'string' || name === 'then' || name === 'toJSON') return undefined
      if (!made.has(name)) made.set(name, make(name))
      return made.get(name)
    },
  })
}

function table(send: Send, name: string): object {
  const path = segment(name)
  const list = (query: any = {}, o?: CallOptions): Promise<any> => {
    const short = path + search(query)
    return short.length <= longestUrl ? send('GET', short, undefined, o) : send('POST', `${path}/query`, given(query), { ...o, safe: true })
  }
  const first = async (query: any = {}, o?: CallOptions): Promise<any> => (await list({ ...query, limit: 1 }, o)).data[0] ?? null
  const get = async (key: string | object, query: any = {}, o?: CallOptions): Promise<any> => {
    if (typeof key === 'string') return send('GET', `${path}/${segment(key)}${search(query)}`, undefined, o)
    const row = await first({ ...query, where: key }, o)
    if (row === null) throw new OffstageClientError(404, { code: 'not_found', title: 'Not found' })
    return row
  }
  const aggregate = (query: any, o?: CallOptions): Promise<any> => send('GET', `${path}/aggregate${search(query)}`, undefined, o)
  const count = async (where: object = {}, o?: CallOptions): Promise<number> => (await list({ where, select: ['id'], limit: 1, count: true }, o)).count
  const exists = async (where: object = {}, o?: CallOptions): Promise<boolean> => (await first({ where, select: ['id'] }, o)) !== null
  return {
    list: Object.assign(read([name, 'list'], 1, list), {
      infiniteOptions: (query: object = {}) => ({
        queryKey: [name, 'list', 'infinite', query],
        queryFn: ({ pageParam, signal }: { pageParam?: unknown; signal?: AbortSignal }) => list({ ...query, after: pageParam }, { signal }),
        initialPageParam: undefined,
        getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
      }),
    }),
    first: read([name, 'first'], 1, first),
    get: read([name, 'get'], 2, get),
    aggregate: read([name, 'aggregate'], 1, aggregate),
    count: read([name, 'count'], 1, count),
    exists: read([name, 'exists'], 1, exists),
    create: (values: object, query: object = {}, o?: CallOptions) => send('POST', path + search(query), values, o),
    update: (id: string, values: object, query: object = {}, o?: CallOptions) => send('PATCH', `${path}/${segment(id)}${search(query)}`, values, o),
    delete: (id: string, o?: CallOptions) => send('DELETE', `${path}/${segment(id)}`, undefined, o),
  }
}

/** A read of so many arguments, with `.options(...)` beside it that gives TanStack Query its key and its function. */
function read(key: readonly string[], arity: number, run: (...args: any[]) => Promise<any>): object {
  const options = (...args: unknown[]): object => ({
    queryKey: [...key, ...args],
    queryFn: ({ signal }: { signal?: AbortSignal } = {}) => run(...Array.from({ length: arity }, (_, i) => args[i]), { signal }),
  })
  return Object.assign((...args: unknown[]) => run(...args), { options })
}

/** What the query really holds: `{ after: undefined }` is the first page, and so on. Inside `where` undefined is refused. */
const given = (query: object): Record<string, any> => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))

/** A query as the API takes it in a URL: lists of names by commas, whatever has structure as JSON. */
function search(query: object): string {
  const texts = Object.entries(given(query)).map(([name, value]) => {
    const text = Array.isArray(value) && value.every((v) => typeof v === 'string') ? value.join(',') : typeof value === 'object' ? toJson(value) : String(value)
    return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`
  })
  return texts.length === 0 ? '' : `?${texts.join('&')}`
}

function authOf(send: Send, keep: (token: string | undefined) => void): object {
  const enter = (path: string) => async (values: object, o?: CallOptions): Promise<any> => {
    // Outside a browser there is nobody to keep a cookie.
    const answer = await send('POST', path, { as: typeof document === 'undefined' ? 'token' : 'cookie', ...values }, o)
    keep(answer.token)
    return answer
  }
  return {
    signUp: enter('auth/sign-up'),
    signIn: enter('auth/sign-in'),
    signOut: async (o?: CallOptions) => {
      try {
        await send('POST', 'auth/sign-out', undefined, o)
      } finally {
        keep(undefined)
      }
    },
    me: read(['auth', 'me'], 0, (o?: CallOptions) => send('GET', 'auth/me', undefined, o)),
    sessions: read(['auth', 'sessions'], 0, (o?: CallOptions) => send('GET', 'auth/sessions', undefined, o)),
    endSession: (id: string, o?: CallOptions) => send('DELETE', `auth/sessions/${segment(id)}`, undefined, o),
    changePassword: (values: object, o?: CallOptions) => send('POST', 'auth/change-password', values, o),
  }
}
