import { OffstageError } from '../base/errors.ts'
import { system, type Principal } from '../query/principal.ts'
import type { Db } from '../data/data.ts'
import { writeCookie } from '../http/cookies.ts'
import type { HttpReply, HttpRequest, Route } from '../http/http.ts'
import { readObject, readTexts } from './body.ts'
import type { CredentialParts, Credentials } from './credentials.ts'
import { refuseWeak } from './guessable.ts'
import { ageLimit, type OpenSession, type UserPrincipal } from './sessions.ts'

/** What the routes work with. */
export interface AuthParts extends CredentialParts {
  readonly signUp: boolean
  readonly credentials: Credentials
  readonly cookie: { readonly name: string; readonly secure: boolean }
  readonly identify: (request: Pick<HttpRequest, 'headers'>) => Promise<Principal>
}

/** Bodies here are a few short texts. */
const bodyLimit = 16_384

export function authRoutes(parts: AuthParts): Route[] {
  const { data, sessions, passwords, credentials } = parts
  const users = data.registry.user!.name

  async function signUp(request: HttpRequest): Promise<HttpReply> {
    const { password, as, ...values } = readObject(request.body)
    const own = readTexts(as === undefined ? { password } : { password, as }, ['password'], ['as'])
    const kind = readAs(own.as)
    const before = await cookieSession(request)
    const session = await credentials.signUp(values, own.password, request, (sys, user) => openSession(sys, request, user, before))
    return signedIn(201, kind, session)
  }

  async function signIn(request: HttpRequest): Promise<HttpReply> {
    const body = readTexts(request.body, [parts.login, 'password'], ['as'])
    const kind = readAs(body.as)
    const before = await cookieSession(request)
    const session = await credentials.verify(body[parts.login]!, body.password!, request, (sys, user) =>
      openSession(sys, request, user, before),
    )
    return signedIn(200, kind, session)
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
    refuseWeak(body.password, login, parts.rules)
    // Counted: a stolen session must not be a way to guess the password unhindered.
    const proof = await credentials.prove({ id: who.id }, login, body.current, request)
    if (!proof) {
      throw new OffstageError('invalid_values', {
        errors: [{ path: 'current', code: 'wrong_password', message: 'This is not your password.' }],
      })
    }
    const hash = await passwords.hash(body.password, request.signal)
    await data.as(system).transaction(async (sys: Db) => {
      // Of two changes at once the second must know the first one's password.
      if (!(await credentials.accept(sys, proof, hash)))
        throw new OffstageError('version_conflict', { detail: 'The password was changed a moment ago.' })
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
