import type { DialectName, Render } from '../store/operations.ts'

/** The renderer of one database. Loaded when there is something to render: most starts find nothing to do. */
export async function rendererFor(dialect: DialectName): Promise<Render> {
  if (dialect === 'sqlite') return (await import('../store/sqlite/ddl.ts')).renderSqlite
  if (dialect === 'postgres') return (await import('../store/postgres/ddl.ts')).renderPostgres
  return (await import('../store/mysql/ddl.ts')).renderMysql(dialect)
}
