import { testCost } from '../../src/auth/password.ts'
import { readConfig } from '../../src/app/config.ts'
import { declaredEnv } from '../../src/app/env.ts'
import type { AnyApp } from '../../src/app/mountable.ts'
import { openApp, type RunningApp } from '../../src/app/open.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { system } from '../../src/query/principal.ts'

export interface Served extends AsyncDisposable {
  readonly running: RunningApp
  readonly port: number
  readonly sys: any
  /** Lines of the log, from warnings up. */
  readonly lines: readonly string[]
  /** A request over a connection of its own. `json` is sent as the body, by POST unless `method` says otherwise. */
  ask(path: string, init?: RequestInit & { readonly json?: unknown }): Promise<Response>
}

/** An app behind a port of its own, on an empty database. */
export async function serve(app: unknown, environment: Readonly<Record<string, string>> = {}): Promise<Served> {
  const declaration = app as AnyApp
  const server = process.env['TEST_DATABASE_URL'] || undefined
  const scratch = server === undefined ? undefined : await makeScratch(server)
  const lines: string[] = []
  const running = await openApp(declaration, {
    config: readConfig({
      mode: 'development',
      root: import.meta.dirname,
      files: false,
      secret: 'fleeting',
      declared: declaredEnv(declaration),
      environment: { DATABASE_URL: scratch?.url ?? 'file::memory:', PUBLIC_URL: 'http://api.example', ...environment },
    }),
    hashCost: testCost,
    logLevel: 'warn',
    writeLog: (line) => lines.push(line),
  }).catch(async (error: unknown) => {
    await scratch?.drop()
    throw error
  })
  const { port } = await running.listen({ port: 0, host: '127.0.0.1' })
  return {
    running,
    port,
    lines,
    sys: running.data.as(system),
    ask(path, { json, ...init } = {}) {
      const headers = new Headers(init.headers)
      if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
      const body = json === undefined ? {} : { method: 'POST', body: typeof json === 'string' ? json : JSON.stringify(json) }
      return fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...body, ...init, headers })
    },
    async [Symbol.asyncDispose]() {
      await running.close()
      await scratch?.drop()
    },
  }
}
