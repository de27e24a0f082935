// An app, opened: the one place that knows every room and joins them.

import { mkdirSync } from 'node:fs'
import { dirname, isAbsolute, resolve as resolvePath } from 'node:path'
import type { HashCost } from '../auth/password.ts'
import { openAuth, type Auth } from '../auth/auth.ts'
import { openApi, type ApiOptions } from '../api/api.ts'
import { OffstageError } from '../base/errors.ts'
import type { Data } from '../data/data.ts'
import { openData } from '../data/open.ts'
import type { Route } from '../http/http.ts'
import { openLog, type Log } from '../http/log.ts'
import { openServer, type Server } from '../http/server.ts'
import { anonymous, type Principal } from '../query/principal.ts'
import type { Registry } from '../schema/registry.ts'
import { openSqlite } from '../store/sqlite/store.ts'
import type { Store } from '../store/store.ts'
import { browserClientRoutes } from './browser-client.ts'
import { fileOf, type Config } from './config.ts'
import { ownDatabase } from './owner.ts'
import type { AnyApp } from './mountable.ts'
import { problemsIn, refuseProblems, registryOf } from './problems.ts'
import { developmentPassword } from './seed.ts'
import { markProduction } from './production.ts'

export interface OpenOptions {
  readonly config: Config
  /** Whether the tables follow the models, or a difference is refused. Default: follow in development, refuse in production. */
  readonly tables?: 'follow' | 'refuse'
  /** Marks the database file as served by this process; a second one is refused. Default false. */
  readonly own?: boolean
  readonly now?: () => Date
  /** Of password hashes; only tests make it cheap. */
  readonly hashCost?: HashCost
  /** Default: the configuration's. */
  readonly logLevel?: string
  /** Where lines of the log go. Default: standard output, as JSON. */
  readonly writeLog?: (line: string) => void
}

export interface RunningApp {
  readonly config: Config
  readonly registry: Registry
  readonly routes: readonly Route[]
  readonly data: Data
  readonly auth: Auth | undefined
  readonly log: Log
  /** What `follow` did to the tables, in words. */
  readonly tablesDone: readonly string[]
  readonly staticFolders: readonly string[]
  /** Answers without a port. */
  fetch(request: Request, options?: { readonly ip?: string }): Promise<Response>
  /** Default: host and port of the configuration. */
  listen(options?: { readonly port?: number; readonly host?: string }): Promise<{ readonly url: string; readonly port: number }>
  /** `/readyz` says no from now on; everything is still answered. */
  drain(): void
  /** Finishes what is under way and closes the database. */
  close(): Promise<void>
}

/** Opens everything but the port. Throws `declaration`, `configuration`, `data_loss` or `database_in_use` with what to do. */
export async function openApp(app: AnyApp, options: OpenOptions): Promise<RunningApp> {
  const { config } = options
  const development = config.mode === 'development'
  const registry = registryOf(app)
  refuseProblems(problemsIn(app, registry))
  const log = openLog({
    level: options.logLevel ?? config.logLevel,
    secrets: config.secrets,
    ...(options.writeLog && { write: options.writeLog }),
  })

  // Seeds and imports hold the writer for long on purpose; who waits for it is a request.
  let serving = false
  const warn = (text: string): void => void (serving && log.warn(text))
  const { store, tablesDone, release } = await openDatabase(registry, options, warn)
  try {
    if (!development) markProduction(config)
    const clock = options.now && { now: options.now }
    const data = openData({ registry, store, secret: config.secret, previousSecret: config.secretPrevious, ...clock })
    const auth = app.login?.password
      ? openAuth({
          data,
          signUp: app.login.signUp !== 'nobody',
          secret: config.secret,
          secureCookie: !development,
          // A database that `dev` has filled may go on to production; its well-known logins may not.
          ...(!development && { neverPassword: developmentPassword }),
          ...clock,
          ...(options.hashCost && { cost: options.hashCost }),
        })
      : undefined
    const identify = auth ? auth.identify : async (): Promise<Principal> => anonymous
    const routes = [
      ...openApi({ app, data, identify, development, env: config.env, ...(auth && { others: described(auth) }) }),
      ...(auth?.routes ?? []),
      ...browserClientRoutes(),
    ]
    const folder = app.static && resolvePath(dirname(fileOf(app)), app.static.folder)
    const server = await openServer({
      routes,
      log,
      development,
      origins: config.origins,
      publicUrl: config.publicUrl,
      trustProxy: config.trustProxy,
      files: folder === undefined ? [] : [{ folder, ...(app.static!.fallback !== false && { fallback: app.static!.fallback }) }],
      mounts: Object.entries(app.mount).map(([prefix, handle]) => ({ prefix, handle })),
    })
    return {
      config,
      registry,
      routes,
      data,
      auth,
      log,
      tablesDone,
      staticFolders: folder === undefined ? [] : [folder],
      fetch: server.fetch,
      drain: server.drain,
      listen(at) {
        serving = true
        return listen(server, config, at)
      },
      async close() {
        await server.close()
        await store.close()
        release()
      },
    }
  } catch (error) {
    await store.close()
    release()
    throw error
  }
}

async function openDatabase(
  registry: Registry,
  options: OpenOptions,
  warn: (text: string) => void,
): Promise<{ store: Store; tablesDone: readonly string[]; release: () => void }> {
  const { config, tables = config.mode === 'development' ? 'follow' : 'refuse' } = options
  const file = config.databaseFile
  if (isAbsolute(file)) mkdirSync(dirname(file), { recursive: true })
  const owner = options.own ? ownDatabase(file) : { release() {} }
  try {
    const store = await openSqlite({
      registry,
      file,
      ...(options.now && { now: options.now }),
      ...(config.mode === 'development' && { warn }),
    })
    try {
      const steps = await store.follow({ dryRun: tables === 'refuse' })
      if (tables === 'refuse' && steps.length > 0) throw tablesDiffer(store.place, steps)
      return { store, tablesDone: steps, release: owner.release }
    } catch (error) {
      await store.close()
      throw error
    }
  } catch (error) {
    owner.release()
    throw error
  }
}

/** The routes of the login, for the docs. */
function described(auth: Auth): NonNullable<ApiOptions['others']> {
  return { routes: auth.routes, cookie: auth.cookieName, describe: ({ user, values }) => auth.operations(user, values) }
}

function tablesDiffer(place: string, steps: readonly string[]): OffstageError {
  return new OffstageError('tables_differ', {
    detail: `The tables of ${place} do not fit the models. Not done yet: ${steps.slice(0, 12).join('; ')}${steps.length > 12 ? `; and ${steps.length - 12} more` : ''}.`,
    hint: 'offstage start --migrate lets the tables follow first; nothing is done that could lose data.',
  })
}

async function listen(
  server: Server,
  config: Config,
  { port = config.port, host = config.host }: { port?: number; host?: string } = {},
): Promise<{ url: string; port: number }> {
  const bound = await server.listen(host, port)
  // What a person can open: the addresses that mean "all" and "this machine" have a better name.
  const name = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return { url: config.publicUrl ?? `http://${name}:${bound.port}`, port: bound.port }
}
