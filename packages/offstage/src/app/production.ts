// `offstage start` marks the database it serves. It is how `seed` and `reset` know whose data they would touch: no variable has to be set
// right for that. Beside a file the mark is another file, so that a copy of the database on a developer's machine comes without it;
// on a server it is a row, because there may be no other place that all who can reach the database share.

import { existsSync, writeFileSync } from 'node:fs'
import { OffstageError } from '../base/errors.ts'
import { hasTable, makeOwnTable } from '../migrate/own-tables.ts'
import type { Session } from '../store/operations.ts'
import type { Store } from '../store/store.ts'
import { placeOf, type DatabaseConfig } from './database-url.ts'

const fileMark = (file: string): string => `${file}-production`
const settings = 'offstage_settings'

export async function markProduction(database: DatabaseConfig, store: Store): Promise<void> {
  if (database.kind !== 'sqlite') return store.tables.locked(markServer)
  if (database.file === ':memory:' || existsSync(fileMark(database.file))) return
  writeFileSync(
    fileMark(database.file),
    'This database is served by `offstage start`. While this file is here, `seed` and `reset` refuse to touch it.\n',
  )
}

/** The place of the mark on a server, made by who may make tables: `start` may then run as a user who may not. */
export async function prepareMark(store: Store): Promise<void> {
  if (store.dialect !== 'sqlite') await store.tables.locked(makeSettings)
}

export async function isProduction(database: DatabaseConfig, store: Store): Promise<boolean> {
  return database.kind === 'sqlite' ? isProductionFile(database.file) : store.tables.locked(isMarked)
}

/** A file can be asked without being opened. */
export const isProductionFile = (file: string): boolean => existsSync(fileMark(file))

export async function refuseProduction(database: DatabaseConfig, store: Store, command: string): Promise<void> {
  if (await isProduction(database, store)) throw productionRefusal(database, command)
}

export function productionRefusal(database: DatabaseConfig, command: string): OffstageError {
  return new OffstageError('forbidden', {
    detail: `${placeOf(database)} is a production database: \`offstage start\` has served it. ${command} refuses.`,
    hint:
      database.kind === 'sqlite'
        ? `If it is not, remove ${fileMark(database.file)}`
        : `If it is not: delete from ${settings} where id = 'production'`,
  })
}

async function markServer(session: Session): Promise<void> {
  if (await isMarked(session)) return
  await makeSettings(session)
  await session.run(`insert into ${settings} (id, setting) values ('production', ?)`, [new Date().toISOString()])
}

const makeSettings = (session: Session): Promise<void> => makeOwnTable(session, settings, { id: 'id', setting: 'text' })

async function isMarked(session: Session): Promise<boolean> {
  if (!(await hasTable(session, settings))) return false
  return (await session.all(`select id from ${settings} where id = 'production'`)).length > 0
}
