// What tests import: an app on an empty database of its own, gone when the test ends.

import { testCost } from './auth/password.ts'
import type { AnyApp } from './app/mountable.ts'
import { openApp, type RunningApp } from './app/open.ts'
import { appRoot, fileOf, readConfig } from './app/config.ts'
import { makeScratch } from './app/scratch.ts'
import { declaredEnv } from './app/env.ts'
import { openMake } from './app/make.ts'
import { OffstageError } from './base/errors.ts'
import type { OptionNames } from './base/options.ts'
import { refuseOptions } from './base/refuse-options.ts'
import { createClient } from './client.ts'
import { anonymous, system } from './query/principal.ts'
import type { App, Make } from './schema/app.ts'
import type { Client } from './schema/client.ts'
import type { Db, Sys } from './schema/tables.ts'

export interface TestOptions {
  /** Variables for the app's own `env`, and for Offstage's. Of the machine's environment only `TEST_DATABASE_URL` is read. */
  readonly env?: Readonly<Record<string, string>>
  /** Where server-side errors are written that a client only sees as `internal`. Default: standard error. */
  readonly log?: (line: string) => void
}

/** The time as the app has it: it runs with the real one until it is set. */
export interface Clock {
  now(): Date
  /** Stops at this instant. */
  set(time: Date | string): void
  /** Moves on by so many milliseconds. */
  advance(milliseconds: number): void
}

type TypesOf<A> = A extends { readonly '~app': infer T } ? T : never

/** An app under test. `await using test = await testApp(app)` closes it by itself; else call `close()`. */
export interface TestApp<A> extends AsyncDisposable {
  /** The tables as the anonymous; `db.as(user)` is someone. Rules hold. */
  readonly db: Db<TypesOf<A>>
  /** The tables without rules. */
  readonly sys: Sys<TypesOf<A>>
  /** The real client, signed in as this user (id or row), or nobody for null: through HTTP, without a port. */
  as(user: string | { readonly id: string } | null): Client<A>
  /** `make.orders({ status: 'paid' })` makes a row and fills in what is required, the same way every time. */
  readonly make: Make<TypesOf<A>>
  readonly clock: Clock
  /** Any request, by path or whole: `test.fetch('/api/notes', { method: 'POST', ... })`. */
  fetch(request: string | Request, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

const origin = 'http://app.test'
const testNames: OptionNames<TestOptions> = { env: true, log: true }

/**
 * Opens the app on an empty database with its tables made, and password hashes that take no time. The database is SQLite, in memory;
 * with `TEST_DATABASE_URL` it is a schema (PostgreSQL) or a database (MySQL, MariaDB) of its own there, dropped on close.
 */
export async function testApp<A extends App<any, any, any, any>>(app: A, options: TestOptions = {}): Promise<TestApp<A>> {
  refuseOptions('testApp', options, testNames)
  const declaration = app as unknown as AnyApp
  const clock = openClock()
  const server = process.env['TEST_DATABASE_URL'] || undefined
  const scratch = server === undefined ? undefined : await makeScratch(server)
  const running = await openApp(declaration, {
    config: readConfig({
      mode: 'development',
      root: appRoot(fileOf(declaration)),
      files: false,
      secret: 'fleeting',
      declared: declaredEnv(declaration),
      environment: { DATABASE_URL: scratch?.url ?? 'file::memory:', ...options.env },
    }),
    now: clock.now,
    hashCost: testCost,
    logLevel: 'error',
    writeLog: options.log ?? ((line) => process.stderr.write(line)),
  }).catch(async (error: unknown) => {
    await scratch?.drop()
    throw error
  })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= running.close().then(() => scratch?.drop()))
  const sys = running.data.as(system)
  return {
    db: running.data.as(anonymous) as unknown as Db<TypesOf<A>>,
    sys: sys as unknown as Sys<TypesOf<A>>,
    as: (user) => clientOf<A>(running, user === null ? undefined : typeof user === 'string' ? user : user.id),
    make: openMake(running.registry, sys, clock.now) as unknown as Make<TypesOf<A>>,
    clock,
    fetch: (request, init) => running.fetch(typeof request === 'string' ? new Request(new URL(request, origin), init) : request),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Signs in at the first request, so that `as` itself need not be awaited. */
function clientOf<A>(running: RunningApp, user: string | undefined): Client<A> {
  let session: Promise<string> | undefined
  const signIn = async (id: string): Promise<string> => {
    if (!running.auth) {
      throw new OffstageError('invalid_call', {
        detail: 'The app has no login, so no client can be signed in.',
        hint: 'Declare login: { password: true }, or use test.db.as(user).',
      })
    }
    return (await running.auth.openSession(id)).token
  }
  // A database that is busy now may not be so the next time.
  const forget = (error: unknown): never => {
    session = undefined
    throw error
  }
  return createClient<A>(origin, {
    fetch: (request) => running.fetch(request),
    ...(user !== undefined && { token: () => (session ??= signIn(user).catch(forget)) }),
  })
}

function openClock(): Clock {
  let offset = 0
  let stopped: number | undefined
  return {
    now: () => new Date(stopped ?? Date.now() + offset),
    set(time) {
      stopped = new Date(time).getTime()
      if (Number.isNaN(stopped))
        throw new OffstageError('invalid_call', { detail: `${String(time)} is no time.`, hint: `clock.set('2026-01-31T12:00:00Z')` })
    },
    advance(milliseconds) {
      if (stopped === undefined) offset += milliseconds
      else stopped += milliseconds
    },
  }
}
