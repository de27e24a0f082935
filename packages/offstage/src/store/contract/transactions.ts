import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { UniqueViolation, type Store, type Transaction } from '../store.ts'
import { all, compare, insert, note, notesRegistry, person, query, read, type OpenStore } from './notes.ts'

/** As a caller who is told to come back: of so many some may wait too long for a connection. */
async function retrying<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (error) {
      if ((error as { code?: string }).code !== 'unavailable' || tries === 100) throw error
      await sleep(100 + Math.random() * 400)
    }
  }
}

export function transactionContract(name: string, open: OpenStore): void {
  const fresh = async (): Promise<Store> => {
    const store = await open(notesRegistry())
    return store
  }
  const count = (store: Pick<Store, 'count'>): Promise<number> => store.count('people', all)

  describe(`${name}: transactions`, { timeout: 300_000 }, () => {
    test('what throws changes nothing, and its neighbours keep what they did', async () => {
      const store = await fresh()
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          store.transaction(async (tx) => {
            await tx.insert('people', person(`p${i}`))
            if (i % 3 === 0) await turn()
            await tx.insert('people', person(`q${i}`))
            if (i % 2 === 0) throw new Error(`no ${i}`)
            return i
          }),
        ),
      )
      assert.deepEqual(
        results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error).message)),
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? `no ${i}` : i)),
      )
      assert.equal(await count(store), 20)
      await store.close()
    })

    test('others see what is committed only; the transaction sees what it did', async () => {
      const store = await fresh()
      await store.transaction(async (tx) => {
        await tx.insert('people', person('p1'))
        assert.equal(await count(tx), 1)
        assert.equal((await tx.list(query('people', ['id']))).rows.length, 1)
        assert.equal((await tx.listLocked(query('people', ['id']))).rows.length, 1)
        assert.equal(await count(store), 0)
        await turn()
        assert.equal(await count(store), 0)
      })
      assert.equal(await count(store), 1)
      await store.close()
    })

    test('transactions run one after another: 200 that take from one stock leave it at zero', async () => {
      const store = await fresh()
      await insert(store, 'notes', [note('stock', { views: 150 })])
      const taken = await Promise.all(
        Array.from({ length: 200 }, () =>
          retrying(() =>
            store.transaction(
              async (tx) => {
                const { rows } = await tx.listLocked(query('notes', ['views'], { where: compare('id', 'stock') }))
                await turn()
                if (rows[0]!['views'] === 0) return false
                await tx.update('notes', 'stock', { views: (rows[0]!['views'] as number) - 1 })
                return true
              },
              { timeout: 60_000 },
            ),
          ),
        ),
      )
      assert.equal(taken.filter(Boolean).length, 150)
      assert.equal(await read(store, 'notes', 'stock', 'views'), 0)
      await store.close()
    })

    test('a refused statement is undone alone: the transaction goes on', async () => {
      const store = await fresh()
      await store.transaction(async (tx) => {
        await tx.insert('people', person('p1'))
        await assert.rejects(tx.insert('people', person('p1')), UniqueViolation)
        await tx.insert('people', person('p2'))
      })
      assert.equal(await count(store), 2)
      await store.close()
    })

    test('a savepoint that throws is undone alone, at any depth', async () => {
      const store = await fresh()
      await store.transaction(async (tx) => {
        await tx.insert('people', person('p1'))
        await tx.savepoint(async () => {
          await tx.insert('people', person('p2'))
          await assert.rejects(
            tx.savepoint(async () => {
              await tx.insert('people', person('p3'))
              throw new Error('inner')
            }),
            /inner/,
          )
          await tx.savepoint(() => tx.insert('people', person('p4')))
        })
        await assert.rejects(
          tx.savepoint(async () => {
            await tx.savepoint(() => tx.insert('people', person('p5')))
            throw new Error('outer')
          }),
          /outer/,
        )
      })
      assert.deepEqual(
        (await store.list(query('people', ['id']))).rows.map((row) => row['id']),
        ['p1', 'p2', 'p4'],
      )
      await store.close()
    })

    test('two savepoints at once are refused, and nothing of the transaction stays', async () => {
      const store = await fresh()
      await assert.rejects(
        store.transaction(async (tx) => {
          await Promise.allSettled([
            tx.savepoint(async () => {
              await tx.insert('people', person('p1'))
            }),
            tx.savepoint(async () => {
              await sleep(5)
              await tx.insert('people', person('p2'))
            }),
          ])
        }),
        { code: 'invalid_call' },
      )
      assert.equal(await count(store), 0)
      await store.close()
    })

    test('a transaction over its time is undone, and can do nothing more', async () => {
      const store = await fresh()
      const over = Promise.withResolvers<void>()
      let late: Promise<unknown> | undefined
      const waits = store.transaction(
        async (tx) => {
          late = over.promise.then(() => tx.insert('people', person('p2')))
          late.catch(() => {})
          await tx.insert('people', person('p1'))
          await over.promise
        },
        { timeout: 20 },
      )
      const neighbour = store.transaction((tx) => tx.insert('people', person('p3')))
      await assert.rejects(waits, { code: 'timeout' })
      await neighbour
      over.resolve()
      await assert.rejects(late!, { code: 'timeout' })
      assert.deepEqual((await store.list(query('people', ['id']))).rows, [{ id: 'p3' }])
      await store.close()
    })

    test('a transaction that never waits is over its time too, even if it swallows the refusal', async () => {
      const store = await fresh()
      let turned = 0
      const timer = setInterval(() => turned++, 1)
      const endless = store.transaction(
        async (tx) => {
          for (let i = 0; ; i++) {
            try {
              await tx.insert('people', person(`p${i}`))
            } catch {
              return
            }
          }
        },
        { timeout: 150 },
      )
      await assert.rejects(
        endless.finally(() => clearInterval(timer)),
        { code: 'timeout' },
      )
      assert.ok(turned > 0, 'the event loop turned meanwhile')
      assert.equal(await count(store), 0)
      await store.close()
    })

    test('a transaction that has ended can do nothing more', async () => {
      const store = await fresh()
      let kept: Transaction | undefined
      await store.transaction(async (tx) => {
        kept = tx
      })
      for (const use of [
        () => kept!.insert('people', person('p1')),
        () => kept!.list(query('people', ['id'])),
        () => kept!.savepoint(async () => {}),
        () => count(kept!),
      ]) {
        await assert.rejects(use, { code: 'invalid_call' })
      }
      assert.equal(await count(store), 0)
      await store.close()
    })

    test('closing waits for what was begun, and then refuses', async () => {
      const store = await open(notesRegistry(), 'closing')
      const writes = Array.from({ length: 10 }, (_, i) =>
        store.transaction(async (tx) => {
          await sleep(2)
          await tx.insert('people', person(`p${i}`))
        }),
      )
      await store.close()
      await Promise.all(writes)
      await assert.rejects(
        store.transaction((tx) => tx.insert('people', person('late'))),
        { code: 'unavailable' },
      )
      await assert.rejects(store.list(query('people', ['id'])), { code: 'unavailable' })
      const again = await open(notesRegistry(), 'closing')
      assert.equal(await count(again), 10)
      await again.close()
    })
  })
}
