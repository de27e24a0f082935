import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Row } from '../../src/schema/kind.ts'
import { createModel } from '../../src/schema/model.ts'
import { t } from '../../src/schema/t.ts'
import { all, at, insert, query } from '../../src/store/contract/notes.ts'
import { UniqueViolation, type Store } from '../../src/store/store.ts'
import { openVersion, type Version } from './follow-versions.ts'

const any = t as any
type Fields = Record<string, any>

let changes = 0

const opened = (database: string, models: Record<string, Fields>): Promise<Version> =>
  openVersion(database, Object.fromEntries(Object.entries(models).map(([model, fields]) => [model, createModel(fields)])))

const row = (id: string, values: Row): Row => ({ id, createdAt: at, updatedAt: at, version: 1, ...values })

/** Makes tables for `before` with one row in `things`, then lets them follow `after`. */
async function change(
  before: Fields,
  values: Row,
  after: Fields | undefined,
  then: (store: Store, follow: Version['follow']) => Promise<void>,
): Promise<void> {
  const database = `tables-${++changes}`
  const first = await opened(database, { things: before, others: {} })
  await first.follow()
  await insert(first.store, 'things', [row('a', values)])
  await first.store.close()
  const second = await opened(database, after ? { things: after, others: {} } : { others: {} })
  try {
    await then(second.store, second.follow)
  } finally {
    await second.store.close()
  }
  // Whatever came of it: what was refused has changed nothing.
  const third = await opened(database, after ? { things: after, others: {} } : { others: {} })
  await third.store.close()
}
const first = async (store: Store, ...fields: string[]): Promise<Row> => (await store.list(query('things', fields))).rows[0]!

const refuses =
  (words: RegExp) =>
  async (_store: Store, follow: Version['follow']): Promise<void> => {
    await assert.rejects(
      follow(),
      (error: Error & { code: string }) => error.code === 'data_loss' && words.test(error.message),
      String(words),
    )
    await assert.rejects(
      follow({ dryRun: true }).then((done) => assert.deepEqual(done, [])),
      'still not as the models are',
    )
  }

describe('tables that follow the models', { timeout: 300_000 }, () => {
  test('they are made once, and a dry run says what would be done', async () => {
    const { store, follow } = await opened('tables-once', { things: { text: any.text().unique() } })
    const planned = await follow({ dryRun: true })
    assert.ok(planned.some((said) => said.includes('things')))
    await assert.rejects(store.count('things', all))
    assert.deepEqual(await follow(), planned)
    assert.deepEqual(await follow(), [])
    await store.close()
    const { store: again, follow: followAgain } = await opened('tables-once', { things: { text: any.text().unique() } })
    assert.deepEqual(await followAgain({ dryRun: true }), [])
    await again.close()
  })

  test('a column that may be empty or has a default is added, and a renamed one keeps its values', async () => {
    await change(
      { text: any.text() },
      { text: 'x' },
      {
        headline: any.text().renamedFrom('text').searchable(),
        note: any.text().optional(),
        stars: any.integer().default(3),
        price: any.decimal(10, 2).default('1.50'),
      },
      async (store, follow) => {
        const said = await follow()
        assert.match(said.join(), /renamed text to headline/)
        assert.deepEqual(await first(store, 'headline', 'note', 'stars', 'price'), { headline: 'x', note: null, stars: 3, price: '1.50' })
        assert.equal(await store.count('things', { is: 'search', fields: ['headline'], words: ['x'] }), 1)
        assert.deepEqual(await follow(), [])
      },
    )
  })

  test('rows that refer to a table that is built anew keep their references', async () => {
    const { store, follow } = await opened('tables-refs', {
      parents: { a: any.text() },
      things: { parent: any.ref('parents') },
    })
    await follow()
    await insert(store, 'parents', [row('p', { a: 'x' })])
    await insert(store, 'things', [row('t', { parent: 'p' })])
    await store.close()
    const { store: next, follow: followNext } = await opened('tables-refs', {
      parents: { a: any.text(), b: any.text().optional() },
      things: { parent: any.ref('parents') },
    })
    await followNext()
    assert.deepEqual(await first(next, 'parent'), { parent: 'p' })
    await assert.rejects(
      next.transaction((tx) => tx.delete('parents', 'p')),
      'references are still checked',
    )
    await next.close()
  })

  test('an empty table, and an empty column, may change as they like', async () => {
    const { store, follow } = await opened('tables-empty', {
      things: { text: any.text(), gone: any.text() },
      others: { a: any.text() },
    })
    await follow()
    await store.close()
    const { store: next, follow: followNext } = await opened('tables-empty', { things: { text: any.integer() } })
    await followNext()
    await insert(next, 'things', [row('a', { text: 1 })])
    await next.close()
    await change({ text: any.text(), gone: any.text().optional() }, { text: 'x' }, { text: any.text() }, async (_, follow) =>
      assert.match((await follow()).join(), /dropped gone, which was empty/),
    )
  })

  test('a column with values is not dropped', () =>
    change(
      { text: any.text(), old: any.text() },
      { text: 'x', old: 'y' },
      { text: any.text() },
      refuses(/things\.old.*renamedFrom\('old'\)/s),
    ))
  test('a table with rows is not dropped', () => change({ text: any.text() }, { text: 'x' }, undefined, refuses(/things.*has rows/s)))
  test('a type is not changed under values', () =>
    change({ text: any.text() }, { text: 'x' }, { text: any.integer() }, refuses(/things\.text.*from text to integer/s)))
  test('a decimal does not change its scale under values', () =>
    change({ price: any.decimal(10, 2) }, { price: '1.50' }, { price: any.decimal(10, 3) }, refuses(/things\.price/)))
  test('a required column without a default is not added to rows', () =>
    change({}, {}, { text: any.text() }, refuses(/things\.text is required.*\.default\(value\).*\.optional\(\)/s)))
  test('a slug is added to rows where it may be left out, and refused with that where it may not', async () => {
    const title = any.text()
    await change(
      { title },
      { title: 'x' },
      { title, slug: any.slug('title') },
      refuses(/things\.slug is required(?!.*default).*\.optional\(\)/s),
    )
    await change({ title }, { title: 'x' }, { title, slug: any.slug('title').optional() }, async (store, follow) => {
      await follow()
      await insert(store, 'things', [row('b', { title: 'y', slug: 'y' })])
      await assert.rejects(insert(store, 'things', [row('c', { title: 'y', slug: 'y' })]), UniqueViolation)
    })
  })
  test('a column with empty places does not become required', () =>
    change({ text: any.text().optional() }, { text: null }, { text: any.text() }, refuses(/things\.text is required/)))
  test('a limit that rows break is not set', () =>
    change({ stars: any.integer() }, { stars: 9 }, { stars: any.integer({ max: 5 }) }, refuses(/refused by rows/)))
  test('a choice that rows have is not taken away', () =>
    change({ status: any.enum('a', 'b') }, { status: 'a' }, { status: any.enum('b', 'c') }, refuses(/refused by rows/)))

  test('a limit is widened and an index comes and goes', async () => {
    await change(
      { stars: any.integer({ max: 5 }), text: any.text() },
      { stars: 5, text: 'x' },
      { stars: any.integer({ max: 9 }), text: any.text().unique() },
      async (store, follow) => {
        await follow()
        await store.transaction((tx) => tx.update('things', 'a', { stars: 9 }))
        await assert.rejects(insert(store, 'things', [row('b', { stars: 1, text: 'x' })]), UniqueViolation)
      },
    )
    await change({ text: any.text().unique() }, { text: 'x' }, { text: any.text() }, async (store, follow) => {
      await follow()
      await insert(store, 'things', [row('b', { text: 'x' })])
    })
  })

  test('values that are there twice do not become unique', async () => {
    const { store, follow } = await opened('tables-twice', { things: { text: any.text() } })
    await follow()
    await insert(store, 'things', [row('a', { text: 'x' }), row('b', { text: 'x' })])
    await store.close()
    const { store: next, follow: followNext } = await opened('tables-twice', { things: { text: any.text().unique() } })
    await assert.rejects(followNext(), { code: 'data_loss' })
    assert.equal(await next.count('things', all), 2)
    await next.close()
  })

  test('all refusals are told at once', () =>
    change({ a: any.text(), b: any.text() }, { a: 'x', b: 'y' }, { c: any.text() }, refuses(/things\.c.*things\.a.*things\.b/s)))
})
