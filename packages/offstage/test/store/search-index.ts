import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { follow } from '../../src/migrate/follow.ts'
import { searchWords } from '../../src/schema/normalise.ts'
import type { Row } from '../../src/schema/kind.ts'
import { createModel } from '../../src/schema/model.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import type { Query } from '../../src/query/tree.ts'
import { blueprintOf } from '../../src/store/blueprint.ts'
import { at, by, insert, query } from '../../src/store/contract/notes.ts'
import { Walk } from '../../src/store/shape.ts'
import type { Dialect } from '../../src/store/sql/dialect.ts'
import { parameters } from '../../src/store/sql/emit.ts'
import { Models } from '../../src/store/sql/model.ts'
import { planList } from '../../src/store/sql/rows.ts'
import type { Store } from '../../src/store/store.ts'

const any = t as any
const opened = new Set<Store>()
after(async () => {
  for (const store of opened) await store.close()
})

const models = (declared: Record<string, any>): Registry => resolve({ models: declared } as never)
const goods = (): Registry =>
  models({
    goods: createModel({ name: any.text().searchable(), note: any.text().searchable().optional(), price: any.integer().default(0) }),
  })
const row = (id: string, values: Row): Row => ({ id, createdAt: at, updatedAt: at, version: 1, ...values })

const search = (text: string, model: string, fields: readonly string[], rest: Partial<Query> = {}): Query =>
  query(model, ['id'], { where: { is: 'search', fields, words: searchWords(text) }, ...rest })

export interface Database {
  readonly name: string
  open(registry: Registry, name?: string): Promise<Store>
  dialect(store: Store): Dialect
  readonly analyse: string
  readonly explain: string
  /** Of a plan as JSON. */
  readonly byIndex: RegExp
  readonly byReading: RegExp
}

/** That the index for words is used where it is there, and follows the models. */
export function searchIndex({ name, open: openOne, dialect, analyse, explain, byIndex, byReading }: Database): void {
  const open = async (...given: Parameters<Database['open']>): Promise<Store> => {
    const store = await openOne(...given)
    opened.add(store)
    return store
  }

  describe(`${name}: the index for words`, { timeout: 300_000 }, () => {
    test('a rare word is found without reading the table', async () => {
      const registry = goods()
      const store = await open(registry)
      const words = Array.from({ length: 97 }, (_, i) => `word${i}`)
      const rows = Array.from({ length: 8_000 }, (_, i) =>
        row(`g${String(i).padStart(4, '0')}`, {
          name: `${words[i % 97]} ${words[(i * 7) % 89]}`,
          note: i === 1_234 ? 'Überraschung! 東' : `${words[(i * i) % 83]}`,
          price: i,
        }),
      )
      await insert(store, 'goods', rows)
      const rank = { words: ['uber'], fields: [{ field: 'name', weight: 2 }] }
      const sorted = { sort: [{ term: { through: [], field: 'id', rank }, desc: true }, by('id')] }
      for (const asked of [
        search('über', 'goods', ['name', 'note'], { limit: 1_000 }),
        search('über', 'goods', ['name', 'note'], sorted),
        search('word3 uberr', 'goods', ['name', 'note'], { sort: [by('-price'), by('id')], limit: 5 }),
      ]) {
        const walk = new Walk(true)
        walk.query(asked)
        const { statement } = planList(new Models(registry, dialect(store)), walk, asked)
        const plan = await store.tables.locked(async (session) => {
          await session.all(analyse)
          return session.all(`${explain} ${statement.sql.replace(/\$\d+/g, '?')}`, parameters(statement, walk.values))
        })
        const printed = JSON.stringify(plan)
        assert.match(printed, byIndex)
        assert.doesNotMatch(printed, byReading)
      }
      assert.deepEqual((await store.list(search('ÜBER', 'goods', ['name', 'note']))).rows, [{ id: 'g1234' }])
      await store.close()
    })

    test('it follows the models: made, renamed, changed and dropped, with what it finds', async () => {
      const found = async (store: Store, text: string, model: string, ...fields: string[]): Promise<string> =>
        (await store.list(search(text, model, fields))).rows.map(({ id }) => id).join(' ')
      const step = async (registry: Registry, then: (store: Store) => Promise<void>): Promise<void> => {
        const store = await open(registry, 'words')
        assert.deepEqual(await follow(store, registry), [], 'nothing is left to be done')
        const tables = (await store.tables.introspect()).filter((table) => !table.name.startsWith('offstage_'))
        assert.deepEqual(tables, store.tables.expected(blueprintOf(registry)))
        await then(store)
        await store.close()
      }
      const fields = (more: Record<string, any> = {}): Record<string, any> => ({
        note: any.text().optional(),
        price: any.integer().default(0),
        ...more,
      })
      await step(models({ goods: createModel(fields({ name: any.text() })) }), (store) =>
        insert(store, 'goods', [row('a', { name: 'Red shoe', note: null, price: 1 }), row('b', { name: 'Blue', note: 'red', price: 2 })]),
      )
      await step(models({ goods: createModel(fields({ name: any.text().searchable() })) }), async (store) => {
        assert.equal(await found(store, 'red', 'goods', 'name'), 'a')
        await insert(store, 'goods', [row('c', { name: 'redder', note: null, price: 3 })])
        assert.equal(await found(store, 'red', 'goods', 'name'), 'a c')
      })
      await step(
        models({ goods: createModel(fields({ name: any.text().searchable(), note: any.text().optional().searchable() })) }),
        async (store) => assert.equal(await found(store, 'red', 'goods', 'name', 'note'), 'a b c'),
      )
      // On SQLite the limit takes a copy of the table.
      await step(
        models({
          goods: createModel(
            fields({ name: any.text().searchable(), note: any.text().optional().searchable(), price: any.integer({ max: 9 }).default(0) }),
          ),
        }),
        async (store) => {
          assert.equal(await found(store, 'shoe', 'goods', 'name', 'note'), 'a')
          await store.transaction(async (tx) => void (await tx.update('goods', 'b', { note: 'shoe' })))
          assert.equal(await found(store, 'shoe', 'goods', 'name', 'note'), 'a b')
        },
      )
      await step(
        models({
          wares: createModel(
            fields({
              title: any.text().searchable().renamedFrom('name'),
              note: any.text().optional().searchable(),
              price: any.integer({ max: 9 }).default(0),
            }),
            { renamedFrom: 'goods' },
          ),
        }),
        async (store) => {
          assert.equal(await found(store, 'red', 'wares', 'title', 'note'), 'a c')
          await store.transaction(async (tx) => {
            await tx.delete('wares', 'a')
            await tx.update('wares', 'b', { title: 'Reddish' })
          })
          assert.equal(await found(store, 'red', 'wares', 'title', 'note'), 'b c')
        },
      )
      await step(models({ wares: createModel(fields({ title: any.text(), price: any.integer({ max: 9 }).default(0) })) }), async (store) =>
        store.transaction(async (tx) => {
          await tx.delete('wares', 'b')
          await tx.delete('wares', 'c')
        }),
      )
      await step(models({ wares: createModel(fields({ title: any.text().searchable() })) }), async (store) =>
        assert.equal(await found(store, 'red', 'wares', 'title'), ''),
      )
      await step(models({}), async () => {})
    })
  })
}
