import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Json } from '../../schema/kind.ts'
import type { Filter, Include, Query } from '../../query/tree.ts'
import type { Store } from '../store.ts'
import { all, by, compare, insert, many, note, notesRegistry, person, query, type OpenStore } from './notes.ts'

export function listContract(name: string, open: OpenStore): void {
  const fresh = (): Promise<Store> => open(notesRegistry())

  describe(`${name}: lists`, { timeout: 300_000 }, () => {
    test('pages go through every row once, nulls last both ways, whatever is sorted by', async () => {
      const store = await fresh()
      const rows = Array.from({ length: 23 }, (_, i) =>
        note(`n${String(i).padStart(2, '0')}`, {
          stars: i % 4 === 0 ? null : i % 3,
          done: i % 2 === 0,
          due: i % 5 === 0 ? null : `2026-01-0${(i % 3) + 1}T00:00:00.000Z`,
        }),
      )
      await insert(store, 'notes', rows)
      for (const sort of [
        ['stars', 'id'],
        ['-stars', '-id'],
        ['-stars', 'due', 'id'],
        ['due', '-stars', '-id'],
        ['done', '-id'],
        ['-id'],
      ].map((keys) => keys.map(by))) {
        const seen: string[] = []
        for (let after: readonly Json[] | undefined; ;) {
          const page = await store.list(query('notes', ['id'], { sort, limit: 4, count: true, ...(after ? { after } : {}) }))
          seen.push(...page.rows.map((row) => row['id'] as string))
          assert.equal(page.count, 23)
          if (!page.more) break
          after = page.last
        }
        const whole = await store.list(query('notes', ['id', 'stars'], { sort, limit: undefined }))
        assert.deepEqual(
          seen,
          whole.rows.map((row) => row['id']),
        )
        assert.equal(new Set(seen).size, 23)
        if (sort[0]!.term.field === 'stars') assert.ok(whole.rows.slice(-6).every((row) => row['stars'] === null))
      }
      await store.close()
    })

    test('lists have their own order and limit under each row', async () => {
      const store = await fresh()
      await insert(store, 'people', [person('p1'), person('p2'), person('p3')])
      await insert(
        store,
        'notes',
        Array.from({ length: 8 }, (_, i) =>
          note(`n${i}`, { owner: i < 5 ? 'p1' : 'p2', views: 10 - i, parent: i % 2 === 1 ? 'n0' : null }),
        ),
      )
      const include: Include[] = [
        many('notes', ['id'], 'notes', {
          sort: [by('views'), by('id')],
          limit: 2,
          include: [{ kind: 'one', as: 'parent', field: 'parent', shape: query('notes', ['text', 'views']) }],
        }),
        { kind: 'count', as: 'few', field: 'notes', where: compare('views', 5, 'lt') },
        { kind: 'exists', as: 'any', field: 'notes', where: all },
      ]
      const asked = query('people', ['id'], { include, tests: [{ as: 'first', where: compare('id', 'p1') }] })
      const page = await store.list(asked)
      const zero = { text: 'n0', views: 10 }
      assert.deepEqual(page.rows, [
        {
          id: 'p1',
          notes: [
            { id: 'n4', parent: null },
            { id: 'n3', parent: zero },
          ],
          few: 0,
          any: true,
          first: true,
        },
        {
          id: 'p2',
          notes: [
            { id: 'n7', parent: zero },
            { id: 'n6', parent: null },
          ],
          few: 2,
          any: true,
          first: false,
        },
        { id: 'p3', notes: [], few: 0, any: false, first: false },
      ])
      assert.deepEqual(
        (await store.listText(asked))?.texts,
        page.rows.map((row) => JSON.stringify(row)),
      )
      await store.close()
    })

    test('lists are ordered by what may be null as rows are: null is last, and no number', async () => {
      const store = await fresh()
      await insert(store, 'people', [person('p1')])
      const ratios = [null, 0, -1, null, 2]
      await insert(
        store,
        'notes',
        ratios.map((ratio, i) => note(`n${i}`, { owner: 'p1', ratio })),
      )
      for (const [order, wanted] of [
        ['ratio', ['n2', 'n1', 'n4', 'n0', 'n3']],
        ['-ratio', ['n4', 'n1', 'n2', 'n0', 'n3']],
      ] as const) {
        const include = [many('notes', ['id'], 'notes', { sort: [by(order), by('id')] })]
        const { rows } = await store.list(query('people', ['id'], { include }))
        assert.deepEqual(
          (rows[0]!['notes'] as { id: string }[]).map(({ id }) => id),
          wanted,
        )
      }
      await store.close()
    })

    test('masks and guards leave null behind, also where they are sorted by', async () => {
      const store = await fresh()
      await insert(store, 'people', [person('p1', { name: 'A' }), person('p2', { name: 'B' })])
      await insert(store, 'notes', [
        note('n1', { owner: 'p1', stars: 1 }),
        note('n2', { owner: 'p2', stars: 2 }),
        note('n3', { stars: 3, done: true }),
      ])
      const mask: Filter = compare('done', false)
      const guard = compare('name', 'B')
      const page = await store.list({
        ...query('notes', ['id'], { sort: [{ term: { through: [{ field: 'owner', guard }], field: 'name' }, desc: false }, by('id')] }),
        select: [{ field: 'id' }, { field: 'stars', mask }, { field: 'done', mask: compare('stars', 2) }],
        include: [{ kind: 'one', as: 'owner', field: 'owner', guard, shape: query('people', ['name']) }],
      })
      assert.deepEqual(page.rows, [
        { id: 'n2', stars: 2, done: false, owner: { name: 'B' } },
        { id: 'n1', stars: 1, done: null, owner: null },
        { id: 'n3', stars: null, done: null, owner: null },
      ])
      await store.close()
    })

    test('a list over its bounds is refused by name, never cut', async () => {
      const store = await fresh()
      const people = Array.from({ length: 12 }, (_, i) => person(`p${String(i).padStart(2, '0')}`))
      await insert(store, 'people', people)
      await insert(
        store,
        'notes',
        people.flatMap((owner) => Array.from({ length: 999 }, (_, i) => note(`${String(owner['id'])}n${i}`, { owner: owner['id']! }))),
      )
      const all1 = query('people', ['id'], { include: [many('notes', ['id'], 'notes')], limit: 1 })
      const asked = (limit: number): Query => ({ ...all1, limit })
      for (const ask of [store.list, store.listText]) {
        assert.ok(await ask(asked(10)))
        await assert.rejects(ask(asked(11)), { code: 'too_many_rows', message: /'notes'/ })
      }
      await insert(store, 'notes', [note('x1', { owner: 'p00' }), note('x2', { owner: 'p00' })])
      for (const ask of [store.list, store.listText]) {
        await assert.rejects(ask(all1), { code: 'too_many_rows', message: /'notes'/ })
        assert.ok(await ask(query('people', ['id'], { include: [many('notes', ['id'], 'notes', { limit: 1_000 })], limit: 1 })))
      }
      const nested = query('notes', ['id'], {
        where: compare('id', 'x1'),
        include: [{ kind: 'one', as: 'owner', field: 'owner', shape: query('people', [], { include: [many('notes', ['id'], 'notes')] }) }],
      })
      await assert.rejects(store.list(nested), { code: 'too_many_rows', message: /'notes'/ })
      await store.close()
    })

    test('questions of one shape share a plan, and never their values', async () => {
      const store = await fresh()
      await insert(store, 'notes', [
        note('n1', { stars: 1, views: 1 }),
        note('n2', { stars: 2, views: 1 }),
        note('n3', { stars: 1, views: 2 }),
      ])
      const one = compare('stars', 1)
      const both = (a: Filter, b: Filter): Query => query('notes', ['id'], { where: { is: 'or', of: [a, b] } })
      const ids = async (asked: Query): Promise<unknown[]> => (await store.list(asked)).rows.map((row) => row['id'])
      // The same node twice, then two nodes: a plan that knew its values by their node would mix them up.
      assert.deepEqual(await ids(both(one, one)), ['n1', 'n3'])
      assert.deepEqual(await ids(both(one, compare('stars', 2))), ['n1', 'n2', 'n3'])
      assert.deepEqual(await ids(both(compare('stars', 2), one)), ['n1', 'n2', 'n3'])
      assert.deepEqual(await ids(both(compare('stars', 2), compare('stars', 3))), ['n2'])
      for (const limit of [1, 2]) assert.equal((await store.list(query('notes', ['id'], { limit }))).rows.length, limit)
      await store.close()
    })

    test('json is looked into by path', async () => {
      const store = await fresh()
      await insert(store, 'notes', [
        note('n1', { meta: { a: { 'b"]': 1, tags: ['x', 2, null] }, n: null } }),
        note('n2', { meta: { a: '{"b":1}' } }),
        note('n3'),
      ])
      const count = (path: string[], op: 'equals' | 'exists' | 'contains', value: Json = true): Promise<number> =>
        store.count('notes', { is: 'json', field: 'meta', path, op, value })
      assert.deepEqual(
        [
          await count(['a', 'b"]'], 'equals', 1),
          await count(['a', 'b"]'], 'equals', '1'),
          await count(['a', 'b'], 'exists'),
          await count(['a'], 'exists'),
          await count(['n'], 'equals', null),
        ],
        [1, 0, 0, 2, 1],
      )
      assert.deepEqual(
        [
          await count(['a', 'tags'], 'contains', 2),
          await count(['a', 'tags'], 'contains', null),
          await count(['a', 'tags', '0'], 'exists'),
          await count(['__proto__'], 'exists'),
        ],
        [1, 1, 0, 0],
      )
      await store.close()
    })
  })
}
