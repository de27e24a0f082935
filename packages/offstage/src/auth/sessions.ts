import { hash, randomBytes } from 'node:crypto'
import { OffstageError } from '../base/errors.ts'
import { system, type Principal } from '../query/principal.ts'
import type { Data, Db } from '../data/data.ts'
import type { Query } from '../query/tree.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import type { Row } from '../schema/kind.ts'

const hour = 3_600_000
const day = 24 * hour
/** A session ends when it was not used for this long, in milliseconds. */
export const idleLimit: number = 30 * day
/** A session ends at this age, however much it is used. */
export const ageLimit: number = 365 * day
/** More than this many sessions of one user, and the one unused for longest ends. */
const mostSessions = 50

export interface Client {
  readonly ip: string
  readonly userAgent: string
}
export interface OpenSession {
  readonly token: string
  readonly expiresAt: Date
}
export interface SessionInfo {
  readonly id: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly ip: string
  readonly userAgent: string
  readonly current: boolean
}
export type UserPrincipal = Extract<Principal, { kind: 'user' }>

export interface Sessions {
  /** The only moment at which the token exists; what is kept is its hash. */
  open(sys: Db, user: string, client: Client): Promise<OpenSession>
  /** Whose token this is; undefined for one that is unknown, ended or too old. One read. */
  find(token: string): Promise<UserPrincipal | undefined>
  /** Ends one session of the user; false if there is none such. */
  end(sys: Db, user: string, id: string): Promise<boolean>
  endOthers(sys: Db, user: string, except: string | undefined): Promise<void>
  list(user: string, current: string | undefined): Promise<SessionInfo[]>
  /** The filter of sessions that have ended by themselves. */
  over(): object
}

const form = /^[A-Za-z0-9_-]{43}$/
const hashOf = (token: string): string => hash('sha256', token, 'base64url')

export function openSessions(data: Data, now: () => Date): Sessions {
  const lookup = lookupBy(data.registry)
  const alive = (): object => ({
    lastUsedAt: { gt: new Date(now().getTime() - idleLimit) },
    createdAt: { gt: new Date(now().getTime() - ageLimit) },
  })

  return {
    async open(sys, user, client) {
      const token = randomBytes(32).toString('base64url')
      const time = now()
      await sys.authSessions.create({ user, hash: hashOf(token), lastUsedAt: time, ip: client.ip, userAgent: client.userAgent })
      const surplus = await sys.authSessions.list({ where: { user }, sort: '-lastUsedAt', select: ['id'], limit: mostSessions + 1 })
      const [last] = surplus.data.slice(mostSessions)
      if (last) await sys.authSessions.delete(last.id)
      return { token, expiresAt: new Date(time.getTime() + ageLimit) }
    },

    async find(token) {
      if (!form.test(token)) return undefined
      const page = await data.store.list(lookup(hashOf(token)))
      const found = page.rows[0]
      if (!found) return undefined
      const time = now().getTime()
      const used = Date.parse(found.lastUsedAt as string)
      if (time - used > idleLimit || time - Date.parse(found.createdAt as string) > ageLimit) return undefined
      const session = found.id as string
      // Written at most once an hour, or every read would cost a write.
      if (time - used > hour) await touch(session, found.lastUsedAt as string)
      const row = found.user as Row
      return { kind: 'user', id: row.id as string, row, session }
    },

    end: async (sys, user, id) => (await sys.authSessions.deleteMany({ id, user })) > 0,
    endOthers: async (sys, user, except) => {
      await sys.authSessions.deleteMany(except === undefined ? { user } : { user, id: { not: except } })
    },
    async list(user, current) {
      const { data: rows } = await data
        .as(system)
        .authSessions.list({ where: { user, ...alive() }, sort: '-lastUsedAt', limit: mostSessions })
      return rows.map(({ id, createdAt, lastUsedAt, ip, userAgent }: SessionInfo) => ({
        id,
        createdAt,
        lastUsedAt,
        ip,
        userAgent,
        current: id === current,
      }))
    },
    over: () => ({ not: alive() }),
  }

  /** Of requests that come together one writes. A failure must not fail the request: the next one tries again. */
  async function touch(id: string, was: string): Promise<void> {
    try {
      await data.as(system).authSessions.updateMany({ id, lastUsedAt: new Date(was) }, { lastUsedAt: now() })
    } catch (error) {
      if (!(error instanceof OffstageError)) throw error
    }
  }
}

/** The session and all columns of its user, hidden ones too, in one statement: rules may speak of any of them. */
function lookupBy(registry: Registry): (hash: string) => Query {
  const sessions = registry.models.get('authSessions')!
  const users = registry.user!
  const columns = (model: ModelDef): { field: string }[] => model.columns.map(({ name }) => ({ field: name }))
  const base = {
    model: sessions.name,
    select: columns(sessions).filter(({ field }) => ['id', 'createdAt', 'lastUsedAt'].includes(field)),
    include: [{ kind: 'one', as: 'user', field: 'user', shape: { model: users.name, select: columns(users), include: [] } }],
    sort: [{ term: { through: [], field: 'id' }, desc: false }],
    limit: 1,
    count: false,
  } as const
  return (hash) => ({ ...base, where: { is: 'compare', field: 'hash', op: 'eq', value: hash } })
}
