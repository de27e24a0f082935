// Which statements reach the database: every store sends them through its connections. Not those that begin and end transactions.

import { Connection as MysqlConnection } from '../src/store/mysql/connection.ts'
import { Connection as PostgresConnection } from '../src/store/postgres/connection.ts'
import { Connection as SqliteConnection } from '../src/store/sqlite/connection.ts'

type Sends = (sql: string, ...more: any[]) => any

const prototypes = [MysqlConnection, PostgresConnection, SqliteConnection].map(
  ({ prototype }) => prototype as unknown as Record<'all' | 'run', Sends>,
)

/** Tells of each statement until the answer is called: other tests of the process have the connections as they are. */
function watchStatements(tell: (sql: string) => void): () => void {
  const back = prototypes.flatMap((prototype) =>
    (['all', 'run'] as const).map((name) => {
      const send = prototype[name]
      prototype[name] = function (sql, ...more) {
        tell(sql)
        return send.call(this, sql, ...more)
      }
      return () => void (prototype[name] = send)
    }),
  )
  return () => {
    for (const undo of back) undo()
  }
}

const around = /^(begin|commit|rollback|savepoint|release)\b/i

/** What was sent while `run` ran; meanwhile nothing else should. */
export async function counted<T>(run: () => Promise<T>): Promise<{ readonly value: T; readonly statements: readonly string[] }> {
  const statements: string[] = []
  const stop = watchStatements((sql) => void (around.test(sql) || statements.push(sql)))
  try {
    return { value: await run(), statements }
  } finally {
    stop()
  }
}
