import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row } from '../../src/schema/kind.ts'
import { createModel } from '../../src/schema/model.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import { blueprintOf } from '../../src/store/blueprint.ts'
import { at, insert, query } from '../../src/store/contract/notes.ts'
import type { Store } from '../../src/store/store.ts'
import { openVersion } from './follow-versions.ts'

const any = t as any
const row = (id: string, values: Row): Row => ({ id, createdAt: at, updatedAt: at, version: 1, ...values })

const run = (store: Store, sql: string): Promise<unknown> =>
  store.tables.locked((session) =>
    session.run(sql.replaceAll('"', session.dialect === 'mysql' || session.dialect === 'mariadb' ? '`' : '"')),
  )

/** The tables are those that the models want. */
async function fits(store: Store, models: Record<string, unknown>): Promise<void> {
  const wanted = store.tables.expected(blueprintOf(resolve({ models } as never)))
  const found = (await store.tables.introspect()).filter(({ name }) => !name.startsWith('offstage_'))
  assert.deepEqual(found, wanted)
}

test('a table, a column and a choice are renamed with all rows and references', async () => {
  const before = {
    posts: createModel({ status: any.enum('draft', 'open').default('draft'), title: any.text().index() }),
    likes: createModel({ post: any.ref('posts') }),
  }
  const first = await openVersion('renames', before)
  await first.follow()
  await insert(first.store, 'posts', [row('p', { status: 'open', title: 'x' })])
  await insert(first.store, 'likes', [row('l', { post: 'p' })])
  await first.store.close()
  const after = {
    articles: createModel(
      {
        status: any.enum('draft', 'published').default('draft').renamedChoices({ open: 'published' }),
        headline: any.text().index().renamedFrom('title'),
      },
      { renamedFrom: 'posts' },
    ),
    likes: createModel({ article: any.ref('articles').renamedFrom('post') }),
  }
  const second = await openVersion('renames', after)
  assert.match((await second.follow()).join(), /renamed the table posts to articles/)
  assert.deepEqual((await second.store.list(query('articles', ['status', 'headline']))).rows, [{ status: 'published', headline: 'x' }])
  assert.deepEqual((await second.store.list(query('likes', ['article']))).rows, [{ article: 'p' }])
  await assert.rejects(second.store.transaction((tx) => tx.delete('articles', 'p')))
  assert.deepEqual(await second.follow(), [], 'a hint that is carried out means nothing any more')
  await fits(second.store, after)
  await second.store.close()
})

test('a type changes under values where each of them has a place in the new one', async () => {
  const first = await openVersion('lossless', { things: createModel({ n: any.integer(), note: any.text() }) })
  await first.follow()
  await insert(first.store, 'things', [row('a', { n: 7, note: 'short' })])
  await first.store.close()
  const second = await openVersion('lossless', { things: createModel({ n: any.decimal(18, 2), note: any.text({ max: 10 }) }) })
  await second.follow()
  assert.deepEqual((await second.store.list(query('things', ['n', 'note']))).rows, [{ n: '7.00', note: 'short' }])
  await second.store.close()
})

test('what rows refuse leaves tables that can follow once the rows are right', async () => {
  const first = await openVersion('refused', { things: createModel({ stars: any.integer(), word: any.text({ max: 20 }) }) })
  await first.follow()
  await insert(first.store, 'things', [row('a', { stars: 9, word: 'x' }), row('b', { stars: 1, word: 'x' })])
  await first.store.close()
  const after = {
    things: createModel({ extra: any.text().default('y'), stars: any.integer({ max: 5 }), word: any.text({ max: 20 }).unique() }),
  }
  const second = await openVersion('refused', after)
  await assert.rejects(second.follow(), { code: 'data_loss' })
  await assert.rejects(second.follow(), { code: 'data_loss' }, 'and again')
  await run(second.store, `update "things" set "stars" = 5, "word" = "id"`)
  await second.follow()
  await fits(second.store, after)
  assert.deepEqual((await second.store.list(query('things', ['extra', 'stars', 'word']))).rows, [
    { extra: 'y', stars: 5, word: 'a' },
    { extra: 'y', stars: 5, word: 'b' },
  ])
  await second.store.close()
})

test('tables that somebody changed by hand are named, and left alone', async () => {
  const models = { things: createModel({ text: any.text() }) }
  const first = await openVersion('drift', models)
  await first.follow()
  await run(first.store, 'alter table "things" add column "other" integer')
  await assert.rejects(first.follow(), (error: Error & { code: string }) => {
    assert.equal(error.code, 'tables_differ')
    assert.match(error.message, /things\.other is there.*reset/s)
    return true
  })
  await run(first.store, 'alter table "things" drop column "other"')
  assert.deepEqual(await first.follow(), [])
  await first.store.close()
})

test('a table of somebody else is never taken, unless the model adopts it', async () => {
  const first = await openVersion('strangers', {})
  await run(first.store, 'create table "things" ("id" varchar(20) primary key not null, "text" varchar(20))')
  await run(first.store, `insert into "things" values ('a', 'x')`)
  await first.store.close()
  const second = await openVersion('strangers', { things: createModel({ text: any.text() }) })
  await assert.rejects(second.follow(), { code: 'data_loss', message: /things that Offstage did not make.*another table.*adopted/s })
  await second.store.close()
  const own = { id: any.key(), createdAt: false, updatedAt: false, version: false }
  const third = await openVersion('strangers', {
    things: createModel({ text: any.text().optional(), more: any.text().optional() }, { adopted: true, own } as never),
    others: createModel({ text: any.text() }, { adopted: true, own } as never),
  })
  await assert.rejects(third.follow(), { code: 'data_loss', message: /things\.more is adopted.*others is adopted/s })
  await third.store.close()
  const fourth = await openVersion('strangers', { things: createModel({ text: any.text().optional() }, { adopted: true, own } as never) })
  assert.deepEqual(await fourth.follow(), [])
  assert.deepEqual((await fourth.store.list(query('things', ['text']))).rows, [{ text: 'x' }])
  await fourth.store.close()
})

test('ten that start at once make the tables once', async () => {
  const models = { things: createModel({ text: any.text().unique() }) }
  const versions = await Promise.all(Array.from({ length: 10 }, () => openVersion('at-once', models)))
  const done = await Promise.all(versions.map((version) => version.follow()))
  assert.equal(done.filter((says) => says.length > 0).length, 1)
  for (const version of versions) assert.deepEqual(await version.follow(), [])
  for (const version of versions) await version.store.close()
})
