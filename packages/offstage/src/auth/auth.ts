import { OffstageError } from '../base/errors.ts'
import { anonymous, system, type Principal } from '../query/principal.ts'
import type { Data, Db } from '../data/data.ts'
import type { DescribedOperation, HttpRequest, Route } from '../http/http.ts'
import type { PasswordOptions, TryLimits } from '../schema/app.ts'
import { tokenOf } from '../http/authorization.ts'
import { readCookie } from '../http/cookies.ts'
import { openAccounts, type AccountsFor } from './accounts.ts'
import { openCredentials } from './credentials.ts'
import { authOperations, type Schema } from './operations.ts'
import { defaultRules, refuseWeak } from './guessable.ts'
import { defaultCost, openPasswords, type HashCost } from './password.ts'
import { authRoutes } from './routes.ts'
import { openSessions, type OpenSession } from './sessions.ts'
import { defaultLimits, openThrottle } from './throttle.ts'

export interface AuthOptions {
  readonly data: Data
  /** Whether strangers may sign up by themselves. */
  readonly signUp: boolean
  /** Whether there are routes at all. Default true. */
  readonly routes?: boolean
  /** What a password must be. */
  readonly rules?: PasswordOptions
  /** Keys the counts of tries. At least 32 characters. */
  readonly secret: string
  /** Whether the cookie is `__Host-` and `Secure`, as it must be wherever there is https. */
  readonly secureCookie: boolean
  readonly now?: () => Date
  readonly cost?: HashCost
  /** A password that never holds: outside development, the one that development gives everyone. */
  readonly neverPassword?: string
  readonly limits?: Partial<TryLimits>
}

export interface Auth {
  readonly routes: readonly Route[]
  /** What endpoints work with users and passwords by. */
  readonly accounts: AccountsFor
  /** What the session cookie is called. */
  readonly cookieName: string
  /** What the routes take and answer, given the JSON schemas of a row of the user model and of the values of a new one. */
  operations(user: Schema, values: Schema): DescribedOperation[]
  /** As whom a request is made. One read. Throws `unauthenticated` for a bearer token that was sent and is not valid. */
  identify(request: Pick<HttpRequest, 'headers'>): Promise<Principal>
  /**
   * Gives these users the password, in place of any they had, and ends their sessions. One hash for all of them. Throws for a weak one,
   * unless it is `ours`: the one that development gives everyone.
   */
  setPassword(users: readonly string[], password: string, ours?: boolean): Promise<void>
  /** The credentials of users who have the password that was `ours`, as a filter. */
  credentialsWith(password: string): Promise<{ readonly hash: string }>
  /** Opens a session for the user without a password: for tests and tools. */
  openSession(user: string): Promise<OpenSession>
}

/** Sign-up, sign-in, sessions and passwords of the users of the app. The registry must hold `authModels`. */
export function openAuth(options: AuthOptions): Auth {
  const { data, now = () => new Date() } = options
  const passwords = openPasswords(options.cost ?? defaultCost, options.neverPassword)
  const sessions = openSessions(data, now)
  const throttle = openThrottle(data, { ...defaultLimits, ...options.limits }, options.secret, now)
  const cookie = { name: options.secureCookie ? '__Host-offstage' : 'offstage', secure: options.secureCookie }

  const identify = async ({ headers }: Pick<HttpRequest, 'headers'>): Promise<Principal> => {
    const { authorization } = headers
    // A header that is there decides alone: a bad token must not fall back to whoever the cookie belongs to.
    if (authorization !== undefined) {
      const token = tokenOf(authorization, 'Bearer')
      // Other schemes belong to the app: a webhook's own, for instance.
      if (token === undefined) return anonymous
      const found = await sessions.find(token)
      if (found) return found
      throw new OffstageError('unauthenticated', {
        detail: 'The bearer token is not valid, or its session has ended. Sign in again.',
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
      })
    }
    const token = headers.cookie === undefined ? undefined : readCookie(headers.cookie, cookie.name)
    return (token !== undefined && (await sessions.find(token))) || anonymous
  }

  let next = 0
  const prune = async (): Promise<void> => {
    const time = now().getTime()
    if (time < next) return
    next = time + 3_600_000
    const left = [await forget(data, 'authAttempts', throttle.over()), await forget(data, 'authSessions', sessions.over())]
    if (left.includes(true)) next = 0
  }

  const login = [...data.registry.user!.fields.values()].find(
    (field) => field.kind.name === 'email' && field.unique && !field.optional,
  )!.name
  // A password that is written in the docs has nothing to guess, so its hash needs no nonce of its own.
  const oursHash = (password: string): Promise<string> => passwords.hash(password, undefined, Buffer.alloc(16))
  const rules = { ...defaultRules, ...options.rules }
  const parts = { data, passwords, rules, sessions, throttle, login, prune }
  const credentials = openCredentials(parts)
  const { signUp, routes = true } = options
  return {
    routes: routes ? authRoutes({ ...parts, credentials, signUp, cookie, identify }) : [],
    accounts: openAccounts(parts, credentials),
    cookieName: cookie.name,
    operations: (user, values) => authOperations({ signUp, login, min: rules.min, user, values }),
    identify,
    async setPassword(users, password, ours = false) {
      if (!ours) refuseWeak(password, '', rules)
      const hash = await (ours ? oursHash(password) : passwords.hash(password))
      // A few at a time: a transaction holds the only writer.
      for (let from = 0; from < users.length; from += 200) {
        await data.as(system).transaction(async (sys: Db) => {
          for (const user of users.slice(from, from + 200)) await credentials.replace(sys, user, hash)
        })
      }
    },
    credentialsWith: async (password) => ({ hash: await oursHash(password) }),
    openSession: (user) => sessions.open(data.as(system), user, { ip: '', userAgent: '' }),
  }
}

/** A few rows at a time, because somebody waits for it. True if there are more. */
async function forget(data: Data, model: string, where: object): Promise<boolean> {
  const table = data.as(system)[model]
  const { data: rows } = await table.list({ where, select: ['id'], limit: 500 })
  if (rows.length > 0) await table.deleteMany({ id: { in: rows.map((row: { id: string }) => row.id) } })
  return rows.length === 500
}
