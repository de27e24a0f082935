// The migrations of an app: the folder `migrations` beside its `package.json`.

import { join } from 'node:path'
import { linkFolder, type Chain } from '../migrate/chain.ts'
import { loadDataSteps } from '../migrate/data-steps.ts'
import { folderOf, readFolder, refuseFiles, type FileProblem } from '../migrate/files.ts'
import { runnables } from '../migrate/runnable.ts'
import type { Runnable } from '../migrate/runnable.ts'
import type { DialectName } from '../store/operations.ts'

export interface Migrations {
  readonly folder: string
  /** As far as it could be read. */
  readonly chain: Chain
  readonly problems: readonly FileProblem[]
  /** In their order, as a database needs them. Throws `invalid_migration` with everything that is wrong with the files. */
  runnables(dialect: DialectName): readonly Runnable[]
}

export function readMigrations(root: string): Migrations {
  const folder = join(root, 'migrations')
  const { chain, problems } = linkFolder(readFolder(folder))
  return {
    folder,
    chain,
    problems,
    runnables(dialect) {
      refuseFiles(problems)
      return runnables(chain.migrations, dialect, (id) => loadDataSteps(folderOf(folder, id)), chain.replaced)
    },
  }
}
