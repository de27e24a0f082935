// What the drills of databases stand on: servers of their own, which may be stopped and started as one likes, with databases of their own.

import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { databaseOf } from '../../packages/offstage/src/app/database-url.ts'
import { openStore } from '../../packages/offstage/src/app/database.ts'
import { startLocalPostgres } from '../../packages/offstage/src/commands/local-postgres.ts'
import { resolve as resolveModels } from '../../packages/offstage/src/schema/resolve.ts'
import type { Session } from '../../packages/offstage/src/store/operations.ts'
import { answers, freePort, initialise, mysqlProgram } from '../servers.ts'

export type Kind = 'sqlite' | 'postgres' | 'mysql'

export interface Server extends AsyncDisposable {
  readonly kind: Kind
  /** The address of a new, empty database. */
  make(): Promise<string>
  start(): Promise<void>
  /** At once: connections are cut, what is committed stays. */
  stop(): Promise<void>
}

const top = resolve(import.meta.dirname, '../..')

export const secret = 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA'

export const serverOf: Readonly<Record<Kind, () => Promise<Server>>> = { sqlite: files, postgres, mysql }

/** Statements of the drill's own, beside the app. */
export async function inDatabase<T>(url: string, run: (session: Session) => Promise<T>): Promise<T> {
  const store = await openStore(resolveModels({ models: {} }), databaseOf(url, [], '/'))
  try {
    return await store.tables.locked(run)
  } finally {
    await store.close()
  }
}

export function fail(what: string): never {
  throw new Error(what)
}

/** What is still to be stopped when the drill ends before its time: a server would stay behind. */
const left = new Set<() => void>()
process.once('exit', () => {
  for (const stop of left) stop()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

async function files(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-drill-'))
  let made = 0
  return {
    kind: 'sqlite',
    make: async () => `file:${join(folder, `${++made}.db`)}`,
    start: async () => {},
    stop: async () => {},
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function postgres(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-drill-'))
  const settings = [`port=${await freePort()}`]
  const launch = () => startLocalPostgres({ root: top, folder, settings })
  let server = await launch()
  const kill = (): void => {
    const file = join(folder, 'data/postmaster.pid')
    if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGINT')
  }
  left.add(kill)
  const make = maker(server.url)
  return {
    kind: 'postgres',
    make,
    start: async () => void (server = await launch()),
    stop: () => server.stop(),
    async [Symbol.asyncDispose]() {
      await server.stop()
      left.delete(kill)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function mysql(): Promise<Server> {
  const program = mysqlProgram() ?? fail('There is no mariadbd or mysqld here: apt-get install mariadb-server')
  const folder = mkdtempSync(join(tmpdir(), 'offstage-drill-'))
  const [data, port, log] = [join(folder, 'data'), await freePort(), openSync(join(folder, 'log'), 'a')]
  // Each server clears the temporary tables of its folder when it starts, those of another server too.
  const [user, temporary] = [`--user=${userInfo().username}`, `--tmpdir=${folder}`]
  initialise(program, data, user, temporary)
  const settings = ['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${join(folder, 's')}`, `--pid-file=${join(folder, 'pid')}`]
  let server: ChildProcess
  let ended: Promise<void>
  const start = async (): Promise<void> => {
    server = spawn(
      program,
      ['--no-defaults', `--datadir=${data}`, user, temporary, ...settings, '--skip-log-bin', '--max-connections=300'],
      {
        stdio: ['ignore', log, log],
      },
    )
    ended = new Promise((done) => server.once('exit', () => done()))
    for (let tries = 0; !(await answers(port)); tries++) {
      if (tries > 600 || server.exitCode !== null)
        fail(`${program} did not start:\n${readFileSync(join(folder, 'log'), 'utf8').slice(-2000)}`)
      await sleep(50)
    }
  }
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM')
    await ended
  }
  await start()
  const kill = (): void => void server.kill('SIGTERM')
  left.add(kill)
  return {
    kind: 'mysql',
    make: maker(`mysql://root@127.0.0.1:${port}/mysql`),
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      left.delete(kill)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function maker(url: string): () => Promise<string> {
  let made = 0
  return async () => {
    const own = new URL(url)
    own.pathname = `/drill_${++made}`
    await inDatabase(url, (session) => session.run(`create database drill_${made}`))
    return own.href
  }
}
