// `offstage dev`: runs the app in a child process and starts it again when a file changes.
// The parent stays small, so that a restart costs only what the app itself costs.

import { fork, type ChildProcess } from 'node:child_process'
import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs'
import { basename, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { appRoot } from '../app/config.ts'
import { appFile } from './load.ts'
import type { LocalPostgres } from './local-postgres.ts'
import { out, paint, warn } from './terminal.ts'

export interface DevOptions {
  readonly port?: string
  readonly host?: string
  /** On a PostgreSQL of its own, kept in `.offstage/postgres`. */
  readonly pg?: boolean
}

/** What the child tells: where it listens, and which folders hold only static files. */
export interface ChildMessage {
  readonly port: number
  readonly quiet: readonly string[]
}

const ignored = new Set(['node_modules', 'dist', 'coverage'])
const watched = new Set(['.ts', '.mts', '.js', '.mjs', '.json'])

export async function dev(path: string, options: DevOptions): Promise<void> {
  const file = appFile(path)
  const root = appRoot(file)
  const script = fileURLToPath(new URL(`./dev-child${extname(import.meta.url)}`, import.meta.url))
  let child: ChildProcess | undefined
  let port = options.port
  let changed = ''
  let quiet: readonly string[] = []
  let stopping = false
  const server = options.pg ? await ownPostgres(root) : undefined
  const env = server ? { ...process.env, DATABASE_URL: server.url } : process.env
  const end = async (code: number): Promise<never> => {
    await server?.stop()
    process.exit(code)
  }

  const start = (): void => {
    const args = [
      file,
      ...(port === undefined ? [] : [`--port=${port}`]),
      ...(options.host === undefined ? [] : [`--host=${options.host}`]),
      ...(changed === '' ? [] : ['--again']),
    ]
    const running = fork(script, args, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
    child = running
    running.on('message', (message: ChildMessage) => {
      // The same port for every restart, whichever was free at first.
      port = String(message.port)
      quiet = message.quiet
    })
    running.on('exit', (code) => {
      if (child !== running) return
      child = undefined
      if (stopping) void end(code ?? 0)
      else warn(paint('yellow', 'Waiting for a change of a file.', process.stderr))
    })
  }

  const restart = (): void => {
    const old = child
    child = undefined
    warn(paint('dim', `${changed} changed`, process.stderr))
    if (old === undefined) return start()
    const force = setTimeout(() => old.kill('SIGKILL'), 500)
    old.once('exit', () => {
      clearTimeout(force)
      start()
    })
    old.kill('SIGTERM')
  }

  let timer: NodeJS.Timeout | undefined
  watchTree(root, (name) => {
    if (quiet.some((folder) => !relative(folder, name).startsWith('..'))) return
    changed = relative(root, name)
    clearTimeout(timer)
    // Editors write a file in several steps; 40 ms gathers them.
    timer = setTimeout(restart, 40)
  })
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping || child === undefined) return void end(signal === 'SIGINT' ? 130 : 0)
    stopping = true
    child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal))
  // A terminal that is closed must not leave the database running.
  process.on('SIGHUP', () => stop('SIGTERM'))
  start()
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
