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

const mostLogins = 5

export interface Login {
  readonly login: string
  readonly role: string
}

/** Gives every user without a password the development one. */
export async function giveDevelopmentPassword(data: Data, auth: Auth): Promise<void> {
  const sys = data.as(system)
  const known = new Set<string>()
  const without: string[] = []
  for await (const { user } of rows(sys['authCredentials'], { select: ['user'] })) known.add(user)
  for await (const { id } of rows(sys[data.registry.user!.name], { select: ['id'] })) if (!known.has(id)) without.push(id)
  if (without.length > 0) await auth.setPassword(without, developmentPassword, true)
}

/** A few users whom the development password lets in as the database is now, one of each role. */
export async function developmentLogins(data: Data, auth: Auth): Promise<readonly Login[]> {
  const users = data.registry.user
  const login = users && loginField(users)
  if (users === undefined || login === undefined) return []
  const role = [...users.fields.values()].find((field) => field.kind.name === 'enum' && !field.hidden)
  const choices = role && [...(role.options as { readonly choices: readonly string[] }).choices, ...(role.optional ? [null] : [])]
  const sys = data.as(system)
  const withPassword = await auth.credentialsWith(developmentPassword)
  const first = async (limit: number, who: object): Promise<{ user: string }[]> =>
    (await sys['authCredentials'].list({ where: { ...withPassword, ...who }, select: ['user'], sort: 'id', limit })).data
  const found =
    role === undefined || choices === undefined
      ? await first(mostLogins, {})
      : (await Promise.all(choices.slice(0, mostLogins).map((choice) => first(1, { user: { [role.name]: choice } })))).flat()
  return Promise.all(
    found.map(async ({ user }) => {
      const row = await sys[users.name].get(user, { select: ['id', login, ...(role === undefined ? [] : [role.name])] })
      return { login: row[login] as string, role: role === undefined ? '' : String(row[role.name] ?? '') }
    }),
  )
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
