import { OffstageError } from '../base/errors.ts'
import { system, type Principal } from '../query/principal.ts'
import type { Data, Db } from '../data/data.ts'
import { writeCookie } from '../http/cookies.ts'
import type { HttpReply, HttpRequest, Route } from '../http/http.ts'
import { normaliseEmail } from '../schema/normalise.ts'
import { addressBlock } from './address.ts'
import { readObject, readTexts } from './body.ts'
import { refuseWeak } from './guessable.ts'
import type { Passwords } from './password.ts'
import { ageLimit, type OpenSession, type Sessions, type UserPrincipal } from './sessions.ts'
import type { Throttle } from './throttle.ts'

/** What the routes work with. */
export interface AuthParts {
  readonly data: Data
  readonly signUp: boolean
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly throttle: Throttle
  readonly cookie: { readonly name: string; readonly secure: boolean }
  /** The field of the user model that is the login. */
  readonly login: string
  readonly identify: (request: Pick<HttpRequest, 'headers'>) => Promise<Principal>
  /** Forgets what has expired, once an hour. */
  prune(): Promise<void>
}

/** Bodies here are a few short texts. */
const bodyLimit = 16_384

export function authRoutes(parts: AuthParts): Route[] {
  const { data, sessions, throttle, passwords } = parts
  const users = data.registry.user!.name

  async function signUp(request: HttpRequest): Promise<HttpReply> {
    const { password, as, ...values } = readObject(request.body)
    const own = readTexts(as === undefined ? { password } : { password, as }, ['password'], ['as'])
    const kind = readAs(own.as)
    refuseWeak(own.password, typeof values[parts.login] === 'string' ? (values[parts.login] as string) : '')
    await throttle.count([['signUp', addressBlock(request.ip)]])
    const hash = await passwords.hash(own.password, request.signal)
    const before = await cookieSession(request)
    const session = await data.transaction(system, async (inner) => {
      const user = (await inner.signUp(values)).id as string
      const sys = inner.as(system)
      await sys.authCredentials.create({ user, hash })
      return openSession(sys, request, user, before)
    })
    return signedIn(201, kind, session)
  }

  async function signIn(request: HttpRequest): Promise<HttpReply> {
    const body = readTexts(request.body, [parts.login, 'password'], ['as'])
    const kind = readAs(body.as)
    const login = body[parts.login]!
    const account = ['account', normaliseEmail(login)] as const
    const address = ['address', addressBlock(request.ip)] as const
    await throttle.count([account, address])
    await parts.prune()
    const known = await credentialOf({ [parts.login]: login })
    if (!(await passwords.verify(body.password!, known?.hash, request.signal))) throw new OffstageError('invalid_credentials')
    const fresh = passwords.stale(known.hash) ? await passwords.hash(body.password!, request.signal) : undefined
    const before = await cookieSession(request)
    const session = await data.as(system).transaction(async (sys: Db) => {
      // The password may have been changed since it was looked at, because somebody else knows it: then no session may come of it.
      if (!(await sys.authCredentials.exists({ id: known.id, hash: known.hash }))) return undefined
      await throttle.forgive(sys, account, address)
      if (fresh !== undefined) await sys.authCredentials.updateMany({ id: known.id, hash: known.hash }, { hash: fresh })
      return openSession(sys, request, known.user, before)
    })
    return session ? signedIn(200, kind, session) : signIn(request)
  }

  async function signOut(request: HttpRequest): Promise<HttpReply> {
    const who = await parts.identify(request)
    if (who.kind === 'user') await sessions.end(data.as(system), who.id, who.session!)
    return { status: 204, headers: { ...plain, 'set-cookie': cookie('', 0) } }
  }

  async function me(request: HttpRequest): Promise<HttpReply> {
    const who = await required(request)
    return json(200, await ownRow(who))
  }

  async function list(request: HttpRequest): Promise<HttpReply> {
    const who = await required(request)
    return json(200, { data: await sessions.list(who.id, who.session), next: null })
  }

  async function end(request: HttpRequest): Promise<HttpReply> {
    const who = await required(request)
    const id = request.params.id!
    // Longer than any id: a filter would call it malformed, and here it is simply nobody's.
    if (id.length > 64 || !(await sessions.end(data.as(system), who.id, id)))
      throw new OffstageError('not_found', { detail: 'You have no such session.' })
    return { status: 204, headers: id === who.session ? { ...plain, 'set-cookie': cookie('', 0) } : plain }
  }

  async function changePassword(request: HttpRequest): Promise<HttpReply> {
    const who = await required(request)
    const body = readTexts(request.body, ['current', 'password'])
    const login = String(who.row[parts.login])
    refuseWeak(body.password, login)
    // A stolen session must not be a way to guess the password unhindered.
    const account = ['account', normaliseEmail(login)] as const
    const address = ['address', addressBlock(request.ip)] as const
    await throttle.count([account, address])
    const known = await credentialOf({ id: who.id })
    if (!(await passwords.verify(body.current, known?.hash, request.signal))) {
      throw new OffstageError('invalid_values', {
        errors: [{ path: 'current', code: 'wrong_password', message: 'This is not your password.' }],
      })
    }
    const hash = await passwords.hash(body.password, request.signal)
    await data.as(system).transaction(async (sys: Db) => {
      // On the hash that was verified: of two changes at once the second must know the first one's password.
      const changed = await sys.authCredentials.updateMany({ id: known.id, hash: known.hash }, { hash })
      if (changed === 0) throw new OffstageError('version_conflict', { detail: 'The password was changed a moment ago.' })
      await throttle.forgive(sys, account, address)
      await sessions.endOthers(sys, who.id, who.session)
    })
    return { status: 204, headers: plain }
  }

  /** A new token at every sign-in, and the session of the old cookie ends: nobody can be handed a session made before. */
  async function openSession(sys: Db, request: HttpRequest, user: string, before: Principal): Promise<OpenSession> {
    if (before.kind === 'user') await sessions.end(sys, before.id, before.session!)
    return sessions.open(sys, user, { ip: request.ip, userAgent: (request.headers['user-agent'] ?? '').toWellFormed().slice(0, 255) })
  }
  const cookieSession = ({ headers }: HttpRequest): Promise<Principal> => parts.identify({ headers: { cookie: headers.cookie } })

  /** The token is in the body only when asked for, and then there is no cookie: a browser's script never sees it. */
  async function signedIn(status: number, kind: 'cookie' | 'token', { token, expiresAt }: OpenSession): Promise<HttpReply> {
    const user = await ownRow((await sessions.find(token))!)
    if (kind === 'token') return json(status, { user, expiresAt, token })
    return json(status, { user, expiresAt }, { 'set-cookie': cookie(token, ageLimit / 1000) })
  }

  const cookie = (value: string, maxAge: number): string => writeCookie(parts.cookie.name, value, { maxAge, secure: parts.cookie.secure })

  async function required(request: HttpRequest): Promise<UserPrincipal> {
    const who = await parts.identify(request)
    if (who.kind === 'user') return who
    throw new OffstageError('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } })
  }

  async function credentialOf(user: object): Promise<any> {
    return data.as(system).authCredentials.first({ where: { user }, reveal: ['hash'] })
  }

  /** As the user may read himself; where the rules do not let him, he knows his id all the same. */
  async function ownRow(who: UserPrincipal): Promise<object> {
    try {
      return (await data.as(who)[users].first({ where: { id: who.id } })) ?? { id: who.id }
    } catch (error) {
      if (error instanceof OffstageError && error.code === 'forbidden') return { id: who.id }
      throw error
    }
  }

  const route = (method: Route['method'], path: string, name: string, handle: Route['handle'], body?: 'json'): Route => ({
    method,
    path: `/api/auth/${path}`,
    name: `auth.${name}`,
    ...(body && { body, bodyLimit }),
    signsIn: path.startsWith('sign-'),
    handle: async (request) => {
      if (request.query !== '') throw new OffstageError('unknown_parameter', { detail: `/api/auth/${path} takes no parameters.` })
      return handle(request)
    },
  })
  return [
    ...(parts.signUp ? [route('POST', 'sign-up', 'signUp', signUp, 'json')] : []),
    route('POST', 'sign-in', 'signIn', signIn, 'json'),
    route('POST', 'sign-out', 'signOut', signOut),
    route('GET', 'me', 'me', me),
    route('GET', 'sessions', 'sessions', list),
    route('DELETE', 'sessions/:id', 'endSession', end),
    route('POST', 'change-password', 'changePassword', changePassword, 'json'),
  ]
}

const plain = { 'cache-control': 'no-store' }
const json = (status: number, value: unknown, headers: Record<string, string> = {}): HttpReply => ({
  status,
  headers: { ...plain, 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

function readAs(as: string | undefined): 'cookie' | 'token' {
  if (as === undefined || as === 'cookie') return 'cookie'
  if (as === 'token') return 'token'
  throw new OffstageError('invalid_values', { errors: [{ path: 'as', code: 'not_a_choice', message: 'Expected one of cookie, token.' }] })
}
