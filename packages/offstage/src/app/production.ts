import { existsSync, writeFileSync } from 'node:fs'
import { OffstageError } from '../base/errors.ts'
import type { Config } from './config.ts'

// `offstage start` leaves this file beside the database. It is how `seed` and `reset` know whose data they would touch:
// no variable has to be set right for that, and a copy of the database taken to a developer's machine comes without it.
const markOf = (databaseFile: string): string => `${databaseFile}-production`

export function markProduction({ databaseFile }: Config): void {
  if (databaseFile === ':memory:' || existsSync(markOf(databaseFile))) return
  writeFileSync(
    markOf(databaseFile),
    'This database is served by `offstage start`. While this file is here, `seed` and `reset` refuse to touch it.\n',
  )
}

export function isProduction({ databaseFile }: Config): boolean {
  return existsSync(markOf(databaseFile))
}

export function refuseProduction(config: Config, command: string): void {
  if (!isProduction(config)) return
  throw new OffstageError('forbidden', {
    detail: `${config.databaseFile} is a production database: \`offstage start\` has served it. ${command} refuses.`,
    hint: `If it is not, remove ${markOf(config.databaseFile)}`,
  })
}
