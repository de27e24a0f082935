import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openData } from '../../src/data/open.ts'
import type { Data } from '../../src/data/data.ts'
import { replicaGrace } from '../../src/data/recent-writers.ts'
import { parseQuery } from '../../src/query/parse-json.ts'
import { anonymous, system, type Principal } from '../../src/query/principal.ts'
import type { Query } from '../../src/query/tree.ts'
import { defineModels } from '../../src/schema/app.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import type { Store } from '../../src/store/store.ts'
import { openTestStore } from '../database.ts'

interface Lagging extends AsyncDisposable {
  readonly data: Data
  readonly clock: { now: Date }
  readonly ada: Principal
  readonly bob: Principal
  /** Everything up to now reaches the replica. */
  catchUp(): Promise<void>
  /** The titles of all notes, over the door of the API. */
  seen(who: Principal): Promise<readonly string[]>
}

/** A primary and a replica that stands still until it is told: the notes as they were then. */
async function open(): Promise<Lagging> {
  const { models, me } = defineModels({
    users: { name: t.text(), email: t.email().unique() },
    notes: { title: t.text(), owner: t.user().optional() },
  })
  models.users.access({ read: 'everyone' })
  models.notes.access({ read: 'everyone', create: 'everyone', update: { owner: me }, delete: { owner: me } })
  const registry = resolve({ models })
  const primary = await openTestStore(registry)
  const replica = await openTestStore(registry)
  const store = behindBy(primary, replica)
  const clock = { now: new Date('2026-03-01T12:00:00.000Z') }
  const data = openData({ registry, store, secret: 's'.repeat(32), now: () => clock.now })
  const sys = data.as(system)
  const person = async (name: string): Promise<Principal> => {
    const { id } = await sys['users'].create({ name, email: `${name}@example.com` })
    const { rows } = await store.list(everything(registry, 'users', id))
    return { kind: 'user', id, row: rows[0]! }
  }
  const [ada, bob] = [await person('ada'), await person('bob')]
  return {
    data,
    clock,
    ada,
    bob,
    async catchUp() {
      for (const model of ['users', 'notes']) {
        const { rows } = await primary.list(everything(registry, model))
        await replica.transaction(async (tx) => {
          for (const row of rows) if ((await tx.count(model, one(row['id'] as string))) === 0) await tx.insert(model, row)
        })
      }
    },
    async seen(who) {
      const { rows, texts } = await data.read(who, parseQuery(registry, 'notes', { sort: 'title' }, { trusted: true }))
      return (rows ?? texts!.map((text) => JSON.parse(text))).map(({ title }) => title as string)
    },
    async [Symbol.asyncDispose]() {
      await primary.close()
      await replica.close()
    },
  }
}

/** Stores may be of a class: what a spread would lose is named. */
function behindBy(store: Store, replica: Store): Store {
  return {
    dialect: store.dialect,
    place: store.place,
    tables: store.tables,
    behind: replica,
    list: (query) => store.list(query),
    listText: (query) => store.listText(query),
    aggregate: (aggregate) => store.aggregate(aggregate),
    count: (model, where) => store.count(model, where),
    transaction: (run, options) => store.transaction(run, options),
    close: () => store.close(),
  }
}

const one = (id: string): Query['where'] => ({ is: 'compare', field: 'id', op: 'eq', value: id })

function everything(registry: Registry, model: string, id?: string): Query {
  const query = parseQuery(registry, model, { limit: 1000 }, { trusted: true })
  const select = registry.models.get(model)!.columns.map(({ name }) => ({ field: name }))
  return { ...query, select, ...(id !== undefined && { where: one(id) }) }
}

test('who has written reads the write at once, others when the replica has it, and the writer goes back to the replica later', async () => {
  await using lagging = await open()
  const { data, ada, bob, clock, seen } = lagging
  await data.as(ada)['notes'].create({ title: 'of ada', owner: ada.kind === 'user' ? ada.id : '' })
  assert.deepEqual(await seen(ada), ['of ada'])
  assert.deepEqual(await seen(bob), [])
  assert.deepEqual(await seen(anonymous), [])
  clock.now = new Date(clock.now.getTime() + replicaGrace - 1)
  assert.deepEqual(await seen(ada), ['of ada'])
  clock.now = new Date(clock.now.getTime() + 1)
  assert.deepEqual(await seen(ada), [])
  await lagging.catchUp()
  assert.deepEqual(await seen(bob), ['of ada'])
})

test('what code writes as the system belongs to who called it, a hook and a transaction included', async () => {
  await using lagging = await open()
  const { data, ada, bob, seen } = lagging
  await data.as(ada)['system'].notes.create({ title: 'by the system' })
  assert.deepEqual(await seen(ada), ['by the system'])
  await data.as(bob)['transaction'](async (db: any) => void (await db.system.notes.create({ title: 'in one' })))
  assert.deepEqual(await seen(bob), ['by the system', 'in one'])
  assert.deepEqual(await seen(anonymous), [])
  await data.as(anonymous)['notes'].create({ title: 'of a stranger' })
  assert.equal((await seen(anonymous)).length, 3)
})

test('who has just signed up is found', async () => {
  await using lagging = await open()
  const { data } = lagging
  const { id } = await data.signUp({ name: 'Eve', email: 'eve@example.com' })
  const eve: Principal = { kind: 'user', id: id as string, row: { id: id as string } }
  const query = { ...parseQuery(data.registry, 'users', {}, { trusted: true }), where: one(id as string) }
  const found = await data.read(eve, query)
  assert.equal((found.rows ?? found.texts!).length, 1)
})

test('a request that may write reads what is true now; one that may not, and the system, as is said', async () => {
  await using lagging = await open()
  const { data, ada, bob } = lagging
  await data.as(system)['notes'].create({ title: 'new' })
  assert.equal(await data.as(bob)['notes'].count(), 1)
  assert.equal(await data.as(bob, { readOnly: true })['notes'].count(), 0)
  assert.equal(await data.as(bob, { readOnly: true })['system'].notes.count(), 1)
  assert.equal(await data.transaction(bob, async (inner) => inner.as(bob)['notes'].count()), 1)
  await data.as(ada)['notes'].create({ title: 'of ada' })
  // What a GET endpoint reads as somebody else is still asked for by her.
  assert.equal(await data.as(ada, { readOnly: true })['as'](null).notes.count(), 2)
})
