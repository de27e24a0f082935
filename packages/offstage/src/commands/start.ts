// `offstage start`: production. The command decides the mode; no variable, parameter or header can.

import { readConfig } from '../app/config.ts'
import { declaredEnv } from '../app/env.ts'
import { listenRefusal } from '../app/listen.ts'
import { openApp } from '../app/open.ts'
import { stopOnSignal } from '../app/stop.ts'
import { placeOf } from '../base/place.ts'
import { saveCompiled } from './compile-cache.ts'
import { loadApp } from './load.ts'
import { out } from './terminal.ts'

export interface StartOptions {
  readonly migrate?: boolean
  /** Seconds to go on answering after the signal to stop, with `/readyz` red. */
  readonly drain?: number
  readonly port?: string
  readonly host?: string
}

export async function start(path: string, options: StartOptions): Promise<void> {
  const { app, root } = await loadApp(path)
  const environment = {
    ...process.env,
    ...(options.port === undefined ? {} : { PORT: options.port }),
    ...(options.host === undefined ? {} : { HOST: options.host }),
  }
  const config = readConfig({ mode: 'production', root, environment, declared: declaredEnv(app) })
  const running = await openApp(app, { config, own: true, tables: options.migrate ? 'migrate' : 'refuse' })
  // A call that an endpoint forgot to await fails by itself; Node would end the process for it, and everybody's requests with it.
  process.on('unhandledRejection', (error) =>
    running.log.error({ err: error, place: placeOf(error) }, 'a promise that nobody awaited was rejected'),
  )
  for (const step of running.tablesDone) running.log.info({ step }, 'tables')
  for (const note of running.tablesNotes) running.log.warn(note)
  const { url } = await running.listen().catch((error: unknown) => {
    throw listenRefusal(error, config.host, config.port)
  })
  stopOnSignal(running, {
    delay: (options.drain ?? 0) * 1000,
    onStop: (signal) => running.log.info({ signal }, 'stopping'),
    onFault: (error) => running.log.fatal({ err: error, place: placeOf(error) }, 'an exception that nobody caught; stopping'),
  })
  running.log.info({ url, database: running.data.store.place }, 'started')
  saveCompiled()
  if (process.stdout.isTTY) out(`Offstage listens on ${url}; the data is in ${running.data.store.place}`)
}
