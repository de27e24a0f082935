// `offstage migrate up`, `down`, `status`, `baseline`: what needs the database.

import { prepareMark } from '../app/production.ts'
import { OffstageError } from '../base/errors.ts'
import { driftOf, type Difference } from '../migrate/drift.ts'
import { wayForward } from '../migrate/halfway.ts'
import { isByTables } from '../migrate/journal.ts'
import { baseline } from '../migrate/repair-database.ts'
import { publicColumns } from '../migrate/row-questions.ts'
import { down, up, until } from '../migrate/runner.ts'
import type { Runnable } from '../migrate/runnable.ts'
import { nextCommands, readState } from '../migrate/state.ts'
import type { Store } from '../store/store.ts'
import { headOf, unwritten } from '../migrate/arrange.ts'
import { newsTeller, openProject, openProjectDatabase, type Project } from './migrate-project.ts'
import { sqlText } from './migrate-sql.ts'
import { count, out, paint, table } from './terminal.ts'

export interface UpOptions {
  readonly to?: string
  readonly dryRun?: boolean
}

export async function migrateUp(path: string, { to, dryRun }: UpOptions): Promise<void> {
  const project = await openProject(path)
  await using database = await openProjectDatabase(project)
  const { store, chain } = database
  if (dryRun) return await printPending(store, until(chain, to), chain)
  const done = await up(store.tables, chain, { place: store.place, to, isPublic: publicColumns(project.registry), told: newsTeller() })
  await prepareMark(store)
  out(done.length === 0 ? `${store.place} has all of its migrations.` : `${store.place} has ${counted(done.length)} more.`)
  tellUnwritten(project, chain)
}

const counted = (number: number): string => `${count(number)} ${number === 1 ? 'migration' : 'migrations'}`

async function printPending({ tables, place }: Store, wanted: readonly Runnable[], chain: readonly Runnable[]): Promise<void> {
  await tables.locked(async (session) => {
    const { applied, unfinished } = await readState(session, chain)
    const pending = wanted.filter(({ id }) => !applied.has(id))
    if (pending.length === 0) return out(`-- ${place} has all of its migrations.`)
    for (const migration of pending) {
      const entry = unfinished?.id === migration.id ? unfinished : undefined
      const steps =
        entry && isByTables(entry, 'up')
          ? (await wayForward(session, tables, migration, entry)).steps
          : migration.up.slice(entry?.step ?? 0)
      out(sqlText(migration.id, steps))
    }
  })
}

function tellUnwritten({ registry }: Project, chain: readonly Runnable[]): void {
  const missing = unwritten(registry, headOf(chain))
  if (missing.length === 0) return
  out(paint('yellow', `The models have changes that are in no migration yet: ${missing.join('; ')}.`))
  out('Write one: offstage migrate make')
}

export interface DownOptions {
  readonly to?: string
  readonly allowDestructive?: boolean
}

export async function migrateDown(path: string, { to, allowDestructive }: DownOptions): Promise<void> {
  const project = await openProject(path)
  await using database = await openProjectDatabase(project)
  const { store, chain } = database
  const undone = await down(store.tables, chain, {
    place: store.place,
    to,
    mayLose: allowDestructive === true,
    isPublic: publicColumns(project.registry),
    told: newsTeller(),
  })
  out(undone.length === 0 ? 'There is nothing to go back from.' : `${store.place} has ${counted(undone.length)} less.`)
}

/** Whether everything is as it should be. */
export async function migrateStatus(path: string): Promise<boolean> {
  const project = await openProject(path)
  await using database = await openProjectDatabase(project)
  const { store, chain } = database
  const state = await store.tables.locked((session) => readState(session, chain), { wait: 1_000 })
  const rows = chain.map(({ id, up: steps }) => {
    const entry = state.entries.get(id)
    if (entry && entry.finished === undefined)
      return [id, `interrupted on its way ${entry.direction}, ${entry.step} of ${steps.length} steps`]
    if (!state.applied.has(id)) return [id, 'pending']
    return [id, entry === undefined ? 'done, by those it stands for' : `${entry.note === 'adopted' ? 'adopted' : 'done'} ${entry.finished}`]
  })
  const others = state.unknown.map(({ id, finished }) => [id, `not in this folder; done ${finished ?? 'in part'}`])
  out(`${store.place}\n`)
  out(
    rows.length + others.length === 0
      ? 'There are no migrations: offstage migrate make writes the first.'
      : table([['migration', 'state'], ...rows, ...others]),
  )
  if (state.unfinished && !state.unknown.includes(state.unfinished))
    out(paint('yellow', `\n${state.unfinished.id}: ${nextCommands(state.unfinished)}`))
  for (const id of state.changed) out(paint('yellow', `\nThe SQL of ${id} is another than what was run: offstage migrate repair`))
  const head = chain.findLast(({ id }) => state.applied.has(id))
  const drift = head && !state.unfinished ? driftOf(store.tables.expected(head.after), await store.tables.introspect()) : []
  tellDrift(drift)
  tellUnwritten(project, chain)
  const sound = state.pending.length + state.unknown.length + state.changed.length === 0 && drift.every(({ harmless }) => harmless)
  return sound && unwritten(project.registry, headOf(chain)).length === 0
}

export function tellDrift(drift: readonly Difference[], hint = true): void {
  const bad = drift.filter(({ harmless }) => !harmless)
  const harmless = drift.filter((one) => one.harmless)
  if (bad.length > 0) {
    out(paint('yellow', '\nThe tables are not those that the migrations made:'))
    for (const { says } of bad) out(`- ${says}`)
    if (hint) out('offstage migrate repair shows the SQL that puts it right; with --apply it runs that.')
  }
  if (harmless.length > 0) {
    out("\nBeside the migrations, and in nobody's way:")
    for (const { says } of harmless) out(`- ${says}`)
  }
}

/** A database whose tables are those of a migration is recorded as being there, without running anything. */
export async function migrateBaseline(path: string, { at }: { at?: string }): Promise<void> {
  await using database = await openProjectDatabase(await openProject(path))
  const { store, chain } = database
  const wanted = until(chain, at)
  const head = wanted.at(-1)
  if (!head)
    throw new OffstageError('invalid_call', { detail: 'There are no migrations.', hint: 'offstage migrate make writes the first.' })
  await store.tables.locked((session) => baseline(session, store.tables, chain, wanted, store.place))
  out(`${store.place} is at ${head.id}.`)
}
