// The app as a command needs it: its data, without a server, on the database that `dev` or `start` uses here.

import { readConfig, type Config } from '../app/config.ts'
import { declaredEnv } from '../app/env.ts'
import { openApp, type RunningApp } from '../app/open.ts'
import { loadApp, type LoadedApp } from './load.ts'

/** Reads `.env` files as `dev` does; a secret that nobody gave lasts for this command only. */
export function configForCommand(loaded: LoadedApp): Config {
  return readConfig({
    mode: 'development',
    root: loaded.root,
    environment: process.env,
    declared: declaredEnv(loaded.app),
    secret: 'fleeting',
  })
}

export interface OpenedForCommand extends LoadedApp, AsyncDisposable {
  readonly running: RunningApp
}

/** Tables follow the models, but never those of a production database: there only `start --migrate` may. */
export async function openForCommand(path: string): Promise<OpenedForCommand> {
  const loaded = await loadApp(path)
  const config = configForCommand(loaded)
  const running = await openApp(loaded.app, { config, tables: 'careful', logLevel: 'warn' })
  return { ...loaded, running, [Symbol.asyncDispose]: () => running.close() }
}
