// TEST_POSTGRES_URL and TEST_MYSQL_URL name the servers.

import { mysqlDialect } from '../../src/store/mysql/dialect.ts'
import { flavourOf } from '../../src/store/mysql/flavour.ts'
import { postgresDialect } from '../../src/store/postgres/dialect.ts'
import { openFresh as openMysql } from './mysql-fixture.ts'
import { openFresh as openPostgres } from './postgres-fixture.ts'
import { searchIndex } from './search-index.ts'

searchIndex({
  name: 'PostgreSQL',
  open: openPostgres,
  dialect: () => postgresDialect,
  // The index takes new rows in when the table is looked after.
  analyse: 'vacuum analyze goods',
  explain: 'explain',
  byIndex: /Bitmap Index Scan on goods__search/,
  byReading: /Seq Scan/,
})

searchIndex({
  name: 'MySQL',
  open: openMysql,
  dialect: (store) => mysqlDialect(flavourOf(store.dialect === 'mariadb' ? '10.11.0-MariaDB' : '8.4.0', ''), true),
  analyse: 'analyze table goods',
  explain: 'explain',
  byIndex: /"goods__search"/,
  byReading: /"ALL"/,
})
