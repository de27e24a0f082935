// SQLite as a store: one connection that writes, one that reads what is committed.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OffstageError } from '../../base/errors.ts'
import type { Registry } from '../../schema/registry.ts'
import type { Store } from '../store.ts'
import { Connection, isBusy, keepPrivate } from './connection.ts'
import { Models } from '../sql/model.ts'
import { Plans } from '../sql/reads.ts'
import { sqliteDialect } from './dialect.ts'
import { SqliteReads } from './reads.ts'
import { sqliteTables } from './session.ts'
import { Writer } from './writer.ts'

export interface SqliteOptions {
  readonly registry: Registry
  /** Path of the database; made if it is not there. `:memory:` is a fresh one for a test: a temporary file, gone on close, not flushed to disk. */
  readonly file: string
  /** Told of transactions that hold the writer for over 100 ms. */
  readonly warn?: (message: string) => void
}

// Features of SQL that statements here use: ordered and bounded aggregates, `concat`, `nulls last`.
const leastVersion = [3, 44]

export async function openSqlite(options: SqliteOptions): Promise<Store> {
  // SQLite's own `:memory:` has one connection, which would show readers what is not committed.
  const temporary = options.file === ':memory:' ? mkdtempSync(join(tmpdir(), 'offstage-')) : undefined
  const file = temporary === undefined ? options.file : join(temporary, 'test.db')
  const synchronous = temporary === undefined ? 'full' : 'off'
  const remove = (): void => {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
  }
  let writing: Connection | undefined
  try {
    const plans = new Plans(new Models(options.registry, sqliteDialect))
    keepPrivate(file)
    writing = new Connection({ file, readOnly: false, synchronous })
    refuseOld(writing)
    const reading = new Connection({ file, readOnly: true, synchronous })
    return open(options, file, plans, writing, reading, remove)
  } catch (error) {
    writing?.close()
    remove()
    throw isBusy(error) || (error as NodeJS.ErrnoException).code !== 'ERR_SQLITE_ERROR' ? error : notOpened(file, error as Error)
  }
}

const notOpened = (file: string, cause: Error): OffstageError =>
  new OffstageError('configuration', {
    detail: `The database ${file} could not be opened: ${cause.message}.`,
    hint: 'DATABASE_URL=file:./data/app.db, or another file of SQLite or a new one, in a folder that this user may write to',
  })

/** Lets SQLite look at tables whose indexes it knows too little about. Where another process writes, that can wait for the next time. */
function optimize(writing: Connection): void {
  try {
    writing.exec('pragma optimize')
  } catch (error) {
    if (!isBusy(error)) throw error
  }
}

function open(
  { file, warn }: SqliteOptions,
  path: string,
  plans: Plans,
  writing: Connection,
  reading: Connection,
  remove: () => void,
): Store {
  const reads = new SqliteReads(plans, reading)
  const writer = new Writer(plans, writing, { durable: file !== ':memory:', warn })
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await writer.close()
    reading.close()
    if (file !== ':memory:') optimize(writing)
    writing.close()
    remove()
  }
  return {
    dialect: 'sqlite',
    place: file,
    tables: sqliteTables(path, writing, writer),
    behind: reads,
    list: (query) => reads.list(query),
    listText: (query) => reads.listText(query),
    aggregate: (aggregate) => reads.aggregate(aggregate),
    count: (model, where) => reads.count(model, where),
    transaction: (run, transactionOptions) => writer.transaction(run, transactionOptions),
    close: () => (closing ??= close()),
  }
}

function refuseOld(connection: Connection): void {
  const version = String(connection.all('select sqlite_version()', [])[0]![0])
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < leastVersion[0]! || (major === leastVersion[0] && minor < leastVersion[1]!)) {
    throw new OffstageError('configuration', {
      detail: `Offstage needs SQLite ${leastVersion.join('.')}, this Node has ${version}; use Node 24 or later.`,
    })
  }
}
