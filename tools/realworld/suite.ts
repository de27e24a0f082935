// One run of the suite: the example on an empty database, behind the proxy, with hurl before it.

import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app } from '../../examples/conduit/app.ts'
import { readConfig } from '../../packages/offstage/src/app/config.ts'
import { declaredEnv } from '../../packages/offstage/src/app/env.ts'
import { openApp, type RunningApp } from '../../packages/offstage/src/app/open.ts'
import { makeScratch } from '../../packages/offstage/src/app/scratch.ts'
import { openProxy } from './proxy.ts'

export interface SuiteOptions {
  readonly hurl: string
  readonly files: readonly string[]
  /** A server to make a scratch database on; without one, SQLite in memory. */
  readonly server: string | undefined
  /** Holds every answer against the app's own OpenAPI document. */
  readonly validate: boolean
}

interface Count {
  readonly passed: number
  readonly all: number
}
export interface SuiteResult {
  /** Requests and asserts that hurl came to: it leaves a file at the first request that fails. */
  readonly counts: Readonly<Record<'files' | 'requests' | 'asserts', Count>>
  readonly failed: readonly string[]
  /** What hurl said. */
  readonly output: string
  readonly seen: ReadonlyMap<string, number>
  readonly violations: readonly string[]
}

/** As it calls itself; undefined where there is none. */
export function hurlVersion(hurl: string): string | undefined {
  const { status, stdout } = spawnSync(hurl, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.split('(')[0]!.trim() : undefined
}

export async function runSuite({ hurl, files, server, validate }: SuiteOptions): Promise<SuiteResult> {
  const scratch = server === undefined ? undefined : await makeScratch(server)
  const folder = mkdtempSync(join(tmpdir(), 'offstage-realworld-'))
  try {
    const running = await openConduit(scratch?.url ?? `file:${join(folder, 'conduit.db')}`)
    try {
      const { url } = await running.listen()
      await using proxy = await openProxy(url, validate ? await documentOf(url) : undefined)
      const reports = join(folder, 'reports')
      // Names of users and articles must be new ones in each run; files share the database.
      const variables = [`host=${proxy.url}`, `uid=${Date.now()}`].flatMap((variable) => ['--variable', variable])
      const output = await spoken(hurl, ['--test', '--jobs', '1', '--no-color', ...variables, '--report-json', reports, ...files])
      return { ...counted(join(reports, 'report.json'), files, output), output, seen: proxy.seen, violations: proxy.violations }
    } finally {
      await running.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await scratch?.drop()
  }
}

function openConduit(database: string): Promise<RunningApp> {
  const secret = (): string => randomBytes(32).toString('base64url')
  const config = readConfig({
    mode: 'development',
    root: dirname(fileURLToPath(import.meta.resolve('../../examples/conduit/app.ts'))),
    files: false,
    declared: declaredEnv(app as any),
    environment: { DATABASE_URL: database, SECRET: secret(), JWT_SECRET: secret(), LOG_LEVEL: 'warn', HOST: '127.0.0.1', PORT: '0' },
  })
  return openApp(app as any, { config, writeLog: (line) => process.stderr.write(line) })
}

async function documentOf(url: string): Promise<object> {
  const answer = await fetch(`${url}/openapi.json`)
  if (!answer.ok) throw new Error(`/openapi.json answers ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as object
}

/** Runs it to its end, and gives all that it wrote. */
function spoken(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return new Promise((done, refuse) => child.once('error', refuse).once('close', () => done(text)))
}

interface Report {
  readonly filename: string
  readonly success: boolean
  readonly entries: readonly { readonly asserts: readonly { readonly success: boolean }[] }[]
}

function counted(file: string, files: readonly string[], output: string): Pick<SuiteResult, 'counts' | 'failed'> {
  if (!existsSync(file)) throw new Error(`hurl has left no report:\n${output}`)
  const reports = JSON.parse(readFileSync(file, 'utf8')) as Report[]
  const passed = new Set(reports.filter(({ success }) => success).map(({ filename }) => filename))
  const entries = reports.flatMap((report) => report.entries)
  const count = (all: readonly boolean[]): Count => ({ passed: all.filter(Boolean).length, all: all.length })
  return {
    counts: {
      files: count(files.map((name) => passed.has(name))),
      requests: count(entries.map(({ asserts }) => asserts.every(({ success }) => success))),
      // The first of each is of the version of HTTP, and any will do.
      asserts: count(entries.flatMap(({ asserts }) => asserts.slice(1).map(({ success }) => success))),
    },
    failed: files.filter((name) => !passed.has(name)).map((name) => basename(name)),
  }
}
