// The variables that configure an app: one table, read by `start`, `dev`, `offstage config` and docs/configuration.md.

import { isIP } from 'node:net'
import { maskedUrl, secretsOf, urlProblem } from './database-url.ts'

export type Mode = 'development' | 'production'

/** What a variable's text must be. `read` throws a sentence that ends "..., found X". */
export interface Variable {
  readonly name: string
  readonly means: string
  readonly fallback?: string
  /** The whole value must not be shown. */
  readonly secret?: true
  /** What of the value must not be shown, and how it is shown without. Default: all of it may be. */
  readonly hides?: { readonly secrets: (text: string) => readonly string[]; readonly masked: (text: string) => string }
  readonly read: (text: string, mode: Mode) => unknown
}

class Refused extends Error {}
const refuse = (message: string): never => {
  throw new Refused(message)
}
/** The sentence of a refusal; anything else that was thrown goes on. */
export function refusal(error: unknown): string {
  if (error instanceof Refused) return error.message
  throw error
}

const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

export const variables: readonly Variable[] = [
  {
    name: 'DATABASE_URL',
    fallback: 'file:./data/app.db',
    means:
      'Where the data is: `file:./data/app.db`, `postgres://user:password@host/name`, `mysql://...` or `mariadb://...`. Passwords are masked.',
    hides: { secrets: secretsOf, masked: maskedUrl },
    read: (text) => readUrl(text),
  },
  {
    name: 'DATABASE_REPLICA_URLS',
    means:
      'Read replicas of that PostgreSQL, MySQL or MariaDB, separated by commas. Lists and gets go there where they may be a moment behind.',
    hides: { secrets: (text) => list(text).flatMap(secretsOf), masked: (text) => list(text).map(maskedUrl).join(',') },
    read: (text) => list(text).map(readUrl),
  },
  {
    name: 'HOST',
    fallback: '127.0.0.1',
    means: 'The address to listen on. 0.0.0.0 listens on all of them, as a container needs.',
    read: (text) => (isIP(text) || text === 'localhost' ? text : refuse('must be an IP address or `localhost`')),
  },
  {
    name: 'PORT',
    fallback: '4000',
    means: 'The port to listen on; 0 takes any free one.',
    read: (text) => (/^\d{1,5}$/.test(text) && Number(text) < 65536 ? Number(text) : refuse('must be a number from 0 to 65535')),
  },
  {
    name: 'PUBLIC_URL',
    means: 'Where people reach the app: `https://shop.example`. Links and the same-origin check use it. Default: the address listened on.',
    read(text, mode) {
      const origin = readOrigin(text)
      if (mode === 'production' && origin.startsWith('http:') && !isLocal(origin)) {
        return refuse('must be https: session cookies are only sent over https')
      }
      return origin
    },
  },
  {
    name: 'SECRET',
    secret: true,
    means: 'Signs cursors and whatever must not be forged; at least 32 random characters. `dev` makes its own.',
    read: (text, mode) => readSecret(text, mode),
  },
  {
    name: 'SECRET_PREVIOUS',
    secret: true,
    means: 'The secret before this one: still accepted, never used to sign, so that a secret can be changed without a break.',
    read: (text, mode) => readSecret(text, mode),
  },
  {
    name: 'ORIGINS',
    fallback: '',
    means: 'Other origins whose pages may call the API with cookies, separated by commas: `https://app.example,https://www.example`.',
    read(text, mode) {
      const named = list(text)
      if (named.includes('*')) return refuse('must name each origin: `*` would let every page on the web act as your users')
      const origins = named.map(readOrigin)
      const plain = mode === 'production' ? origins.find((o) => o.startsWith('http:') && !isLocal(o)) : undefined
      return plain === undefined ? origins : refuse(`must be https origins; ${plain} could be answered by anyone on the network`)
    },
  },
  {
    name: 'TRUST_PROXY',
    fallback: '',
    means: 'How many proxies stand before the app (`1`), or their addresses (`10.0.0.0/8,::1`). Empty: forwarded headers are ignored.',
    read(text) {
      if (text === '') return false
      if (/^[1-9]$/.test(text)) return Number(text)
      const proxies = text.split(',').map((item) => item.trim())
      if (proxies.every(isNetwork)) return proxies
      return refuse('must be a count of proxies (1 to 9) or their addresses; trusting everyone lets callers choose their own address')
    },
  },
  {
    name: 'LOG_LEVEL',
    fallback: 'info',
    means: 'How much is logged: `debug`, `info`, `warn`, `error` or `silent`.',
    read(text) {
      return ['debug', 'info', 'warn', 'error', 'silent'].includes(text) ? text : refuse('must be debug, info, warn, error or silent')
    },
  },
]

function readUrl(text: string): string {
  const problem = urlProblem(text)
  return problem === undefined ? text : refuse(problem)
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) return refuse('must be written like https://shop.example')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    return refuse('must be scheme, host and port alone, without a path')
  }
  return url.origin
}

/** A secret that is short or guessable makes every signature worthless, so production does not start with one. */
function readSecret(text: string, mode: Mode): string {
  if (text.length < 32) return refuse(`must be at least 32 characters, not ${text.length}; make one with: openssl rand -base64 32`)
  const guessable = new Set(text).size < 10 || /secret|change.?me|example|password|placeholder|0123456789/i.test(text)
  if (mode === 'production' && guessable)
    return refuse('looks like a sample, not like random characters; make one with: openssl rand -base64 32')
  return text
}

function isNetwork(text: string): boolean {
  const [address, bits, ...rest] = text.split('/')
  const version = isIP(address ?? '')
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128))
}

/** Browsers treat these as safe without TLS. */
export function isLocal(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]'
}
