// Users and their passwords: what the routes and the endpoints of the app both do with them.

import { OffstageError } from '../base/errors.ts'
import { system } from '../query/principal.ts'
import type { Data, Db } from '../data/data.ts'
import type { HttpRequest } from '../http/http.ts'
import { normaliseEmail } from '../schema/normalise.ts'
import { addressBlock } from './address.ts'
import { readObject, readTexts } from './body.ts'
import { refuseWeak, type PasswordRules } from './guessable.ts'
import type { Passwords } from './password.ts'
import type { Sessions } from './sessions.ts'
import type { Counted, Throttle } from './throttle.ts'

export interface CredentialParts {
  readonly data: Data
  readonly passwords: Passwords
  readonly rules: PasswordRules
  readonly sessions: Sessions
  readonly throttle: Throttle
  /** The field of the user model that is the login. */
  readonly login: string
  /** Forgets what has expired, once an hour. */
  readonly prune: () => Promise<void>
}

/** Whose tries are counted, and whose going away ends the work. */
export type Asker = Pick<HttpRequest, 'ip' | 'signal'>
/** Runs in the transaction in which the user is made, or the password still holds. */
export type Then<T> = (sys: Db, user: string) => Promise<T>

/** A password that was right a moment ago. */
export interface Proof {
  readonly id: string
  readonly user: string
  readonly hash: string
  readonly tries: readonly [account: Counted, address: Counted]
}

export interface Credentials {
  /** Makes a user out of what a stranger sent. */
  signUp<T>(values: Readonly<Record<string, unknown>>, password: string, asker: Asker, then: Then<T>): Promise<T>
  /** Throws `invalid_credentials`, after the same work, for a wrong password and an unknown login. */
  verify<T>(login: string, password: string, asker: Asker, then: Then<T>): Promise<T>
  /** Counts a try at the password of the user that the filter finds; undefined for a wrong one. `login` is what the try is counted under. */
  prove(user: object, login: string, password: string, asker: Asker): Promise<Proof | undefined>
  /** In a transaction: whether the password still is the one proven. Then the tries are forgiven, and `hash`, if given, takes its place. */
  accept(sys: Db, proof: Proof, hash?: string): Promise<boolean>
  /** In a transaction: gives the user this password in place of any, and ends the sessions but `except`. */
  replace(sys: Db, user: string, hash: string, except?: string): Promise<void>
}

export function openCredentials(parts: CredentialParts): Credentials {
  const { data, passwords, rules, sessions, throttle } = parts

  const credentials: Credentials = {
    async signUp(values, password, asker, then) {
      const login = readObject(values)[parts.login]
      refuseWeak(password, typeof login === 'string' ? login : '', rules)
      await throttle.count([['signUp', addressBlock(asker.ip)]])
      const hash = await passwords.hash(password, asker.signal)
      return data.transaction(system, async (inner) => {
        const user = (await inner.signUp(values)).id as string
        const sys = inner.as(system)
        await sys.authCredentials.create({ user, hash })
        return then(sys, user)
      })
    },

    async verify(login, password, asker, then) {
      readTexts({ [parts.login]: login, password }, [parts.login, 'password'])
      const proof = await credentials.prove({ [parts.login]: login }, login, password, asker)
      if (!proof) throw new OffstageError('invalid_credentials')
      const fresh = passwords.stale(proof.hash) ? await passwords.hash(password, asker.signal) : undefined
      const done = await data
        .as(system)
        // The password may have been changed since it was looked at, because somebody else knows it: then nothing may come of it.
        .transaction(async (sys: Db) =>
          (await credentials.accept(sys, proof, fresh)) ? { value: await then(sys, proof.user) } : undefined,
        )
      return done ? done.value : credentials.verify(login, password, asker, then)
    },

    async prove(user, login, password, asker) {
      const tries = [
        ['account', normaliseEmail(login)],
        ['address', addressBlock(asker.ip)],
      ] as const
      await throttle.count(tries)
      await parts.prune()
      const known = await data.as(system).authCredentials.first({ where: { user }, reveal: ['hash'] })
      const right = await passwords.verify(password, known?.hash, asker.signal)
      return right ? { id: known.id, user: known.user, hash: known.hash, tries } : undefined
    },

    async accept(sys, { id, hash, tries }, fresh) {
      const held = { id, hash }
      const holds =
        fresh === undefined ? await sys.authCredentials.exists(held) : (await sys.authCredentials.updateMany(held, { hash: fresh })) > 0
      if (holds) await throttle.forgive(sys, ...tries)
      return holds
    },

    async replace(sys, user, hash, except) {
      await sys.authCredentials.upsert({ user }, { create: { user, hash }, update: { hash } })
      await sessions.endOthers(sys, user, except)
    },
  }
  return credentials
}
