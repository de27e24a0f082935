// The database of an app, opened: the one place that knows every store. What an app does not use is not even loaded.

import { existsSync, mkdirSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { Code } from '../base/codes.ts'
import { OffstageError } from '../base/errors.ts'
import { arrangeTables, type Arranged, type TablesMode } from '../migrate/arrange.ts'
import type { News } from '../migrate/run.ts'
import type { Runnable } from '../migrate/runnable.ts'
import type { Registry } from '../schema/registry.ts'
import type { DialectName } from '../store/operations.ts'
import type { Store } from '../store/store.ts'
import type { Config } from './config.ts'
import type { DatabaseConfig } from './database-url.ts'
import { ownDatabase } from './owner.ts'
import { isProduction } from './production.ts'

export interface StoreOptions {
  readonly now?: () => Date
  /** Told of what makes others wait. */
  readonly warn?: (message: string) => void
}

const stores = {
  sqlite: () => import('../store/sqlite/store.ts'),
  postgres: () => import('../store/postgres/store.ts'),
  mysql: () => import('../store/mysql/store.ts'),
}

/** Loads what a kind of database needs, before one is opened. */
export const loadStore = (kind: DatabaseConfig['kind']): Promise<unknown> => stores[kind]()

export async function openStore(registry: Registry, database: DatabaseConfig, options: StoreOptions = {}): Promise<Store> {
  if (database.kind === 'sqlite') {
    const { openSqlite } = await stores.sqlite()
    return openSqlite({ registry, file: database.file, ...options })
  }
  const { url, replicas } = database
  if (database.kind === 'postgres') {
    const { openPostgres } = await stores.postgres()
    return openPostgres({ registry, url, replicas, ...options })
  }
  const { openMysql } = await stores.mysql()
  return openMysql({ registry, url, replicas, ...options })
}

export interface DatabaseOptions extends StoreOptions {
  /**
   * What happens to the tables: see `TablesMode`. `careful` is `develop`, but the tables of a production database are left alone, because
   * there only `start --migrate` and `migrate up` may change them. `tolerant` is as careful, and goes on with a warning where tables are
   * not as they should be: who only reads, or puts rows right, needs no more of them than what is used.
   */
  readonly tables: TablesMode | 'careful' | 'tolerant'
  /** Told what migrations do. */
  readonly told?: (news: News) => void
  /** Marks a database file as served by this process; a second one is refused. A server is for many. */
  readonly own?: boolean
}

export interface OpenedDatabase {
  readonly store: Store
  /** What was done to the tables, in words. */
  readonly tablesDone: readonly string[]
  /** What the developer should know about them. */
  readonly tablesNotes: readonly string[]
  /** What is not as it should be with them, and stops nobody. */
  readonly tablesWarnings: readonly string[]
  close(): Promise<void>
}

/** Throws `data_loss`, `tables_differ`, `database_in_use` or `configuration`, and leaves nothing open then. */
export async function openDatabase(
  registry: Registry,
  { database, root }: Pick<Config, 'database' | 'root'>,
  { tables, own = false, told, ...options }: DatabaseOptions,
): Promise<OpenedDatabase> {
  if (database.kind === 'sqlite' && isAbsolute(database.file)) mkdirSync(dirname(database.file), { recursive: true })
  const owner = own && database.kind === 'sqlite' ? ownDatabase(database.file) : undefined
  let store: Store | undefined
  const close = async (): Promise<void> => {
    await store?.close()
    owner?.release()
  }
  try {
    store = await openStore(registry, database, options)
    const isCareful = tables === 'careful' || tables === 'tolerant'
    const production = isCareful && (await isProduction(database, store))
    const mode = !isCareful ? tables : production ? 'refuse' : 'develop'
    const opened = store
    const arrange = async (): Promise<Arranged> =>
      arrangeTables(opened, registry, {
        mode,
        chain: mode === 'follow' ? [] : await chainOf(root, opened.dialect),
        ...(options.now && { now: options.now }),
        ...(told && { told }),
      })
    const { done, notes, warnings = [] } = await (tables === 'tolerant' ? arrange().catch(asWarning) : arrange())
    return { store, tablesDone: done, tablesNotes: notes, tablesWarnings: warnings, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What only says that the tables are not those of the models. */
function asWarning(error: unknown): Arranged {
  const isAboutTables = error instanceof OffstageError && aboutTables.has(error.code)
  if (!isAboutTables) throw error
  return { done: [], notes: [], warnings: [error.message] }
}

const aboutTables: ReadonlySet<string> = new Set<Code>([
  'tables_differ',
  'data_loss',
  'migration_failed',
  'invalid_migration',
  // What a step of code does wrong in a migration that is pending.
  'invalid_call',
  'invalid_values',
])

/** An app without migrations does not load what reads them. */
async function chainOf(root: string, dialect: DialectName): Promise<readonly Runnable[]> {
  if (!existsSync(join(root, 'migrations'))) return []
  const { readMigrations } = await import('./migrations.ts')
  return readMigrations(root).runnables(dialect)
}
