// What an `input` lets through is never answered by 500: an endpoint that declares its inputs with the kinds of its fields may pass them on.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { defineApp, defineModels, t } from '../../src/index.ts'
import { serve, type Served } from './served.ts'

const kinds = {
  text: () => t.text({ max: 200_000 }),
  short: () => t.text({ max: 5 }),
  matching: () => t.text({ match: /^a+$/ }),
  email: () => t.email(),
  url: () => t.url({ max: 200_000 }),
  integer: () => t.integer({ min: -5, max: 5 }),
  whole: () => t.integer(),
  number: () => t.number(),
  decimal: () => t.decimal(10, 2, { max: '100.00' }),
  exact: () => t.decimal(18, 6),
  boolean: () => t.boolean(),
  date: () => t.date(),
  datetime: () => t.datetime(),
  choice: () => t.enum('red', 'in', '__proto__'),
  json: () => t.json(),
  row: () => t.ref('things'),
} as const
type Name = keyof typeof kinds
const names = Object.keys(kinds) as Name[]
/** Which words of a filter the kind has. */
const ordered = new Set<Name>([
  'text',
  'short',
  'matching',
  'email',
  'url',
  'integer',
  'whole',
  'number',
  'decimal',
  'exact',
  'date',
  'datetime',
])

const fields = Object.fromEntries(names.map((name) => [name, (kinds[name]() as any).optional()])) as any
const { models, endpoint } = defineModels({ things: fields })
const things = (models as any).things
things.access({ read: 'everyone', create: 'everyone', update: 'everyone', delete: 'everyone' })

type Use = (table: any, name: Name, value: any) => unknown
const uses: Readonly<Record<string, Use>> = {
  where: (table, name, value) => (name === 'json' ? null : table.list({ where: { [name]: value } })),
  not: (table, name, value) => (name === 'json' ? null : table.count({ [name]: { not: value } })),
  among: (table, name, value) => (name === 'json' ? null : table.list({ where: { [name]: { in: [value] } } })),
  after: (table, name, value) => (ordered.has(name) ? table.first({ where: { [name]: { gt: value } } }) : null),
  part: (table, name, value) =>
    typeof value === 'string' && ordered.has(name) && !/^(decimal|exact|date)$/.test(name)
      ? table.list({ where: { [name]: { contains: value } } })
      : null,
  having: (table, name, value) =>
    ordered.has(name)
      ? table.aggregate({ group: name, measures: { n: 'count', most: { max: name } }, having: { most: { lte: value } } })
      : null,
  create: (table, name, value) => table.create({ [name]: value }),
  update: async (table, name, value) => table.update((await table.create({})).id, { [name]: value }),
  step: async (table, name, value) =>
    /^(integer|whole|number|decimal|exact)$/.test(name)
      ? table.update((await table.create({ [name]: '1' === value ? 0 : 1 })).id, { [name]: { increment: value } })
      : null,
  change: (table, name, value) => table.updateMany({ short: 'none' }, { [name]: value }),
  get: (table, _, value) => (typeof value === 'string' && value !== '' ? table.get(value) : null),
}
const useNames = Object.keys(uses)
const endpoints = Object.fromEntries(
  names.map((name) => [
    name,
    endpoint({
      allow: 'everyone',
      input: { use: t.text(), sys: t.boolean(), value: kinds[name]() as any },
      run: async ({ input, db }: any) => {
        await uses[input.use]!((input.sys ? db.system : db).things, name, input.value)
      },
    }),
  ]),
)

const text = ['', 'a', ' ', '\ud800', 'a\0b', '\u{10ffff}'.repeat(5), 'ﷺ', 'İ', "'; --", '%', '\\', '\u001b[31m', '\ufeff']
/** Too long to be sent to every kind. */
const long: Partial<Record<Name, readonly string[]>> = {
  text: ['x'.repeat(200_000), '\u{1f600}'.repeat(100_000)],
  url: [`http://a/${'b'.repeat(150_000)}`],
  short: ['x'.repeat(200_000)],
}
const values: readonly unknown[] = [
  ...text,
  'a@b.cd', 'ǅ@ﷺ.cd', `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}`, 'http://a', 'HTTP://É/?#',
  0, -0, 1, -5, 5, 5.5, 1e-300, 1e300, -1e300, 5e-324, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 53, 999_999_999_999_999,
  '0', '-0.00', '1', '100.00', '99999999.99', '-99999999.99', '999999999999.999999', '0000000001.5', '1e5', '123456789012345678901234567890',
  true, false, null, [], {}, [null], { a: 1 }, { increment: 1 }, { append: [1] }, { not: 1 }, { path: 'a', equals: 1 },
  '0001-01-01', '9999-12-31', '2026-02-29', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '0001-01-01T00:00:00+23:59', '9999-12-31T23:59:59.999-23:59', '2026-01-01T24:00:00Z',
  'red', 'in', '__proto__', 'constructor', '7', '00000000-0000-0000-0000-000000000000', 'x'.repeat(255), 'x'.repeat(256), 'query',
] // prettier-ignore

let served: Served
before(async () => void (served = await serve(defineApp({ models, endpoints } as any))))
after(() => served[Symbol.asyncDispose]())

for (const name of names)
  test(`a value that is a ${name} may be passed on to a ${name}, or is refused as its caller's`, async () => {
    let passed = 0
    for (const value of [...values, ...(long[name] ?? [])]) {
      const sent = JSON.stringify(value)
      let refused = false
      for (const use of useNames)
        for (const sys of refused ? [] : [false, true]) {
          const body = `{"use":"${use}","sys":${sys},"value":${sent}}`
          const answer = await served.running.fetch(
            new Request(`http://api.example/api/call/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
          )
          const said = await answer.text()
          assert.ok(answer.status < 500, `${use} ${sys} ${sent.slice(0, 80)}: ${said.slice(0, 600)}`)
          if (answer.status === 204) passed++
          // By the input, which is the same whatever it would be used for.
          else refused = use === 'where'
        }
    }
    assert.ok(passed > useNames.length)
  })
