// How migrations follow each other: by their parents, not by their names. Two people may each have made one on the same parent; then
// there are two heads, until one more migration joins them.

import type { Blueprint } from '../store/blueprint.ts'
import type { Operation } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { same } from './canonical.ts'
import { refuseFiles, type FileProblem, type Folder, type Stored } from './files.ts'
import { invert } from './invert.ts'
import { snapshotHash, type Parent } from './migration.ts'
import { losses, risksOf } from './risk.ts'

/** A migration in its place. */
export interface Linked extends Stored {
  /** The tables that it starts from. */
  readonly before: Blueprint
}

export interface Chain {
  /** In an order in which they can run, each after its parents. */
  readonly migrations: readonly Linked[]
  /** Those that a baseline stands for, and whose folders are still there: for databases that are half-way along them. */
  readonly replaced: readonly Linked[]
  /** Those that none follows: one, unless there are branches, or nothing. */
  readonly heads: readonly Linked[]
}

/** The tables at the end. Only for a chain with one head, or none. */
export const headBlueprint = ({ heads }: Chain): Blueprint => heads[0]?.after ?? { tables: [] }

/** The chain, or one error with everything that is wrong in any of its files. */
export function openChain(folder: Folder): Chain {
  const { chain, problems } = linkFolder(folder)
  refuseFiles(problems)
  return chain
}

export function linkFolder(folder: Folder): { readonly chain: Chain; readonly problems: readonly FileProblem[] } {
  const problems = [...folder.problems]
  const covered = new Set(folder.migrations.flatMap(({ replaces }) => replaces))
  const current = folder.migrations.filter(({ id }) => !covered.has(id))
  // What could not be read leaves gaps that are no problems of their own.
  const told = new Set(folder.problems.map(({ id }) => id))
  const migrations = new Linker(current, problems, told).link()
  const replaced = new Linker(
    folder.migrations.filter(({ id }) => covered.has(id)),
    [],
    new Set(),
  ).link()
  const followed = new Set(migrations.flatMap((one) => one.parents.map((parent) => parentIn(migrations, parent)?.id)))
  return { chain: { migrations, replaced, heads: migrations.filter(({ id }) => !followed.has(id)) }, problems }
}

/** The parent itself, or the baseline that stands for it. */
const parentIn = <M extends Stored>(migrations: readonly M[], { id }: Parent): M | undefined =>
  migrations.find((one) => one.id === id) ?? migrations.find((one) => one.replaces.at(-1) === id)

class Linker {
  readonly #all: readonly Stored[]
  readonly #problems: FileProblem[]
  /** Those whose files have problems: that something is missing is no second one. */
  readonly #told: ReadonlySet<string>
  readonly #linked: Linked[] = []

  constructor(all: readonly Stored[], problems: FileProblem[], told: ReadonlySet<string>) {
    this.#all = all
    this.#problems = problems
    this.#told = told
  }

  link(): readonly Linked[] {
    let waiting = this.#all.filter((one) => this.#hasParents(one))
    while (waiting.length > 0) {
      const next = waiting.find((one) => one.parents.every((parent) => parentIn(this.#linked, parent)))
      if (!next) break
      waiting = waiting.filter((one) => one !== next)
      this.#place(next)
    }
    for (const { id } of waiting.filter((one) => !this.#followsUnlinked(one)))
      this.#wrong(id, 'it follows itself, over others', 'correct "parents", or take the files back from your version control')
    return this.#linked
  }

  #hasParents(migration: Stored): boolean {
    const lost = migration.parents.filter((parent) => !parentIn(this.#all, parent))
    for (const { id } of lost.filter((parent) => !this.#told.has(parent.id)))
      this.#wrong(migration.id, `it follows ${id}, which is not there`, 'take that folder back from your version control')
    return lost.length === 0
  }

  #followsUnlinked({ parents }: Stored): boolean {
    return parents.some((parent) => {
      const found = parentIn(this.#all, parent)
      return !found || (!this.#linked.some(({ id }) => id === found.id) && !this.#hasParents(found))
    })
  }

  #place(migration: Stored): void {
    const { id, operations, after, consents } = migration
    const parents = migration.parents.map((parent) => parentIn(this.#linked, parent)!)
    for (const [at, parent] of parents.entries())
      if (snapshotHash(parent.after) !== migration.parents[at]!.snapshot)
        this.#wrong(id, `it was made on other tables than those that ${parent.id} leads to`, repairOf('its files'), 'remake')
    let before: Blueprint = { tables: [] }
    try {
      before = joined(parents, this.#linked)
      if (!same(applyOperations(before, operations), after))
        this.#wrong(id, 'its operations lead to other tables than its snapshot says', repairOf('the rest'), 'remake')
      for (const lost of losses(risksOf(before, operations)))
        if (!consents.some(({ operation, reason }) => operation === lost.operation && reason))
          this.#wrong(
            id,
            `nobody has agreed to "${lost.operation}" (${lost.why})`,
            `add { "operation": ${JSON.stringify(lost.operation)}, "reason": "..." } to its "consents"`,
          )
      this.#checkWayBack(migration, before)
    } catch (error) {
      this.#wrong(id, (error as Error).message.replace(/\.$/, ''), 'correct its operations')
    }
    this.#linked.push({ ...migration, before })
  }

  #checkWayBack({ id, operations, irreversible, up, down }: Stored, before: Blueprint): void {
    if (irreversible.length > 0) return
    const reasons = invert(before, operations, true).irreversible
    if (reasons.length > 0)
      this.#wrong(id, `it gives no reason why there is no way back (${reasons.join('; ')})`, repairOf('the reasons'), 'remake')
    else if (!this.#told.has(id) && Object.keys(up).some((dialect) => !Object.hasOwn(down, dialect)))
      this.#wrong(id, 'there is a way back, and it has no SQL for it', repairOf('its SQL'), 'remake')
  }

  #wrong(id: string, what: string, write: string, mend?: FileProblem['mend']): void {
    this.#problems.push({ id, place: `migrations/${id}/migration.json`, what, write, ...(mend && { mend }) })
  }
}

const repairOf = (what: string): string =>
  `if it has not run anywhere: offstage migrate repair, which writes ${what} anew from its operations`

/** The tables at which several migrations together arrive. */
export function joined(parents: readonly Linked[], all: readonly Linked[]): Blueprint {
  const [first, ...others] = parents
  if (!first) return { tables: [] }
  const done = new Set([first, ...ancestorsOf(first, all)])
  let state = first.after
  for (const other of others) {
    const missing = all.filter((one) => !done.has(one) && (one === other || ancestorsOf(other, all).has(one)))
    state = applyOperations(
      state,
      missing.flatMap(({ operations }) => operations),
    )
    for (const one of missing) done.add(one)
  }
  return state
}

export function ancestorsOf(migration: Linked, all: readonly Linked[]): ReadonlySet<Linked> {
  const found = new Set<Linked>()
  const visit = (one: Linked): void => {
    for (const parent of one.parents) {
      const above = parentIn(all, parent)
      if (!above || found.has(above)) continue
      found.add(above)
      visit(above)
    }
  }
  visit(migration)
  return found
}

export const operationsOf = (migrations: readonly Linked[]): readonly Operation[] => migrations.flatMap(({ operations }) => operations)
