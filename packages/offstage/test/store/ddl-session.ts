// A session of a server's database that is made for one test, and helpers that say what operations make of it.

import assert from 'node:assert/strict'
import mysql from 'mysql2/promise'
import { Client, type QueryResult } from 'pg'
import { backfill } from '../../src/migrate/backfill.ts'
import { applyOperations } from '../../src/store/apply.ts'
import type { Blueprint } from '../../src/store/blueprint.ts'
import type { DialectName, Operation, PhysicalTable, Render, RunOperation, Session } from '../../src/store/operations.ts'
import { Dice } from '../random/dice.ts'
import { someOperation } from './random-tables.ts'

export interface Server {
  readonly session: Session
  readonly render: Render
  introspect(): Promise<readonly PhysicalTable[]>
  expected(blueprint: Blueprint): readonly PhysicalTable[]
  /** Runs every step that may be repeated once more, and takes only answers that mean "done already". */
  readonly twice?: boolean
}

type OpenSession = Session & { close(): Promise<void> }

let made = 0
const freshName = (): string => `offstage_ddl_${process.pid}_${++made}`

export async function postgresSession(url: string): Promise<OpenSession> {
  const name = freshName()
  const admin = new Client(url)
  await admin.connect()
  await admin.query(`create database ${name}`)
  const place = new URL(url)
  place.pathname = `/${name}`
  const client = new Client(place.href)
  await client.connect()
  await client.query(`set time zone 'Europe/Amsterdam'`)
  const query = (sql: string, values: readonly unknown[] = []): Promise<QueryResult> => {
    let at = 0
    return client.query(values.length > 0 ? sql.replaceAll('?', () => `$${++at}`) : sql, [...values])
  }
  return {
    dialect: 'postgres',
    all: async (sql, values) => (await query(sql, values)).rows,
    run: async (sql, values) => (await query(sql, values)).rowCount ?? 0,
    async transaction(run) {
      await client.query('begin')
      try {
        const result = await run()
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback')
        throw error
      }
    },
    async close() {
      await client.end()
      await admin.query(`drop database ${name}`)
      await admin.end()
    },
  }
}

export async function mysqlSession(url: string): Promise<OpenSession> {
  const name = freshName()
  const options = { dateStrings: true, supportBigNumbers: true, bigNumberStrings: true, multipleStatements: false }
  const admin = await mysql.createConnection({ uri: url, ...options })
  await admin.query(`create database ${name}`)
  await admin.query(`use ${name}`)
  await admin.query(
    `set sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_BACKSLASH_ESCAPES', time_zone = '+00:00'`,
  )
  const [rows] = await admin.query('select version() as version')
  // The driver's own quoting knows nothing of NO_BACKSLASH_ESCAPES; what is prepared needs none.
  const send = (sql: string, values: readonly unknown[] = []) => (values.length > 0 ? admin.execute(sql, values as any) : admin.query(sql))
  const isMaria = /mariadb/i.test((rows as { version: string }[])[0]!.version)
  const dialect: DialectName = isMaria ? 'mariadb' : 'mysql'
  return {
    dialect,
    all: async (sql, values) => (await send(sql, values))[0] as Record<string, unknown>[],
    run: async (sql, values) => ((await send(sql, values))[0] as mysql.ResultSetHeader).affectedRows,
    transaction: (run) => run(),
    async close() {
      await admin.query(`drop database ${name}`)
      await admin.end()
    },
  }
}

// As the runner of migrations has it.
const doneAlready: readonly unknown[] = [1050, 1060, 1061, 1826, 3822, 1051, 1054, 1072, 1091, 1146, 1176, 3821, 3940]

function unlessDone(error: unknown): void {
  const { errno, message } = error as { errno: number; message: string }
  if (!doneAlready.includes(errno) && !(errno === 1005 && message.includes('errno: 121'))) throw error
}

/** On SQLite in one transaction, else statement by statement. */
export async function apply({ render, session, twice }: Server, before: Blueprint, operations: readonly Operation[]): Promise<Blueprint> {
  const steps = render(before, operations)
  const run = async (): Promise<void> => {
    for (const step of steps) {
      if (step.kind === 'run') {
        if (step.run.op === 'renameChoice') await renameChoice(session, before, operations, step.run)
        continue
      }
      try {
        await session.run(step.sql)
        if (twice && step.repeatable) await session.run(step.sql).catch(unlessDone)
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${step.says}: ${step.sql}`, { cause: error })
      }
    }
  }
  if (session.dialect === 'sqlite') await session.transaction(run, { rebuild: steps.some((step) => step.kind === 'sql' && step.rebuild) })
  else await run()
  return applyOperations(before, operations)
}

async function renameChoice(session: Session, before: Blueprint, operations: readonly Operation[], run: RunOperation): Promise<void> {
  const tables = applyOperations(before, operations.slice(0, operations.indexOf(run)))
  await backfill(session, run, { tables, steps: {}, save: async () => {} })
}

/** Random operations, one by one or several at once; the tables are compared after each time. */
export async function afterAnyOperations(server: Server, seed: number, times: number): Promise<void> {
  const dice = new Dice(seed)
  let now: Blueprint = { tables: [] }
  for (let time = 0; time < times; time++) {
    const operations: Operation[] = []
    let after = now
    for (let tries = dice.int(1, 12); tries > 0; tries--) {
      const operation = someOperation(dice, after)
      if (!operation) continue
      operations.push(operation)
      after = applyOperations(after, [operation])
    }
    const told = `seed ${seed}, time ${time}: ${JSON.stringify(operations)}`
    try {
      now = await apply(server, now, operations)
    } catch (error) {
      throw new Error(`${told}\n${(error as Error).message}`, { cause: error })
    }
    assert.deepEqual(await server.introspect(), server.expected(now), told)
  }
}
