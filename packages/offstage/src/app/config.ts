// The configuration of an app: the environment, read once, checked whole, every problem reported together.

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { OffstageError, type FieldError } from '../base/errors.ts'
import { decodeUtf8 } from '../base/text.ts'
import type { AppDeclaration } from '../schema/app.ts'
import { ValueError, type Json, type Kind, type KindOptions } from '../schema/kind.ts'
import { databaseOf, serverKind, type DatabaseConfig } from './database-url.ts'
import { refusal, variables, type Mode } from './variables.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Config {
  readonly mode: Mode
  /** The folder of the app: where `package.json` is, or the module itself. Relative files stand in it. */
  readonly root: string
  readonly database: DatabaseConfig
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
  readonly secret: string
  readonly secretPrevious: string | undefined
  readonly origins: readonly string[]
  readonly trustProxy: false | number | readonly string[]
  readonly logLevel: string
  /** The app's own variables, read by their declared kinds. */
  readonly env: Readonly<Record<string, Json>>
  /** Values that must never be shown or logged. */
  readonly secrets: readonly string[]
  readonly shown: readonly ShownVariable[]
}

/** One line of `offstage config`. */
export interface ShownVariable {
  readonly name: string
  readonly value: string
  readonly source: string
  readonly means: string
}

/** A variable the app declares: `env: { STRIPE_KEY: t.text() }`. */
export interface EnvField {
  readonly kind: Kind
  readonly options: KindOptions
  readonly optional: boolean
  readonly default?: Json
}

export interface ConfigOptions {
  readonly mode: Mode
  /** The folder of the app. */
  readonly root: string
  readonly environment: Environment
  readonly declared?: ReadonlyMap<string, EnvField>
  /** Whether `.env.local` and `.env` are read. Default: in development. */
  readonly files?: boolean
  /** Where a missing secret comes from: kept in `.offstage`, or made for this process alone. Default: kept in development, none in production. */
  readonly secret?: 'kept' | 'fleeting'
  /** Told what was found before the problems are thrown. */
  readonly refused?: (shown: readonly ShownVariable[]) => void
}

interface Found {
  readonly text: string
  readonly source: string
}

/** Throws `configuration` with every problem at once. */
export function readConfig(options: ConfigOptions): Config {
  const { mode, root } = options
  const find = finder(options)
  const errors: FieldError[] = []
  const shown: ShownVariable[] = []
  const values = new Map<string, unknown>()
  const secrets: string[] = []

  for (const variable of variables) {
    const found = find(variable.name) ?? standIn(variable.name, options) ?? fallback(variable.fallback)
    if (found !== undefined) secrets.push(...(variable.secret ? [found.text] : (variable.hides?.secrets(found.text) ?? [])))
    shown.push({
      name: variable.name,
      value: found === undefined ? '' : variable.secret ? mask(found.text) : (variable.hides?.masked(found.text) ?? found.text),
      source: found?.source ?? 'not set',
      means: variable.means,
    })
    if (found === undefined) continue
    try {
      values.set(variable.name, variable.read(found.text, mode))
    } catch (error) {
      errors.push({ path: variable.name, code: 'invalid', message: `${refusal(error)} (from ${found.source})` })
    }
  }
  // A bad secret has been reported above; a missing one is its own sentence.
  if (!values.has('SECRET') && !errors.some((e) => e.path === 'SECRET')) {
    errors.push({ path: 'SECRET', code: 'required', message: 'is not set; make one with: openssl rand -base64 32' })
  }
  const url = values.get('DATABASE_URL') as string | undefined
  const replicas = (values.get('DATABASE_REPLICA_URLS') ?? []) as readonly string[]
  const odd = url === undefined ? undefined : oddReplicas(url, replicas)
  if (odd !== undefined) errors.push({ path: 'DATABASE_REPLICA_URLS', code: 'invalid', message: odd })
  const env = readDeclared(options, find, errors, shown, secrets)
  if (errors.length > 0) {
    options.refused?.(shown)
    throw new OffstageError('configuration', { detail: 'The environment does not fit the app.', errors })
  }

  return {
    mode,
    root,
    env,
    secrets,
    shown,
    database: databaseOf(url!, replicas, root),
    host: String(values.get('HOST')),
    port: Number(values.get('PORT')),
    publicUrl: values.get('PUBLIC_URL') as string | undefined,
    secret: String(values.get('SECRET')),
    secretPrevious: values.get('SECRET_PREVIOUS') as string | undefined,
    origins: values.get('ORIGINS') as string[],
    trustProxy: values.get('TRUST_PROXY') as Config['trustProxy'],
    logLevel: String(values.get('LOG_LEVEL')),
  }
}

/** The real environment wins; development also reads `.env.local`, then `.env`, from the folder of the app. */
function finder({ mode, root, environment, files = mode === 'development' }: ConfigOptions): (name: string) => Found | undefined {
  const layers: [string, Environment][] = [['the environment', environment]]
  if (files) {
    for (const name of ['.env.local', '.env']) {
      const file = join(root, name)
      if (existsSync(file)) layers.push([name, parseEnv(decodeUtf8(readFileSync(file), name))])
    }
  }
  return (name) => {
    for (const [source, values] of layers) {
      const text = Object.hasOwn(values, name) ? values[name] : undefined
      if (text !== undefined && text !== '') return { text, source }
    }
    return undefined
  }
}

function fallback(text: string | undefined): Found | undefined {
  return text === undefined ? undefined : { text, source: 'default' }
}

/** Development makes its own secret once and keeps it, so that sessions and cursors outlive a restart. */
function standIn(name: string, { mode, root, secret = mode === 'development' ? 'kept' : undefined }: ConfigOptions): Found | undefined {
  if (name !== 'SECRET' || secret === undefined) return undefined
  if (secret === 'fleeting') return { text: randomBytes(32).toString('base64url'), source: 'made for this command' }
  return { text: developmentSecret(root), source: '.offstage/secret, made by dev' }
}

function developmentSecret(root: string): string {
  const folder = join(root, '.offstage')
  const file = join(folder, 'secret')
  if (existsSync(file)) {
    const kept = readFileSync(file, 'utf8').trim()
    if (kept.length >= 32) return kept
  }
  const made = randomBytes(32).toString('base64url')
  mkdirSync(folder, { recursive: true })
  // The folder ignores itself, whatever the app's own .gitignore says.
  writeFileSync(join(folder, '.gitignore'), '*\n')
  writeFileSync(file, `${made}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
  return made
}

function readDeclared(
  options: ConfigOptions,
  find: (name: string) => Found | undefined,
  errors: FieldError[],
  shown: ShownVariable[],
  secrets: string[],
): Record<string, Json> {
  const env: Record<string, Json> = {}
  for (const [name, field] of options.declared ?? []) {
    const found = find(name)
    const scalar = ['boolean', 'integer', 'number', 'enum'].includes(field.kind.name)
    // Text may be a key: what the app declares as text is a secret until proven otherwise.
    if (found !== undefined && !scalar) secrets.push(found.text)
    shown.push({
      name,
      value: found === undefined ? String(field.default ?? '') : scalar ? found.text : mask(found.text),
      source: found?.source ?? (field.default === undefined ? 'not set' : 'default'),
      means: 'Declared by the app.',
    })
    if (found === undefined) {
      if (field.default !== undefined) env[name] = field.default
      else if (field.optional) env[name] = null
      else errors.push({ path: name, code: 'required', message: 'is not set, and the app declares it under `env`' })
      continue
    }
    try {
      env[name] = field.kind.read(field.kind.readText(found.text, field.options), field.options)
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
      errors.push({ path: name, code: error.code, message: `${error.message} (from ${found.source})` })
    }
  }
  return env
}

/** Replicas hold what their primary holds: anything else would answer with rows of another app. */
function oddReplicas(url: string, replicas: readonly string[]): string | undefined {
  const kind = serverKind(url)
  if (replicas.every((replica) => kind !== undefined && serverKind(replica) === kind)) return undefined
  if (kind === undefined) return 'is for PostgreSQL, MySQL and MariaDB; the file of DATABASE_URL has no replicas'
  return 'must be replicas of DATABASE_URL, so addresses of the same kind of database'
}

function mask(text: string): string {
  return `${'•'.repeat(8)} (${text.length} characters)`
}

/** The folder that relative files stand in: the nearest one with a `package.json`, else the module's own. */
export function appRoot(module: string): string {
  for (let folder = dirname(module); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return dirname(module)
  }
}

/** The file that declares the app: static folders and the search for its root begin there. */
export function fileOf(app: Pick<AppDeclaration, 'place'>): string {
  const place = app.place.toString().replace(/:\d+$/, '')
  return resolve(place === '' ? 'app.ts' : place)
}
