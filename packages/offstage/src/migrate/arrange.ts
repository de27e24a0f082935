// What happens to the tables when an app is opened. In production they are what the migrations made, or the app does not start. In
// development they follow the models, and the chain of migrations is kept in step with that where it can be. What changes tables is
// loaded when they are to be changed: a start that only compares them is not held up by it.

import { OffstageError } from '../base/errors.ts'
import type { Registry } from '../schema/registry.ts'
import { blueprintOf, type Blueprint } from '../store/blueprint.ts'
import type { PhysicalTable, Session } from '../store/operations.ts'
import type { Store } from '../store/store.ts'
import { diff } from './diff.ts'
import { driftOf } from './drift.ts'
import { hintsOf } from './hints-of.ts'
import type { News } from './run.ts'
import type { Runnable } from './runnable.ts'
import { says } from './says.ts'
import { adoptable, equal, nextCommands, fits, hasDoneNothing, describeEntry, readState, refuseState, type State } from './state.ts'

/**
 * `follow`: the tables follow the models, whatever the migrations say. `develop`: as that, after the migrations that others wrote.
 * `refuse`: they must be as the migrations, or without any the models, have them. `migrate`: they are brought there first.
 */
export type TablesMode = 'follow' | 'develop' | 'refuse' | 'migrate'

export interface Arranging {
  readonly mode: TablesMode
  /** The migrations of the app, if it has any. */
  readonly chain: readonly Runnable[]
  readonly now?: () => Date
  readonly told?: (news: News) => void
}

export interface Arranged {
  /** What was done to the tables, in words. */
  readonly done: readonly string[]
  /** What the developer should know. */
  readonly notes: readonly string[]
  /** What is not as it should be and stops nobody: told by every command. Absent: nothing. */
  readonly warnings?: readonly string[]
}

/** A node that finds another at it waits until the tables are ready: backfills take their time. */
const patience = { wait: 15 * 60_000 }

export async function arrangeTables(store: Store, registry: Registry, { mode, chain, ...options }: Arranging): Promise<Arranged> {
  if (mode === 'follow' || chain.length === 0) return followed(store, registry, mode, options.now)
  if (mode === 'develop') return developed(store, registry, chain, options)
  refuseUnwritten(registry, chain)
  const done = mode === 'migrate' && !(await isAhead(store, chain)) ? await migrated(store, registry, chain, options) : []
  return { done, notes: await refuseOther(store, chain) }
}

/** What was done, in words. */
async function migrated(
  store: Store,
  registry: Registry,
  chain: readonly Runnable[],
  { told, now }: Omit<Arranging, 'mode' | 'chain'>,
): Promise<string[]> {
  const [{ up }, { publicColumns }] = await Promise.all([import('./runner.ts'), import('./row-questions.ts')])
  const done: string[] = []
  await up(store.tables, chain, {
    place: store.place,
    isPublic: publicColumns(registry),
    ...patience,
    ...(now && { now }),
    told(news) {
      if (news.kind === 'ended') done.push(`migrated ${news.id}`)
      if (news.kind === 'adopted') done.push(`recorded ${news.id}, whose tables are there already`)
      told?.(news)
    },
  })
  return done
}

async function followed(store: Store, registry: Registry, mode: TablesMode, now?: () => Date): Promise<Arranged> {
  const { follow } = await import('./follow.ts')
  const warnings: string[] = []
  const steps = await follow(store, registry, {
    dryRun: mode === 'refuse',
    ...(mode === 'migrate' && patience),
    ...(now && { now }),
    ...((mode === 'follow' || mode === 'develop') && { warn: (note) => void warnings.push(note) }),
  })
  if (mode !== 'refuse') return { done: steps, notes: [], ...(warnings.length > 0 && { warnings }) }
  if (steps.length === 0) return { done: [], notes: [] }
  throw new OffstageError('tables_differ', {
    detail: `The tables of ${store.place} do not fit the models. Not done yet: ${someOf(steps)}.`,
    hint: 'offstage start --migrate lets the tables follow first; nothing is done that could lose data.',
  })
}

const someOf = (list: readonly string[]): string =>
  `${list.slice(0, 12).join('; ')}${list.length > 12 ? `; and ${list.length - 12} more` : ''}`

export const headOf = (chain: readonly Runnable[]): Blueprint => chain.at(-1)?.after ?? { tables: [] }

/** What the models have that no migration makes. */
export function unwritten(registry: Registry, head: Blueprint): readonly string[] {
  const { operations } = diff(head, blueprintOf(registry), hintsOf(registry))
  return operations.map(says)
}

function refuseUnwritten(registry: Registry, chain: readonly Runnable[]): void {
  const missing = unwritten(registry, headOf(chain))
  if (missing.length === 0) return
  throw new OffstageError('tables_differ', {
    detail: `The models have changes that are in no migration: ${someOf(missing)}.`,
    hint: 'offstage migrate make',
  })
}

const reading = <T>(store: Store, run: (session: Session) => Promise<T>, options?: { wait: number }): Promise<T> =>
  store.tables.locked(run, options)

/**
 * A newer version has migrated the database, or is about to, and nothing of that breaks this one: nodes may be replaced one after another.
 * What it has only begun, and not done anything of, breaks nobody.
 */
async function mayGoOn(store: Store, chain: readonly Runnable[], { unknown, pending }: State): Promise<boolean> {
  const breaking = unknown.filter(({ breaks }) => breaks.length > 0)
  if (unknown.length === 0 || breaking.length === 0) return unknown.length > 0
  return (
    pending.length === 0 &&
    breaking.every((entry) => entry.finished === undefined && hasDoneNothing(entry)) &&
    fits(headOf(chain), store.tables, await store.tables.introspect())
  )
}

async function isAhead(store: Store, chain: readonly Runnable[]): Promise<boolean> {
  return mayGoOn(store, chain, await reading(store, (session) => readState(session, chain), patience))
}

/** Throws `tables_differ` unless the tables are those of the chain's head. */
async function refuseOther(store: Store, chain: readonly Runnable[]): Promise<readonly string[]> {
  const state = await reading(store, (session) => readState(session, chain))
  if (await mayGoOn(store, chain, state))
    return [
      `The database has migrations of a newer version, which this one can run beside: ${state.unknown.map(describeEntry).join(', ')}.`,
    ]
  refuseState(state)
  if (state.unfinished)
    throw new OffstageError('tables_differ', {
      detail: `The migration ${state.unfinished.id} of ${store.place} was interrupted, or is under way.`,
      hint: nextCommands(state.unfinished),
    })
  const actual = await store.tables.introspect()
  if (state.pending.length > 0)
    throw new OffstageError('tables_differ', {
      detail: `${store.place} is behind the app by ${state.pending.length} of ${chain.length} migrations: ${someOf(state.pending.map(({ id }) => id))}.${foreign(chain, state, actual)}`,
      hint: 'offstage migrate up, or offstage start --migrate',
    })
  const drift = driftOf(store.tables.expected(headOf(chain)), actual)
  const bad = drift.filter(({ harmless }) => !harmless)
  if (bad.length > 0)
    throw new OffstageError('tables_differ', {
      detail: `The tables of ${store.place} are not those that its migrations made: ${someOf(bad.map((one) => one.says))}.`,
      hint: 'offstage migrate status shows all of it, offstage migrate repair the SQL that puts it right; with --apply it runs that.',
    })
  return drift.map((one) => `${one.says}.`)
}

/** Tables that are there already would make the first migration fail: the reader is told before. */
function foreign(chain: readonly Runnable[], { applied }: State, actual: readonly PhysicalTable[]): string {
  const first = chain[0]!.after.tables.map(({ name }) => name)
  const there = actual.filter(({ name }) => first.includes(name))
  if (applied.size > 0 || there.length === 0) return ''
  return ' It has tables already that no migration made; if they are those of one: offstage migrate baseline.'
}

/**
 * Three things may have happened to a developer's database: somebody else's migrations came in, the developer's own models are ahead of
 * the migrations, or the developer has just written these models down as a migration.
 */
async function developed(
  store: Store,
  registry: Registry,
  chain: readonly Runnable[],
  options: Omit<Arranging, 'mode' | 'chain'>,
): Promise<Arranged> {
  const done: string[] = []
  const notes: string[] = []
  const before = await reading(store, (session) => readState(session, chain))
  const tells = other(before)
  if (tells !== undefined) notes.push(tells)
  else if (await isOnChain(store, chain, before)) done.push(...(await migrated(store, registry, chain, options)))
  const { follow } = await import('./follow.ts')
  const warnings: string[] = []
  const warn = (note: string): void => void warnings.push(note)
  done.push(...(await follow(store, registry, { warn, ...(options.now && { now: options.now }) })))
  const told = warnings.length > 0 && { warnings }
  if (tells !== undefined) return { done, notes, ...told }
  const state = await reading(store, (session) => readState(session, chain))
  if (state.pending.length > 0) {
    const here = adoptable(chain, state, store.tables, await store.tables.introspect())
    if (here.length > 0) done.push(...(await migrated(store, registry, chain, options)))
    else
      notes.push(
        `This database went ahead of the migrations; ${someOf(state.pending.map(({ id }) => id))} did not run on it, nor did their data steps. Write the models down: offstage migrate make. Or begin anew: offstage reset.`,
      )
  }
  const missing = unwritten(registry, headOf(chain))
  if (missing.length > 0) notes.push(`Not in a migration yet: ${someOf(missing)}. When it is ready: offstage migrate make.`)
  return { done, notes, ...told }
}

function other({ unknown, changed }: State): string | undefined {
  if (unknown.length > 0)
    return `The database has migrations that this folder has not: ${someOf(unknown.map(({ id }) => id))}. Take the branch that has them, or begin anew: offstage reset.`
  if (changed.length > 0)
    return `The SQL of ${someOf(changed)} is another than what was run on this database: offstage migrate repair, or begin anew: offstage reset.`
  return undefined
}

/** Where its last migration left it, or at another point of the chain, or empty: then migrations can run. */
async function isOnChain(store: Store, chain: readonly Runnable[], state: State): Promise<boolean> {
  if (state.unfinished) return true
  if (state.pending.length === 0) return false
  const last = chain.findLast(({ id }) => state.applied.has(id))?.after ?? { tables: [] }
  if (equal(last, state.recorded ?? { tables: [] })) return true
  return adoptable(chain, state, store.tables, await store.tables.introspect()).length > 0
}
