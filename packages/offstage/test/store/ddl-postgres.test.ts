import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constant } from '../../src/store/postgres/column-text.ts'
import { renderPostgres } from '../../src/store/postgres/ddl.ts'
import { expectedPostgres, introspectPostgres } from '../../src/store/postgres/introspect.ts'
import type { Blueprint, ColumnDef, ColumnType, TableDef } from '../../src/store/blueprint.ts'
import type { Operation } from '../../src/store/operations.ts'
import type { Json } from '../../src/schema/kind.ts'
import { convertsValues, keepsChoices, keepsConstants, type Values } from './ddl-conversions.ts'
import { circles, indexes, requiredColumns } from './ddl-rows.ts'
import { afterAnyOperations, apply, postgresSession } from './ddl-session.ts'

const url = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

async function withServer(run: (server: Values) => Promise<void>): Promise<void> {
  const session = await postgresSession(url)
  try {
    await run({
      session,
      render: renderPostgres,
      introspect: () => introspectPostgres(session),
      expected: expectedPostgres,
      constant,
      wire,
      read: (_, column) => column,
    })
  } finally {
    await session.close()
  }
}

/** As the driver gives it without any type parsers of ours. */
function wire(type: ColumnType, value: unknown): Json {
  if (value instanceof Date) {
    // The driver makes a day of its own midnight.
    if (type === 'datetime') return value.toISOString()
    const local = new Date(value)
    return [String(local.getFullYear()).padStart(4, '0'), local.getMonth() + 1, local.getDate()]
      .map((part) => String(part).padStart(2, '0'))
      .join('-')
  }
  return type === 'integer' ? Number(value) : (value as Json)
}

test('after any operations, one by one or several at once, the tables are those that are expected', { timeout: 400_000 }, async () => {
  for (let seed = 1; seed <= Number(process.env['SEEDS'] ?? 6); seed++) await withServer((server) => afterAnyOperations(server, seed, 40))
})

test('values become the new type, or the change is refused with none of them changed', { timeout: 400_000 }, () =>
  withServer(convertsValues),
)

test('defaults come back as they were given, and fill the rows that are there', { timeout: 400_000 }, () => withServer(keepsConstants))

test('choices are kept to, whatever letters they have', () => withServer(keepsChoices))

test('two new tables may refer to each other, their keys may change, and they go together', () => withServer(circles))

test('a required column needs a value for the rows that are there, and says so', () => withServer(requiredColumns))

test('indexes come and go, also those that references use and wide ones', () => withServer(indexes))

const id: ColumnDef = { name: 'id', type: 'uuid', nullable: false }
const n: ColumnDef = { name: 'n', type: 'integer', nullable: true }
const things: TableDef = { name: 'things', columns: [id, n], indexes: [] }
const before: Blueprint = { tables: [things] }
const unique = { name: 'things__n__unique', columns: ['n'], unique: true }

const sqlOf = (operations: readonly Operation[], from: Blueprint = before): string[] =>
  renderPostgres(from, operations).map((step) => (step.kind === 'sql' ? `${step.alone ? 'alone: ' : ''}${step.sql}` : step.says))

test('what goes over all rows of a table that is in use locks nobody out', () => {
  assert.deepEqual(
    sqlOf([{ op: 'alterColumn', table: 'things', from: n, to: { ...n, nullable: false, max: 5, default: 1 }, fill: 1 }]).map((sql) =>
      sql.replaceAll(/__[0-9a-f]{8}/g, '__hash'),
    ),
    [
      'alter table "things" drop constraint "things__n__hash", alter column "n" set default 1',
      'alter table "things" add constraint "things__n__hash" check ("n" between -9007199254740991 and 9007199254740991 and "n" <= 5) not valid',
      'alter table "things" validate constraint "things__n__hash"',
      'update "things" set "n" = 1 where "n" is null',
      'alter table "things" add constraint "things__n__required" check ("n" is not null) not valid',
      'alter table "things" validate constraint "things__n__required"',
      'alter table "things" alter column "n" set not null',
      'alter table "things" drop constraint "things__n__required"',
    ],
  )
  const owner: ColumnDef = { name: 'owner', type: 'uuid', nullable: true, references: { table: 'things', column: 'id' } }
  assert.deepEqual(sqlOf([{ op: 'addColumn', table: 'things', column: owner }]), [
    'alter table "things" add column "owner" text collate "C"',
    'alter table "things" add constraint "things__owner__ref" foreign key ("owner") references "things" ("id") not valid',
    'alter table "things" validate constraint "things__owner__ref"',
  ])
  assert.deepEqual(sqlOf([{ op: 'addIndex', table: 'things', index: unique }]), [
    'alone: drop index concurrently if exists "things__n__unique"',
    'alone: create unique index concurrently "things__n__unique" on "things" ("n")',
  ])
  assert.deepEqual(sqlOf([{ op: 'dropIndex', table: 'things', index: unique }]), [
    'alone: drop index concurrently if exists "things__n__unique"',
  ])
})

test('a table made by the same operations is nobody’s yet, and needs no care', () => {
  const statements = sqlOf(
    [
      { op: 'createTable', table: things },
      { op: 'addIndex', table: 'things', index: unique },
      { op: 'alterColumn', table: 'things', from: n, to: { ...n, nullable: false } },
    ],
    { tables: [] },
  )
  for (const sql of statements) assert.doesNotMatch(sql, /concurrently|not valid|alone/)
})

test('a name that PostgreSQL would cut is refused', () => {
  const name = 'ü'.repeat(32)
  assert.throws(() => renderPostgres(before, [{ op: 'renameTable', from: 'things', to: name }]), { code: 'invalid_call' })
})

test('texts of other lengths are the same to PostgreSQL, and cost nothing', () => {
  const text: ColumnDef = { name: 't', type: 'text(255)', nullable: true }
  const with255: Blueprint = { tables: [{ ...things, columns: [id, text] }] }
  assert.deepEqual(sqlOf([{ op: 'alterColumn', table: 'things', from: text, to: { ...text, type: 'text' } }], with255), [])
})

test('an index that could not be built counts as missing, and is built when the steps run again', () =>
  withServer(async (server) => {
    const { session } = server
    const now = await apply(server, { tables: [] }, [{ op: 'createTable', table: things }])
    await session.run(`insert into things values ('a', 1), ('b', 1)`)
    await assert.rejects(apply(server, now, [{ op: 'addIndex', table: 'things', index: unique }]), /could not create unique index/)
    assert.equal((await session.all(`select from pg_class where relname = ?`, [unique.name])).length, 1)
    assert.deepEqual(await server.introspect(), server.expected(now))
    await session.run(`delete from things where id = 'b'`)
    const after = await apply(server, now, [{ op: 'addIndex', table: 'things', index: unique }])
    assert.deepEqual(await server.introspect(), server.expected(after))
    await assert.rejects(session.run(`insert into things values ('b', 1)`))
  }))
