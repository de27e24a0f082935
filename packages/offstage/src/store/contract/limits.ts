import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CheckViolation, ReferenceViolation, UniqueViolation, type Store } from '../store.ts'
import { all, compare, insert, not, note, notesRegistry, person, query, read, type OpenStore } from './notes.ts'

export function limitContract(name: string, open: OpenStore): void {
  const fresh = async (): Promise<Store> => {
    const store = await open(notesRegistry())
    return store
  }

  describe(`${name}: limits`, { timeout: 300_000 }, () => {
    test('a taken unique value is refused with the names, and null is never taken', async () => {
      const store = await fresh()
      await insert(store, 'people', [person('p1', { email: 'Ada@Example.com' }), person('p2'), person('p3')])
      const refused =
        (model: string, fields: string[]) =>
        (error: unknown): boolean =>
          error instanceof UniqueViolation && error.model === model && error.fields.join() === fields.join()
      await assert.rejects(insert(store, 'people', [person('p4', { email: 'aDA@example.com' })]), refused('people', ['email']))
      await assert.rejects(
        store.transaction((tx) => tx.update('people', 'p2', { email: 'ADA@EXAMPLE.COM' })),
        refused('people', ['email']),
      )
      await assert.rejects(insert(store, 'people', [person('p1')]), refused('people', ['id']))
      await insert(store, 'notes', [
        note('n1', { owner: 'p1', link: 'https://x.example/' }),
        note('n2', { owner: 'p2', link: 'https://x.example/' }),
        note('n3', { owner: 'p1' }),
        note('n4', { owner: 'p1' }),
      ])
      await assert.rejects(
        insert(store, 'notes', [note('n5', { owner: 'p1', link: 'https://x.example/' })]),
        refused('notes', ['owner', 'link']),
      )
      assert.equal(await read(store, 'people', 'p1', 'email'), 'Ada@Example.com')
      assert.equal(await store.count('people', compare('email', 'ADA@example.com')), 1)
      assert.equal(await store.count('people', not(compare('email', 'ADA@example.com'))), 2)
      assert.equal(await store.count('people', { is: 'in', field: 'email', values: ['x@example.com', 'aDa@EXAMPLE.com'] }), 1)
      assert.equal(await store.count('people', compare('email', 'ada', 'startsWith')), 0)
      await store.close()
    })

    test('references hold: nothing points at what is not there, and a row may refer to itself', async () => {
      const store = await fresh()
      await insert(store, 'people', [person('p1')])
      await insert(store, 'notes', [note('n1', { owner: 'p1', parent: 'n1' })])
      await assert.rejects(insert(store, 'notes', [note('n2', { owner: 'p9' })]), ReferenceViolation)
      await assert.rejects(
        store.transaction((tx) => tx.update('notes', 'n1', { owner: 'p9' })),
        ReferenceViolation,
      )
      await assert.rejects(
        store.transaction((tx) => tx.delete('people', 'p1')),
        ReferenceViolation,
      )
      assert.equal(await store.transaction((tx) => tx.delete('notes', 'n1')), 1)
      assert.equal(await store.transaction((tx) => tx.delete('people', 'p1')), 1)
      assert.equal(await store.transaction((tx) => tx.delete('people', 'p1')), 0)
      await store.close()
    })

    test('columns are worked out from their old values, exactly and within their limits', async () => {
      const store = await fresh()
      await insert(store, 'people', [person('p1', { balance: '9007199254740993.01' })])
      await insert(store, 'notes', [note('n1', { stars: 4, ratio: 1.5 })])
      const change = (
        model: string,
        id: string,
        changes: Parameters<Parameters<Parameters<Store['transaction']>[0]>[0]['update']>[2],
      ): Promise<number> => store.transaction((tx) => tx.update(model, id, changes))
      assert.equal(await change('people', 'p1', { balance: { increment: '0.02' } }), 1)
      assert.equal(await read(store, 'people', 'p1', 'balance'), '9007199254740993.03')
      await change('notes', 'n1', { stars: { increment: 1 }, ratio: { increment: -0.25 }, meta: { append: [1, 'x'] } })
      await change('notes', 'n1', { meta: { append: [{ y: null }] } })
      assert.deepEqual((await store.list(query('notes', ['stars', 'ratio', 'meta']))).rows, [
        { stars: 5, ratio: 1.25, meta: [1, 'x', { y: null }] },
      ])
      const leaves =
        (model: string, field: string) =>
        (error: unknown): boolean =>
          error instanceof CheckViolation && error.model === model && error.field === field
      await assert.rejects(change('notes', 'n1', { stars: { increment: 1 } }), leaves('notes', 'stars'))
      await assert.rejects(change('notes', 'n1', { stars: { increment: -6 } }), leaves('notes', 'stars'))
      await assert.rejects(change('people', 'p1', { balance: { increment: '9999999999999999.99' } }), leaves('people', 'balance'))
      await change('notes', 'n1', { views: Number.MAX_SAFE_INTEGER, ratio: Number.MAX_VALUE })
      await assert.rejects(change('notes', 'n1', { views: { increment: 1 } }), leaves('notes', 'views'))
      await assert.rejects(change('notes', 'n1', { ratio: { increment: Number.MAX_VALUE } }), leaves('notes', 'ratio'))
      await change('notes', 'n1', { meta: { plain: 1 } })
      await assert.rejects(change('notes', 'n1', { meta: { append: [1] } }), leaves('notes', 'meta'))
      assert.equal(await change('notes', 'n9', { stars: 1 }), 0)
      assert.equal(await change('notes', 'n1', {}), 1)
      assert.equal(await change('notes', 'n9', {}), 0)
      await store.close()
    })

    test('a name that is no column is refused, whatever JavaScript thinks of it', async () => {
      const store = await fresh()
      for (const name of ['nope', '__proto__', 'constructor', 'toString', 'notes', 'id" = 1 --']) {
        await assert.rejects(
          store.transaction((tx) => tx.update('people', 'p1', Object.fromEntries([[name, 'x']]))),
          { code: 'invalid_call' },
          name,
        )
        await assert.rejects(store.list(query('people', [name])), { code: 'invalid_call' }, name)
        await assert.rejects(store.count('people', compare(name, 1)), { code: 'invalid_call' }, name)
        await assert.rejects(store.count(name === 'notes' ? 'nope' : name, all), { code: 'invalid_call' }, name)
      }
      await store.close()
    })
  })
}
