import { createHmac } from 'node:crypto'
import { OffstageError } from '../base/errors.ts'
import { system } from '../query/principal.ts'
import type { Data, Db } from '../data/data.ts'
import type { TryLimits } from '../schema/app.ts'

export const defaultLimits: TryLimits = {
  account: { times: 10, seconds: 15 * 60 },
  address: { times: 100, seconds: 15 * 60 },
  signUp: { times: 100, seconds: 60 * 60 },
}

/** What is counted: `account:ada@example.com` under the limit of accounts. */
export type Counted = readonly [kind: keyof TryLimits, name: string]

export interface Throttle {
  /** Counts one try under each, before any work is done; `too_many_requests` if one is used up, and then none is counted. */
  count(tries: readonly Counted[]): Promise<void>
  /** The try was right: the account starts anew, the address gets this one back (or one own account would clear it for guessing at others). */
  forgive(sys: Db, account: Counted, address: Counted): Promise<void>
  /** The filter of counts that count no more. */
  over(): object
}

/**
 * The counts are rows, so all nodes share them. Names are kept as keyed hashes: people type passwords into the email field.
 * Known and unknown accounts are counted alike, or the count would tell which is which.
 */
export function openThrottle(data: Data, limits: TryLimits, secret: string, now: () => Date): Throttle {
  const keyOf = ([kind, name]: Counted): string => createHmac('sha256', secret).update(`throttle:${kind}:${name}`).digest('base64url')

  const rowsOf = async (sys: Db, keys: readonly string[]): Promise<any[]> =>
    keys.length === 0 ? [] : (await sys.authAttempts.list({ where: { key: { in: keys } }, limit: keys.length })).data

  /** Counts, and gives 0; or gives the milliseconds to wait. Of keys that are not looked for, rows are made: `conflict` if there are some. */
  const tryAll = (tries: readonly Counted[], keys: readonly string[], lookFor: readonly string[]): Promise<number> =>
    data.as(system).transaction(async (sys: Db) => {
      const time = now().getTime()
      const rows = await rowsOf(sys, lookFor)
      const open = tries.map((t, i) => ({ key: keys[i]!, limit: limits[t[0]], row: rows.find((r) => r.key === keys[i]) }))
      const full = open.filter((o) => o.row && o.row.until.getTime() > time && o.row.count >= o.limit.times)
      if (full.length > 0) return Math.max(...full.map((o) => o.row.until.getTime() - time))
      for (const { key, limit, row } of open) {
        const until = new Date(time + limit.seconds * 1000)
        if (!row) await sys.authAttempts.create({ key, count: 1, until })
        else if (row.until.getTime() > time) await sys.authAttempts.update(row.id, { count: { increment: 1 } })
        else await sys.authAttempts.update(row.id, { count: 1, until })
      }
      return 0
    })

  return {
    async count(tries) {
      const keys = tries.map(keyOf)
      // To look in a transaction for what is not there locks the place where it would be, and of many new names all but one would have to
      // begin again.
      const known = (await rowsOf(data.as(system), keys)).map(({ key }) => key)
      const wait = await tryAll(tries, keys, known).catch((error: unknown) => {
        if (error instanceof OffstageError && error.code === 'conflict') return tryAll(tries, keys, keys)
        throw error
      })
      if (wait > 0) throw new OffstageError('too_many_requests', { headers: { 'retry-after': String(Math.ceil(wait / 1000)) } })
    },
    async forgive(sys, account, address) {
      await sys.authAttempts.updateMany({ key: keyOf(account) }, { count: 0 })
      await sys.authAttempts.updateMany({ key: keyOf(address), count: { gt: 0 } }, { count: { decrement: 1 } })
    },
    over: () => ({ until: { lt: now() } }),
  }
}
