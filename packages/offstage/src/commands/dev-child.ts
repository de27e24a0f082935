// The app itself, as `offstage dev` runs it: one process for each version of the files.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { OffstageError } from '../base/errors.ts'
import { readConfig, type Config } from '../app/config.ts'
import { declaredEnv } from '../app/env.ts'
import { placeOf } from '../app/database-url.ts'
import { openApp, type RunningApp } from '../app/open.ts'
import { developmentLogins, developmentPassword, isEmpty, shortPlace, type Login } from '../app/seed.ts'
import { runSeed } from '../app/seeding.ts'
import { stopOnSignal } from '../app/stop.ts'
import type { ChildMessage } from './dev.ts'
import { developmentLog } from './dev-log.ts'
import { showFaults } from './faults.ts'
import { loadApp, type LoadedApp } from './load.ts'
import { pretty } from './pretty.ts'
import { seedProgress } from './seed.ts'
import { out, paint, warn } from './terminal.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string' }, host: { type: 'string' }, again: { type: 'boolean' } },
})
const path = positionals[0] ?? '.'
let root = process.cwd()
showFaults(() => root)

try {
  const started = performance.now()
  const loaded = await loadApp(path)
  root = loaded.root
  const environment = {
    ...process.env,
    ...(values.port === undefined ? {} : { PORT: values.port }),
    ...(values.host === undefined ? {} : { HOST: values.host }),
  }
  const config = readConfig({ mode: 'development', root, environment, declared: declaredEnv(loaded.app) })
  const running = await openApp(loaded.app, { config, own: true, tables: 'develop', writeLog: developmentLog(config.secrets) })
  const migrated = running.tablesDone.some((step) => step.startsWith('migrated '))
  const fresh = running.tablesDone.length > 0 && !migrated && (await isEmpty(running.data))
  for (const step of fresh ? ['made the tables'] : running.tablesDone) out(paint('dim', `  ${step}`))
  for (const note of running.tablesNotes) out(paint('yellow', `  ${note}`))
  const logins = await fill(loaded, running, config)
  const chosen = config.shown.find((variable) => variable.name === 'PORT')?.source !== 'default'
  const { url, port } = await listenNear(running, config, chosen)
  stopOnSignal(running)
  // A parent that was killed cannot say goodbye; nobody would be left to end this process.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.send?.({ port, quiet: running.staticFolders } satisfies ChildMessage)
  announce(running, config, url, logins, Math.round(performance.now() - started), values.again === true)
} catch (error) {
  warn(`\n${pretty(error, root)}\n`)
  process.exit(1)
}

/** Seeds an empty database and remembers, for each database, who can sign in. */
async function fill({ app }: LoadedApp, running: RunningApp, config: Config): Promise<readonly Login[]> {
  const folder = join(config.root, '.offstage')
  const note = join(folder, 'logins.json')
  const place = placeOf(config.database)
  const kept: Record<string, readonly Login[]> = existsSync(note) ? JSON.parse(readFileSync(note, 'utf8')) : {}
  if (app.seed === undefined || !(await isEmpty(running.data))) return kept[place] ?? []
  await runSeed(app, running, seedProgress())
  if (running.auth === undefined) return []
  const logins = await developmentLogins(running.data, running.auth)
  mkdirSync(folder, { recursive: true })
  writeFileSync(note, JSON.stringify({ ...kept, [place]: logins }))
  return logins
}

/** The port asked for; where nobody asked for one, the next free one. */
async function listenNear(running: RunningApp, config: Config, chosen: boolean): Promise<{ url: string; port: number }> {
  for (let port = config.port; ; port++) {
    try {
      return await running.listen({ port })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      if (chosen || port >= config.port + 20) {
        throw new OffstageError('configuration', {
          detail: `Port ${port} of ${config.host} is taken by another process.`,
          hint: 'PORT=4001, or stop the other process',
        })
      }
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
