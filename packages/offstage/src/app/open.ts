// An app, opened: the one place that knows every room and joins them.

import { dirname, resolve as resolvePath } from 'node:path'
import type { HashCost } from '../auth/password.ts'
import { openAuth, type Auth } from '../auth/auth.ts'
import { openApi, type ApiOptions } from '../api/api.ts'
import type { Data } from '../data/data.ts'
import { openData } from '../data/open.ts'
import type { FilesOptions } from '../http/files.ts'
import type { Route } from '../http/http.ts'
import { openLog, type Log } from '../http/log.ts'
import { openServer } from '../http/server.ts'
import { anonymous, type Principal } from '../query/principal.ts'
import type { Registry } from '../schema/registry.ts'
import { browserClientRoutes } from './browser-client.ts'
import { fileOf, type Config } from './config.ts'
import { openDatabase, type DatabaseOptions } from './database.ts'
import { listen, type Listening } from './listen.ts'
import type { AnyApp } from './mountable.ts'
import { problemsIn, refuseProblems, registryOf } from './problems.ts'
import { developmentPassword } from './seed.ts'
import { markProduction } from './production.ts'

export interface OpenOptions {
  readonly config: Config
  /** Default: follow in development, refuse in production. */
  readonly tables?: DatabaseOptions['tables']
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
  /** What was done to the tables, in words. */
  readonly tablesDone: readonly string[]
  /** What the developer should know about them. */
  readonly tablesNotes: readonly string[]
  /** What is not as it should be with them, and stops nobody. */
  readonly tablesWarnings: readonly string[]
  readonly staticFolders: readonly string[]
  /** Answers without a port. */
  fetch(request: Request, options?: { readonly ip?: string }): Promise<Response>
  /** Default: host and port of the configuration. */
  listen(options?: { readonly port?: number; readonly host?: string }): Promise<Listening>
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
  const { store, tablesDone, tablesNotes, tablesWarnings, close } = await openDatabase(registry, config, {
    tables: options.tables ?? (development ? 'follow' : 'refuse'),
    own: options.own ?? false,
    ...(options.now && { now: options.now }),
    ...(development && { warn }),
  })
  try {
    if (!development) await markProduction(config.database, store)
    const clock = options.now && { now: options.now }
    const data = openData({ registry, store, secret: config.secret, previousSecret: config.secretPrevious, ...clock })
    const { login } = app
    const auth = login?.password
      ? openAuth({
          data,
          signUp: login.signUp !== 'nobody',
          routes: login.routes !== false,
          ...(typeof login.password === 'object' && { rules: login.password }),
          ...(login.limits && { limits: login.limits }),
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
      ...openApi({
        app,
        data,
        identify,
        development,
        env: config.env,
        ...(auth && { accounts: auth.accounts }),
        ...(auth && login?.routes !== false && { others: described(auth) }),
      }),
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
      files: folder === undefined ? [] : [filesOf(folder, app.static!)],
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
      tablesNotes,
      tablesWarnings,
      staticFolders: folder === undefined ? [] : [folder],
      fetch: server.fetch,
      drain: server.drain,
      listen(at) {
        serving = true
        return listen(server, config, at)
      },
      async close() {
        await server.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

const filesOf = (folder: string, { fallback, csp }: NonNullable<AnyApp['static']>): FilesOptions => ({
  folder,
  ...(fallback !== false && { fallback }),
  ...(csp && { csp: csp as NonNullable<FilesOptions['csp']> }),
})

/** The routes of the login, for the docs. */
function described(auth: Auth): NonNullable<ApiOptions['others']> {
  return { routes: auth.routes, cookie: auth.cookieName, describe: ({ user, values }) => auth.operations(user, values) }
}
