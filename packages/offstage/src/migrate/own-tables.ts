// The tables that Offstage keeps for itself beside those of the models. Their names begin alike, and no model may have such a name.

import type { DialectName, Session } from '../store/operations.ts'

export const ownPrefix = 'offstage_'

export const isOwnTable = (name: string): boolean => name.toLowerCase().startsWith(ownPrefix)

/** `text` is of any length, `id` a text that can be a key, `whole` a number. */
export type OwnType = 'id' | 'text' | 'text?' | 'whole'

const types: Readonly<Record<DialectName, Readonly<Record<OwnType, string>>>> = {
  sqlite: { id: 'text primary key not null', text: 'text not null', 'text?': 'text', whole: 'integer not null' },
  postgres: { id: 'text collate "C" primary key not null', text: 'text not null', 'text?': 'text', whole: 'bigint not null' },
  mysql: { id: 'varchar(255) primary key not null', text: 'longtext not null', 'text?': 'longtext', whole: 'bigint not null' },
  mariadb: { id: 'varchar(255) primary key not null', text: 'longtext not null', 'text?': 'longtext', whole: 'bigint not null' },
}

const endings: Readonly<Record<DialectName, string>> = {
  sqlite: ' strict',
  postgres: '',
  mysql: ' engine = InnoDB, character set utf8mb4, collate utf8mb4_0900_bin',
  mariadb: ' engine = InnoDB, character set utf8mb4, collate utf8mb4_nopad_bin',
}

/** Not within a transaction: MySQL would commit it. Columns need names that no database reserves. */
export async function makeOwnTable(session: Session, name: string, columns: Readonly<Record<string, OwnType>>): Promise<void> {
  if (await hasTable(session, name)) return
  const list = Object.entries(columns).map(([column, type]) => `${column} ${types[session.dialect][type]}`)
  await session.run(`create table if not exists ${name} (${list.join(', ')})${endings[session.dialect]}`)
}

export async function hasTable(session: Session, name: string): Promise<boolean> {
  const found = await session.all(finding[session.dialect], [name])
  return found.length > 0
}

const inSchema = 'select 1 as found from information_schema.tables where table_schema = database() and table_name = ?'
const finding: Readonly<Record<DialectName, string>> = {
  sqlite: `select 1 as found from sqlite_schema where type = 'table' and name = ?`,
  postgres: 'select 1 as found from pg_catalog.pg_tables where schemaname = current_schema() and tablename = ?',
  mysql: inSchema,
  mariadb: inSchema,
}
