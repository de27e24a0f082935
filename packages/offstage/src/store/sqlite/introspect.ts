// What tables a SQLite file has, as SQLite shows them.

import type { IndexDef } from '../blueprint.ts'
import type { PhysicalTable, Session } from '../operations.ts'
import { searchIndexIn, searchTables } from './search-index.ts'
import { byName } from './table-text.ts'

export async function introspectSqlite(session: Session): Promise<readonly PhysicalTable[]> {
  const tables = await session.all(
    `select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`,
  )
  const searches = await searchIndexes(session)
  const theirs = new Set([...searches.values()].flat().flatMap(searchTables))
  const found: PhysicalTable[] = []
  for (const { name, sql } of tables) {
    if (theirs.has(String(name))) continue
    const table = await tableOf(session, String(name), String(sql))
    const indexes = [...table.indexes, ...(searches.get(table.name) ?? [])].toSorted(byName)
    found.push({ ...table, indexes })
  }
  return found
}

/** By their tables. */
async function searchIndexes(session: Session): Promise<ReadonlyMap<string, readonly IndexDef[]>> {
  const triggers = await session.all(`select name, tbl_name, sql from sqlite_schema where type = 'trigger' order by name`)
  const found = triggers.flatMap(({ name, tbl_name: table, sql }) => {
    const index = searchIndexIn(String(name), String(sql))
    return index ? [{ table: String(table), index }] : []
  })
  return new Map([...Map.groupBy(found, ({ table }) => table)].map(([table, list]) => [table, list.map(({ index }) => index)]))
}

async function tableOf(session: Session, name: string, sql: string): Promise<PhysicalTable> {
  const columns = await session.all('select name, type, "notnull", dflt_value, pk from pragma_table_xinfo(?)', [name])
  const references = await session.all('select "from", "table", "to" from pragma_foreign_key_list(?) order by "from"', [name])
  return {
    name,
    columns: columns
      .map((column) => ({
        name: String(column['name']),
        type: String(column['type']).toLowerCase(),
        nullable: column['notnull'] === 0,
        ...(column['dflt_value'] !== null && { default: String(column['dflt_value']) }),
      }))
      .toSorted(byName),
    primaryKey: columns
      .filter(({ pk }) => pk !== 0)
      .toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
      .map((column) => String(column['name'])),
    indexes: await indexesOf(session, name),
    references: references.map(({ from, table, to }) => ({ column: String(from), table: String(table), to: String(to) })),
    checks: checksIn(sql),
  }
}

async function indexesOf(session: Session, table: string): Promise<PhysicalTable['indexes']> {
  const rows = await session.all(
    `select l.name as name, l."unique" as "unique", i.name as "column"
     from pragma_index_list(?) l, pragma_index_info(l.name) i where l.origin <> 'pk' order by l.name, i.seqno`,
    [table],
  )
  const indexes = new Map<string, { name: string; columns: string[]; unique: boolean }>()
  for (const { name, unique, column } of rows) {
    const index = indexes.get(String(name)) ?? { name: String(name), columns: [], unique: unique === 1 }
    // An expression has no name.
    index.columns.push(column === null ? '' : String(column))
    indexes.set(index.name, index)
  }
  return [...indexes.values()].toSorted(byName)
}

/** SQLite has no list of them. Texts and names are stepped over, because they may hold anything. */
function checksIn(sql: string): readonly string[] {
  const names: string[] = []
  for (const [, quoted] of sql.matchAll(/'(?:[^']|'')*'|CONSTRAINT\s+"((?:[^"]|"")*)"\s+CHECK\b|"(?:[^"]|"")*"/gi))
    if (quoted !== undefined) names.push(quoted.replaceAll('""', '"'))
  return names.toSorted()
}
