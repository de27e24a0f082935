// What values become when the type of their column changes, in wire form; undefined where the change must be refused.

import assert from 'node:assert/strict'
import type { Json } from '../../src/schema/kind.ts'
import type { Blueprint, ColumnDef, ColumnType, TableDef } from '../../src/store/blueprint.ts'
import { conversion } from '../../src/store/conversions.ts'
import type { Operation } from '../../src/store/operations.ts'
import { apply, type Server } from './ddl-session.ts'

type Case = readonly [ColumnType, ColumnType, Json, Json | undefined]

const many = (from: ColumnType, to: ColumnType, values: readonly (readonly [Json, Json | undefined])[]): Case[] =>
  values.map(([value, wanted]) => [from, to, value, wanted])
const refused = (from: ColumnType, to: ColumnType, values: readonly Json[]): Case[] => values.map((value) => [from, to, value, undefined])

export const conversions: readonly Case[] = [
  ...many('text', 'integer', [
    ['0', 0],
    ['-12', -12],
    ['9007199254740991', 9007199254740991],
  ]),
  ...refused('text', 'integer', [
    '',
    '+1',
    '007',
    '1.0',
    ' 1',
    '1 ',
    '1\n',
    '1e3',
    '-0',
    '9007199254740992',
    '99999999999999999999',
    'x',
    '１',
  ]),
  ...many('text(255)', 'serial', [['12', '12']]),
  ...refused('key', 'serial', ['a']),
  ...many('text', 'decimal(10,2)', [
    ['7.5', '7.50'],
    ['-0.05', '-0.05'],
    ['-3', '-3.00'],
    ['1.500', '1.50'],
    ['0', '0.00'],
    ['-0.00', '0.00'],
    ['99999999.99', '99999999.99'],
  ]),
  ...refused('text', 'decimal(10,2)', [
    '',
    '-',
    '.',
    '1.',
    '.5',
    '1.005',
    '--1',
    '1-',
    '+1',
    ' 1',
    '1\n',
    '1e3',
    '12345678901',
    'NaN',
    '1.2.3',
    '1,5',
  ]),
  ...many('text(768)', 'decimal(18,0)', [
    ['123456789012345678', '123456789012345678'],
    ['5.0', '5'],
  ]),
  ...many('text', 'decimal(4,4)', [['0.1234', '0.1234']]),
  ...many('text', 'boolean', [
    ['true', true],
    ['false', false],
  ]),
  ...refused('text', 'boolean', ['TRUE', 'True', '1', 't', '', 'true ', 'true\n']),
  ...many('text', 'date', [
    ['2026-02-28', '2026-02-28'],
    ['0001-01-01', '0001-01-01'],
    ['9999-12-31', '9999-12-31'],
  ]),
  ...refused('text', 'date', [
    '2026-02-30',
    '2026-2-3',
    '',
    '2026-01-01 ',
    '20260101',
    '2026-01-01T00:00:00.000Z',
    '2026-13-01',
    '0000-01-01',
  ]),
  ...many('text', 'datetime', [
    ['2026-01-31T12:00:00.123Z', '2026-01-31T12:00:00.123Z'],
    ['0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00.000Z'],
  ]),
  ...refused('text', 'datetime', [
    '2026-01-31T12:00:00Z',
    '2026-02-30T12:00:00.000Z',
    '2026-01-31T24:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    '2026-01-31 12:00:00.000',
    '2026-01-31T12:00:00.000+01:00',
    '',
  ]),
  ...many('text', 'text(255)', [
    ['ü'.repeat(255), 'ü'.repeat(255)],
    ['', ''],
  ]),
  ...refused('text', 'text(255)', ['😀'.repeat(256)]),
  ...many('text(255)', 'text', [[" it's \\ ", " it's \\ "]]),
  ...many('text', 'text(768)', [['😀'.repeat(768), '😀'.repeat(768)]]),
  ...refused('text', 'text(768)', ['a'.repeat(769)]),
  ...refused('text(768)', 'text(255)', ['a'.repeat(256)]),
  ...many('text(255)', 'key', [['a/b', 'a/b']]),
  ...refused('text(255)', 'key', ['']),
  ...refused('text(255)', 'uuid', ['', 'a'.repeat(37)]),
  ...many('key', 'uuid', [['018f0000-0000-7000-8000-000000000000', '018f0000-0000-7000-8000-000000000000']]),
  ...many('uuid', 'key', [['018f0000-0000-7000-8000-000000000000', '018f0000-0000-7000-8000-000000000000']]),
  ...many('integer', 'text', [
    [-12, '-12'],
    [9007199254740991, '9007199254740991'],
  ]),
  ...many('integer', 'key', [[12, '12']]),
  ...many('serial', 'text(255)', [['12', '12']]),
  ...many('integer', 'serial', [[12, '12']]),
  ...many('serial', 'integer', [['12', 12]]),
  ...many('integer', 'decimal(10,2)', [
    [-12, '-12.00'],
    [99999999, '99999999.00'],
  ]),
  ...refused('integer', 'decimal(10,2)', [123_456_789, -100_000_000]),
  ...many('integer', 'boolean', [
    [1, true],
    [0, false],
  ]),
  ...refused('integer', 'boolean', [2, -1]),
  ...many('integer', 'real', [
    [-3, -3],
    [9007199254740991, 9007199254740991],
  ]),
  ...many('decimal(10,2)', 'text', [
    ['-0.05', '-0.05'],
    ['7.50', '7.50'],
    ['0.00', '0.00'],
  ]),
  ...many('decimal(18,0)', 'text(255)', [['-123456789012345678', '-123456789012345678']]),
  ...many('decimal(10,2)', 'integer', [
    ['7.00', 7],
    ['-99999999.00', -99999999],
  ]),
  ...refused('decimal(10,2)', 'integer', ['7.50', '-0.01']),
  ...refused('decimal(18,0)', 'integer', ['9007199254740992']),
  ...many('decimal(10,2)', 'real', [
    ['1.10', 1.1],
    ['-99999999.99', -99999999.99],
  ]),
  ...many('decimal(10,2)', 'decimal(12,4)', [['1.50', '1.5000']]),
  ...many('decimal(12,4)', 'decimal(10,2)', [
    ['1.5000', '1.50'],
    ['-1.2300', '-1.23'],
  ]),
  ...refused('decimal(12,4)', 'decimal(10,2)', ['1.5001', '0.0050']),
  ...refused('decimal(12,2)', 'decimal(10,2)', ['1234567890.00']),
  ...many('real', 'decimal(10,2)', [
    [0.1, '0.10'],
    [-7, '-7.00'],
    [99999999.99, '99999999.99'],
  ]),
  ...refused('real', 'decimal(10,2)', [1.005, 1e10, 0.30000000000000004]),
  ...many('real', 'decimal(12,4)', [[1.005, '1.0050']]),
  ...many('real', 'integer', [
    [3, 3],
    [-9007199254740991, -9007199254740991],
  ]),
  ...refused('real', 'integer', [3.5, -0.1, 1e16, 1e300]),
  ...many('boolean', 'text', [
    [true, 'true'],
    [false, 'false'],
  ]),
  ...many('boolean', 'text(255)', [
    [true, 'true'],
    [false, 'false'],
  ]),
  ...many('boolean', 'integer', [
    [true, 1],
    [false, 0],
  ]),
  ...many('datetime', 'date', [['2026-01-31T00:00:00.000Z', '2026-01-31']]),
  ...refused('datetime', 'date', ['2026-01-31T12:00:00.000Z', '2026-01-31T00:00:00.001Z']),
  ...many('datetime', 'text(255)', [
    ['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.000Z'],
    ['0001-01-01T00:00:00.007Z', '0001-01-01T00:00:00.007Z'],
  ]),
  ...many('date', 'datetime', [
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['9999-12-31', '9999-12-31T00:00:00.000Z'],
  ]),
  ...many('date', 'text', [
    ['2026-01-31', '2026-01-31'],
    ['0001-01-01', '0001-01-01'],
  ]),
  ...many('json', 'text', [
    [{ b: 1, a: [" it's ", null] }, `{"b":1,"a":[" it's ",null]}`],
    ['x', '"x"'],
  ]),
  ...refused('json', 'text(255)', ['a'.repeat(254)]),
]

export interface Values extends Server {
  /** A constant in wire form as SQL. */
  constant(type: ColumnType, value: Json): string
  /** What the driver gave, in wire form. */
  wire(type: ColumnType, value: unknown): Json
  /** The expression for what `wire` takes. */
  read(type: ColumnType, column: string): string
}

/** The column is indexed, has a default and is required in turns, so that none of these stands in the way. */
export async function convertsValues(server: Values): Promise<void> {
  const { session, constant } = server
  const valueOf = async (type: ColumnType): Promise<Json> => {
    const [row] = await session.all(`select ${server.read(type, 'v')} as v from things where id = 'a'`)
    return server.wire(type, row!['v'])
  }
  for (const [at, [from, to, value, wanted]] of conversions.entries()) {
    const told = `${from} to ${to}: ${JSON.stringify(value)}`
    assert.notEqual(conversion(from, to), 'impossible', told)
    const indexable = ![from, to].some((type) => ['text', 'json', 'text(768)'].includes(type))
    const id: ColumnDef = { name: 'id', type: 'key', nullable: false }
    const withDefault = at % 2 === 0 && from !== 'json' && wanted !== undefined
    const old: ColumnDef = { name: 'v', type: from, nullable: true, ...(withDefault && { default: value }) }
    const next: ColumnDef = { name: 'v', type: to, nullable: at % 3 > 0, ...(withDefault && { default: wanted! }) }
    const index = { name: 'things__v__index', columns: ['v', 'id'], unique: false }
    const table: TableDef = { name: 'things', columns: [id, old], indexes: indexable ? [index] : [] }
    const before: Blueprint = await apply(server, { tables: [] }, [{ op: 'createTable', table }])
    await session.run(
      `insert into things (id, v) values ('a', ${constant(from, value)})${next.nullable ? `, ('b', ${constant(from, null)})` : ''}`,
    )
    const change = apply(server, before, [{ op: 'alterColumn', table: 'things', from: old, to: next }])
    if (wanted === undefined) await assert.rejects(change, told)
    else {
      const after = await change
      assert.deepEqual(await server.introspect(), server.expected(after), told)
      assert.deepEqual(await valueOf(to), wanted, told)
    }
    if (wanted === undefined) assert.deepEqual(await valueOf(from), value, told)
    if (next.nullable) assert.equal((await session.all(`select v from things where id = 'b'`))[0]!['v'], null, told)
    await session.run('drop table things')
  }
}

const texts = ['', "it's", "''", 'a\\nb', '\\', "\\'", 'a\nb\t', ' ü😀 ', '%_?', 'NULL', 'now()', '12', 'true', '"x"', '`x`', "'::text"]

const constants: readonly (readonly [ColumnType, Json])[] = [
  ...(['text(255)', 'text(768)', 'text', 'key'] as const).flatMap((type) => texts.map((value) => [type, value] as const)),
  ...[0, -1, 9007199254740991, -9007199254740991].map((value) => ['integer', value] as const),
  ...[0, 0.1, -1.5, 1e300, 5e-324, -1.7976931348623157e308, 123456789.123].map((value) => ['real', value] as const),
  ...['0.00', '-7.50', '99999999.99'].map((value) => ['decimal(10,2)', value] as const),
  ...['-123456789012345678', '5'].map((value) => ['decimal(18,0)', value] as const),
  ['boolean', true],
  ['boolean', false],
  ...['2026-01-31T12:00:00.123Z', '0001-01-01T00:00:00.000Z', '1900-06-01T00:00:00.007Z', '9999-12-31T23:59:59.999Z'].map(
    (value) => ['datetime', value] as const,
  ),
  ...['2026-01-31', '0001-01-01', '9999-12-31'].map((value) => ['date', value] as const),
]

/** Set when the column is made, when it is added, and changed from and to none. */
export async function keepsConstants(server: Values): Promise<void> {
  const { session } = server
  const id: ColumnDef = { name: 'id', type: 'key', nullable: false }
  for (const [at, [type, value]] of constants.entries()) {
    const told = `${type}: ${JSON.stringify(value)}`
    const plain: ColumnDef = { name: 'v', type, nullable: at % 2 > 0 }
    const filled: ColumnDef = { ...plain, default: value }
    let now = await apply(server, { tables: [] }, [{ op: 'createTable', table: { name: 'things', columns: [id], indexes: [] } }])
    await session.run(`insert into things (id) values ('a')`)
    const check = async (operation: Operation): Promise<void> => {
      now = await apply(server, now, [operation])
      assert.deepEqual(await server.introspect(), server.expected(now), told)
    }
    await check({ op: 'addColumn', table: 'things', column: filled })
    await check({ op: 'alterColumn', table: 'things', from: filled, to: plain })
    await check({ op: 'addColumn', table: 'things', column: { ...plain, name: 'w' }, fill: value })
    await check({ op: 'alterColumn', table: 'things', from: plain, to: filled })
    await check({ op: 'dropColumn', table: 'things', column: { ...plain, name: 'w' } })
    await session.run(`insert into things (id) values ('b')`)
    const rows = await session.all(`select ${server.read(type, 'v')} as v from things`)
    assert.deepEqual(
      rows.map(({ v }) => server.wire(type, v)),
      [value, value],
      told,
    )
    await session.run('drop table things')
  }
}

/** Whatever letters they have, also when they are renamed, and one more comes. */
export async function keepsChoices(server: Values): Promise<void> {
  const { session, constant } = server
  const id: ColumnDef = { name: 'id', type: 'key', nullable: false }
  const choices = texts.filter((text) => text !== '')
  const old: ColumnDef = { name: 'v', type: 'text(255)', nullable: false, choices: choices.slice(1) }
  let now = await apply(server, { tables: [] }, [{ op: 'createTable', table: { name: 'things', columns: [id, old], indexes: [] } }])
  const insert = (at: number, value: string): Promise<number> =>
    session.run(`insert into things (id, v) values ('${at}', ${constant('text', value)})`)
  await assert.rejects(insert(0, choices[0]!))
  now = await apply(server, now, [{ op: 'alterColumn', table: 'things', from: old, to: { ...old, choices } }])
  assert.deepEqual(await server.introspect(), server.expected(now))
  for (const [at, choice] of choices.entries()) await insert(at, choice)
  for (const other of ['', 'A', '\\\\', ' ü😁 ', 'now() ']) await assert.rejects(insert(99, other), other)
  for (const from of choices.slice(1))
    await apply(server, now, [{ op: 'renameChoice', table: 'things', column: 'v', from, to: choices[0]! }])
  const rows = await session.all('select distinct v from things')
  assert.deepEqual(
    rows.map(({ v }) => v),
    [choices[0]],
  )
}
