// `offstage migrate make`: what the models have that the last migration has not, written down as a migration. Needs no database.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OffstageError } from '../base/errors.ts'
import { headBlueprint, type Chain } from '../migrate/chain.ts'
import { dataSkeleton } from '../migrate/data-steps.ts'
import { diff } from '../migrate/diff.ts'
import { dataFile, refuseFiles, writeMigration } from '../migrate/files.ts'
import { withFlags, type Flags } from '../migrate/flags.ts'
import { hintsOf } from '../migrate/hints-of.ts'
import type { Hints, Problem } from '../migrate/hints.ts'
import { puttingAside } from '../migrate/kept.ts'
import { mergeHeads } from '../migrate/merge.ts'
import { dialects, draftMigration, type Migration, type Renders } from '../migrate/migration.ts'
import { renderers } from '../migrate/renderers.ts'
import { says } from '../migrate/says.ts'
import { blueprintOf, type Blueprint } from '../store/blueprint.ts'
import type { DialectName, Operation } from '../store/operations.ts'
import { openProject, type Project } from './migrate-project.ts'
import { dialectNamed } from './migrate-sql.ts'
import { ask, out, paint } from './terminal.ts'

export interface MakeOptions extends Flags {
  readonly allowDestructive?: string
  /** What is dropped is put aside instead. */
  readonly keep?: boolean
  /** A migration without operations, for SQL or code of one's own. */
  readonly empty?: boolean
  /** Names, with commas between them. */
  readonly dialects?: string
}

export async function migrateMake(path: string, name: string | undefined, options: MakeOptions, now: Date = new Date()): Promise<void> {
  let project = await openProject(path)
  refuseFiles(project.migrations.problems)
  if (project.migrations.chain.heads.length > 1) {
    write(project, draftMigration(mergeHeads(project.migrations.chain, now)!, renderersOf(project.migrations.chain, options.dialects)))
    project = await openProject(path)
    refuseFiles(project.migrations.problems)
  }
  const { chain } = project.migrations
  const before = headBlueprint(chain)
  const operations = options.empty ? ownSteps(options) : await operationsFor(project, before, options, now)
  if (operations.length === 0 && !options.empty) return out('The models are as the last migration has them; there is nothing to write.')
  const draft = {
    name: name ?? nameFor(operations, chain),
    now,
    parents: chain.heads,
    before,
    operations,
    allowDestructive: options.allowDestructive,
  }
  write(project, draftMigration(draft, renderersOf(chain, options.dialects)))
}

const ownSteps = ({ data = [] }: MakeOptions): readonly Operation[] => data.map((step) => ({ op: 'data', step }))

/** The databases that the last migration has SQL for, at first all: where the app will run is not known when it is written. */
export function renderersOf({ heads }: Chain, given?: string): Renders {
  const last = heads.length === 0 ? dialects : dialects.filter((one) => heads.some(({ up }) => up[one] !== undefined))
  const chosen = given === undefined ? last : given.split(',').map((name) => dialectNamed(name.trim()))
  return Object.fromEntries(chosen.map((dialect): [DialectName, Renders[DialectName]] => [dialect, renderers[dialect]]))
}

async function operationsFor({ registry }: Project, before: Blueprint, options: MakeOptions, now: Date): Promise<readonly Operation[]> {
  const wanted = blueprintOf(registry)
  let flags: Flags = options
  for (;;) {
    const hints: Hints = withFlags(before, wanted, hintsOf(registry, now), flags)
    const { operations, problems } = diff(before, wanted, hints)
    if (problems.length === 0) return options.keep ? puttingAside(before, operations, now) : operations
    const more = await answered(problems)
    if (more === undefined) throw refusal(problems)
    flags = { ...flags, rename: [...(flags.rename ?? []), ...more.rename], drop: [...(flags.drop ?? []), ...more.drop] }
  }
}

const refusal = (problems: readonly Problem[]): OffstageError =>
  new OffstageError('invalid_migration', {
    detail: `The models alone do not tell what is meant; nothing was written.\n${problems.map(({ what, write: way }) => `- ${what}; ${way}.`).join('\n')}`,
  })

/** Asks on a terminal what was renamed. Undefined where nobody can be asked, or where the question is another. */
async function answered(problems: readonly Problem[]): Promise<{ rename: string[]; drop: string[] } | undefined> {
  const rename: string[] = []
  const drop: string[] = []
  for (const { write: ways, what } of problems) {
    const found = [...ways.matchAll(/--(rename|drop) (\S+?)(?=[\s,;)]|$)/g)].map(([, kind, value]) => ({ kind: kind!, value: value! }))
    if (found.length === 0) return undefined
    out(`\n${what}.`)
    for (const [at, { kind, value }] of found.entries()) out(`  ${at + 1}  --${kind} ${value}`)
    const answer = await ask(`1 to ${found.length}: `)
    const choice = answer === null ? undefined : found[Number(answer) - 1]
    if (!choice) return undefined
    ;(choice.kind === 'rename' ? rename : drop).push(choice.value)
  }
  return { rename, drop }
}

function nameFor(operations: readonly Operation[], { heads }: Chain): string {
  if (heads.length === 0) return 'first'
  const [first] = operations
  return first === undefined ? 'own' : `${says(first).replace(/:.*/, '')}${operations.length > 1 ? ' and more' : ''}`
}

function write({ migrations: { folder } }: Project, migration: Migration): void {
  const steps = migration.operations.flatMap((one) => (one.op === 'data' ? [one.step] : []))
  const code = join(folder, migration.id, dataFile)
  writeMigration(folder, migration)
  if (steps.length > 0 && !existsSync(code)) writeFileSync(code, dataSkeleton(steps))
  out(`${paint('bold', `migrations/${migration.id}`)}  ${Object.keys(migration.up).join(', ')}`)
  for (const operation of migration.operations) {
    const { op } = operation
    const words = says(operation)
    out(`  ${op === 'dropColumn' || op === 'dropTable' ? paint('red', words) : words}`)
  }
  for (const risk of migration.risks.filter(({ class: kind }) => kind !== 'safe')) {
    const where = risk.dialects === undefined ? '' : ` (${risk.dialects.join(', ')})`
    out(paint('yellow', `  ${risk.class}${where}: ${risk.why}${risk.instead === undefined ? '' : ` ${risk.instead}`}`))
  }
  for (const reason of migration.irreversible) out(paint('dim', `  no way back: ${reason}`))
  if (steps.length > 0) out(`\nFill in migrations/${migration.id}/${dataFile} first; then: offstage migrate up`)
  else out('\nTo run it: offstage migrate up')
}
