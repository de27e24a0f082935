// A session without a store, for what runs steps, on a file of SQLite.

import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from '../../src/store/operations.ts'

export interface OwnSession extends Session {
  /** Told of every statement before it runs; may throw, as a process that is killed would. */
  before: (sql: string) => void
  /** As if the process ended here: what no transaction has committed is gone. */
  crash(): Promise<OwnSession>
  close(): Promise<void>
}

export function sqliteSession(file = join(mkdtempSync(join(tmpdir(), 'offstage-')), 'test.db')): OwnSession {
  const open = (): OwnSession => {
    const db = new DatabaseSync(file, { enableForeignKeyConstraints: true })
    const session: OwnSession = {
      dialect: 'sqlite',
      before: () => {},
      async all(sql, values = []) {
        session.before(sql)
        return db.prepare(sql).all(...(values as string[])) as Record<string, unknown>[]
      },
      async run(sql, values = []) {
        session.before(sql)
        return Number(db.prepare(sql).run(...(values as string[])).changes)
      },
      async transaction(run, { rebuild = false } = {}) {
        if (rebuild) db.exec('pragma foreign_keys = off')
        db.exec('begin immediate')
        try {
          const value = await run()
          db.exec('commit')
          return value
        } catch (error) {
          db.exec('rollback')
          throw error
        } finally {
          if (rebuild) db.exec('pragma foreign_keys = on')
        }
      },
      async crash() {
        db.close()
        return open()
      },
      async close() {
        db.close()
        rmSync(join(file, '..'), { recursive: true, force: true })
      },
    }
    return session
  }
  return open()
}
