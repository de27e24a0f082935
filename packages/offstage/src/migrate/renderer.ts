import type { DialectName, Mend, Render } from '../store/operations.ts'

/** The renderer of one database. Loaded when there is something to render: most starts find nothing to do. */
export async function rendererFor(dialect: DialectName): Promise<Render> {
  if (dialect === 'sqlite') return (await import('../store/sqlite/ddl.ts')).renderSqlite
  if (dialect === 'postgres') return (await import('../store/postgres/ddl.ts')).renderPostgres
  return (await import('../store/mysql/ddl.ts')).renderMysql(dialect)
}

/** What puts the tables of one database right. */
export async function mendFor(dialect: DialectName): Promise<Mend> {
  if (dialect === 'sqlite') return (await import('../store/sqlite/mend.ts')).mendSqlite
  if (dialect === 'postgres') return (await import('../store/postgres/mend.ts')).mendPostgres
  return (await import('../store/mysql/mend.ts')).mendMysql(dialect)
}
