import { test } from 'node:test'
import type { Json } from '../../src/schema/kind.ts'
import type { ColumnType } from '../../src/store/blueprint.ts'
import { constant } from '../../src/store/mysql/column-text.ts'
import { renderMysql } from '../../src/store/mysql/ddl.ts'
import { expectedMysql, introspectMysql } from '../../src/store/mysql/introspect.ts'
import { convertsValues, keepsChoices, keepsConstants, type Values } from './ddl-conversions.ts'
import { circles, indexes, requiredColumns } from './ddl-rows.ts'
import { afterAnyOperations, mysqlSession } from './ddl-session.ts'

const url = process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/'

async function withServer(run: (server: Values) => Promise<void>): Promise<void> {
  const session = await mysqlSession(url)
  const flavour = session.dialect === 'mariadb' ? 'mariadb' : 'mysql'
  try {
    await run({
      session,
      render: renderMysql(flavour),
      introspect: () => introspectMysql(session),
      expected: (blueprint) => expectedMysql(flavour, blueprint),
      constant,
      wire,
      read: (_, column) => column,
    })
  } finally {
    await session.close()
  }
}

/** As the driver gives it, with dates and large numbers as text. */
function wire(type: ColumnType, value: unknown): Json {
  if (type === 'datetime') return `${String(value).replace(' ', 'T')}Z`
  if (type === 'json') return JSON.parse(value as string)
  if (type === 'boolean') return value === 1
  return type === 'integer' ? Number(value) : type === 'serial' ? String(value) : (value as Json)
}

test('after any operations, one by one or several at once, the tables are those that are expected', { timeout: 400_000 }, async () => {
  for (let seed = 1; seed <= Number(process.env['SEEDS'] ?? 4); seed++) await withServer((server) => afterAnyOperations(server, seed, 40))
})

test('values become the new type, or the change is refused with none of them changed', { timeout: 400_000 }, () =>
  withServer(convertsValues),
)

test('defaults come back as they were given, and fill the rows that are there', { timeout: 400_000 }, () => withServer(keepsConstants))

test('choices are kept to, whatever letters they have', () => withServer(keepsChoices))

test('two new tables may refer to each other, their keys may change, and they go together', () => withServer(circles))

test('a required column needs a value for the rows that are there, and says so', () => withServer(requiredColumns))

test('indexes come and go, also those that references use and wide ones', () => withServer(indexes))

test('a step that was done without anybody knowing may be done again', { timeout: 400_000 }, async () => {
  for (const seed of [101, 102, 103]) await withServer((server) => afterAnyOperations({ ...server, twice: true }, seed, 30))
  await withServer((server) => circles({ ...server, twice: true }))
  await withServer((server) => convertsValues({ ...server, twice: true }))
})
