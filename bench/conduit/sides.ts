// The measured servers, each with a database of its own.
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { Client } from 'pg'
import { callsOf, fillOverHttp } from './http.ts'
import type { ConduitData, Size } from './data.ts'

/** Offstage, our peer with one ORM or the other, or a backend that runs already. */
const sideNames = ['offstage', 'mikro-orm', 'drizzle', 'other'] as const
export type SideName = (typeof sideNames)[number]

/** Throws unless they are two of the sides. */
export function readSides(names: readonly string[]): readonly [SideName, SideName] {
  const [one, two] = names.map((name) => sideNames.find((side) => side === name))
  if (one === undefined || two === undefined || one === two || names.length > 2)
    throw new Error(`Two of ${sideNames.join(', ')} are measured against each other; not ${names.join(', ')}`)
  return [one, two]
}

export interface Running {
  readonly port: number
  stop(): Promise<void>
}

export interface Place {
  /** The address of a database for this side, new and empty. */
  database(side: SideName): Promise<string>
  /** When they are filled. */
  ready(): Promise<void>
  remove(): Promise<void>
}

/** Files in the folder. */
export const sqlitePlace = (folder: string): Place => ({
  database: async (side) => join(folder, `${side}.db`),
  ready: async () => {},
  remove: async () => {},
})

/** Databases of a server, removed at the end. */
export function postgresPlace(server: string): Place {
  const names: string[] = []
  const urlOf = (name: string): string => Object.assign(new URL(server), { pathname: `/${name}` }).href
  const run = async (url: string, sql: string): Promise<void> => {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  return {
    async database(side) {
      const name = `bench_conduit_${side.replace('-', '_')}_${process.pid}`
      await run(server, `create database ${name}`)
      names.push(name)
      return urlOf(name)
    },
    // What autovacuum does within a minute.
    async ready() {
      for (const name of names) await run(urlOf(name), 'vacuum analyze')
    },
    async remove() {
      for (const name of names) await run(server, `drop database if exists ${name} with (force)`)
    },
  }
}

const peer = (...args: string[]): ChildProcess =>
  fork(new URL('peer.js', import.meta.url), args, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, NODE_ENV: 'production' },
  })

async function startPeer(orm: SideName, database: string, size: Size): Promise<Running> {
  const code = await new Promise((ended) => peer(orm, database, JSON.stringify(size)).once('exit', ended))
  if (code !== 0) throw new Error(`The peer ended with ${code} while it was filled.`)
  const child = peer(orm, database)
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port))
    child.once('exit', (code) => reject(new Error(`The peer ended with ${code} before it listened.`)))
  })
  return {
    port,
    async stop() {
      child.kill()
      await ended
    },
  }
}

export interface Starting {
  readonly place: Place
  readonly size: Size
  readonly data: ConduitData
  /** Of the other backend, which runs already. */
  readonly other: string | undefined
  readonly fillHttp: boolean
}

export async function startSide(side: SideName, { place, size, data, other, fillHttp }: Starting): Promise<Running> {
  if (side === 'other') {
    const { hostname, port } = new URL(other!)
    if (hostname !== '127.0.0.1' || port === '') throw new Error(`--other is http://127.0.0.1:<port>, on this machine; not ${other}`)
    if (fillHttp) await fillOverHttp(callsOf(Number(port)), data)
    return { port: Number(port), stop: async () => {} }
  }
  const database = await place.database(side)
  if (side !== 'offstage') return startPeer(side, database, size)
  const { startOffstage } = await import('./offstage.ts')
  return startOffstage(database.includes('://') ? database : `file:${database}`, data)
}
