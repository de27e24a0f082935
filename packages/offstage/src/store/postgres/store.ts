// PostgreSQL as a store: a few connections for single statements, and a pool for transactions.

import { OffstageError } from '../../base/errors.ts'
import { messageOf } from '../../base/realms.ts'
import type { Registry } from '../../schema/registry.ts'
import type { Tables } from '../operations.ts'
import { Models } from '../sql/model.ts'
import { Plans } from '../sql/reads.ts'
import type { Reader, Store } from '../store.ts'
import { Behind, type Replica } from '../server/behind.ts'
import { postgresDialect } from './dialect.ts'
import { openDoor, type Door } from './door.ts'
import { loadDriver } from './driver.ts'
import { ConnectionLost, notAllowed, stateOf, unavailable } from './errors.ts'
import { expectedPostgres, introspectPostgres } from './introspect.ts'
import { Lanes } from './lanes.ts'
import { settingsOf } from './options.ts'
import { PostgresReads } from './reads.ts'
import { Refusals } from './refusals.ts'
import { lockTables, PostgresSession } from './session.ts'
import { Writer } from './writer.ts'

export interface PostgresOptions {
  readonly registry: Registry
  /**
   * `postgres://user:password@host:5432/database`, with `?schema=`, `pool=` (connections for transactions, 10), `statement_timeout=`
   * (milliseconds, 2000), `prepare=false` (behind PgBouncer in transaction mode), `sslmode=`, `sslrootcert=` and others of libpq.
   */
  readonly url: string
  /** Replicas that reads may go to which may be a moment behind. */
  readonly replicas?: readonly string[]
  /** Where the tables are; also `?schema=` in the URL. Default: what the server's `search_path` says. */
  readonly schema?: string
  readonly now?: () => Date
  /** Told of replicas that do not answer. */
  readonly warn?: (message: string) => void
}

export async function openPostgres(options: PostgresOptions): Promise<Store> {
  const { registry, url, schema, replicas = [], warn } = options
  const plans = new Plans(new Models(registry, postgresDialect))
  const settings = settingsOf(url, schema)
  const driver = await loadDriver()
  const door = openDoor(driver, settings)
  const lanes = new Lanes(door)
  try {
    await lanes.start()
  } catch (error) {
    throw notOpened(error, settings.place)
  }
  const reads = new PostgresReads(plans, lanes)
  const replicaAt = (at: string): Replica => {
    const there = openDoor(driver, settingsOf(at, settings.schema))
    const [{ place }, itsLanes] = [there.settings, new Lanes(there)]
    const end = async (): Promise<void> => {
      there.close()
      await itsLanes.close()
    }
    return { place, reads: new PostgresReads(plans, itsLanes), close: end }
  }
  const writer = new Writer(door, plans, new Refusals(registry))
  const behind = replicas.length === 0 ? undefined : new Behind(replicas.map(replicaAt), reads, warn)
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await writer.close()
    door.close()
    await Promise.all([lanes.close(), behind?.close()])
  }
  return {
    dialect: 'postgres',
    place: settings.schema === undefined ? settings.place : `${settings.place}?schema=${settings.schema}`,
    tables: tablesOf(door),
    behind: (behind ?? reads) satisfies Reader,
    list: (query) => reads.list(query),
    listText: (query) => reads.listText(query),
    aggregate: (aggregate) => reads.aggregate(aggregate),
    count: (model, where) => reads.count(model, where),
    for: (asker) => reads.for(asker),
    transaction: (run, transactionOptions) => writer.transaction(run, transactionOptions),
    close: () => (closing ??= close()),
  }
}

/** At the start whoever runs the app is told what the driver says; later on callers are not. */
function notOpened(error: unknown, place: string): unknown {
  if (!(error instanceof ConnectionLost)) return unavailable(error)
  const { cause } = error
  // Wrong user or password, no such database.
  const refused = /^(28|3D)/.test(stateOf(cause) ?? '')
  return new OffstageError(refused ? 'configuration' : 'unavailable', {
    detail: `The database ${place} could not be opened: ${messageOf(cause)}`,
    cause,
  })
}

function tablesOf(door: Door): Tables {
  const session = async <T>(run: (session: PostgresSession) => Promise<T>, lock?: { readonly wait?: number }): Promise<T> => {
    try {
      const connection = await door.open('session')
      try {
        if (lock) await lockTables(connection, door.settings.schema, lock.wait)
        return await run(new PostgresSession(connection))
      } finally {
        // The lock ends with the connection.
        await connection.end()
      }
    } catch (error) {
      throw notAllowed(error, door.settings.place)
    }
  }
  return {
    dialect: 'postgres',
    introspect: () => session((one) => introspectPostgres(one)),
    expected: expectedPostgres,
    locked: (run, options = {}) => session(run, options),
  }
}
