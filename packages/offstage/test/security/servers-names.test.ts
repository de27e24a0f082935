// What is declared works on every database or is refused for all of them, before any table is made.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineApp, defineModels, model, t } from 'offstage'
import { testApp } from 'offstage/testing'
import { makeScratch } from '../../src/app/scratch.ts'
import { serverUrls } from './servers-world.ts'

type Use = (sys: any) => Promise<unknown>
const any = t as any

/** What came of it on each database: what `use` gave, or the code of the refusal. */
async function onEach(declare: () => object, use: Use): Promise<string[]> {
  const { models } = defineModels(declare() as any)
  for (const one of Object.values(models) as any[]) one.access({ read: 'everyone' })
  const found: string[] = []
  for (const server of [undefined, ...Object.values(serverUrls)]) {
    const scratch = server === undefined ? undefined : await makeScratch(server)
    try {
      const app = await testApp(defineApp({ models } as any) as any, { env: { DATABASE_URL: scratch?.url ?? 'file::memory:' } })
      try {
        found.push(String(await use(app.sys)))
      } finally {
        await app.close()
      }
    } catch (error) {
      const { code, problems, message } = error as { code: string; problems?: readonly { id: string }[]; message: string }
      found.push(problems ? [...new Set(problems.map(({ id }) => id))].join() : (code ?? message))
    } finally {
      await scratch?.drop()
    }
  }
  return found
}

const all = (what: string): string[] => [what, ...Object.keys(serverUrls).map(() => what)]
const code = (error: { code?: string }): string => error.code ?? 'none'
/** As many different characters of four bytes, which no database can make shorter. */
const wide = (length: number, from: number): string =>
  Array.from({ length }, (_, i) => String.fromCodePoint(0x10000 + ((i * 7919 + from * 104_729) % 0xfff00))).join('')

for (const column of ['ctid', 'XMIN', 'tableoid', '_rowid_', 'a ', 'a"b', 'a`b', 'é', 'x'.repeat(64), 'other__words', 'other__email', ''])
  test(`a column called '${column}' is refused`, async () => {
    assert.deepEqual(
      await onEach(
        () => ({ rows: { a: any.text().column(column) } }),
        () => Promise.resolve('made'),
      ),
      all('O047'),
    )
  })

for (const table of ['sqlite_rows', 'pg_class', 'offstage_settings', 'a.b', 'a"b', 'a`b'])
  test(`a table called '${table}' is refused`, async () => {
    assert.deepEqual(
      await onEach(
        () => ({ rows: model({ a: t.text() }, { table }) }),
        () => Promise.resolve('made'),
      ),
      all('O047'),
    )
  })

test('a long name leaves room for the column beside it', async () => {
  const with56 = (length: number) => () => ({
    rows: {
      a: any.text().searchable().column('x'.repeat(length)),
      b: any.email().unique().column('y'.repeat(length)),
      c: any.integer({ min: 1 }).index().column('z'.repeat(63)),
    },
  })
  const use: Use = async (sys) => {
    await sys.rows.create({ a: 'red', b: 'a@x.example', c: 1 })
    const again = await sys.rows.create({ a: 'red', b: 'A@x.example', c: 1 }).catch(code)
    return [again, (await sys.rows.list({ search: 'red' })).data.length]
  }
  assert.deepEqual(await onEach(with56(56), use), all('conflict,1'))
  assert.deepEqual(await onEach(with56(57), use), all('O047'))
})

test('words of databases are names like others', async () => {
  const declare = (): object => ({
    user: {
      from: any.text().unique(),
      table: any.integer({ min: 1 }),
      default: any.enum('check', 'primary key').index(),
      order: any.ref('user').optional(),
      rowid: any.text(),
      rowId: any.text().column('oid'),
      references: any.json().optional(),
      kids: any.many('user', 'order'),
    },
  })
  const use: Use = async (sys) => {
    const one = await sys.user.create({ from: 'a', table: 1, default: 'check', rowid: 'same', rowId: '1' })
    await sys.user.create({ from: 'b', table: 2, default: 'check', rowid: 'same', rowId: '1', order: one.id, references: { or: 1 } })
    const shape = { select: ['from', 'rowid'], include: { kids: { select: ['from'], sort: '-from' } }, sort: ['rowid', '-from'] }
    const again = await sys.user.create({ from: 'a', table: 1, default: 'check', rowid: 'x', rowId: 'y' }).catch(code)
    return JSON.stringify([again, (await sys.user.list({ ...shape, where: { default: 'check', table: { gte: 1 } } })).data])
  }
  const rows = '[{"from":"b","rowid":"same","kids":[]},{"from":"a","rowid":"same","kids":[{"from":"b"}]}]'
  assert.deepEqual(await onEach(declare, use), all(`["conflict",${rows}]`))
})

test('two indexes whose names would be one are two', async () => {
  const declare = (): object => ({
    rows: model(
      { x: any.text({ max: 9 }), y: any.text({ max: 9 }), z: any.text({ max: 9 }).unique().column('x_y') },
      { unique: [['x', 'y']] },
    ),
  })
  const use: Use = async (sys) => {
    await sys.rows.create({ x: '1', y: '1', z: '1' })
    return Promise.all(
      [
        { x: '1', y: '1', z: '2' },
        { x: '2', y: '2', z: '1' },
      ].map((row) => sys.rows.create(row).then(() => 'made', code)),
    )
  }
  assert.deepEqual(await onEach(declare, use), all('conflict,conflict'))
})

test('an email is unique within a group', async () => {
  const declare = (): object => ({
    teams: { name: t.text() },
    rows: model({ email: any.email(), team: any.ref('teams') }, { unique: [['team', 'email']] }),
  })
  const use: Use = async (sys) => {
    const [one, two] = [await sys.teams.create({ name: 'a' }), await sys.teams.create({ name: 'b' })]
    // As long as an address can be when its letters are taken apart.
    const long = `a@${'ﬃ'.repeat(20)}.${'b'.repeat(60)}.${'c'.repeat(60)}.de`
    const rows = [one, two].flatMap((team) => ['a@x.example', 'A@X.example', long].map((email) => ({ email, team: team.id })))
    const made = []
    for (const row of rows) made.push(await sys.rows.create(row).then(() => 'made', code))
    return [
      ...made,
      await sys.rows
        .create({ email: `a@${'ﬃ'.repeat(21)}.${'ﬃ'.repeat(21)}.${'ﬃ'.repeat(21)}.${'ﬃ'.repeat(21)}.de`, team: one.id })
        .catch(code),
    ]
  }
  assert.deepEqual(await onEach(declare, use), all('made,conflict,made,made,conflict,made,invalid_values'))
})

test('what no index can hold is refused as a declaration, or as a value', async () => {
  const made: Use = () => Promise.resolve('made')
  const group = (one: () => any, two: () => any) => (): object => ({
    rows: model({ one: one(), two: two() }, { unique: [['one', 'two']] }),
  })
  const short = (): any => any.text({ max: 255 })
  assert.deepEqual(await onEach(group(any.text, short), made), all('O030'))
  assert.deepEqual(
    await onEach(
      group(
        () => any.url({ max: 600 }),
        () => any.ref('rows'),
      ),
      made,
    ),
    all('O030'),
  )
  assert.deepEqual(await onEach(() => ({ rows: { a: any.url({ max: 769 }).unique() } }), made), all('O030'))
  assert.deepEqual(await onEach(group(short, short), made), all('made'))
  const three = (key: string) => (): object => ({
    rows: model({ a: short(), b: short(), c: short(), d: short() }, { [key]: [key === 'unique' ? ['a', 'b', 'c'] : ['a', 'b', 'c', 'd']] }),
  })
  for (const key of ['unique', 'index']) {
    const found = await onEach(three(key), (sys) =>
      sys.rows.create({ a: wide(255, 1), b: wide(255, 2), c: wide(255, 3), d: wide(255, 4) }).then(() => 'made', code),
    )
    // PostgreSQL keeps 2704 bytes of an index.
    assert.deepEqual(found, ['made', 'invalid_values', 'made'])
  }
  assert.deepEqual(
    await onEach(
      () => ({ rows: { a: any.url().unique(), b: any.url().index() } }),
      async (sys) => {
        const url = (length: number): string => `https://x.example/${'a'.repeat(length - 18)}`
        await sys.rows.create({ a: url(768), b: url(768) })
        return Promise.all(
          [
            { a: url(768), b: url(99) },
            { a: url(769), b: url(99) },
          ].map((row) => sys.rows.create(row).catch(code)),
        )
      },
    ),
    all('conflict,invalid_values'),
  )
})
