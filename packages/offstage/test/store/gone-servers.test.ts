// Whoever goes away before the answer is there has the statement ended, and nobody else notices.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../eventually.ts'
import { all, insert, note, notesRegistry, person, query } from '../../src/store/contract/notes.ts'
import type { Reader } from '../../src/store/store.ts'
import { servers, type Lockable } from './locked.ts'

const people = query('people', ['id'])
const notes = query('notes', ['id'])
const ids = async (page: ReturnType<Reader['list']>): Promise<unknown[]> => (await page).rows.map(({ id }) => id)

for (const [name, open] of Object.entries(servers)) {
  const opened = async (): Promise<Lockable> => {
    const lockable = await open(notesRegistry())
    await insert(lockable.store, 'people', [person('p1'), person('p2')])
    await insert(lockable.store, 'notes', [note('n1')])
    return lockable
  }

  describe(`gone askers on ${name}`, () => {
    test('every kind of read is ended soon after its asker has gone, and the server is free of it', async () => {
      await using db = await opened()
      const { store } = db
      await db.lock()
      const reads: readonly ((reader: Reader) => Promise<unknown>)[] = [
        (reader) => reader.list(notes),
        (reader) => reader.listText(notes),
        (reader) => reader.count('notes', all),
        (reader) => reader.list({ ...people, include: [{ kind: 'count', as: 'n', field: 'notes', where: all } as never] }),
      ]
      for (const read of reads) {
        const asker = new AbortController()
        const answer = assert.rejects(read(store.for!(asker.signal)), { code: 'client_gone' })
        await eventually(async () => (await db.waiting()) === 1, 'the read waits')
        asker.abort()
        // The lock is still there, and a statement may take five minutes: it ends for no other reason.
        await answer
        await eventually(async () => (await db.waiting()) === 0, 'the server goes on with what nobody waits for')
      }
      await db.unlock()
      assert.deepEqual(await ids(store.list(notes)), ['n1'])
    })

    test('of fifty reads at once some are given up; all others are answered, and no connection is left behind', async () => {
      await using db = await opened()
      const { store } = db
      const staying = new AbortController()
      const quick = (count: number): Promise<unknown[][]> =>
        Promise.all(Array.from({ length: count }, () => ids(store.for!(staying.signal).list(people))))
      const giveUp = async (count: number): Promise<void> => {
        const asker = new AbortController()
        const given = Array.from({ length: count }, () => assert.rejects(store.for!(asker.signal).list(notes), { code: 'client_gone' }))
        await eventually(async () => (await db.waiting()) > 0, 'they wait')
        asker.abort()
        await Promise.all(given)
      }
      await db.lock()
      const [, some] = await Promise.all([giveUp(4), quick(46)])
      // Some of those who stay wait for the lock too: they get their answer, whatever they were under way with.
      const [, patient, others] = await Promise.all([
        giveUp(3).finally(() => db.unlock()),
        Promise.all(Array.from({ length: 2 }, () => ids(store.for!(staying.signal).list(notes)))),
        quick(46),
      ])
      assert.deepEqual(patient, [['n1'], ['n1']])
      assert.equal(some.length + others.length, 92)
      for (const one of [...some, ...others]) assert.deepEqual(one, ['p1', 'p2'])
      await eventually(async () => (await db.connections()) <= 10, 'connections are left behind')
    })

    test('given up again and again, the store keeps no more connections than it may have', async () => {
      await using db = await opened()
      const { store } = db
      await db.lock()
      for (let round = 0; round < 4; round++) {
        const asker = new AbortController()
        const given = Array.from({ length: 20 }, () => assert.rejects(store.for!(asker.signal).list(notes), { code: 'client_gone' }))
        await eventually(async () => (await db.waiting()) > 0, 'they wait')
        asker.abort()
        await Promise.all(given)
        assert.deepEqual(await ids(store.list(people)), ['p1', 'p2'])
      }
      await eventually(async () => (await db.waiting()) === 0, 'reads go on that nobody waits for')
      await eventually(async () => (await db.connections()) <= 10, 'connections are left behind')
      await db.unlock()
    })

    test('whoever has gone before is not even asked for, and one who goes after the answer changes nothing', async () => {
      await using db = await opened()
      const { store } = db
      await assert.rejects(store.for!(AbortSignal.abort()).list(people), { code: 'client_gone' })
      const asker = new AbortController()
      assert.deepEqual(await ids(store.for!(asker.signal).list(people)), ['p1', 'p2'])
      const before = await db.connections()
      asker.abort()
      await sleep(400)
      assert.equal(await db.connections(), before)
      assert.deepEqual(await ids(store.list(people)), ['p1', 'p2'])
    })
  })
}
