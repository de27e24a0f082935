// Filling an empty database, the same way every time, and letting a developer sign in as the people in it.

import { isAbsolute, relative } from 'node:path'
import { placeOf, type DatabaseConfig } from './database-url.ts'
import type { Data } from '../data/data.ts'
import { system } from '../query/principal.ts'
import type { Auth } from '../auth/auth.ts'
import type { ModelDef } from '../schema/registry.ts'

/** Told by the seed: how far it is with what. `total` may be unknown. */
export type SeedProgress = (label: string, done: number, total?: number) => void

/** The one password of all seeded users, in development only. */
export const developmentPassword = 'offstage-dev'

/** True if no model of the app has a row. */
export async function isEmpty(data: Data): Promise<boolean> {
  const sys = data.as(system)
  for (const model of data.registry.models.values()) {
    if (!model.system && (await sys[model.name].exists({}))) return false
  }
  return true
}

/** Numbers from 0 to 1 that repeat themselves run by run (mulberry32), so that a seed gives the same rows on every machine. */
export function repeatable(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface Login {
  readonly login: string
  readonly role: string
}

/** Gives every user without a password the development one, and names a few to sign in as: one of each role first. */
export async function developmentLogins(data: Data, auth: Auth): Promise<readonly Login[]> {
  const users = data.registry.user
  const login = users && loginField(users)
  if (users === undefined || login === undefined) return []
  const role = [...users.fields.values()].find((field) => field.kind.name === 'enum')?.name
  const sys = data.as(system)
  const without: string[] = []
  const shown = new Map<string, Login>()
  const known = new Set<string>()
  for await (const { user } of rows(sys['authCredentials'], { select: ['user'] })) known.add(user)
  for await (const row of rows(sys[users.name], { select: ['id', login, ...(role === undefined ? [] : [role])] })) {
    if (known.has(row.id)) continue
    without.push(row.id)
    const group = role === undefined ? '' : String(row[role])
    const key = role === undefined ? row.id : group
    if (shown.size < 5 && !shown.has(key)) shown.set(key, { login: row[login], role: group })
  }
  if (without.length > 0) await auth.setPassword(without, developmentPassword, true)
  return [...shown.values()]
}

export function loginField(users: ModelDef): string | undefined {
  return [...users.fields.values()].find((field) => field.kind.name === 'email' && field.unique && !field.optional)?.name
}

/** All rows of a query, page by page. */
export async function* rows(table: any, query: object): AsyncGenerator<any> {
  for (let after: string | undefined; ;) {
    const page = await table.list({ ...query, limit: 1000, ...(after === undefined ? {} : { after }) })
    yield* page.data
    if (page.next === null) return
    after = page.next
  }
}

/** A file as a person at this folder would name it. */
export function shortPath(file: string): string {
  const path = relative(process.cwd(), file)
  return path.startsWith('..') || isAbsolute(path) ? file : path
}

export const shortPlace = (database: DatabaseConfig): string => (database.kind === 'sqlite' ? shortPath(database.file) : placeOf(database))
