// What an endpoint is given as `auth`.

import type { Db } from '../data/data.ts'
import { system, type Principal } from '../query/principal.ts'
import type { Accounts } from '../schema/accounts.ts'
import type { Asker, CredentialParts, Credentials } from './credentials.ts'
import { refuseWeak } from './guessable.ts'

/** `auth` for one caller. */
export type AccountsFor = (caller: Principal, asker: Asker) => Accounts<any>

export function openAccounts(parts: CredentialParts, credentials: Credentials): AccountsFor {
  const { data, passwords, rules, login } = parts
  const users = data.registry.user!.name
  const row = (sys: Db, user: string): Promise<any> => sys[users].get(user)
  const refuseFor = async (sys: Db, user: string, password: string): Promise<void> =>
    refuseWeak(password, (await row(sys, user))[login], rules)

  return (caller, asker) => ({
    signUp: (values, password) => credentials.signUp(values, password, asker, row),
    verify: (name, password) => credentials.verify(name, password, asker, row),
    async setPassword(user: string, password: string, also?: (db: any) => Promise<unknown>): Promise<any> {
      await refuseFor(data.as(system), user, password)
      const hash = await passwords.hash(password, asker.signal)
      return data.transaction(caller, async (inner) => {
        const result = await also?.(inner.as(caller))
        const sys = inner.as(system)
        // The login may have become another one, and the password may be made of that.
        await refuseFor(sys, user, password)
        await credentials.replace(sys, user, hash, caller.kind === 'user' && caller.id === user ? caller.session : undefined)
        return result
      })
    },
  })
}
