// `offstage dev`: runs the app in a child process, and in a new one when a file changes.

import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs'
import { basename, extname, join, relative } from 'node:path'
import { appRoot } from '../app/config.ts'
import { AppProcesses, type Ready } from './dev-processes.ts'
import { appFile } from './load.ts'
import type { LocalPostgres } from './local-postgres.ts'
import { out, paint, warn } from './terminal.ts'

export interface DevOptions {
  readonly port?: string
  readonly host?: string
  /** On a PostgreSQL of its own, kept in `.offstage/postgres`. */
  readonly pg?: boolean
}

const ignored = new Set(['node_modules', 'dist', 'coverage'])
const manifests = new Set(['package.json', 'package-lock.json'])
const watched = new Set(['.ts', '.mts', '.js', '.mjs', '.json'])

export async function dev(path: string, options: DevOptions): Promise<void> {
  const file = appFile(path)
  const root = appRoot(file)
  let before: Ready | undefined
  let stopping = false
  const server = options.pg ? await ownPostgres(root) : undefined
  const end = async (code: number): Promise<never> => {
    await server?.stop()
    process.exit(code)
  }

  const processes = new AppProcesses({
    env: server ? { ...process.env, DATABASE_URL: server.url } : process.env,
    onReady(ready) {
      before = ready
    },
    onEnd: () => warn(paint('yellow', 'Waiting for a change of a file.', process.stderr)),
  })
  const run = (): void => void processes.run({ file, port: options.port, host: options.host, before })

  let timer: NodeJS.Timeout | undefined
  watchTree(root, (name) => {
    if (stopping || before?.quiet.some((folder) => !relative(folder, name).startsWith('..'))) return
    const changed = relative(root, name)
    // Dependencies may have changed with it, Offstage among them.
    if (manifests.has(basename(name))) processes.forgetSpare()
    // The old version ends while the file is still being written: editors do that in several steps, which 40 ms gather.
    processes.end()
    clearTimeout(timer)
    timer = setTimeout(() => {
      warn(paint('dim', `${changed} changed`, process.stderr))
      run()
    }, 40)
  })
  const stop = async (code: number): Promise<void> => {
    if (stopping) await end(code)
    stopping = true
    clearTimeout(timer)
    await end(await processes.close())
  }
  process.on('SIGINT', () => void stop(130))
  // A terminal that is closed must not leave the database running.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(143))
  run()
}

async function ownPostgres(root: string): Promise<LocalPostgres> {
  const { startLocalPostgres } = await import('./local-postgres.ts')
  const server = await startLocalPostgres({ root, folder: join(root, '.offstage/postgres') })
  out(`\n  PostgreSQL ${paint('cyan', server.url)} ${paint('dim', '(.offstage/postgres)')}`)
  return server
}

/** A watcher per folder, dependencies, data and hidden folders left out; new folders are taken in as they appear. */
function watchTree(root: string, onChange: (file: string) => void): void {
  const watchers = new Map<string, FSWatcher>()
  const add = (folder: string): void => {
    const name = basename(folder)
    if (watchers.has(folder) || folder === join(root, 'data') || (folder !== root && (ignored.has(name) || name.startsWith('.')))) return
    try {
      const watcher = watch(folder, (_event, changed) => {
        if (changed === null) return
        const file = join(folder, changed)
        // What `offstage types` writes is nothing that runs.
        if ((watched.has(extname(changed)) && !changed.endsWith('.d.ts')) || /^\.env(\.local)?$/.test(changed)) onChange(file)
        else if (isFolder(file)) add(file)
      })
      // A folder that is removed ends its watcher; nothing else is lost by it.
      watcher.on('error', () => watchers.delete(folder))
      watchers.set(folder, watcher)
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) add(join(folder, entry.name))
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOSPC') warn(`Too many watched files for this system; changes in ${folder} will not restart the app.`)
      else if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    }
  }
  add(root)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
