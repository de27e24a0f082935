// The driver, loaded when the first database is opened: apps on another database need not install it.

import type * as mysql from 'mysql2'
import type { Connection as Client, ConnectionOptions } from 'mysql2'
import { OffstageError } from '../../base/errors.ts'
import { isError } from '../../base/realms.ts'
import { ConnectionLost, numberOf } from './errors.ts'
import type { Settings } from './options.ts'

export type Driver = typeof mysql

export async function loadDriver(): Promise<Driver> {
  let driver: Driver
  try {
    driver = ((await import('mysql2')) as unknown as { default: Driver }).default
  } catch (cause) {
    if (!(isError(cause) && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND')) throw cause
    throw new OffstageError('configuration', {
      detail: `A MySQL or MariaDB database needs the package 'mysql2', which is not installed. Run: npm install mysql2`,
      cause,
    })
  }
  // Whole numbers must reach the server as such.
  if (typeof driver.TypedParameter?.BIGINT === 'function') return driver
  throw new OffstageError('configuration', { detail: `The package 'mysql2' that is installed is too old. Run: npm install mysql2@latest` })
}

const connectTime = 5_000
const preparedPerConnection = 250

export async function connect(driver: Driver, settings: Settings): Promise<Client> {
  try {
    return await connectWith(driver, settings, settings.ssl)
  } catch (error) {
    const bare = error instanceof ConnectionLost && (error.cause as { code?: string }).code === 'HANDSHAKE_NO_SSL_SUPPORT'
    if (!settings.preferTls || !bare) throw error
    return await connectWith(driver, settings, undefined)
  }
}

function connectWith(driver: Driver, settings: Settings, ssl: Settings['ssl']): Promise<Client> {
  const { host, port, user, password, database, socketPath } = settings
  const client = driver.createConnection({
    host,
    port,
    user,
    password,
    database,
    ...(socketPath !== undefined && { socketPath }),
    ...(ssl && { ssl }),
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    // Whole numbers that a double cannot hold come as text.
    supportBigNumbers: true,
    jsonStrings: true,
    // The number of rows that an update found, whether or not they had these values already.
    flags: ['FOUND_ROWS'],
    maxPreparedStatements: preparedPerConnection,
    connectTimeout: connectTime,
    enableKeepAlive: true,
    keepAliveInitialDelay: 30_000,
    // A stack for every statement, only to be shown in errors.
    trace: false,
  } as ConnectionOptions)
  return new Promise((resolve, reject) => {
    // An error without a listener would end the process. Whoever uses the connection listens as well.
    client.on('error', () => {})
    client.connect((error) => {
      if (!error) return resolve(client)
      client.destroy()
      reject(numberOf(error) === undefined ? new ConnectionLost(error) : error)
    })
  })
}
