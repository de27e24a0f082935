// The app as a command needs it: its data, without a server, on the database that `dev` or `start` uses here.

import { readConfig, type Config } from '../app/config.ts'
import { declaredEnv } from '../app/env.ts'
import { openApp, type RunningApp } from '../app/open.ts'
import { loadApp, type LoadedApp } from './load.ts'
import { paint, warn } from './terminal.ts'

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

/**
 * Tables follow the models, but never those of a production database: there only `start --migrate` may. `tolerant`: the command goes on where
 * the tables are not as they should be, because it only reads, or is what rows are put right with.
 */
export async function openForCommand(path: string, { tolerant = false }: { readonly tolerant?: boolean } = {}): Promise<OpenedForCommand> {
  const loaded = await loadApp(path)
  const config = configForCommand(loaded)
  const running = await openApp(loaded.app, { config, tables: tolerant ? 'tolerant' : 'careful', logLevel: 'warn' })
  for (const line of running.tablesWarnings) warn(paint('yellow', `warning: ${line}`, process.stderr))
  return { ...loaded, running, [Symbol.asyncDispose]: () => running.close() }
}
