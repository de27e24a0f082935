// What is worked out from operations: the way back, what is put aside, risks and findings.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { applyOperations } from '../../src/migrate/apply-operations.ts'
import { canonical, named } from '../../src/migrate/canonical.ts'
import { diff } from '../../src/migrate/diff.ts'
import { invert } from '../../src/migrate/invert.ts'
import { puttingAside } from '../../src/migrate/kept.ts'
import { lint } from '../../src/migrate/lint.ts'
import { losses, risksOf } from '../../src/migrate/risk.ts'
import type { Blueprint, ColumnDef, TableDef } from '../../src/store/blueprint.ts'
import type { DialectName, Operation } from '../../src/store/operations.ts'
import { Dice } from '../random/dice.ts'
import { edited, randomBlueprint, renamed } from './blueprints.ts'

const now = new Date('2026-01-31T12:00:00.000Z')
const id: ColumnDef = { name: 'id', type: 'uuid', nullable: false }
const title: ColumnDef = { name: 'title', type: 'text(255)', nullable: false }
const author: ColumnDef = { name: 'author', type: 'uuid', nullable: false, references: { table: 'users', column: 'id' } }
const posts: TableDef = {
  name: 'posts',
  columns: [id, title, author],
  indexes: [{ name: 'posts__title__index', columns: ['title', 'id'], unique: false }],
}
const users: TableDef = { name: 'users', columns: [id], indexes: [] }
const blog: Blueprint = { tables: [posts, users] }

const altered = (from: ColumnDef, change: Partial<ColumnDef>): Operation => ({
  op: 'alterColumn',
  table: 'posts',
  from,
  to: { ...from, ...change },
})
const classes = (operations: readonly Operation[]): string[] => risksOf(blog, operations).map((one) => one.class)
const ids = (operations: readonly Operation[], dialect: DialectName = 'postgres'): string[] =>
  lint(blog, operations, dialect).map((one) => one.id)

describe('the way back', () => {
  test('leads to the tables of before, whatever was changed', () => {
    let ways = 0
    for (let seed = 0; seed < 3000; seed++) {
      const dice = new Dice(seed)
      const before = randomBlueprint(dice)
      const { blueprint, renames } = renamed(dice, before)
      const after = dice.chance(0.6) ? edited(dice, blueprint) : blueprint
      const { operations } = diff(before, after, renames)
      const lossless = operations.filter(({ op }) => op !== 'dropTable' && op !== 'dropColumn')
      for (const part of [operations, applicable(before, lossless)]) {
        const back = invert(before, part)
        assert.equal(back.irreversible.length > 0 && back.operations.length > 0, false)
        if (back.irreversible.length > 0) continue
        ways++
        assert.deepEqual(applyOperations(applyOperations(before, part), back.operations), canonical(before), `seed ${seed}`)
      }
    }
    assert.ok(ways > 2000, String(ways))
  })

  test('is refused with the reason where values cannot be told any more', () => {
    const reasons = (operations: readonly Operation[]): string => invert(blog, operations).irreversible.join()
    assert.match(
      reasons([
        { op: 'dropIndex', table: 'posts', index: posts.indexes[0]! },
        { op: 'dropColumn', table: 'posts', column: title },
      ]),
      /drop posts\.title: its values are gone/,
    )
    assert.match(reasons([{ op: 'dropTable', table: posts }]), /its rows are gone/)
    assert.match(reasons([altered(title, { type: 'decimal(10,2)' })]), /written otherwise/)
    assert.match(reasons([{ op: 'data', step: 'posts.title' }]), /step of code/)
    assert.match(reasons([{ op: 'sql', up: {} }]), /no statements/)
    assert.equal(reasons([{ op: 'sql', up: { sqlite: ['a'] }, down: { sqlite: ['b'] } }]), '')
    assert.equal(reasons([altered(title, { type: 'text' })]), '')
    assert.match(reasons([{ ...(altered(title, {}) as Operation & { op: 'alterColumn' }), fill: 'x' }]), /rows that had no value/)
  })

  test('of a renamed choice is there only if no row had the new one', () => {
    const status: ColumnDef = { name: 'status', type: 'text(255)', nullable: false, choices: ['a', 'b'] }
    const of = (choices: readonly string[]): Blueprint => ({
      tables: [{ name: 'posts', columns: [id, { ...status, choices }], indexes: [] }],
    })
    const rename = (to: readonly string[], choices: Record<string, string>): readonly string[] => {
      const { operations } = diff(of(['a', 'b']), of(to), { choices: { 'posts.status': choices } })
      return invert(of(['a', 'b']), operations).irreversible
    }
    assert.deepEqual(rename(['c', 'b'], { a: 'c' }), [])
    assert.equal(rename(['b'], { a: 'b' }).length, 1)
    assert.equal(rename(['c'], { a: 'c', b: 'c' }).length, 1)
  })

  test('takes a circle of new tables apart', () => {
    const refers = (name: string, table: string): TableDef => ({
      name,
      columns: [id, { ...author, name: 'other', references: { table, column: 'id' } }],
      indexes: [],
    })
    const circle: Blueprint = { tables: [refers('a', 'b'), refers('b', 'a')] }
    const { operations } = diff({ tables: [] }, circle)
    const back = invert({ tables: [] }, operations)
    assert.deepEqual(applyOperations(circle, back.operations), { tables: [] })
    assert.deepEqual(applyOperations(circle, diff(circle, { tables: [] }).operations), { tables: [] })
  })
})

/** Operations of which some were left out, without those that fit no more. */
function applicable(before: Blueprint, operations: readonly Operation[]): readonly Operation[] {
  let state = before
  return operations.filter((operation) => {
    try {
      state = applyOperations(state, [operation])
      return true
    } catch {
      return false
    }
  })
}

test('operations that do not fit the tables are refused in words', () => {
  const wrong: readonly (readonly [Operation, RegExp])[] = [
    [{ op: 'createTable', table: posts }, /posts is there already/],
    [{ op: 'dropTable', table: users }, /posts still refers to users/],
    [{ op: 'dropColumn', table: 'posts', column: title }, /index posts__title__index still stands on/],
    [{ op: 'addColumn', table: 'nothing', column: title }, /no table 'nothing'/],
    [{ op: 'addColumn', table: 'users', column: { ...author, type: 'key' } }, /is uuid and not key/],
    [altered({ ...title, nullable: true }, {}), /looks otherwise/],
    [altered(title, { name: 'x' }), /renameColumn/],
    [{ op: 'alterColumn', table: 'users', from: id, to: { ...id, type: 'key' } }, /posts refers to users\.id/],
    [{ op: 'renameColumn', table: 'posts', from: 'title', to: 'id' }, /already/],
    [{ op: 'addIndex', table: 'posts', index: { name: 'x', columns: ['nothing'], unique: false } }, /no column of posts 'nothing'/],
  ]
  for (const [operation, words] of wrong)
    assert.throws(() => applyOperations(blog, [operation]), { code: 'invalid_migration', message: words })
})

describe('what is put aside', () => {
  test('keeps its values under another name, out of the way, until it is dropped by it', () => {
    const after: Blueprint = { tables: [{ ...users, columns: [id, { ...title, name: 'name', nullable: true }] }] }
    const before: Blueprint = { tables: [posts, { ...users, columns: [id, title] }] }
    const hints = { drops: new Set(['posts', 'users.title']) }
    const operations = puttingAside(before, diff(before, after, hints).operations, now)
    assert.deepEqual(losses(risksOf(before, operations)), [])
    assert.deepEqual(invert(before, operations).irreversible, [])
    const state = applyOperations(before, operations)
    const kept = named(state.tables, '_dropped_20260131_posts')!
    assert.deepEqual(
      kept.columns.map(({ name, references }) => [name, references]),
      [
        ['id', undefined],
        ['author', undefined],
        ['title', undefined],
      ],
    )
    assert.deepEqual(named(named(state.tables, 'users')!.columns, '_dropped_20260131_title'), {
      ...title,
      name: '_dropped_20260131_title',
      nullable: true,
    })
    // Nothing asks about it again, even when its table is renamed.
    assert.deepEqual(diff(state, after), { operations: [], problems: [] })
    const people: Blueprint = { tables: [{ ...after.tables[0]!, name: 'people' }] }
    assert.deepEqual(diff(state, people, { tables: { people: 'users' } }).operations, [{ op: 'renameTable', from: 'users', to: 'people' }])
    const dropped = diff(state, after, { drops: new Set(['users._dropped_20260131_title', '_dropped_20260131_posts']) })
    assert.deepEqual(applyOperations(state, dropped.operations), canonical(after))
    assert.equal(losses(risksOf(state, puttingAside(state, dropped.operations, now))).length, 2)
  })

  test('may have the name of something put aside on the same day', () => {
    const noTitle: Blueprint = { tables: [{ ...posts, columns: [id, author], indexes: [] }, users] }
    let state: Blueprint = blog
    for (let n = 0; n < 3; n++) {
      state = applyOperations(state, puttingAside(state, diff(state, noTitle).operations, now))
      state = applyOperations(state, diff(state, blog).operations)
    }
    assert.equal(named(state.tables, 'posts')!.columns.filter(({ name }) => name.startsWith('_dropped')).length, 3)
  })
})

describe('risks', () => {
  test('are those of tables that can have rows', () => {
    const tags: TableDef = { name: 'tags', columns: [id], indexes: [] }
    assert.deepEqual(
      classes([
        { op: 'createTable', table: tags },
        { op: 'addColumn', table: 'tags', column: title },
      ]),
      ['safe', 'safe'],
    )
    assert.deepEqual(
      classes([
        { op: 'renameTable', from: 'posts', to: 'letters' },
        { op: 'addColumn', table: 'letters', column: title },
      ]),
      ['incompatible-with-running-code', 'incompatible-with-running-code'],
    )
  })
  test('tell values that go, rows that are written anew, and what running code does not know', () => {
    assert.deepEqual(classes([{ op: 'dropTable', table: posts }]), ['data-loss', 'incompatible-with-running-code'])
    assert.deepEqual(classes([{ op: 'addColumn', table: 'posts', column: { ...title, name: 'x', nullable: true } }]), ['safe'])
    assert.deepEqual(classes([altered(title, { nullable: true })]), ['safe'])
    assert.deepEqual(classes([altered(title, { type: 'integer' })]), ['rewrites', 'incompatible-with-running-code'])
    assert.deepEqual(risksOf(blog, [altered(title, { type: 'text' })])[0]!.dialects, ['mysql', 'mariadb'])
    assert.deepEqual(classes([altered({ ...title, choices: ['a', 'b'] }, { choices: ['b'] })]), ['incompatible-with-running-code', 'locks'])
    assert.deepEqual(classes([{ op: 'data', step: 'x' }]), ['safe'])
    const words: Operation = {
      op: 'addIndex',
      table: 'posts',
      index: { name: 'posts__search', columns: ['title'], unique: false, search: true },
    }
    assert.deepEqual(
      risksOf(blog, [words]).map((risk) => risk.dialects),
      [['sqlite'], ['mysql', 'mariadb']],
    )
  })
})

describe('findings', () => {
  const nullable = { ...title, name: 'x', nullable: true }
  test('are about what stops a site', () => {
    assert.deepEqual(ids([{ op: 'addColumn', table: 'posts', column: { ...title, name: 'x' } }]), [
      'required-without-value',
      'required-at-once',
    ])
    assert.deepEqual(ids([{ op: 'addColumn', table: 'posts', column: nullable }]), [])
    assert.deepEqual(ids([{ op: 'addColumn', table: 'posts', column: nullable }, altered(nullable, { nullable: false })]), [
      'required-without-value',
    ])
    assert.deepEqual(
      ids([{ op: 'addColumn', table: 'posts', column: nullable }, { op: 'data', step: 'posts.x' }, altered(nullable, { nullable: false })]),
      [],
    )
    assert.deepEqual(ids([altered(title, { type: 'text' })], 'mysql'), ['type-rewrite'])
    assert.deepEqual(ids([altered(title, { type: 'text' })]), [])
    assert.deepEqual(ids([{ op: 'addIndex', table: 'posts', index: { name: 'u', columns: ['title'], unique: true } }]), [
      'unique-over-rows',
    ])
    const copy: ColumnDef = { name: 'title__search', type: 'text', nullable: true, shadow: { of: 'title', use: 'search' } }
    assert.deepEqual(ids([{ op: 'addColumn', table: 'posts', column: copy }]), ['copy-not-filled'])
    const limited: Operation = { op: 'alterColumn', table: 'users', from: id, to: { ...id, max: 3 } }
    assert.deepEqual(ids([altered(title, { max: 3 }), limited], 'mysql'), ['several-tables'])
    assert.deepEqual(ids([altered(title, { max: 3 }), limited]), [])
  })

  test('read statements of the developer by their words', () => {
    const sql = (statement: string, dialect: DialectName = 'postgres'): string[] =>
      ids([{ op: 'sql', up: { [dialect]: [statement] } }], dialect)
    assert.deepEqual(sql('create index a on posts (title)'), ['sql-index-locks'])
    assert.deepEqual(sql('create index a on posts (title)', 'sqlite'), [])
    assert.deepEqual(sql('create index concurrently a on posts (title)'), [])
    assert.deepEqual(sql('alter table posts add constraint c check (x > 1)'), ['sql-constraint-locks'])
    assert.deepEqual(sql('alter table posts add constraint c check (x > 1) not valid'), [])
    assert.deepEqual(sql('alter table posts alter column x set not null'), ['sql-not-null-locks'])
    assert.deepEqual(sql('alter table posts add constraint c unique (x)'), ['sql-unique-locks'])
    assert.deepEqual(sql('alter table posts alter column x type text'), ['sql-type-rewrite'])
    assert.deepEqual(sql('alter table posts modify column x text', 'mysql'), ['sql-type-rewrite'])
    assert.deepEqual(sql('alter table posts add column x uuid default gen_random_uuid()'), ['sql-volatile-default'])
    assert.deepEqual(sql('drop table posts'), ['sql-loses-data'])
    assert.deepEqual(sql('update posts set x = 1'), ['sql-all-rows'])
    assert.deepEqual(sql('lock table posts'), ['sql-lock'])
    assert.deepEqual(sql('commit'), ['sql-transaction'])
    assert.deepEqual(ids([{ op: 'sql', up: { sqlite: ['x'] } }]), ['sql-missing'])
    assert.deepEqual(ids([{ op: 'sql', up: { postgres: [] } }]), [])
  })

  test('are suppressed with a reason', () => {
    const operations: Operation[] = [{ op: 'renameTable', from: 'posts', to: 'letters' }]
    assert.deepEqual(
      lint(blog, operations, 'postgres', [{ id: 'rename-in-use', operation: 'rename posts to letters', reason: 'one node' }]),
      [],
    )
    assert.equal(lint(blog, operations, 'postgres', [{ id: 'rename-in-use', operation: 'another', reason: 'x' }]).length, 1)
  })
})
