import assert from 'node:assert/strict'
import { test } from 'node:test'
import { t } from '../../src/schema/t.ts'
import { openModels, refusal, type DataTest } from './fixture.ts'

async function openNumbers(): Promise<DataTest> {
  const test = await openModels(
    {
      groups: { name: t.text(), numbers: t.many('numbers', 'group') },
      numbers: { value: t.integer(), code: t.text({ max: 50 }).unique(), group: t.ref('groups') },
    },
    ({ models }) => {
      models.groups.access({ read: 'everyone' })
      models.numbers.access({ read: { value: { lt: 10 } } })
    },
  )
  const { id: group } = await test.sys['groups'].create({ name: 'all' })
  for (let value = 0; value < 12; value++) await test.sys['numbers'].create({ value, code: `c${value}`, group })
  return test
}

test('offset passes over rows, of those that the caller may read, in the order that was asked for', async () => {
  await using app = await openNumbers()
  const values = async (query: object, db: any = app.as(null)): Promise<number[]> =>
    (await db.numbers.list({ sort: 'value', ...query })).data.map((row: any) => row.value)
  assert.deepEqual(await values({ offset: 3, limit: 2 }), [3, 4])
  assert.deepEqual(await values({ offset: 3, limit: 2, sort: '-value' }), [6, 5])
  assert.deepEqual(await values({ offset: 8 }), [8, 9])
  assert.deepEqual(await values({ offset: 8 }, app.sys), [8, 9, 10, 11])
  assert.deepEqual(await values({ offset: 10 }), [])
  assert.deepEqual(await values({ offset: 0, limit: 1 }), [0])
  assert.deepEqual(await values({ offset: 1, limit: 2, sort: 'group.name', include: { group: { include: { numbers: 'count' } } } }), [1, 2])
  // The one row that a unique value means is passed over as any other.
  assert.deepEqual(await values({ where: { code: 'c1' }, offset: 1 }), [])
  assert.equal((await app.as(null)['numbers'].list({ where: { code: 'c1' }, offset: 1, count: true })).count, 1)
})

test('a numbered page has the whole count, and a cursor that goes on behind it', async () => {
  await using app = await openNumbers()
  const db = app.as(null) as any
  const page = await db.numbers.list({ sort: 'value', offset: 2, limit: 3, count: true })
  assert.equal(page.count, 10)
  const next = await db.numbers.list({ sort: 'value', limit: 3, after: page.next, count: true })
  assert.deepEqual(
    next.data.map(({ value }: any) => value),
    [5, 6, 7],
  )
  assert.equal(next.count, 10)
  assert.equal((await db.numbers.list({ offset: 8 })).next, null)
})

test('what is no offset is refused, and code may go further than callers', async () => {
  await using app = await openNumbers()
  for (const db of [app.as(null), app.sys] as any[]) {
    for (const offset of [-1, 1.5, Number.NaN, '5', null, 1_000_001, 2 ** 53]) await refusal(db.numbers.list({ offset }), 'invalid_filter')
    assert.deepEqual((await db.numbers.list({ offset: 1_000_000 })).data, [])
    const { next } = await db.numbers.list({ limit: 1 })
    await refusal(db.numbers.list({ limit: 1, offset: 0, after: next }), 'invalid_filter')
    await refusal(db.groups.list({ include: { numbers: { offset: 1 } } }), 'unknown_parameter')
    await refusal(db.numbers.first({ offset: 1 }), 'unknown_parameter')
  }
})
