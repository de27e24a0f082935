// What a connection string says: our own parameters are read here, the driver gets the rest.

import { OffstageError } from '../../base/errors.ts'

export interface Settings {
  /** For the driver. */
  readonly url: string
  /** Without user, password and parameters, for messages. */
  readonly place: string
  /** Where the tables are; undefined leaves it to the server. */
  readonly schema: string | undefined
  /** Connections for transactions, at most. */
  readonly pool: number
  /** Milliseconds for one statement outside of transactions. */
  readonly statementTimeout: number
  /** False where connections are shared statement by statement, as PgBouncer does in transaction mode: nothing is kept in them. */
  readonly prepare: boolean
  /** `prefer`: with TLS if the server has it, whoever the server is. `url`: as the parameters in the URL say. */
  readonly tls: 'none' | 'prefer' | 'url'
}

const ours = ['schema', 'pool', 'statement_timeout', 'prepare', 'sslmode', 'sslrootcert', 'uselibpqcompat']
const example = 'postgres://user:password@localhost:5432/database'

export function settingsOf(url: string, schema?: string): Settings {
  const at = url.indexOf('?')
  const base = at < 0 ? url : url.slice(0, at)
  const given = new URLSearchParams(at < 0 ? '' : url.slice(at + 1))
  if (!/^postgres(ql)?:\/\/.*\/[^/]/.test(base)) {
    throw new OffstageError('configuration', { detail: `Expected the URL of a PostgreSQL database, such as ${example}.` })
  }
  const rest = new URLSearchParams([...given].filter(([name]) => !ours.includes(name)))
  const settings = {
    place: base.replace(/\/\/.*@/, '//'),
    schema: schema ?? given.get('schema') ?? undefined,
    pool: whole(given, 'pool', 10, 1, 1_000),
    statementTimeout: whole(given, 'statement_timeout', 2_000, 1, 3_600_000),
    prepare: yesOrNo(given, 'prepare', true),
    tls: tlsOf(base, given, rest),
  }
  if (settings.schema !== undefined && !settings.prepare) {
    throw new OffstageError('configuration', {
      detail: `With 'prepare=false' a connection keeps no schema: take 'schema' out of the URL, and in the database write: alter role <user> set search_path = "${settings.schema}".`,
    })
  }
  return { ...settings, url: rest.size > 0 ? `${base}?${rest}` : base }
}

/** As libpq has it: TLS is preferred but not demanded unless `sslmode` says so. Connections that stay on this machine need none. */
function tlsOf(base: string, given: URLSearchParams, rest: URLSearchParams): Settings['tls'] {
  const mode = given.get('sslmode') ?? process.env['PGSSLMODE']
  const certificate = given.get('sslrootcert') ?? process.env['PGSSLROOTCERT']
  if (given.has('ssl') || given.has('sslnegotiation')) return 'url'
  if (mode === 'disable' || mode === 'allow') return 'none'
  if (mode === undefined || mode === 'prefer') {
    const host = given.get('host') ?? /^\w+:\/\/(?:.*@)?(\[[^\]]*\]|[^:/]*)/.exec(base)?.[1] ?? ''
    return ['', 'localhost', '127.0.0.1', '[::1]'].includes(host) || host.startsWith('/') ? 'none' : 'prefer'
  }
  if (!['require', 'verify-ca', 'verify-full', 'no-verify'].includes(mode)) {
    throw new OffstageError('configuration', {
      detail: `'sslmode=${mode}' is not known; write disable, prefer, require, verify-ca or verify-full.`,
    })
  }
  rest.set('uselibpqcompat', 'true')
  // `system` means the authorities that this machine trusts, and with them only the strictest mode makes sense.
  rest.set('sslmode', certificate === 'system' ? 'verify-full' : mode)
  if (certificate !== undefined && certificate !== 'system') rest.set('sslrootcert', certificate)
  return 'url'
}

function whole(given: URLSearchParams, name: string, otherwise: number, least: number, most: number): number {
  const text = given.get(name)
  if (text === null) return otherwise
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (value >= least && value <= most) return value
  throw new OffstageError('configuration', {
    detail: `'${name}=${text}' in the database URL: expected a whole number from ${least} to ${most}.`,
  })
}

function yesOrNo(given: URLSearchParams, name: string, otherwise: boolean): boolean {
  const text = given.get(name)
  if (text === null) return otherwise
  if (text === 'true' || text === 'false') return text === 'true'
  throw new OffstageError('configuration', { detail: `'${name}=${text}' in the database URL: expected true or false.` })
}
