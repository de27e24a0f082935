import type { DialectName, Render } from '../store/operations.ts'
import { renderMysql } from '../store/mysql/ddl.ts'
import { renderPostgres } from '../store/postgres/ddl.ts'
import { renderSqlite } from '../store/sqlite/ddl.ts'

/** How each database says operations. None needs its driver for that. */
export const renderers: Readonly<Record<DialectName, Render>> = {
  sqlite: renderSqlite,
  postgres: renderPostgres,
  mysql: renderMysql('mysql'),
  mariadb: renderMysql('mariadb'),
}
