// `offstage migrate check`: what CI asks. Needs no database, unless the migrations are to be replayed on one.

import { openStore } from '../app/database.ts'
import { databaseOf } from '../app/database-url.ts'
import { makeScratch } from '../app/scratch.ts'
import { headOf, unwritten } from '../migrate/arrange.ts'
import { headBlueprint } from '../migrate/chain.ts'
import { driftOf } from '../migrate/drift.ts'
import { lint, type Finding } from '../migrate/lint.ts'
import { dialects } from '../migrate/migration.ts'
import { up } from '../migrate/runner.ts'
import type { DialectName } from '../store/operations.ts'
import { openProject, type Project } from './migrate-project.ts'
import { out, paint } from './terminal.ts'

export interface CheckOptions {
  /** `true`: on a fresh SQLite. Text: on a fresh schema or database of that server. */
  readonly replay?: string | true
}

/** Whether nothing is wrong. */
export async function migrateCheck(path: string, { replay }: CheckOptions): Promise<boolean> {
  const project = await openProject(path)
  const { chain, problems } = project.migrations
  const wrong = problems.map(({ place, what, write }) => `${place}: ${what}; ${write}.`)
  if (chain.heads.length > 1)
    wrong.push(`There are ${chain.heads.length} heads: ${chain.heads.map(({ id }) => id).join(', ')}. offstage migrate make joins them.`)
  if (problems.length === 0 && chain.heads.length <= 1) {
    const missing = unwritten(project.registry, headBlueprint(chain))
    if (missing.length > 0)
      wrong.push(`The models have changes that are in no migration: ${missing.join('; ')}. Write one: offstage migrate make`)
    if (replay !== undefined && wrong.length === 0) wrong.push(...(await replayed(project, replay)))
  }
  const warnings: string[] = []
  for (const [text, { level }] of findings(project)) (level === 'error' ? wrong : warnings).push(text)
  for (const line of warnings) out(`${paint('yellow', 'warning')} ${line}`)
  for (const line of wrong) out(`${paint(['red', 'bold'], 'error')} ${line}`)
  if (wrong.length === 0)
    out(
      `${chain.migrations.length === 1 ? 'One migration' : `${chain.migrations.length} migrations`}, nothing wrong${replay === undefined ? '' : ', and replayed they give the tables of the models'}.`,
    )
  return wrong.length === 0
}

/** Each finding once, with the databases that it is about. */
export function findings({ migrations: { chain } }: Pick<Project, 'migrations'>): Map<string, Finding> {
  const found = new Map<string, { finding: Finding; on: DialectName[]; id: string }>()
  for (const { id, before, operations, suppressions, up: sql } of chain.migrations) {
    for (const dialect of dialects.filter((one) => sql[one] !== undefined)) {
      for (const finding of lint(before, operations, dialect, suppressions)) {
        const key = JSON.stringify([id, finding])
        const known = found.get(key) ?? { finding, on: [], id }
        known.on.push(dialect)
        found.set(key, known)
      }
    }
  }
  return new Map(
    [...found.values()].map(({ finding, on, id }) => [
      `${id}, ${finding.operation}: ${finding.message} ${finding.write} (${finding.id}${on.length < dialects.length ? `, on ${on.join(', ')}` : ''})`,
      finding,
    ]),
  )
}

/** All migrations on an empty database: what they make must be what the last snapshot says. */
async function replayed({ registry, migrations }: Project, replay: string | true): Promise<string[]> {
  const scratch = replay === true ? undefined : await makeScratch(replay)
  try {
    const store = await openStore(registry, databaseOf(scratch?.url ?? 'file::memory:', [], '/'))
    try {
      const chain = migrations.runnables(store.dialect)
      await up(store.tables, chain, { place: store.place })
      const drift = driftOf(store.tables.expected(headOf(chain)), await store.tables.introspect())
      return drift.map(({ says }) => `Replayed on ${store.dialect}: ${says}.`)
    } finally {
      await store.close()
    }
  } finally {
    await scratch?.drop()
  }
}
