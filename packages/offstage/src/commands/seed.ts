// `offstage seed` and `offstage reset`: for development only.

import { existsSync, rmSync } from 'node:fs'
import { OffstageError } from '../base/errors.ts'
import { isEmpty, shortPath, type SeedProgress } from '../app/seed.ts'
import { refuseProduction } from '../app/production.ts'
import { ownDatabase } from '../app/owner.ts'
import { runSeed } from '../app/seeding.ts'
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
  refuseProduction(running.config, 'seed')
  if (app.seed === undefined)
    throw new OffstageError('invalid_call', {
      detail: 'The app has no seed.',
      hint: 'defineApp({ models, seed: async ({ sys }) => { ... } })',
    })
  if (!(await isEmpty(running.data))) {
    throw new OffstageError('invalid_call', {
      detail: `${shortPath(running.config.databaseFile)} has rows already; a seed fills an empty database.`,
      hint: 'offstage reset',
    })
  }
  await runSeed(app, running, seedProgress())
  out(`Seeded ${shortPath(running.config.databaseFile)}.`)
}

/** Removes the database file and builds it anew. */
export async function reset(path: string): Promise<void> {
  const loaded = await loadApp(path)
  const config = configForCommand(loaded)
  refuseProduction(config, 'reset')
  if (existsSync(config.databaseFile)) {
    // A server that still has the file open would go on writing to what is no longer there.
    ownDatabase(config.databaseFile).release()
    for (const end of ['', '-wal', '-shm', '-owner', '-owner-journal']) rmSync(config.databaseFile + end, { force: true })
  }
  await using opened = await openForCommand(path)
  const { app, running } = opened
  if (app.seed !== undefined) await runSeed(app, running, seedProgress())
  out(`${shortPath(config.databaseFile)} is new${app.seed === undefined ? '' : ' and seeded'}.`)
}
