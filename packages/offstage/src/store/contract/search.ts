import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createModel } from '../../schema/model.ts'
import { normaliseSearch, searchWords } from '../../schema/normalise.ts'
import type { Row } from '../../schema/kind.ts'
import type { Registry } from '../../schema/registry.ts'
import { resolve } from '../../schema/resolve.ts'
import { t } from '../../schema/t.ts'
import type { Filter, Query, Sort } from '../../query/tree.ts'
import type { Store } from '../store.ts'
import { at, by, compare, insert, not, query, type OpenStore } from './notes.ts'

const any = t as any

function registry(): Registry {
  const goods = createModel({ name: any.text().searchable(), text: any.text().searchable().optional(), price: any.integer().default(0) })
  return resolve({ models: { goods } } as never)
}

const good = (id: string, name: string, text: string | null = null): Row => ({
  id,
  createdAt: at,
  updatedAt: at,
  version: 1,
  name,
  text,
  price: 0,
})

const search = (text: string, fields: readonly string[] = ['name', 'text']): Filter => ({ is: 'search', fields, words: searchWords(text) })

function ranked(text: string, rest: Partial<Query> = {}): Query {
  const rank = {
    words: searchWords(text),
    fields: [
      { field: 'name', weight: 2 },
      { field: 'text', weight: 1 },
    ],
  }
  const sort: Sort[] = [{ term: { through: [], field: 'id', rank }, desc: true }, by('id')]
  return query('goods', ['id'], { where: search(text), sort, ...rest })
}

const ids = (rows: readonly Row[]): string => rows.map((row) => row['id']).join(' ')

export function searchContract(name: string, open: OpenStore): void {
  const filled = async (rows: readonly Row[]): Promise<Store> => {
    const store = await open(registry())
    await insert(store, 'goods', rows)
    return store
  }
  const found = async (store: Store, text: string, fields?: readonly string[]): Promise<string> =>
    ids((await store.list(query('goods', ['id'], { where: search(text, fields), limit: 1_000 }))).rows)

  describe(`${name}: search`, { timeout: 300_000 }, () => {
    test('every word must begin a word of some field, whatever the case and the accents are', async () => {
      const store = await filled([
        good('a', 'Élodie Große', 'Crème brûlée'),
        good('b', 'Red shoe', 'size 9'),
        good('c', 'shored up', null),
        good('d', '東京タワー', '100% the_one'),
        good('e', '', 'redshoe'),
        good('f', "it's", `${'y'.repeat(80)} Überraschungsei`),
      ])
      const cases = {
        elodie: 'a',
        'creme gros': 'a',
        GROSSE: 'a',
        sho: 'b c',
        'red shoe': 'b',
        'shoe red 9': 'b',
        'red shored': '',
        red: 'b e',
        hoe: '',
        京: 'd',
        ワ東: 'd',
        100: 'd',
        'one the': 'd',
        the: 'd',
        it: 'f',
        s: 'b c f',
        "s'it": 'f',
        ['y'.repeat(70)]: 'f',
        'uber y': 'f',
        x: '',
      }
      for (const [text, expected] of Object.entries(cases)) assert.equal(await found(store, text), expected, text)
      assert.equal(await found(store, 'red', ['name']), 'b')
      assert.equal(await found(store, 'red', ['text']), 'e')
      await store.close()
    })

    test('what is not found is the rest, rows without a text among it', async () => {
      const store = await filled([good('a', 'red', null), good('b', 'shoe', 'red'), good('c', '', null), good('d', 'red shoe', '')])
      for (const text of ['red', 'shoe', 'red shoe', 'blue', 'r s']) {
        const other = ids((await store.list(query('goods', ['id'], { where: not(search(text)) }))).rows)
        const all = [...(await found(store, text)).split(' '), ...other.split(' ')].filter(Boolean)
        assert.deepEqual(all.toSorted(), ['a', 'b', 'c', 'd'], text)
        assert.equal(await store.count('goods', not(search(text))), other.split(' ').filter(Boolean).length)
      }
      await store.close()
    })

    test('the best come first, over pages, as objects and as text', async () => {
      const store = await filled([
        good('a', 'shoes', 'red'),
        good('b', 'red shoe', 'red shoe'),
        good('c', 'reddish', 'shoe'),
        good('d', 'shoe', 'red'),
        good('e', 'hat', 'red shoes'),
        good('f', 'shoe', 'red'),
        good('g', 'blue', 'shoe'),
      ])
      const order = 'b d f a c e'
      assert.equal(ids((await store.list(ranked('red SHOE'))).rows), order)
      const seen: Row[] = []
      for (let asked = ranked('red shoe', { limit: 1, count: true }); ;) {
        const page = await store.list(asked)
        const text = await store.listText(asked)
        if (text) assert.deepEqual(text, { texts: page.rows.map((row) => JSON.stringify(row)), more: page.more, last: page.last, count: 6 })
        assert.equal(page.count, 6)
        seen.push(...page.rows)
        if (!page.more) break
        assert.equal(typeof page.last![0], 'number')
        asked = { ...asked, after: page.last! }
      }
      assert.equal(ids(seen), order)
      const { rows } = await store.list(query('goods', ['id'], { where: search('red shoe'), sort: [by('-id')] }))
      assert.equal(ids(rows), 'f e d c b a')
      await store.close()
    })

    test('rows are found by what they say now, before the transaction ends too', async () => {
      const store = await filled([good('a', 'red'), good('b', 'blue')])
      await assert.rejects(
        store.transaction(async (tx) => {
          await tx.insert('goods', good('c', 'red'))
          await tx.update('goods', 'a', { name: 'green' })
          await tx.delete('goods', 'b')
          assert.equal(ids((await tx.list(ranked('red'))).rows), 'c')
          assert.equal(ids((await tx.list(ranked('gre'))).rows), 'a')
          assert.equal(await tx.count('goods', search('blue')), 0)
          throw new Error('undone')
        }),
        /undone/,
      )
      assert.deepEqual([await found(store, 'red'), await found(store, 'green'), await found(store, 'blue')], ['a', '', 'b'])
      await store.transaction(async (tx) => {
        await tx.update('goods', 'a', { name: 'green', text: 'red' })
        await tx.update('goods', 'b', { price: 5 })
        await tx.insert('goods', good('c', 'red'))
      })
      assert.equal(ids((await store.list(ranked('red'))).rows), 'c a')
      assert.equal(await found(store, 'blue'), 'b')
      await store.transaction(async (tx) => void (await tx.update('goods', 'a', { text: null })))
      await store.transaction(async (tx) => void (await tx.delete('goods', 'c')))
      assert.equal(await found(store, 'red'), '')
      await store.transaction((tx) => tx.insert('goods', good('c', 'redder')))
      assert.equal(await found(store, 'red'), 'c')
      await store.close()
    })

    test('a search stands beside other filters, in relations and counts', async () => {
      const store = await filled([good('a', 'red'), good('b', 'red'), good('c', 'blue')])
      const both: Filter = { is: 'and', of: [compare('id', 'b'), search('red')] }
      assert.equal(await store.count('goods', both), 1)
      assert.equal(await store.count('goods', { is: 'or', of: [compare('id', 'c'), search('red')] }), 3)
      const groups = await store.aggregate({
        model: 'goods',
        where: search('re'),
        group: [{ as: 'name', term: { through: [], field: 'name' } }],
        measures: [{ as: 'rows', fn: 'count' }],
        having: { is: 'true' },
        sort: [],
        limit: undefined,
      })
      assert.deepEqual(groups, [{ name: 'red', rows: 2 }])
      await store.close()
    })

    test('a row takes as many words as the fields of a model can have', async () => {
      const names = Array.from({ length: 10 }, (_, i) => `f${i}`)
      const fields = Object.fromEntries(names.map((field) => [field, any.text().searchable()]))
      const store = await open(resolve({ models: { books: createModel(fields) } } as never))
      // Three bytes each, and no two words alike.
      const word = (i: number): string => String.fromCodePoint(...[...i.toString(36)].map((digit) => 0x1200 + digit.charCodeAt(0)))
      const text = (at: number): string => Array.from({ length: 9_000 }, (_, i) => word(40_000 + at * 9_000 + i)).join(' ')
      const row = { id: 'a', createdAt: at, updatedAt: at, version: 1, ...Object.fromEntries(names.map((field, i) => [field, text(i)])) }
      await insert(store, 'books', [row])
      const counted = (looked: string): Promise<number> => store.count('books', { is: 'search', fields: names, words: searchWords(looked) })
      assert.equal(await counted(`${word(40_000)} ${word(121_000)}`), 1)
      assert.equal(await counted(word(12_345_678)), 0)
      await store.close()
    })

    test('among many rows the same is found as without any index', async () => {
      const words = ['red', 'redder', 're', 'shoe', 'shoes', 'the', 'a', 'of', '9', '99', '京', 'öl', 'яблоко', 'nine9', 'y'.repeat(64)]
      const pick = (seed: number, i: number): string => words[(seed * 7 + i * i * 3 + (seed >> 3)) % words.length]!
      const rows = Array.from({ length: 600 }, (_, i) =>
        good(`g${String(i).padStart(3, '0')}`, `${pick(i, 1)} ${pick(i, 2)}`, i % 4 === 0 ? null : `${pick(i, 3)}, ${pick(i, 4)}`),
      )
      const store = await filled(rows)
      for (const text of [...words, 'red shoe', 'th sho 9', '京 re', 'yab ябл', 'shoe a o']) {
        const expected = rows.filter((row) => {
          const texts = [normaliseSearch(String(row['name'])), normaliseSearch(String(row['text'] ?? ''))]
          return searchWords(text).every((word) => texts.some((one) => one.includes(` ${word}`)))
        })
        assert.equal(await found(store, text), ids(expected), text)
      }
      await store.close()
    })
  })
}
