import { existsSync, rmSync } from 'node:fs'
import { isOwnTable } from '../migrate/own-tables.ts'
import { recordedBlueprint } from '../migrate/recorded.ts'
import { blueprintOf } from '../store/blueprint.ts'
import type { Registry } from '../schema/registry.ts'
import type { Session } from '../store/operations.ts'
import { openStore } from './database.ts'
import type { DatabaseConfig } from './database-url.ts'
import { ownDatabase } from './owner.ts'
import { isProductionFile, productionRefusal, refuseProduction } from './production.ts'

/** Throws away what `dev` has made, so that it can be made anew. A production database is refused. */
export async function removeDatabase(registry: Registry, database: DatabaseConfig): Promise<void> {
  if (database.kind === 'sqlite') return removeFile(database)
  const store = await openStore(registry, database)
  try {
    await refuseProduction(database, store, 'reset')
    await store.tables.locked(async (session) => {
      // What else stands in the database belongs to somebody else.
      const tables = [...blueprintOf(registry).tables, ...((await recordedBlueprint(session))?.tables ?? [])]
      const ours = new Set(tables.map(({ name }) => name))
      await dropTables(session, (name) => ours.has(name) || isOwnTable(name))
    })
  } finally {
    await store.close()
  }
}

function removeFile(database: Extract<DatabaseConfig, { kind: 'sqlite' }>): void {
  const { file } = database
  if (isProductionFile(file)) throw productionRefusal(database, 'reset')
  if (!existsSync(file)) return
  // A server that still has the file open would go on writing to what is no longer there.
  ownDatabase(file).release()
  for (const end of ['', '-wal', '-shm', '-owner', '-owner-journal', '-migrate', '-migrate-journal']) rmSync(file + end, { force: true })
}

async function dropTables(session: Session, ours: (name: string) => boolean): Promise<void> {
  const postgres = session.dialect === 'postgres'
  const found = await session.all(
    `select table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema = ${postgres ? 'current_schema()' : 'database()'}`,
  )
  const names = found.map(({ name }) => String(name)).filter(ours)
  if (names.length === 0) return
  if (postgres) {
    await session.run(`drop table ${names.map((name) => `"${name}"`).join(', ')} cascade`)
    return
  }
  // Tables refer to each other, and MySQL has no `cascade` for that.
  await session.run('set foreign_key_checks = 0')
  try {
    await session.run(`drop table ${names.map((name) => `\`${name}\``).join(', ')}`)
  } finally {
    await session.run('set foreign_key_checks = 1')
  }
}
