// The address of a database: what it may say, and what of it may be shown.

import { isAbsolute, resolve } from 'node:path'

/** Which database, and where: the one thing that differs between an app on a laptop and the same app behind a load balancer. */
export type DatabaseConfig =
  /** `file` is an absolute path, or `:memory:`. */
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: ServerKind; readonly url: string; readonly replicas: readonly string[] }

export type ServerKind = 'postgres' | 'mysql'

const servers: Readonly<Record<string, ServerKind>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
}
const schemes = 'file:, postgres:// or mysql:// (mariadb:// is the same)'

/** Undefined where the text is the address of no database server. */
export function serverKind(text: string): ServerKind | undefined {
  const scheme = /^[a-z]+:(?=\/\/)/.exec(text)?.[0]
  return scheme !== undefined && Object.hasOwn(servers, scheme) ? servers[scheme] : undefined
}

/** What is wrong with the address, as the end of a sentence; undefined if nothing is. Never quotes it: it may hold a password. */
export function urlProblem(text: string): string | undefined {
  if (text.startsWith('file:')) return fileProblem(text)
  if (serverKind(text) === undefined) {
    const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0]
    return `must begin with ${schemes}, such as file:./data/app.db; found ${scheme === undefined ? 'no scheme' : scheme}`
  }
  // An `@` after the host is the end of a password that was cut in two by its own / or #.
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || /@/.test(url.pathname + url.hash) || !isDecodable(url)) {
    return 'is no address such as postgres://user:password@host:5432/name; write special characters of the password percent-encoded: %40 for @, %2F for /, %25 for %'
  }
  if (!/^\/[^/]+$/.test(url.pathname)) return 'must name one database after the host: postgres://user@host/name'
  return undefined
}

/** A `%` that begins no code of a character was meant as itself. */
const isDecodable = ({ username, password, hostname, pathname }: URL): boolean =>
  [username, password, hostname, pathname].every((part) => decoded(part) !== undefined)

function fileProblem(text: string): string | undefined {
  if (text.length === 'file:'.length) return 'must have a path after `file:`, such as file:./data/app.db'
  if (text.includes('?')) return 'must be `file:` and a path alone; a file takes no parameters after `?`'
  return undefined
}

/** Both addresses have been found without a problem. */
export function databaseOf(url: string, replicas: readonly string[], root: string): DatabaseConfig {
  const kind = serverKind(url)
  if (kind !== undefined) return { kind, url, replicas }
  const path = url.slice('file:'.length).replace(/^\/\/(?=\/)/, '')
  return { kind: 'sqlite', file: path === ':memory:' || isAbsolute(path) ? path : resolve(root, path) }
}

/** The place for people and messages: the file, or the address without its password and options. */
export function placeOf(database: DatabaseConfig): string {
  if (database.kind === 'sqlite') return database.file
  const { protocol, username, host, pathname, searchParams } = new URL(database.url)
  const schema = searchParams.get('schema')
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}${schema === null ? '' : `?schema=${schema}`}`
}

const secretOptions = /^(password|sslpassword|passphrase)$/i

/** Every text of an address that must not leave the process, as it is written there and as it is meant. */
export function secretsOf(text: string): readonly string[] {
  if (serverKind(text) === undefined || !URL.canParse(text)) return []
  const { password, searchParams } = new URL(text)
  const options = [...searchParams].filter(([name]) => secretOptions.test(name)).map(([, value]) => value)
  return [password, decoded(password) ?? '', ...options].filter((secret) => secret !== '')
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

// A name that is not known may be one of a password, misspelt.
const plainOptions = new Set(
  'schema pool statement_timeout prepare ssl sslca sslmode sslrootcert sslcert sslkey sslnegotiation socket host port application_name'.split(
    ' ',
  ),
)

/** The address with its secrets hidden. Up to its last `@`: a password that was not encoded can hold all that ends one. */
export function maskedUrl(text: string): string {
  if (text.startsWith('file:')) return text
  const masked = text.replace(/(\/\/[^:/@]*:).*@/s, '$1••••@')
  return masked.replace(/([?&]([^=&]*)=)[^&]*/g, (whole, start: string, name: string) => (plainOptions.has(name) ? whole : `${start}••••`))
}
