import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OffstageError } from '../../src/base/errors.ts'
import { defineApp, defineModels, t } from '../../src/index.ts'
import { testApp } from '../../src/testing.ts'

test('make finds values for every kind and its limits', async () => {
  const { models } = defineModels({
    things: {
      slug: t.text({ match: /^[a-z0-9]+(-[a-z0-9]+)*$/ }).unique(),
      code: t.text({ min: 6, max: 6, match: /^[A-Z]+\d+$/ }),
      pin: t.text({ match: /^\d{4}$/ }),
      short: t.text({ max: 2 }).unique(),
      long: t.text({ min: 40 }),
      mail: t.email(),
      site: t.url(),
      many: t.integer({ min: 10 }),
      number: t.integer().unique(),
      few: t.number({ max: -1 }),
      price: t.decimal(8, 2, { min: '0.50' }),
      yes: t.boolean(),
      at: t.datetime(),
      day: t.date(),
      kind: t.enum('a', 'b'),
      data: t.json<{ x?: number }>(),
      note: t.text().optional(),
      status: t.enum('open', 'shut').default('shut'),
    },
  })
  models.things.access({ read: 'everyone' })
  await using app = await testApp(defineApp({ models }))
  app.clock.set('2026-02-03T04:05:06Z')
  const rows = [await app.make.things(), await app.make.things({ kind: 'b', note: 'x' })]
  const { id: _, createdAt: _c, updatedAt: _u, version: _v, ...first } = rows[0]!
  assert.deepEqual(first, {
    slug: 'things-slug-1',
    code: 'AAAAA1',
    pin: '0001',
    short: 's1',
    long: `long 1${'x'.repeat(34)}`,
    mail: 'things1@example.com',
    site: 'https://example.com/things/1',
    many: 10,
    number: 1,
    few: -1,
    price: '1.00',
    yes: false,
    at: new Date('2026-02-03T04:05:06Z'),
    day: '2026-02-03',
    kind: 'a',
    data: {},
    note: null,
    status: 'shut',
  })
  assert.deepEqual([rows[1]!.kind, rows[1]!.note, rows[1]!.number], ['b', 'x', 2])
})

test('what cannot be made up is asked for by name', async () => {
  const { models } = defineModels({
    a: { code: t.text({ match: /^never\d{9}[!?]$/ }) },
    hens: { egg: t.ref('eggs') },
    eggs: { hen: t.ref('hens') },
  })
  for (const model of [models.a, models.hens, models.eggs]) model.access({ read: 'everyone' })
  await using app = await testApp(defineApp({ models }))
  const says = (pattern: RegExp) => (error: unknown) =>
    error instanceof OffstageError && error.code === 'invalid_call' && pattern.test(error.message)
  await assert.rejects(app.make.a(), says(/a\.code takes values that cannot be made up.*make\.a\(\{ code: \.\.\. \}\)/))
  await assert.rejects(app.make.hens(), says(/hens needs eggs needs hens/))
  assert.equal((await app.make.a({ code: 'never123456789!' })).code, 'never123456789!')
})
