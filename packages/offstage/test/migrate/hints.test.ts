import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { applyOperations } from '../../src/migrate/apply-operations.ts'
import { canonical } from '../../src/migrate/canonical.ts'
import { diff } from '../../src/migrate/diff.ts'
import { withFlags, type Flags } from '../../src/migrate/flags.ts'
import { noHints } from '../../src/migrate/hints.ts'
import { hintsOf } from '../../src/migrate/hints-of.ts'
import { createModel } from '../../src/schema/model.ts'
import { resolve } from '../../src/schema/resolve.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { t } from '../../src/schema/t.ts'
import { blueprintOf } from '../../src/store/blueprint.ts'
import type { Operation } from '../../src/store/operations.ts'

const now = new Date('2026-01-31T12:00:00.000Z')
type Model = object | readonly [fields: object, options: object]
const app = (models: Record<string, Model>): Registry =>
  resolve({
    models: Object.fromEntries(
      Object.entries(models).map(([name, model]) => [name, Array.isArray(model) ? createModel(model[0], model[1]) : createModel(model)]),
    ),
  })

interface Result {
  readonly operations: readonly Operation[]
  readonly problems: readonly string[]
  readonly words: string
}

/** What `make` would do for two versions of an app. Whatever it is, it must lead to the second. */
function between(before: Record<string, Model>, after: Record<string, Model>, flags: Flags = {}): Result {
  const [from, to] = [blueprintOf(app(before)), blueprintOf(app(after))]
  const { operations, problems } = diff(from, to, withFlags(from, to, hintsOf(app(after), now), flags))
  assert.deepEqual(applyOperations(from, operations), canonical(to))
  return { operations, problems: problems.map(({ id }) => id), words: problems.map(({ what, write }) => `${what}; ${write}.`).join('\n') }
}
const kinds = ({ operations }: Result): string[] => operations.map((one) => one.op)

describe('what was renamed', () => {
  test('is said by the model, the field and the choice, and nothing else changes', () => {
    const result = between(
      { posts: { title: t.text().searchable().index(), status: t.enum('draft', 'done') }, notes: { post: t.ref('posts') } },
      {
        articles: [
          {
            headline: t.text().renamedFrom('title').searchable().index(),
            status: t.enum('unpublished', 'done').renamedChoices({ draft: 'unpublished' }),
          },
          { renamedFrom: 'posts' },
        ],
        notes: { post: t.ref('articles') },
      },
    )
    assert.deepEqual(result.problems, [])
    assert.deepEqual(kinds(result), [
      'renameTable',
      'renameColumn',
      'renameColumn',
      'renameIndex',
      'renameIndex',
      'alterColumn',
      'renameChoice',
      'alterColumn',
    ])
    const [wide, , narrow] = result.operations.slice(5) as (Operation & { op: 'alterColumn' })[]
    assert.deepEqual(
      [wide!.to.choices, narrow!.to.choices],
      [
        ['draft', 'done', 'unpublished'],
        ['unpublished', 'done'],
      ],
    )
  })

  test('means nothing once it has been done', () => {
    const models = {
      articles: [
        { headline: t.text().renamedFrom('title'), status: t.enum('b').renamedChoices({ a: 'b' }) },
        { renamedFrom: 'posts' },
      ] as const,
    }
    assert.deepEqual(between(models, models).operations, [])
    // Even if something of the old name came back.
    assert.deepEqual(kinds(between({ ...models, posts: { x: t.text() } }, models)), ['dropTable'])
  })

  test('is asked about when it is not said, with both answers', () => {
    const column = between({ posts: { title: t.text(), n: t.integer() } }, { posts: { headline: t.text(), n: t.integer() } })
    assert.deepEqual(column.problems, ['ambiguous_column', 'required'])
    for (const words of ['--rename posts.title=headline', "renamedFrom('title')", '--drop posts.title'])
      assert.ok(column.words.includes(words), words)
    const table = between({ posts: { title: t.text(), n: t.integer() } }, { articles: { title: t.text(), n: t.integer() } })
    assert.deepEqual(table.problems, ['ambiguous_table'])
    for (const words of ['--rename posts=articles', "renamedFrom: 'posts'", '--drop posts']) assert.ok(table.words.includes(words), words)
    const choice = between({ posts: { status: t.enum('a', 'b') } }, { posts: { status: t.enum('b', 'c') } })
    assert.deepEqual(choice.problems, ['ambiguous_choice'])
    for (const words of ['--rename posts.status.a=c', 'renamedChoices({ "a": \'c\' })', '--drop posts.status.a'])
      assert.ok(choice.words.includes(words), words)
  })

  test('is not asked about what is not alike', () => {
    assert.deepEqual(between({ posts: { title: t.text() } }, { posts: { n: t.integer().optional() } }).problems, [])
    assert.deepEqual(between({ posts: { author: t.ref('posts') } }, { posts: { by: t.text().optional() } }).problems, [])
    assert.deepEqual(between({ posts: { title: t.text(), n: t.integer() } }, { tags: { label: t.text(), x: t.date() } }).problems, [])
    assert.deepEqual(between({ posts: { status: t.enum('a', 'b') } }, { posts: { status: t.enum('b') } }).problems, [])
  })

  test('is answered by flags, of a table by its old or its new name', () => {
    const before = { posts: { title: t.text(), old: t.text(), status: t.enum('a', 'b.c', 'd') } }
    const after = { articles: { headline: t.text(), fresh: t.text().optional(), state: t.enum('a', 'x=y') } }
    for (const table of ['posts', 'articles']) {
      const result = between(before, after, {
        rename: [`${table}.status=state`, `${table}.title=headline`, `${table}.state.b.c=x=y`, 'posts=articles'],
        drop: [`${table}.old`, `${table}.status.d`],
      })
      assert.deepEqual(result.problems, [])
      assert.deepEqual(kinds(result), [
        'renameTable',
        'renameColumn',
        'renameColumn',
        'alterColumn',
        'addColumn',
        'renameChoice',
        'alterColumn',
        'dropColumn',
      ])
    }
    assert.deepEqual(kinds(between({ posts: { a: t.text() } }, { tags: { a: t.text() } }, { drop: ['posts'] })), [
      'createTable',
      'dropTable',
    ])
  })

  test('names that differ by case alone are always renames', () => {
    assert.deepEqual(kinds(between({ posts: { teXt: t.text() } }, { postS: { text: t.text() } })), ['renameTable', 'renameColumn'])
  })
})

describe('what rows get that are there', () => {
  test('is not one value for all of them where it is unique', () => {
    const { problems, words } = between({ posts: { title: t.text() } }, { posts: { title: t.text(), slug: t.slug('title') } })
    assert.deepEqual(problems, ['required'])
    for (const word of ['posts.slug is required', '.optional()', '--data posts.slug', 'unique']) assert.ok(words.includes(word), word)
    for (const word of ['.default', '--fill']) assert.ok(!words.includes(word), word)
  })

  test('is the default, and else asked for', () => {
    const before = { orders: [{}, { own: { createdAt: false, version: false } }] as const }
    const after = {
      orders: { a: t.integer().default(3), b: t.json().default({ x: 1 }), c: t.text().default(() => 'x'), d: t.text().optional() },
    }
    const result = between(before, after)
    assert.deepEqual(result.problems, ['required'])
    for (const words of ['orders.c is required', '.default(value)', '.optional()', '--fill orders.c=value', '--data orders.c'])
      assert.ok(result.words.includes(words), words)
    const fills = result.operations.map((one) => (one.op === 'addColumn' ? [one.column.name, one.fill ?? one.column.default] : []))
    assert.deepEqual(
      new Map(fills as [string, unknown][]),
      new Map<string, unknown>([
        ['a', 3],
        ['b', { x: 1 }],
        ['c', undefined],
        ['createdAt', now.toISOString()],
        ['d', undefined],
        ['version', 1],
      ]),
    )
  })

  test('may be one value, or worked out by a step between two changes', () => {
    const before = { orders: { note: t.text().optional().searchable() } }
    const after = { orders: { note: t.text().searchable(), total: t.decimal(10, 2) } }
    const filled = between(before, after, { fill: ['orders.total=7.5', 'orders.note=none'] })
    assert.deepEqual(filled.problems, [])
    assert.deepEqual(kinds(filled), ['alterColumn', 'addColumn', 'fillShadow'])
    assert.deepEqual(
      filled.operations.flatMap((one) => ('fill' in one ? [one.fill] : [])),
      ['none', '7.50'],
    )
    const worked = between(before, after, { data: ['orders.total', 'orders.note'] })
    assert.deepEqual(worked.problems, [])
    assert.deepEqual(kinds(worked), ['addColumn', 'data', 'data', 'alterColumn', 'alterColumn', 'fillShadow'])
  })

  test('a column that gets required is asked about too, and types that cannot change', () => {
    assert.deepEqual(between({ a: { x: t.text().optional() } }, { a: { x: t.text() } }).problems, ['required'])
    assert.deepEqual(between({ a: { x: t.text().optional() } }, { a: { x: t.text().default('y') } }).problems, [])
    const before = { a: { x: t.boolean().index(), y: t.text().unique() } }
    const after = { a: { x: t.date().optional().index(), y: t.text().unique() } }
    assert.deepEqual(between(before, after).problems, ['impossible'])
    assert.deepEqual(kinds(between(before, after, { drop: ['a.x'] })), ['dropIndex', 'dropColumn', 'addColumn', 'addIndex'])
  })

  test('flags that fit nothing are all told', () => {
    const flags = {
      rename: ['posts.titel=headline', 'psts=articles', 'posts.title=nothing', 'posts.status.x=a'],
      drop: ['posts.nothing', 'posts.status.x'],
      fill: ['posts.n=many', 'posts.n', 'posts.price=1.234', 'posts.status=x', 'posts.nothing=1'],
      data: ['posts.nothing'],
    }
    const from = blueprintOf(app({ posts: { title: t.text(), status: t.enum('a') } }))
    const to = blueprintOf(app({ posts: { headline: t.text(), n: t.integer(), price: t.decimal(5, 2), status: t.enum('a') } }))
    assert.throws(
      () => withFlags(from, to, noHints, flags),
      (error: Error & { code: string }) => {
        for (const [flag, texts] of Object.entries(flags))
          for (const text of texts) assert.ok(error.message.includes(`--${flag} ${text}`), text)
        return error.code === 'invalid_migration'
      },
    )
  })
})

describe('tables that are known to be empty', () => {
  test('are made anew where they differ, and nothing is asked', () => {
    const from = blueprintOf(app({ posts: { title: t.text() }, notes: { post: t.ref('posts') } }))
    const to = blueprintOf(
      app({ posts: [{ title: t.boolean(), n: t.integer() }, { own: { id: t.serial() } }], notes: { post: t.ref('posts') } }),
    )
    const { operations, problems } = diff(from, to, { empty: new Set(['posts', 'notes']) })
    assert.deepEqual(problems, [])
    assert.deepEqual(applyOperations(from, operations), canonical(to))
  })
})
