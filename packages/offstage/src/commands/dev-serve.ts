// The app itself, as `offstage dev` runs it: one process for each version of the files.

import { readConfig, type Config } from '../app/config.ts'
import { declaredEnv } from '../app/env.ts'
import { loadStore } from '../app/database.ts'
import { listenRefusal, type Listening } from '../app/listen.ts'
import { openApp, type RunningApp } from '../app/open.ts'
import { developmentLogins, developmentPassword, isEmpty, shortPlace, type Login } from '../app/seed.ts'
import { runSeed } from '../app/seeding.ts'
import { stopOnSignal } from '../app/stop.ts'
import { saveCompiled } from './compile-cache.ts'
import { developmentLog } from './dev-log.ts'
import type { Order, Ready } from './dev-processes.ts'
import { showFaults } from './faults.ts'
import { loadApp } from './load.ts'
import { pretty } from './pretty.ts'
import { seedProgress } from './seed.ts'
import { out, paint, warn } from './terminal.ts'

/** Loads what every app in development needs, and what a kind of database needs. */
export async function loadAhead(database: Ready['database'] | undefined): Promise<void> {
  // Node loads its own `fetch` where one of its names is first read, as the answer of an endpoint is compared with `Response`.
  void Response.name
  await Promise.all([import('../migrate/follow.ts'), import('../app/migrations.ts'), database && loadStore(database)])
}

/** Runs the app, and says so to the parent; or shows what is wrong with it, and ends the process. */
export async function serve({ file, port, host, before }: Order): Promise<void> {
  const again = before !== undefined
  let root = process.cwd()
  showFaults(() => root)
  try {
    const started = performance.now()
    const loaded = await loadApp(file)
    root = loaded.root
    const environment = {
      ...process.env,
      ...(port === undefined ? {} : { PORT: port }),
      ...(host === undefined ? {} : { HOST: host }),
    }
    const config = readConfig({ mode: 'development', root, environment, declared: declaredEnv(loaded.app) })
    const running = await openApp(loaded.app, { config, own: true, tables: 'develop', writeLog: developmentLog(config.secrets) })
    const migrated = running.tablesDone.some((step) => step.startsWith('migrated '))
    const fresh = running.tablesDone.length > 0 && !migrated && (await isEmpty(running.data))
    for (const step of fresh ? ['made the tables'] : running.tablesDone) out(paint('dim', `  ${step}`))
    for (const note of [...running.tablesWarnings, ...running.tablesNotes]) out(paint('yellow', `  ${note}`))
    if (loaded.app.seed !== undefined && (await isEmpty(running.data))) await runSeed(loaded.app, running, seedProgress())
    const [at, logins] = await Promise.all([
      listenNear(running, config, before),
      running.auth && !again ? developmentLogins(running.data, running.auth) : [],
    ])
    stopOnSignal(running, { signals: ['SIGTERM'] })
    process.send?.({ asked: config.port, port: at.port, quiet: running.staticFolders, database: config.database.kind } satisfies Ready)
    announce(running, config, at.url, logins, Math.round(performance.now() - started), again)
    saveCompiled()
  } catch (error) {
    warn(`\n${pretty(error, root)}\n`)
    process.exit(1)
  }
}

/** The port asked for; where nobody asked for one, the next free one. The same as before unless another one is asked for since. */
async function listenNear(running: RunningApp, config: Config, before: Order['before']): Promise<Listening> {
  const chosen = config.shown.find((variable) => variable.name === 'PORT')?.source !== 'default'
  const first = before?.asked === config.port ? before.port : config.port
  for (let port = first; ; port++) {
    try {
      return await running.listen({ port })
    } catch (error) {
      if (chosen || port >= first + 20 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE')
        throw listenRefusal(error, config.host, port)
    }
  }
}

function announce(running: RunningApp, config: Config, url: string, logins: readonly Login[], took: number, again: boolean): void {
  if (again) return out(paint('dim', `ready again in ${took} ms  ${url}`))
  const line = (label: string, text: string): void => out(`  ${label.padEnd(10)} ${text}`)
  out()
  out(`  ${paint(['bold', 'green'], 'Offstage')} ${paint('dim', `ready in ${took} ms`)}`)
  out()
  line(
    running.staticFolders.length > 0 ? 'Open' : 'API',
    paint(['bold', 'cyan'], running.staticFolders.length > 0 ? `${url}/` : `${url}/api`),
  )
  line('Docs', paint('cyan', `${url}/docs`))
  line('Database', shortPlace(config.database))
  if (logins.length > 0) {
    out()
    line('Sign in', `as one of these, password ${paint('bold', developmentPassword)} (development only)`)
    for (const { login, role } of logins) line('', `${login}${role === '' ? '' : paint('dim', `  ${role}`)}`)
  } else if (running.routes.some(({ name }) => name === 'auth.signUp')) line('Sign up', `POST ${url}/api/auth/sign-up`)
  out()
}
