import type { DialectName, RepairTable, Render } from '../store/operations.ts'

/** The renderer of one database. Loaded when there is something to render: most starts find nothing to do. */
export async function rendererFor(dialect: DialectName): Promise<Render> {
  if (dialect === 'sqlite') return (await import('../store/sqlite/ddl.ts')).renderSqlite
  if (dialect === 'postgres') return (await import('../store/postgres/ddl.ts')).renderPostgres
  return (await import('../store/mysql/ddl.ts')).renderMysql(dialect)
}

/** What puts the tables of one database right. */
export async function repairTableFor(dialect: DialectName): Promise<RepairTable> {
  if (dialect === 'sqlite') return (await import('../store/sqlite/repair.ts')).repairSqlite
  if (dialect === 'postgres') return (await import('../store/postgres/repair.ts')).repairPostgres
  return (await import('../store/mysql/repair.ts')).repairMysql(dialect)
}
