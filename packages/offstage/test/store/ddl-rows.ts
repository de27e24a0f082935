// What becomes of rows and references when tables change that have some.

import assert from 'node:assert/strict'
import type { Blueprint, ColumnDef, ColumnType, IndexDef, TableDef } from '../../src/store/blueprint.ts'
import { apply, type Server } from './ddl-session.ts'

const nothing: Blueprint = { tables: [] }
const id: ColumnDef = { name: 'id', type: 'uuid', nullable: false }

const reference = (name: string, table: string, type: ColumnType = 'uuid'): ColumnDef => ({
  name,
  type,
  nullable: true,
  references: { table, column: 'id' },
})
const isExpected = async (server: Server, now: Blueprint): Promise<void> =>
  assert.deepEqual(await server.introspect(), server.expected(now))

/** Two new tables refer to each other and to themselves; their keys change type under rows; they go in one step. */
export async function circles(server: Server): Promise<void> {
  const { session } = server
  const a: TableDef = { name: 'a', columns: [id, reference('other', 'b'), reference('self', 'a')], indexes: [] }
  const b: TableDef = { name: 'b', columns: [id, reference('other', 'a')], indexes: [] }
  let now = await apply(server, nothing, [
    { op: 'createTable', table: a },
    { op: 'createTable', table: b },
  ])
  await isExpected(server, now)
  await session.run(`insert into a (id, self) values ('x', 'x')`)
  await session.run(`insert into b (id, other) values ('y', 'x')`)
  await session.run(`update a set other = 'y'`)
  const toKey = (table: string, from: ColumnDef): object => ({
    op: 'alterColumn',
    table,
    from,
    to: { ...from, type: 'text(768)' as const },
  })
  now = await apply(server, now, [
    toKey('a', id),
    toKey('b', reference('other', 'a')),
    toKey('a', reference('self', 'a')),
    { op: 'renameTable', from: 'a', to: 'c' },
    { op: 'renameColumn', table: 'c', from: 'id', to: 'key' },
  ] as never)
  await isExpected(server, now)
  await assert.rejects(session.run(`insert into b (id, other) values ('z', 'nobody')`))
  await assert.rejects(session.run(`delete from c`))
  assert.equal((await session.all('select * from c')).length, 1)
  now = await apply(
    server,
    now,
    [...now.tables].map((table) => ({ op: 'dropTable', table })),
  )
  await isExpected(server, now)
}

/** Nobody fills in what a row has no value for. */
export async function requiredColumns(server: Server): Promise<void> {
  const { session } = server
  const table: TableDef = { name: 'things', columns: [id, { name: 'n', type: 'integer', nullable: true }], indexes: [] }
  let now = await apply(server, nothing, [{ op: 'createTable', table }])
  await session.run(`insert into things (id, n) values ('a', null), ('b', 1)`)
  const required: ColumnDef = { name: 'n', type: 'integer', nullable: false, max: 5, default: 3 }
  const bare: ColumnDef = { name: 'm', type: 'text', nullable: false }
  for (const type of ['text', 'integer', 'date', 'datetime', 'json'] as const) {
    await assert.rejects(apply(server, now, [{ op: 'addColumn', table: 'things', column: { ...bare, type } }]))
    // A database that commits every statement has it as far as it came.
    if ((await session.all('select * from things'))[0]!['m'] !== undefined) await session.run('alter table things drop column m')
  }
  await assert.rejects(apply(server, now, [{ op: 'alterColumn', table: 'things', from: table.columns[1]!, to: { ...required, max: 9 } }]))
  await session.run('drop table things')
  now = await apply(server, nothing, [{ op: 'createTable', table }])
  await session.run(`insert into things (id, n) values ('a', null), ('b', 1)`)
  now = await apply(server, now, [
    { op: 'alterColumn', table: 'things', from: table.columns[1]!, to: required, fill: 4 },
    { op: 'addColumn', table: 'things', column: bare, fill: "it's \\" },
    { op: 'addColumn', table: 'things', column: { name: 'j', type: 'json', nullable: false }, fill: { a: ['x'] } },
    {
      op: 'addColumn',
      table: 'things',
      column: { name: 'flag', type: 'text(255)', nullable: false, choices: ['a', "it's"], default: 'a' },
      fill: "it's",
    },
    { op: 'renameChoice', table: 'things', column: 'flag', from: "it's", to: 'a' },
  ])
  await isExpected(server, now)
  const rows = await session.all('select n, m, j, flag from things order by id')
  assert.deepEqual(
    rows.map(({ n, m, j, flag }) => [Number(n), m, typeof j === 'string' ? JSON.parse(j) : j, flag]),
    [
      [4, "it's \\", { a: ['x'] }, 'a'],
      [1, "it's \\", { a: ['x'] }, 'a'],
    ],
  )
  // JSON that is no object: a boolean or a text must not be taken for a value of the database's own.
  for (const [at, fill] of [true, 5, 'it is', []].entries()) {
    now = await apply(server, now, [{ op: 'addColumn', table: 'things', column: { name: `j${at}`, type: 'json', nullable: true }, fill }])
    const [row] = await session.all(`select j${at} as j from things`)
    assert.deepEqual(fill, typeof row!['j'] === 'string' && row!['j'] !== fill ? JSON.parse(row!['j']) : row!['j'])
  }
  await assert.rejects(session.run(`insert into things (id, m, j) values ('c', null, 'null')`))
  await assert.rejects(session.run(`insert into things (id, m, j, n) values ('c', '', 'null', 6)`))
  await session.run(`insert into things (id, m, j) values ('c', '', 'null')`)
}

/** The index that a reference uses can go, and wide ones can be made. */
export async function indexes(server: Server): Promise<void> {
  const wide = (name: string, type: ColumnType): ColumnDef => ({ name, type, nullable: true })
  const index = (name: string, columns: readonly string[], unique = false): IndexDef => ({ name, columns, unique })
  const table: TableDef = {
    name: 'things',
    columns: [id, reference('parent', 'things'), wide('x', 'text(768)'), wide('y', 'text(255)'), wide('z', 'text(255)'), wide('t', 'text')],
    indexes: [index('i1', ['parent', 'id'])],
  }
  let now = await apply(server, nothing, [{ op: 'createTable', table }])
  await isExpected(server, now)
  now = await apply(server, now, [
    { op: 'dropIndex', table: 'things', index: table.indexes[0]! },
    { op: 'addIndex', table: 'things', index: index('i2', ['x'], true) },
    { op: 'addIndex', table: 'things', index: index('i3', ['x', 'id']) },
    { op: 'addIndex', table: 'things', index: index('i4', ['y', 'z'], true) },
    { op: 'addIndex', table: 'things', index: index('i5', ['x', 'y', 'z', 'id']) },
  ])
  await isExpected(server, now)
  now = await apply(server, now, [{ op: 'addIndex', table: 'things', index: index('i6', ['parent'], true) }])
  await isExpected(server, now)
  // Texts that get longer than an index can hold, and shorter again.
  const [short, long] = [wide('z', 'text(255)'), wide('z', 'text(768)')]
  now = await apply(server, now, [
    { op: 'dropIndex', table: 'things', index: index('i4', ['y', 'z'], true) },
    { op: 'addIndex', table: 'things', index: index('i7', ['z', 'id']) },
  ])
  for (const [from, to] of [
    [short, long],
    [long, short],
  ] as const) {
    now = await apply(server, now, [{ op: 'alterColumn', table: 'things', from, to }])
    await isExpected(server, now)
  }
}
