// MySQL or MariaDB as a store: connections for single reads, connections for transactions, and replicas for reads that may be behind.

import { OffstageError } from '../../base/errors.ts'
import { messageOf } from '../../base/realms.ts'
import type { Registry } from '../../schema/registry.ts'
import { Models } from '../sql/model.ts'
import { Plans } from '../sql/reads.ts'
import type { Store } from '../store.ts'
import { Behind, type Replica } from '../server/behind.ts'
import { mysqlDialect } from './dialect.ts'
import { openDoor } from './door.ts'
import { loadDriver } from './driver.ts'
import { ConnectionLost, numberOf, unavailable } from './errors.ts'
import type { Flavour } from './flavour.ts'
import { settingsOf, type Settings } from './options.ts'
import { Pool } from './pool.ts'
import { MysqlReads } from './reads.ts'
import { Refusals } from './refusals.ts'
import { takesPlainWords } from './search-index.ts'
import { mysqlTables } from './session.ts'
import { Writer } from './writer.ts'

export interface MysqlOptions {
  readonly registry: Registry
  /**
   * `mysql://user:password@host:3306/database`; `mariadb://` is the same. Parameters: `ssl` (`off`, `prefer`, `require`, `verify`), `sslca`
   * (a file), `socket` (a path), `pool` (connections for transactions, default 10), `statement_timeout` (milliseconds of a single
   * read, default 2000).
   */
  readonly url: string
  /** Copies of the database that follow it, for reads that may be a moment behind. */
  readonly replicas?: readonly string[]
  readonly now?: () => Date
  /** Told of replicas that do not answer, and of what a server does not do. */
  readonly warn?: (message: string) => void
}

/** Throws `configuration` for a wrong URL, a missing driver or a version too old, `unavailable` when nothing answers. */
export async function openMysql({ registry, url, replicas = [], warn }: MysqlOptions): Promise<Store> {
  const settings = settingsOf(url)
  const copies = replicas.map(settingsOf)
  const driver = await loadDriver()
  const door = openDoor(driver, settings)
  const reading = new Pool(door, 'read', Math.ceil(settings.pool / 2))
  const writing = new Pool(door, 'write', settings.pool)
  const { flavour, takesWords } = await serverAt(reading, settings.place, warn)
  const plansFor = (withWords: boolean): Plans => new Plans(new Models(registry, mysqlDialect(flavour, withWords)))
  const plans = plansFor(takesWords)
  const reads = new MysqlReads(plans, reading)
  const replicaAt = (copy: Settings): Replica => {
    const there = openDoor(driver, copy)
    const pool = new Pool(there, 'read', copy.pool)
    const end = async (): Promise<void> => {
      there.close()
      await pool.close()
    }
    return { place: copy.place, reads: new MysqlReads(plans, pool), close: end }
  }
  const writer = new Writer(writing, plansFor(false), new Refusals(registry))
  const behind = copies.length === 0 ? undefined : new Behind(copies.map(replicaAt), reads, warn)
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await writer.close()
    door.close()
    await Promise.all([reading.close(), writing.close(), behind?.close()])
  }
  return {
    dialect: flavour.name,
    place: settings.place,
    tables: mysqlTables(door, flavour),
    behind: behind ?? reads,
    list: (query) => reads.list(query),
    listText: (query) => reads.listText(query),
    aggregate: (aggregate) => reads.aggregate(aggregate),
    count: (model, where) => reads.count(model, where),
    for: (asker) => reads.for(asker),
    transaction: (run, options) => writer.transaction(run, options),
    close: () => (closing ??= close()),
  }
}

/** What the server is, is known once there is a connection. */
async function serverAt(
  pool: Pool,
  place: string,
  warn: MysqlOptions['warn'],
): Promise<{ readonly flavour: Flavour; readonly takesWords: boolean }> {
  try {
    const connection = await pool.acquire()
    const { flavour } = connection
    if (flavour.warnings !== undefined && warn) for (const [said] of await connection.all(flavour.warnings, [])) warn(String(said))
    const takesWords = await takesPlainWords(connection)
    pool.release(connection)
    return { flavour, takesWords }
  } catch (error) {
    await pool.close()
    throw notOpened(error, place)
  }
}

// Wrong user or password, no such database, none that this user may use.
const refusals = new Set([1044, 1045, 1049, 1130, 1251, 1698])

/** At the start whoever runs the app is told what the driver says; later on callers are not. */
function notOpened(error: unknown, place: string): unknown {
  const number = numberOf(error)
  const refused = number !== undefined && refusals.has(number)
  if (!refused && !(error instanceof ConnectionLost)) return unavailable(error)
  const cause = error instanceof ConnectionLost ? error.cause : error
  return new OffstageError(refused ? 'configuration' : 'unavailable', {
    detail: `The database ${place} could not be opened: ${messageOf(cause)}`,
    cause,
  })
}
