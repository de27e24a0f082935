// What the tables of a database were made from, kept in it: SQLite's own types are too few to tell a decimal of two digits from one of three.

import type { Blueprint } from '../store/blueprint.ts'
import type { Session } from '../store/operations.ts'
import { hasTable, makeOwnTable } from './own-tables.ts'

const name = 'offstage_blueprint'

/** Before the first `recordBlueprint`, and not within a transaction. */
export const prepareRecord = (session: Session): Promise<void> => makeOwnTable(session, name, { id: 'id', blueprint: 'text' })

/** Undefined for a database that Offstage has made no table of. */
export async function recordedBlueprint(session: Session): Promise<Blueprint | undefined> {
  if (!(await hasTable(session, name))) return undefined
  const [row] = await session.all(`select blueprint from ${name} where id = 'tables'`)
  return row && (JSON.parse(String(row['blueprint'])) as Blueprint)
}

export async function recordBlueprint(session: Session, blueprint: Blueprint): Promise<void> {
  await session.run(`delete from ${name} where id = 'tables'`)
  await session.run(`insert into ${name} (id, blueprint) values ('tables', ?)`, [JSON.stringify(blueprint)])
}
