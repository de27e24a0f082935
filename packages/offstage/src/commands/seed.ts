// `offstage seed` and `offstage reset`: for development only.

import { OffstageError } from '../base/errors.ts'
import { registryOf } from '../app/problems.ts'
import { refuseProduction } from '../app/production.ts'
import { removeDatabase } from '../app/reset.ts'
import { developmentLogins, developmentPassword, isEmpty, shortPlace, type SeedProgress } from '../app/seed.ts'
import { runSeed } from '../app/seeding.ts'
import type { RunningApp } from '../app/open.ts'
import { openForCommand, configForCommand } from './open.ts'
import { loadApp } from './load.ts'
import { out, progress, type Progress } from './terminal.ts'

/** A bar for each label that the seed tells about. */
export function seedProgress(): SeedProgress {
  let label: string | undefined
  let bar: Progress | undefined
  return (name, done, total) => {
    if (name !== label) {
      label = name
      bar = progress(`  seeding ${name}`, total)
    }
    bar?.to(done)
    if (total !== undefined && done >= total) {
      bar?.end()
      label = undefined
      bar = undefined
    }
  }
}

export async function seed(path: string): Promise<void> {
  await using opened = await openForCommand(path)
  const { app, running } = opened
  const { database } = running.config
  await refuseProduction(database, running.data.store, 'seed')
  if (app.seed === undefined)
    throw new OffstageError('invalid_call', {
      detail: 'The app has no seed.',
      hint: 'defineApp({ models, seed: async ({ sys }) => { ... } })',
    })
  if (!(await isEmpty(running.data))) {
    throw new OffstageError('invalid_call', {
      detail: `${shortPlace(database)} has rows already; a seed fills an empty database.`,
      hint: 'offstage reset',
    })
  }
  await runSeed(app, running, seedProgress())
  out(`Seeded ${shortPlace(database)}.`)
  await tellLogins(running)
}

/** Removes the database file, or the app's tables on a server, and builds them anew. */
export async function reset(path: string): Promise<void> {
  const loaded = await loadApp(path)
  const { database } = configForCommand(loaded)
  await removeDatabase(registryOf(loaded.app), database)
  await using opened = await openForCommand(path)
  const { app, running } = opened
  if (app.seed !== undefined) await runSeed(app, running, seedProgress())
  out(`${shortPlace(database)} is new${app.seed === undefined ? '' : ' and seeded'}.`)
  await tellLogins(running)
}

async function tellLogins({ data, auth }: RunningApp): Promise<void> {
  const logins = auth === undefined ? [] : await developmentLogins(data, auth)
  if (logins.length === 0) return
  const names = logins.map(({ login, role }) => (role === '' ? login : `${login} (${role})`))
  out(`Sign in as ${names.join(', ')}; password ${developmentPassword} (development only).`)
}
