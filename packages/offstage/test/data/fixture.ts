// A small shop of two tenants, opened on an empty database for each test.

import { OffstageError } from '../../src/base/errors.ts'
import type { ChangeEntry, Data, Db } from '../../src/data/data.ts'
import { openData } from '../../src/data/open.ts'
import { system } from '../../src/query/principal.ts'
import { defineModels, type OneFileKit } from '../../src/schema/app.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import { openTestStore } from '../database.ts'

export interface DataTest extends AsyncDisposable {
  readonly data: Data
  readonly sys: Db
  readonly clock: { now: Date }
  /** What the change log got, transaction by transaction. */
  readonly log: ChangeEntry[][]
  as(user: { id: string } | string | null): Db
}

/** Opens any models; rules and hooks are declared by `declare`. */
export async function openModels<M extends object>(models: M, declare: (kit: any) => void = () => {}): Promise<DataTest> {
  const kit = defineModels(models as any) as OneFileKit<any, any>
  declare(kit)
  const registry = resolve({ models: kit.models })
  const store = await openTestStore(registry)
  const clock = { now: new Date('2026-03-01T12:00:00.000Z') }
  const log: ChangeEntry[][] = []
  const data = openData({
    registry,
    store,
    secret: 's'.repeat(32),
    now: () => clock.now,
    append: async (entries) => void log.push([...entries]),
  })
  const sys = data.as(system)
  return { data, sys, clock, log, as: (user) => sys['as'](user), [Symbol.asyncDispose]: () => store.close() }
}

export interface Shop extends DataTest {
  readonly a: any
  readonly b: any
  readonly alice: any
  readonly bob: any
  readonly mallory: any
}

export async function openShop(declare: (kit: any) => void = () => {}): Promise<Shop> {
  const test = await openModels(
    {
      tenants: { name: t.text() },
      users: {
        name: t.text(),
        email: t.email().unique(),
        role: t.enum('member', 'manager', 'admin').default('member').writable('nobody'),
        tenant: t.ref('tenants').optional().writable('nobody'),
        secret: t.text().hidden().default('hush').writable('nobody'),
        nick: t
          .text()
          .optional()
          .writable(t.me.is({ role: 'manager' })),
      },
      projects: {
        title: t.text({ min: 1, max: 50 }),
        slug: t.text({ max: 50 }).unique(),
        owner: t.user(),
        tenant: t.ref('tenants').default(t.me.tenant),
        budget: t
          .integer({ min: 0 })
          .default(0)
          .readable(t.me.is({ role: 'manager' })),
        pin: t.text().optional().hidden().writable('signed-in'),
        diary: t.text().optional().readable({ owner: t.me }).writable({ owner: t.me }),
        due: t.datetime().optional(),
        price: t.decimal(8, 2).default('0.00'),
        ratio: t.number().optional(),
        tags: t.json<string[]>().default([]),
        tasks: t.many('tasks', 'project'),
        labels: t.many('labels').through('projectLabels'),
      },
      tasks: {
        title: t.text({ max: 50 }),
        project: t.ref('projects').onDelete('cascade'),
        assignee: t.ref('users').optional().onDelete('clear'),
        points: t.integer().default(0),
      },
      labels: { name: t.text(), projects: t.many('projects').through('projectLabels') },
      projectLabels: { project: t.ref('projects').onDelete('cascade'), label: t.ref('labels').onDelete('cascade') },
      memberships: { user: t.ref('users'), role: t.text() },
      coupons: { code: t.text().unique(), stock: t.integer({ min: 0 }) },
      orphans: { text: t.text() },
    },
    (kit) => {
      const { models, me } = kit
      const tenant = { tenant: me.tenant }
      models.tenants.access({ read: { id: me.tenant } })
      models.users.access({ read: tenant, update: { id: me } })
      models.projects.access({ read: tenant, create: { ...tenant, owner: me }, update: tenant, delete: { owner: me } })
      models.tasks.access({
        read: { project: tenant },
        create: { project: tenant },
        update: { project: tenant },
        delete: { project: { owner: me } },
      })
      models.labels.access({ read: 'signed-in', create: 'signed-in' })
      models.projectLabels.access({ read: { project: tenant }, create: { project: { owner: me } }, delete: { project: { owner: me } } })
      models.memberships.access({ read: { user: me } })
      models.coupons.access({ read: 'signed-in' })
      declare(kit)
    },
  )
  const { sys } = test
  const [a, b] = [await sys['tenants'].create({ name: 'A' }), await sys['tenants'].create({ name: 'B' })]
  const user = (name: string, tenant: any, role = 'member'): Promise<any> =>
    sys['users'].create({ name, email: `${name}@example.com`, tenant: tenant.id, role })
  const [alice, bob, mallory] = [await user('alice', a), await user('bob', a, 'manager'), await user('mallory', b)]
  test.log.length = 0
  return { ...test, a, b, alice, bob, mallory, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() }
}

/** The error of a promise that must fail with this code. */
export async function refusal(promise: Promise<unknown>, code: string): Promise<OffstageError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if (!('error' in outcome)) throw new Error(`Expected ${code}, but it succeeded with ${JSON.stringify(outcome.value)}.`)
  if (!(outcome.error instanceof OffstageError)) throw outcome.error
  if (outcome.error.code !== code) throw new Error(`Expected ${code}, found ${outcome.error.code}: ${outcome.error.message}`)
  return outcome.error
}

export const paths = (error: OffstageError): readonly string[] => (error.errors ?? []).map(({ path }) => path)

/** Everything in the database, to see that nothing changed. */
export async function world(test: DataTest): Promise<string> {
  const all: Record<string, unknown> = {}
  for (const model of test.data.registry.models.values()) {
    all[model.name] = (await test.sys[model.name].list({ limit: 10_000, sort: 'id', reveal: model.columns.map(({ name }) => name) })).data
  }
  return JSON.stringify(all)
}
