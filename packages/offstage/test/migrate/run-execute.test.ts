import assert from 'node:assert/strict'
import { test } from 'node:test'
import { execute } from '../../src/migrate/execute.ts'
import { backfill } from '../../src/migrate/backfill.ts'
import type { DataSteps } from '../../src/migrate/define-data.ts'
import type { Session, Step } from '../../src/store/operations.ts'
import type { Blueprint } from '../../src/store/blueprint.ts'
import { sqliteSession } from './run-sessions.ts'

const sql = (text: string, more: object = {}): Step => ({ kind: 'sql', says: text, sql: text, ...more })
const data = (step: string): Step => ({ kind: 'run', says: step, run: { op: 'data', step } })
const tables = async (session: Session): Promise<unknown[]> =>
  (await session.all(`select name from sqlite_schema where type = 'table' order by 1`)).map((row) => row['name'])

test('steps of a transaction are done together with what records them, or not at all', async () => {
  const session = sqliteSession()
  const steps = [
    sql('create table a (id text)'),
    sql('create table b (id text)'),
    data('fill'),
    sql('create table c (id text)'),
    sql('nonsense'),
  ]
  const reached: number[] = []
  const ran: string[] = []
  await assert.rejects(
    execute(session, steps, {
      reached: async (done) => void reached.push(done),
      run: async (operation) => void ran.push((operation as { step: string }).step),
    }),
    (error: any) => error.code === 'migration_failed' && /Step 5, "nonsense"/.test(error.message) && /syntax error/.test(error.message),
  )
  assert.deepEqual([reached, ran], [[2, 3], ['fill']])
  assert.deepEqual(await tables(session), ['a', 'b'], 'c was undone with the step that failed')
  await execute(session, steps.slice(0, 4), { from: 3 })
  assert.deepEqual(await tables(session), ['a', 'b', 'c'])
  await session.close()
})

test('on a database without transactions for tables, the first step after a resume may find itself done', async () => {
  const said: string[] = []
  const refuse = (errno: number, message: string): never => {
    throw Object.assign(new Error(message), { errno })
  }
  const session: Session = {
    dialect: 'mariadb',
    all: async () => [],
    run: async (text) => {
      said.push(text)
      if (text === 'create table a') refuse(1050, "Table 'a' already exists")
      return 0
    },
    transaction: async (run) => run(),
  }
  const steps = [sql('create table a', { repeatable: true }), sql('create table b', { repeatable: true })]
  await assert.rejects(execute(session, steps), /already exists/)
  await execute(session, steps, { from: 0 })
  assert.equal(said.at(-1), 'create table b')
  await assert.rejects(execute(session, [sql('create table a')], { from: 0 }), /already exists/, 'only what is repeatable')
  await assert.rejects(execute(session, [steps[1]!, steps[0]!], { from: 0 }), /already exists/, 'only the first')
})

test('a lock that others hold is waited for, in several tries', async () => {
  let refused = 0
  const session: Session = {
    dialect: 'postgres',
    all: async () => [],
    run: async (text) => {
      if (text.startsWith('alter') && refused++ < 2) throw Object.assign(new Error('canceling statement'), { code: '55P03' })
      return 0
    },
    transaction: async (run) => run(),
  }
  await execute(session, [sql('alter table a add b text')])
  assert.equal(refused, 3)
})

const people: Blueprint = {
  tables: [
    {
      name: 'people',
      columns: [
        { name: 'id', type: 'uuid', nullable: false },
        { name: 'email', type: 'text(255)', nullable: false },
        { name: 'email__email', type: 'text(768)', nullable: true, shadow: { of: 'email', use: 'email' } },
        { name: 'price', type: 'decimal(10,2)', nullable: false },
        { name: 'total', type: 'decimal(12,2)', nullable: true },
        { name: 'at', type: 'datetime', nullable: true },
        { name: 'meta', type: 'json', nullable: true },
        { name: 'done', type: 'boolean', nullable: true },
      ],
      indexes: [],
    },
  ],
}

async function filled(rows: number): Promise<ReturnType<typeof sqliteSession>> {
  const session = sqliteSession()
  await session.run(
    'create table people (id text primary key not null, email text not null, email__email text, price integer not null, total integer, at text, meta text, done integer) strict',
  )
  await session.transaction(async () => {
    for (let i = 0; i < rows; i++)
      await session.run('insert into people (id, email, price) values (?, ?, ?)', [String(i).padStart(6, '0'), `Ada${i}@Example.COM `, i])
  })
  return session
}

const steps: DataSteps = {
  totals: {
    table: 'people',
    columns: ['price'],
    where: { total: null },
    batch: 70,
    run: (rows) => rows.map((row) => ({ total: row['price'], at: '2026-01-01T00:00:00.000Z', meta: { a: [1] }, done: true })),
  },
}

test('code changes rows in batches, in wire form, and goes on where it was', async () => {
  const session = await filled(500)
  let cursor: string | undefined
  let batches = 0
  const options = { tables: people, steps, save: async (to: string) => void (cursor = to), now: () => new Date(0) }
  await assert.rejects(
    backfill(
      session,
      { op: 'data', step: 'totals' },
      { ...options, save: async (to) => (++batches > 3 ? assert.fail('killed') : void (cursor = to)) },
    ),
    /killed/,
  )
  assert.equal(
    (await session.all('select count(*) as n from people where total is null'))[0]!['n'],
    500 - 210,
    'the fourth batch was undone',
  )
  const told: number[] = []
  await backfill(session, { op: 'data', step: 'totals' }, { ...options, cursor, told: (rows) => told.push(rows) })
  assert.equal(told[0], 280)
  assert.equal(told.at(-1), 500)
  const [first] = await session.all('select * from people where id = ?', ['000123'])
  assert.deepEqual(
    { ...first },
    {
      id: '000123',
      email: 'Ada123@Example.COM ',
      email__email: null,
      price: 123,
      total: 123,
      at: '2026-01-01T00:00:00.000Z',
      meta: '{"a":[1]}',
      done: 1,
    },
  )
  assert.equal((await session.all('select count(*) as n from people where total is null'))[0]!['n'], 0)
  await session.close()
})

test('batches hold as many rows as take 150 ms, by the clock that is given', async () => {
  const session = await filled(4_000)
  const sizes: number[] = []
  let time = 0
  // As on a machine on which a row takes so many milliseconds.
  const pace = [0.5, 0.5, 3, 3, 0.5, 0.25, 0.25, 0.25]
  await backfill(
    session,
    { op: 'data', step: 'all' },
    {
      tables: people,
      steps: {
        all: {
          table: 'people',
          columns: ['price'],
          batch: 700,
          run(rows) {
            time += rows.length * (pace[sizes.length] ?? 0)
            sizes.push(rows.length)
            return rows.map(() => ({ done: true }))
          },
        },
      },
      save: async () => {},
      now: () => new Date(time),
    },
  )
  assert.deepEqual(sizes.slice(0, 8), [200, 300, 300, 50, 50, 100, 200, 400])
  assert.ok(sizes.every((size) => size <= 700))
  assert.equal(
    sizes.reduce((sum, size) => sum + size),
    4_000,
  )
  await session.close()
})

test('a shadow is worked out for the rows that are there', async () => {
  const session = await filled(30)
  const column = people.tables[0]!.columns[2]!
  await backfill(session, { op: 'fillShadow', table: 'people', key: 'id', column }, { tables: people, steps: {}, save: async () => {} })
  const [row] = await session.all('select email__email as shadow from people where id = ?', ['000007'])
  assert.equal(row!['shadow'], 'ada7@example.com')
  await session.close()
})

test('a data step that is wrong is told what to write', async () => {
  const session = await filled(3)
  const run = (step: DataSteps[string], name = 'one'): Promise<void> =>
    backfill(session, { op: 'data', step: name }, { tables: people, steps: { one: step }, save: async () => {} })
  await assert.rejects(run({ table: 'people', run: () => [] }), /got 3 rows and gave 0 changes/)
  await assert.rejects(run({ table: 'persons', run: () => [] }), /no table persons; there are: people/)
  await assert.rejects(run({ table: 'people', run: (rows) => rows.map(() => ({ totl: 1 })) }), /no column totl/)
  await assert.rejects(run({ table: 'people', run: () => [] }, 'two'), /has a data step two, and its data.ts has one/)
  await session.close()
})

test('a data step may read other tables, and add rows to them, with its batch', async () => {
  const session = await filled(5)
  const one: DataSteps[string] = {
    table: 'people',
    columns: [],
    where: { id: ['000001', '000002'] },
    async run(rows, { read, insert }) {
      const others = await read('people', ['price'], { id: ['000003', '000004'] })
      const id = rows.map((row) => row['id']).join('+')
      if ((await read('people', [], { id })).length === 0) await insert('people', [{ id, email: 'x', price: '1.50', done: false }])
      return rows.map(() => ({ total: others[1]!['price'] }))
    },
  }
  await backfill(session, { op: 'data', step: 'one' }, { tables: people, steps: { one }, save: async () => {} })
  const rows = await session.all('select id, price, total from people order by id')
  assert.deepEqual(
    rows.map((row) => Object.values(row)),
    [
      ['000000', 0, null],
      ['000001', 1, 4],
      ['000001+000002', 150, null],
      ['000002', 2, 4],
      ['000003', 3, null],
      ['000004', 4, null],
    ],
  )
  await session.close()
})

test('rows that come in behind the cursor are found, and none is changed twice', async () => {
  const session = await filled(30)
  const seen: string[] = []
  const one: DataSteps[string] = {
    table: 'people',
    columns: ['price'],
    where: { total: null },
    async run(rows, { insert }) {
      seen.push(...rows.map((row) => row['id']))
      if (seen.length === 30) await insert('people', [{ id: '000000a', email: 'x', price: '1.50' }])
      return rows.map((row) => ({ total: row['price'] }))
    },
  }
  await backfill(session, { op: 'data', step: 'one' }, { tables: people, steps: { one }, save: async () => {} })
  assert.deepEqual([seen.length, new Set(seen).size, seen.at(-1)], [31, 31, '000000a'])
  await session.close()
})
