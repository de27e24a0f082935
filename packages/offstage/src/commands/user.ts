// `offstage user create`: the only way to a first administrator.

import { randomBytes } from 'node:crypto'
import { OffstageError } from '../base/errors.ts'
import { system } from '../query/principal.ts'
import { loginField } from '../app/seed.ts'
import type { RunningApp } from '../app/open.ts'
import { ValueError } from '../schema/kind.ts'
import type { ModelDef } from '../schema/registry.ts'
import { ask, out, paint } from './terminal.ts'

export interface UserOptions {
  readonly email: string
  /** `field=value`, as the system may write them. */
  readonly set: readonly string[]
}

export async function createUser(running: RunningApp, { email, set }: UserOptions): Promise<void> {
  const users = running.registry.user
  const login = users && loginField(users)
  if (users === undefined || login === undefined || running.auth === undefined) {
    throw new OffstageError('invalid_call', { detail: 'The app has no login.', hint: 'defineApp({ models, login: { password: true } })' })
  }
  const values = { [login]: email, ...readSet(users, set) }
  const asked = await password()
  const row = await running.data.as(system, { author: 'caller' })[users.name].create(values)
  try {
    await running.auth.setPassword([row.id], asked.text)
  } catch (error) {
    // Without a password there is no account; the same command must work again.
    await running.data.as(system)[users.name].delete(row.id)
    throw error
  }
  out(`${users.name} ${row.id} created: ${email}${set.length === 0 ? '' : ` (${set.join(', ')})`}`)
  if (asked.made) out(`password: ${paint('bold', asked.text)}   (shown once; it is kept only as a hash)`)
}

function readSet(users: ModelDef, set: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    set.map((item) => {
      const at = item.indexOf('=')
      const field = users.fields.get(item.slice(0, Math.max(at, 0)))
      if (at < 1 || field === undefined || field.kind.name === 'many') {
        throw new OffstageError('invalid_call', {
          detail: `--set ${item}: expected field=value with a field of ${users.name}.`,
          hint: '--set role=admin',
        })
      }
      try {
        return [field.name, field.kind.readText(item.slice(at + 1), field.options)]
      } catch (error) {
        if (!(error instanceof ValueError)) throw error
        throw new OffstageError('invalid_values', { errors: [{ path: field.name, code: error.code, message: error.message }] })
      }
    }),
  )
}

/** Asked without an echo, twice; made and shown where there is no terminal, or where nothing is typed. */
async function password(): Promise<{ text: string; made: boolean }> {
  const typed = await ask('Password (empty: one is made): ', { hidden: true })
  if (typed === null || typed === '') return { text: randomBytes(15).toString('base64url'), made: true }
  if ((await ask('Once more: ', { hidden: true })) !== typed)
    throw new OffstageError('invalid_values', { detail: 'The two passwords differ.' })
  return { text: typed, made: false }
}
