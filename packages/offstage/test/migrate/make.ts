// What `offstage migrate make` does, without its files and its terminal.

import assert from 'node:assert/strict'
import { headBlueprint, type Chain } from '../../src/migrate/chain.ts'
import { diff } from '../../src/migrate/diff.ts'
import { withFlags, type Flags } from '../../src/migrate/flags.ts'
import type { Hints } from '../../src/migrate/hints.ts'
import { puttingAside } from '../../src/migrate/kept.ts'
import { draftMigration, type Migration, type Renders } from '../../src/migrate/migration.ts'
import type { Blueprint } from '../../src/store/blueprint.ts'

export interface MakeOptions {
  readonly name: string
  readonly now: Date
  readonly wanted: Blueprint
  readonly hints: Hints
  readonly flags?: Flags
  readonly keep?: boolean
  readonly allowDestructive?: string
  readonly empty?: boolean
}

export function makeMigration(chain: Chain, options: MakeOptions, renders: Renders): Migration | undefined {
  const { name, now, wanted, hints, flags = {}, keep, allowDestructive, empty } = options
  const before = headBlueprint(chain)
  const { operations: found, problems } = diff(before, wanted, withFlags(before, wanted, hints, flags))
  if (!empty) assert.deepEqual(problems, [])
  const operations = empty ? [] : keep ? puttingAside(before, found, now) : found
  if (operations.length === 0 && !empty) return undefined
  return draftMigration({ name, now, parents: chain.heads, before, operations, allowDestructive }, renders)
}
