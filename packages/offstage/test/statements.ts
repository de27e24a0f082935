// Which statements reach the database: every store sends them through its connections. Not those that begin and end transactions.

import { Connection as MysqlConnection } from '../src/store/mysql/connection.ts'
import { Connection as PostgresConnection } from '../src/store/postgres/connection.ts'
import { Connection as SqliteConnection } from '../src/store/sqlite/connection.ts'

type Sends = (sql: string, ...more: any[]) => any

const sent = new Set<(sql: string) => void>()

for (const { prototype } of [MysqlConnection, PostgresConnection, SqliteConnection] as { prototype: Record<'all' | 'run', Sends> }[]) {
  for (const name of ['all', 'run'] as const) {
    const send = prototype[name]
    prototype[name] = function (sql, ...more) {
      for (const tell of sent) tell(sql)
      return send.call(this, sql, ...more)
    }
  }
}

const around = /^(begin|commit|rollback|savepoint|release)\b/i

/** What was sent while `run` ran; meanwhile nothing else should. */
export async function counted<T>(run: () => Promise<T>): Promise<{ readonly value: T; readonly statements: readonly string[] }> {
  const statements: string[] = []
  const note = (sql: string): void => {
    if (!around.test(sql)) statements.push(sql)
  }
  sent.add(note)
  try {
    return { value: await run(), statements }
  } finally {
    sent.delete(note)
  }
}
