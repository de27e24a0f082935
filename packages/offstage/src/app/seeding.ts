import { OffstageError } from '../base/errors.ts'
import { system } from '../query/principal.ts'
import type { AnyApp } from './mountable.ts'
import type { RunningApp } from './open.ts'
import { openMake } from './make.ts'
import { giveDevelopmentPassword, repeatable, type SeedProgress } from './seed.ts'

/**
 * Runs the app's seed, the same numbers and factories every time, and lets a developer sign in as the users it made. Whether the database
 * is empty is the caller's business.
 */
export async function runSeed(app: AnyApp, running: Pick<RunningApp, 'data' | 'registry' | 'auth'>, progress: SeedProgress): Promise<void> {
  const sys = running.data.as(system)
  try {
    await app.seed?.({ sys, as: sys['as'], make: openMake(running.registry, sys, () => new Date()), random: repeatable(1), progress })
  } catch (error) {
    throw new OffstageError('invalid_call', {
      detail: 'The seed failed half way, and the database holds what it wrote until then.',
      hint: 'RepairTable the seed, then run: offstage reset',
      cause: error,
    })
  }
  if (running.auth) await giveDevelopmentPassword(running.data, running.auth)
}
