import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Json } from '../../schema/kind.ts'
import type { Store } from '../store.ts'
import { all, at, compare, insert, not, note, notesRegistry, person, query, type OpenStore } from './notes.ts'

const awkward = [
  '',
  ' ',
  'null',
  "it's",
  '"',
  '\\',
  '<b>&amp;',
  '\u2028\u2029',
  '\u{1f600}',
  'e\u0301',
  String.fromCodePoint(...Array.from({ length: 31 }, (_, i) => i + 1)),
  '\u007f\u0080\uffff',
  '?',
  '«0»',
  '%_',
]

export function valueContract(name: string, open: OpenStore): void {
  const fresh = async (): Promise<Store> => {
    const store = await open(notesRegistry())
    return store
  }

  describe(`${name}: values`, { timeout: 300_000 }, () => {
    test('a row of every kind comes back as it went in, as objects and as the same bytes', async () => {
      const store = await fresh()
      const meta: Json = {
        a: [1, 1.5, -0.25, null, true, { b: 'x\n\u{1f600}' }],
        '': {},
        '1': 'first',
        long: 'y'.repeat(5000),
        big: 1e300,
        small: 5e-324,
      }
      const rows = [
        note('n1', {
          text: 'a',
          owner: 'p1',
          done: true,
          stars: 5,
          views: Number.MAX_SAFE_INTEGER,
          due: at,
          day: '2026-01-31',
          status: 'open',
          meta,
          link: 'https://x.example/?a=1&b=2',
        }),
        note('n2', { parent: 'n1', views: Number.MIN_SAFE_INTEGER, due: '0001-01-01T00:00:00.000Z', day: '9999-12-31', meta: 'just text' }),
        note('n3', { meta: false }),
        note('n4', { meta: [] }),
        ...awkward.map((text, i) => note(`t${String(i).padStart(2, '0')}`, { text, meta: { [text]: text } })),
      ]
      await insert(store, 'people', [person('p1', { balance: '-0.05' }), person('p2', { balance: '9999999999999999.99' })])
      await insert(store, 'notes', rows)
      const fields = Object.keys(rows[0]!).filter((field) => field !== 'ratio')
      const asked = query('notes', fields, { limit: 100 })
      const page = await store.list(asked)
      assert.deepEqual(
        page.rows,
        rows.map(({ ratio: _, ...row }) => row),
      )
      const text = await store.listText(asked)
      assert.deepEqual(
        text?.texts,
        page.rows.map((row) => JSON.stringify(row)),
      )
      const people = query('people', ['balance'])
      assert.deepEqual((await store.list(people)).rows, [{ balance: '-0.05' }, { balance: '9999999999999999.99' }])
      assert.deepEqual((await store.listText(people))?.texts, ['{"balance":"-0.05"}', '{"balance":"9999999999999999.99"}'])
      await store.close()
    })

    test('a double comes back with every bit, inside of lists too', async () => {
      const store = await fresh()
      const doubles = [0.1, 1 / 3, 5e-324, -1.7976931348623157e308, 2 ** 53 + 2, 1e21, 123456789.123456789, 4.35, 0.000001]
      await insert(store, 'people', [person('p1')])
      await insert(
        store,
        'notes',
        doubles.map((ratio, i) => note(`n${i}`, { ratio, owner: 'p1' })),
      )
      assert.deepEqual(
        (await store.list(query('notes', ['ratio']))).rows.map((row) => row['ratio']),
        doubles,
      )
      const { rows } = await store.list(
        query('people', [], {
          include: [{ kind: 'many', as: 'notes', field: 'notes', query: query('notes', ['ratio'], { limit: undefined }) }],
        }),
      )
      assert.deepEqual(
        rows[0]!['notes'],
        doubles.map((ratio) => ({ ratio })),
      )
      for (const ratio of doubles) {
        assert.equal(await store.count('notes', compare('ratio', ratio)), 1)
        assert.equal(await store.count('notes', { is: 'in', field: 'ratio', values: [ratio, 7] }), 1)
      }
      await store.close()
    })

    test('text is compared by code point, literally, and with its case', async () => {
      const store = await fresh()
      await insert(
        store,
        'notes',
        awkward.map((text, i) => note(`t${i}`, { text })),
      )
      for (const text of awkward) {
        assert.equal(await store.count('notes', compare('text', text)), 1, JSON.stringify(text))
        for (const [op, test] of [
          ['contains', 'includes'],
          ['startsWith', 'startsWith'],
          ['endsWith', 'endsWith'],
        ] as const) {
          assert.equal(
            await store.count('notes', compare('text', text, op)),
            awkward.filter((other) => other[test](text)).length,
            `${op} ${JSON.stringify(text)}`,
          )
        }
      }
      const sorted = (
        await store.list(
          query('notes', ['text'], {
            sort: [
              { term: { through: [], field: 'text' }, desc: false },
              { term: { through: [], field: 'id' }, desc: false },
            ],
          }),
        )
      ).rows
      assert.deepEqual(
        sorted.map((row) => row['text']),
        awkward.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      )
      await insert(store, 'notes', [note('e', { text: 'Éa' })])
      assert.equal(await store.count('notes', compare('text', 'éa')), 0)
      await store.close()
    })

    test('a comparison with null is false, and its negation true', async () => {
      const store = await fresh()
      await insert(store, 'notes', [note('n1', { stars: 1 }), note('n2')])
      for (const where of [
        compare('stars', 1),
        compare('stars', 1, 'lt'),
        compare('stars', 1, 'gt'),
        { is: 'in', field: 'stars', values: [1, 2] },
        { is: 'in', field: 'stars', values: [] },
        { is: 'null', field: 'stars' },
      ] as const) {
        assert.equal((await store.count('notes', where)) + (await store.count('notes', not(where))), 2)
      }
      assert.equal(await store.count('notes', not(compare('stars', 1))), 1)
      await store.close()
    })

    test('5,000 values of an `in` are one question', async () => {
      const store = await fresh()
      await insert(store, 'notes', [note('n1', { text: 'v4999' }), note('n2', { text: 'w' })])
      assert.equal(await store.count('notes', { is: 'in', field: 'text', values: Array.from({ length: 5_000 }, (_, i) => `v${i}`) }), 1)
      await store.close()
    })

    test('sums of whole numbers and decimals are exact, however large', async () => {
      const store = await fresh()
      await insert(
        store,
        'notes',
        Array.from({ length: 1_100 }, (_, i) => note(`n${i}`, { views: Number.MAX_SAFE_INTEGER - i })),
      )
      await insert(
        store,
        'people',
        Array.from({ length: 1_000 }, (_, i) => person(`p${i}`, { balance: '9999999999999999.99' })),
      )
      const sum = 1_100n * BigInt(Number.MAX_SAFE_INTEGER) - (1_100n * 1_099n) / 2n
      const measured = async (model: string, field: string, fn: 'sum' | 'avg'): Promise<Json> =>
        (
          await store.aggregate({
            model,
            where: all,
            group: [],
            measures: [{ as: 'it', fn, term: { through: [], field } }],
            having: all,
            sort: [],
            limit: undefined,
          })
        )[0]!['it']!
      assert.equal(await measured('notes', 'views', 'sum'), sum.toString())
      assert.equal(await measured('notes', 'views', 'avg'), 9_007_199_254_740_442)
      assert.equal(await measured('people', 'balance', 'sum'), '9999999999999999990.00')
      await store.close()
    })
  })
}
