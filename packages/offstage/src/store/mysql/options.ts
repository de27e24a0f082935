// What a connection string says: `mysql://user:password@host:3306/database?ssl=verify&pool=10`.

import { readFileSync } from 'node:fs'
import { OffstageError } from '../../base/errors.ts'

export interface Settings {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Instead of host and port. */
  readonly socketPath: string | undefined
  /** Without user, password and parameters, for messages. */
  readonly place: string
  /** Connections for transactions, at most; half as many for single reads. */
  readonly pool: number
  /** Milliseconds for one statement outside of transactions. */
  readonly statementTimeout: number
  readonly ssl: { readonly rejectUnauthorized: boolean; readonly ca?: string; readonly verifyIdentity?: boolean } | undefined
  /** Whether a server without TLS will do. */
  readonly preferTls: boolean
}

const known = ['ssl', 'sslca', 'pool', 'statement_timeout', 'socket']
const example = 'mysql://user:password@localhost:3306/database'
const tlsModes = ['off', 'prefer', 'require', 'verify']

export function settingsOf(text: string): Settings {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^(mysql|mariadb):$/.test(url.protocol) || !/^\/[^/]+$/.test(url.pathname)) {
    throw configuration(`Expected the URL of a MySQL or MariaDB database, such as ${example}.`)
  }
  const given = url.searchParams
  const unknown = [...given.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw configuration(`The parameter '${unknown}' of the database URL is not known; expected one of ${known.join(', ')}.`)
  const host = decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '') || 'localhost'
  const database = decodeURIComponent(url.pathname.slice(1))
  const socketPath = given.get('socket') ?? undefined
  return {
    host,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username) || 'root',
    password: decodeURIComponent(url.password),
    database,
    socketPath,
    place: `${url.protocol}//${url.host}${url.pathname}`,
    pool: whole(given, 'pool', 10, 1, 1_000),
    statementTimeout: whole(given, 'statement_timeout', 2_000, 1, 3_600_000),
    ...tlsOf(given, socketPath !== undefined || ['localhost', '127.0.0.1', '::1'].includes(host)),
  }
}

/** Preferred unless `ssl` says otherwise, as the servers' own programs have it. Connections that stay on this machine need none. */
function tlsOf(given: URLSearchParams, near: boolean): Pick<Settings, 'ssl' | 'preferTls'> {
  const file = given.get('sslca')
  const mode = given.get('ssl') ?? (file === null ? (near ? 'off' : 'prefer') : 'verify')
  if (!tlsModes.includes(mode)) throw configuration(`'ssl=${mode}' in the database URL: expected one of ${tlsModes.join(', ')}.`)
  if (mode === 'off') return { ssl: undefined, preferTls: false }
  if (mode !== 'verify') return { ssl: { rejectUnauthorized: false }, preferTls: mode === 'prefer' }
  return { ssl: { rejectUnauthorized: true, verifyIdentity: true, ...(file !== null && { ca: certificate(file) }) }, preferTls: false }
}

function certificate(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new OffstageError('configuration', { detail: `'sslca=${file}' in the database URL: the file cannot be read.`, cause })
  }
}

function whole(given: URLSearchParams, name: string, otherwise: number, least: number, most: number): number {
  const text = given.get(name)
  if (text === null) return otherwise
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (value >= least && value <= most) return value
  throw configuration(`'${name}=${text}' in the database URL: expected a whole number from ${least} to ${most}.`)
}

const configuration = (detail: string): OffstageError => new OffstageError('configuration', { detail })
