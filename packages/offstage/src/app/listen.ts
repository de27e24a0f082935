// The address that the app listens on, and what is told when it cannot.

import { OffstageError } from '../base/errors.ts'
import type { Server } from '../http/server.ts'
import type { Config } from './config.ts'

export interface Listening {
  /** What a person can open. */
  readonly url: string
  readonly port: number
}

export async function listen(
  server: Server,
  config: Config,
  { port = config.port, host = config.host }: { readonly port?: number; readonly host?: string } = {},
): Promise<Listening> {
  const bound = await server.listen(host, port)
  // The addresses that mean "all" and "this machine" have a better name.
  const name = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return { url: config.publicUrl ?? `http://${name}:${bound.port}`, port: bound.port }
}

/** What is told of an address that cannot be listened on. */
export function listenRefusal(error: unknown, host: string, port: number): unknown {
  const refused = (detail: string, hint: string): OffstageError => new OffstageError('configuration', { detail, hint })
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return refused(`Port ${port} of ${host} is taken by another process.`, `PORT=${port + 1}, or stop the other process`)
    case 'EACCES':
      return refused(`Port ${port} of ${host} is not open to this user.`, 'PORT=4000, or any other from 1024')
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return refused(`HOST=${host} is no address of this machine.`, 'HOST=127.0.0.1, or HOST=0.0.0.0 for all of its addresses')
    default:
      return error
  }
}
