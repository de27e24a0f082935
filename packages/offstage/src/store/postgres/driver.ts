// The driver, loaded when the first database is opened: apps on another database need not install it.

import type * as Pg from 'pg'
import type { Client, ClientConfig } from 'pg'
import { OffstageError } from '../../base/errors.ts'
import { isError } from '../../base/realms.ts'
import { ConnectionLost } from './errors.ts'
import type { Settings } from './options.ts'

export type Driver = Pick<typeof Pg, 'Client'>

export async function loadDriver(): Promise<Driver> {
  try {
    return await import('pg')
  } catch (cause) {
    if (!(isError(cause) && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND')) throw cause
    throw new OffstageError('configuration', {
      detail: `A PostgreSQL database needs the package 'pg', which is not installed. Run: npm install pg`,
      cause,
    })
  }
}

const connectTime = 3_000

// Values come as the text that the server prints: what they mean is up to the codecs, and never to the clock or zone of this machine.
const asText = { getTypeParser: () => (value: string) => value } as unknown as NonNullable<ClientConfig['types']>

/** A connection that is open, with every statement that is sent under way at once. */
export async function connect(driver: Driver, settings: Settings): Promise<Client> {
  try {
    return await connectWith(driver, settings, settings.tls !== 'none')
  } catch (error) {
    const bare = error instanceof ConnectionLost && isError(error.cause) && error.cause.message.includes('does not support SSL')
    if (settings.tls !== 'prefer' || !bare) throw error
    return await connectWith(driver, settings, false)
  }
}

async function connectWith(driver: Driver, { url, tls }: Settings, secure: boolean): Promise<Client> {
  const client = new driver.Client({
    connectionString: url,
    // What the URL says of TLS goes before this.
    ssl: secure ? { rejectUnauthorized: tls !== 'prefer' } : false,
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    connectionTimeoutMillis: connectTime,
    application_name: 'offstage',
    types: asText,
  })
  // An error without a listener would end the process. Whoever uses the connection listens as well.
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    client.end().catch(() => {})
    throw new ConnectionLost(error)
  }
}
