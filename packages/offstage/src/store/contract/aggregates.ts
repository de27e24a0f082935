import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../store.ts'
import { all, compare, insert, note, notesRegistry, person, type OpenStore } from './notes.ts'

export function aggregateContract(name: string, open: OpenStore): void {
  const fresh = (): Promise<Store> => open(notesRegistry())

  describe(`${name}: aggregates`, { timeout: 300_000 }, () => {
    test('time is cut to local hours, days, weeks, months and years, through changes of the clock', async () => {
      const store = await fresh()
      const dues = [
        '2026-03-29T00:59:59.999Z',
        '2026-03-29T01:00:00.000Z',
        '2026-10-25T00:30:00.000Z',
        '2026-10-25T01:30:00.000Z',
        '2025-12-31T23:30:00.000Z',
      ]
      await insert(
        store,
        'notes',
        dues.map((due, i) => note(`n${i}`, { due })),
      )
      const cut = async (unit: 'hour' | 'day' | 'week' | 'month' | 'year', zone: string): Promise<unknown[]> =>
        (
          await store.aggregate({
            model: 'notes',
            where: all,
            group: [{ as: 'due', term: { through: [], field: 'due' }, bucket: { unit, zone } }],
            measures: [{ as: 'n', fn: 'count' }],
            having: all,
            sort: [{ as: 'due', desc: false }],
            limit: undefined,
          })
        ).map(({ due, n }) => `${String(due)} ${String(n)}`)
      assert.deepEqual(await cut('hour', 'Europe/Berlin'), [
        '2026-01-01T00:00 1',
        '2026-03-29T01:00 1',
        '2026-03-29T03:00 1',
        '2026-10-25T02:00 2',
      ])
      assert.deepEqual(await cut('hour', 'Asia/Kolkata'), [
        '2026-01-01T05:00 1',
        '2026-03-29T06:00 2',
        '2026-10-25T06:00 1',
        '2026-10-25T07:00 1',
      ])
      assert.deepEqual(await cut('day', 'America/New_York'), ['2025-12-31 1', '2026-03-28 2', '2026-10-24 2'])
      assert.deepEqual(await cut('week', 'UTC'), ['2025-12-29 1', '2026-03-23 2', '2026-10-19 2'])
      assert.deepEqual(await cut('month', 'Europe/Berlin'), ['2026-01 1', '2026-03 2', '2026-10 2'])
      assert.deepEqual(await cut('year', 'UTC'), ['2025 1', '2026 4'])
      await store.close()
    })

    test('groups, measures, `having`, order and limit', async () => {
      const store = await fresh()
      await insert(store, 'people', [person('p1', { name: 'A', balance: '0.10' }), person('p2', { name: 'B', balance: '0.20' })])
      await insert(store, 'notes', [
        note('n1', { owner: 'p1', views: 1 }),
        note('n2', { owner: 'p1', views: 2 }),
        note('n3', { owner: 'p2', views: 5 }),
        note('n4', { views: 7 }),
      ])
      const term = (field: string, ...through: string[]): { through: { field: string }[]; field: string } => ({
        through: through.map((one) => ({ field: one })),
        field,
      })
      const rows = await store.aggregate({
        model: 'notes',
        where: compare('id', 'n9', 'lt'),
        group: [{ as: 'owner.name', term: term('name', 'owner') }],
        measures: [
          { as: 'n', fn: 'count' },
          { as: 'sum', fn: 'sum', term: term('views') },
          { as: 'avg', fn: 'avg', term: term('views') },
          { as: 'top', fn: 'max', term: term('text') },
          { as: 'money', fn: 'sum', term: term('balance', 'owner') },
        ],
        having: { is: 'compare', field: 'n', op: 'gte', value: 1 },
        sort: [{ as: 'sum', desc: true }],
        limit: 2,
      })
      assert.deepEqual(rows, [
        { 'owner.name': null, n: 1, sum: 7, avg: 7, top: 'n4', money: null },
        { 'owner.name': 'B', n: 1, sum: 5, avg: 5, top: 'n3', money: '0.20' },
      ])
      const none = await store.aggregate({
        model: 'notes',
        where: { is: 'false' },
        group: [],
        measures: [
          { as: 'n', fn: 'count' },
          { as: 'sum', fn: 'sum', term: term('views') },
        ],
        having: all,
        sort: [],
        limit: undefined,
      })
      assert.deepEqual(none, [{ n: 0, sum: null }])
      await store.close()
    })
  })
}
