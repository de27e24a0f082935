// What people edit in a migration before it has run anywhere is taken for right: SQL as it stands, operations with all that follows from
// them.

import type { Blueprint } from '../store/blueprint.ts'
import { applyOperations } from './apply-operations.ts'
import { joined, linkFolder, type Linked } from './chain.ts'
import { acceptFiles, readFolder, refuseFiles, writeMigration } from './files.ts'
import { invert } from './invert.ts'
import { dialects, parentOf, withSteps, type Migration, type Renders } from './migration.ts'
import { risksOf } from './risk.ts'

/** What was done, a sentence each. Throws `invalid_migration` with what cannot be repaired by itself. */
export function repairFolder(root: string, renders: Renders): readonly string[] {
  const said: string[] = []
  // One migration that is written anew changes what its children start from: they come after it.
  for (let last = ''; ;) {
    const { chain, problems } = linkFolder(readFolder(root))
    const next = chain.migrations.find(({ id }) => problems.some((one) => one.id === id && one.mend === 'remake'))
    if (!next || next.id === last) break
    const parents = next.parents.flatMap(
      (parent) => chain.migrations.find((one) => one.id === parent.id || one.replaces.at(-1) === parent.id) ?? [],
    )
    writeMigration(root, remade(next, parents, joined(parents, chain.migrations), renders))
    said.push(`${next.id} is written anew from its operations, its SQL too.`)
    last = next.id
  }
  const { migrations, problems } = readFolder(root)
  for (const migration of migrations) {
    if (!problems.some((one) => one.id === migration.id && one.mend === 'accept')) continue
    acceptFiles(root, migration)
    said.push(`The SQL files of ${migration.id} are taken as they are now.`)
  }
  refuseFiles(linkFolder(readFolder(root)).problems)
  return said
}

/** The migration with everything that follows from its operations, for the databases that it was written for. */
export function remade(migration: Linked, parents: readonly Migration[], before: Blueprint, renders: Renders): Migration {
  const { operations } = migration
  const trusted = migration.irreversible.length === 0
  const chosen = dialects.filter((dialect) => migration.up[dialect] && renders[dialect])
  return withSteps(
    {
      ...migration,
      parents: parents.map(parentOf),
      risks: risksOf(before, operations),
      irreversible: invert(before, operations, trusted).irreversible,
      after: applyOperations(before, operations),
      up: {},
      down: {},
    },
    before,
    Object.fromEntries(chosen.map((dialect) => [dialect, renders[dialect]])),
  )
}
