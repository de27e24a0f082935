// The client of an app, for browsers and Node. Of the server it imports types only, so a bundle holds this and `client/`.

import type { OptionNames } from './base/options.ts'
import { OffstageClientError, segment, sender, toJson, type ClientOptions, type Send } from './client/send.ts'
import { refuseOtherOptions } from './client/options.ts'
import type { CallOptions, Client, RequestOptions } from './schema/client.ts'
import type { WriteOptions } from './schema/tables.ts'

export { OffstageClientError }
export type { CallOptions, Client, ClientOptions, RequestOptions }
// What `offstage types` writes is made of these.
export type { Field, Many, Ref } from './schema/field.ts'

const optionNames: OptionNames<ClientOptions> = { token: true, headers: true, retries: true, fetch: true }
const partNames = { params: true, query: true, input: true, body: true } as const

/** Beyond this many characters a query travels as a body. */
const longestUrl = 2000

/**
 * The client of an app: `createClient<typeof app>('https://shop.example')`. Tables have the face of `db`; endpoints are
 * under `call`, signing in and out under `auth`. Failures are thrown as `OffstageClientError`.
 */
export function createClient<App>(url: string, options: ClientOptions = {}): Client<App> {
  refuseOtherOptions('createClient', options, optionNames)
  let token: string | undefined
  const go = sender(url.replace(/\/+$/, ''), options, async () => {
    const given = typeof options.token === 'function' ? await options.token() : options.token
    return given ?? token
  })
  const send: Send = (method, path, body, o) => go(method, `/api/${path}`, body, o)
  const auth = authOf(send, (fresh) => (token = fresh))
  const call = lazily((name) => (input?: unknown, o?: CallOptions) => send('POST', `call/${segment(name)}`, input, o))
  const request = read(['request'], 2, (what: string, parts?: object, o?: RequestOptions) => requestOf(go, what, parts, o))
  const doors = new Map<string, object>(Object.entries({ auth, call, request }))
  return lazily((name) => doors.get(name) ?? table(send, name)) as Client<App>
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

/** `GET /reports/:year` with its parts put in: each value one segment, or one parameter. */
async function requestOf(send: Send, what: string, parts: any = {}, o?: RequestOptions): Promise<any> {
  refuseOtherOptions(`"${what}"`, parts, partNames)
  const { params = {}, query = {}, input, body } = parts
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(what) ?? []
  // Without its slash the path would go on with the host, and the token to whoever has that.
  if (!method || !path) throw new TypeError(`"${what}" is no address. Write 'GET /path'.`)
  const filled = path.replace(/:([^/]+)/g, (_, name) => segment(toText(params[name] ?? '')))
  const asked = new URLSearchParams()
  // What is optional may be null, which a URL says by silence, as it does an empty list.
  for (const [name, value] of Object.entries(given(query)))
    for (const one of [value].flat()) if (one !== null) asked.append(name, toText(one))
  return send(method, [filled, asked.toString()].filter(Boolean).join('?'), input, { ...o, bytes: body })
}

function table(send: Send, name: string): object {
  const path = segment(name)
  const ask = (short: string, long: string, query: object, o?: CallOptions): Promise<any> => {
    const url = short + search(query)
    return url.length <= longestUrl ? send('GET', url, undefined, o) : send('POST', long, given(query), { ...o, safe: true })
  }
  const list = (query: any = {}, o?: CallOptions): Promise<any> => ask(path, `${path}/query`, query, o)
  const first = async (query: any = {}, o?: CallOptions): Promise<any> => (await list({ ...query, limit: 1 }, o)).data[0] ?? null
  const get = async (key: string | object, query: any = {}, o?: CallOptions): Promise<any> => {
    if (typeof key === 'string') return send('GET', `${path}/${segment(key)}${search(query)}`, undefined, o)
    const row = await first({ ...query, where: key }, o)
    if (row === null) throw new OffstageClientError(404, { code: 'not_found', title: 'Not found' })
    return row
  }
  const aggregate = (query: object, o?: CallOptions): Promise<any> => ask(`${path}/aggregate`, `${path}/aggregate`, query, o)
  const count = async (where: object = {}, o?: CallOptions): Promise<number> =>
    (await list({ where, select: ['id'], limit: 1, count: true }, o)).count
  const exists = async (where: object = {}, o?: CallOptions): Promise<boolean> => (await first({ where, select: ['id'] }, o)) !== null
  const pathOf = async (key: string | object, o?: CallOptions): Promise<string> =>
    `${path}/${segment(typeof key === 'string' ? key : (await get(key, { select: ['id'] }, o)).id)}`
  const write = (
    method: string,
    to: string,
    values: object | undefined,
    { ifMatch, return: what, ...shape }: any,
    o: CallOptions = {},
  ): Promise<any> =>
    send(method, to + search(shape), values, {
      ...o,
      headers: {
        ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
        ...(what === 'none' && { prefer: 'return=minimal' }),
        ...o.headers,
      },
    })
  const batched = async (operation: object, o?: CallOptions): Promise<any> =>
    (await send('POST', 'batch', { operations: [{ model: name, ...operation }] }, o)).results[0]
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
    create: (values: object, shape: object = {}, o?: CallOptions) => write('POST', path, values, shape, o),
    update: async (key: string | object, values: object, shape: object = {}, o?: CallOptions) =>
      write('PATCH', await pathOf(key, o), values, shape, o),
    delete: async (key: string | object, { ifMatch, ...o }: WriteOptions & CallOptions = {}) =>
      write('DELETE', await pathOf(key, o), undefined, { ifMatch }, o),
    updateMany: (where: object, values: object, o?: CallOptions) => batched({ op: 'updateMany', where, values }, o),
    deleteMany: (where: object, o?: CallOptions) => batched({ op: 'deleteMany', where }, o),
    upsert: (key: object, values: object, o?: CallOptions) => batched({ op: 'upsert', key, ...values }, o),
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

// A Date of another realm is no `instanceof Date`; its tag is the same.
const toText = (value: unknown): string =>
  Object.prototype.toString.call(value) === '[object Date]'
    ? (value as Date).toISOString()
    : typeof value === 'object'
      ? toJson(value)
      : String(value)

/** A query as the API takes it in a URL: lists of names by commas, whatever has structure as JSON. */
function search(query: object): string {
  const texts = Object.entries(given(query)).map(([name, value]) => {
    // `{ placedAt: 'month' }` is `placedAt.month` in a URL.
    const list = name === 'group' ? [value].flat().map((v) => (typeof v === 'object' ? Object.entries(v)[0]!.join('.') : v)) : value
    const text = Array.isArray(list) && list.every((v) => typeof v === 'string') ? list.join(',') : toText(list)
    return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`
  })
  return texts.length === 0 ? '' : `?${texts.join('&')}`
}

function authOf(send: Send, keep: (token: string | undefined) => void): object {
  const enter =
    (path: string) =>
    async (values: object, o?: CallOptions): Promise<any> => {
      // Outside a browser there is nobody to keep a cookie.
      const answer = await send('POST', path, { as: 'document' in globalThis ? 'cookie' : 'token', ...values }, o)
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
    sessions: read(['auth', 'sessions'], 0, async (o?: CallOptions) => (await send('GET', 'auth/sessions', undefined, o)).data),
    endSession: (id: string, o?: CallOptions) => send('DELETE', `auth/sessions/${segment(id)}`, undefined, o),
    changePassword: (values: object, o?: CallOptions) => send('POST', 'auth/change-password', values, o),
  }
}
