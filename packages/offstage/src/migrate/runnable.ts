// The migrations of a folder as one database needs them.

import { OffstageError } from '../base/errors.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { DialectName, Operation, Step } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import type { DataSteps } from './define-data.ts'
import { sortedJson } from './canonical.ts'
import { invert } from './invert.ts'
import { sha256, type Migration } from './migration.ts'
import { losses } from './risk.ts'

/** A migration, as one database needs it. */
export interface Runnable {
  readonly id: string
  /** Of its SQL for this database. */
  readonly checksum: string
  readonly before: Blueprint
  readonly after: Blueprint
  readonly operations: readonly Operation[]
  readonly up: readonly Step[]
  /** Absent: there is no way back, for these reasons. */
  readonly down: readonly Step[] | undefined
  readonly irreversible: readonly string[]
  /** The operations of the way back. */
  readonly back: readonly Operation[]
  /** Whether values may be lost by it, and who agreed to that. */
  readonly loses: boolean
  readonly consents: readonly unknown[]
  /** What nodes of the version before would fail on. */
  readonly breaks: readonly string[]
  /** Migrations that this one stands for. */
  readonly replaces: readonly string[]
  /** Those of them whose folders are still there, for databases that are half-way along them. */
  readonly earlier: readonly Runnable[]
  /** The steps of its `data.ts`. */
  readonly data: () => Promise<DataSteps>
}

/** In the order of the chain. `data` gives the steps of a migration's `data.ts`, `replaced` what baselines stand for, as far as it is still there. */
export function runnables(
  migrations: readonly Migration[],
  dialect: DialectName,
  data: (id: string) => Promise<DataSteps>,
  replaced: readonly Migration[] = [],
): readonly Runnable[] {
  const without = migrations.filter((one) => one.up[dialect] === undefined)
  if (without.length > 0) {
    throw new OffstageError('invalid_migration', {
      detail: `There is no SQL for ${dialect} in ${without.map(({ id }) => id).join(', ')}.`,
      hint: `offstage migrate sql --add ${dialect}`,
    })
  }
  let before: Blueprint = { tables: [] }
  return migrations.map((migration) => {
    const { id, operations, risks, consents, irreversible, replaces } = migration
    // Branches that were joined run one after the other, so what comes second starts from both.
    const after = applyOperations(before, operations)
    const up = migration.up[dialect]!
    const runnable: Runnable = {
      id,
      checksum: sha256(sortedJson(up)),
      before,
      after,
      operations,
      up,
      down: migration.down[dialect] ?? (irreversible.length === 0 && operations.length === 0 ? [] : undefined),
      back: irreversible.length > 0 ? [] : invert(before, operations, true).operations,
      irreversible,
      loses: losses(risks).length > 0,
      consents,
      breaks: risks.filter(({ class: kind }) => kind === 'incompatible-with-running-code' || kind === 'data-loss').map(({ why }) => why),
      replaces,
      earlier:
        replaces.length === 0
          ? []
          : runnables(
              replaced.filter((one) => replaces.includes(one.id)),
              dialect,
              data,
            ),
      data: () => data(id),
    }
    before = after
    return runnable
  })
}
