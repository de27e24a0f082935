// A small chain of migrations with everything in it that can go wrong half-way, and what runs it and ends at any statement.

import assert from 'node:assert/strict'
import { diff } from '../../src/migrate/diff.ts'
import type { DataSteps } from '../../src/migrate/define-data.ts'
import { readJournal } from '../../src/migrate/journal.ts'
import { recordedBlueprint } from '../../src/migrate/recorded.ts'
import { rendererFor } from '../../src/migrate/renderer.ts'
import { invert } from '../../src/migrate/invert.ts'
import { losses, risksOf } from '../../src/migrate/risk.ts'
import { up } from '../../src/migrate/runner.ts'
import type { Runnable } from '../../src/migrate/runnable.ts'
import { driftOf } from '../../src/migrate/drift.ts'
import type { Hints } from '../../src/migrate/hints.ts'
import { normaliseSearch } from '../../src/schema/normalise.ts'
import type { Blueprint, ColumnDef } from '../../src/store/blueprint.ts'
import type { Render, Session, Tables } from '../../src/store/operations.ts'

export const id: ColumnDef = { name: 'id', type: 'uuid', nullable: false }

export const first: Blueprint = {
  tables: [
    {
      name: 'posts',
      columns: [
        id,
        { name: 'title', type: 'text(255)', nullable: false },
        { name: 'subtitle', type: 'text', nullable: true },
        { name: 'status', type: 'text(255)', nullable: false, choices: ['draft', 'live'] },
        { name: 'author', type: 'uuid', nullable: false, references: { table: 'users', column: 'id' } },
        { name: 'views', type: 'integer', nullable: true },
      ],
      indexes: [{ name: 'posts__author__index', columns: ['author', 'id'], unique: false }],
    },
    {
      name: 'users',
      columns: [id, { name: 'email', type: 'text(255)', nullable: false }],
      indexes: [],
    },
  ],
}

const second: Blueprint = {
  tables: [
    {
      name: 'articles',
      columns: [
        id,
        { name: 'headline', type: 'text(768)', nullable: false },
        { name: 'headline__search', type: 'text', nullable: true, shadow: { of: 'headline', use: 'search' } },
        { name: 'status', type: 'text(255)', nullable: false, choices: ['unpublished', 'live'] },
        { name: 'author', type: 'uuid', nullable: false, references: { table: 'users', column: 'id' } },
        { name: 'views', type: 'integer', nullable: false, min: 0 },
        { name: 'words', type: 'integer', nullable: false },
      ],
      indexes: [
        { name: 'articles__author__index', columns: ['author', 'id'], unique: false },
        { name: 'articles__views__index', columns: ['views', 'id'], unique: false },
      ],
    },
    {
      name: 'tags',
      columns: [
        id,
        { name: 'article', type: 'uuid', nullable: true, references: { table: 'articles', column: 'id' } },
        { name: 'name', type: 'text(255)', nullable: false, default: 'x' },
      ],
      indexes: [{ name: 'tags__name__unique', columns: ['name'], unique: true }],
    },
    {
      name: 'users',
      columns: [
        id,
        { name: 'email', type: 'text(255)', nullable: false },
        { name: 'email__email', type: 'text(768)', nullable: true, shadow: { of: 'email', use: 'email' } },
        { name: 'name', type: 'text(255)', nullable: false, default: '' },
      ],
      indexes: [{ name: 'users__email__unique', columns: ['email__email'], unique: true }],
    },
  ],
}

const hints: Hints = {
  tables: { articles: 'posts' },
  columns: { 'articles.headline': 'title' },
  choices: { 'articles.status': { draft: 'unpublished' } },
  drops: new Set(['posts.subtitle']),
  fills: { 'articles.views': 0 },
  data: new Set(['articles.words']),
}

const data: DataSteps = {
  'articles.words': {
    table: 'articles',
    columns: ['headline'],
    where: { words: null },
    batch: 2,
    run: (rows) => rows.map((row) => ({ words: String(row['headline']).split(' ').length })),
  },
}

export function runnable(id: string, before: Blueprint, after: Blueprint, hinted: Hints, render: Render): Runnable {
  const { operations, problems } = diff(before, after, hinted)
  assert.deepEqual(problems, [])
  const back = invert(before, operations)
  return {
    id,
    checksum: id,
    before,
    after,
    operations,
    up: render(before, operations),
    down: back.irreversible.length > 0 ? undefined : render(after, back.operations),
    back: back.operations,
    irreversible: back.irreversible,
    loses: losses(risksOf(before, operations)).length > 0,
    consents: [{ reason: 'the test wants it' }],
    breaks: [],
    replaces: [],
    earlier: [],
    data: async () => data,
  }
}

export const chainFor = (render: Render): readonly Runnable[] => [
  runnable('20260101000000_first', { tables: [] }, first, {}, render),
  runnable('20260102000000_second', first, second, hints, render),
]

export const rows = 5

export async function fill(session: Session): Promise<void> {
  for (const letter of ['a', 'b'])
    await session.run('insert into users (id, email) values (?, ?)', [letter, `${letter.toUpperCase()}@x.org`])
  for (let at = 0; at < rows; at++)
    await session.run('insert into posts (id, title, subtitle, status, author, views) values (?, ?, ?, ?, ?, ?)', [
      `p${at}`,
      `Ein Wört${' Wört'.repeat(at)}`,
      at % 2 ? 'sub' : null,
      at % 2 ? 'draft' : 'live',
      at % 2 ? 'a' : 'b',
      at % 2 ? at : null,
    ])
}

export class Killed extends Error {}

/** The tables of a database whose process ends before the statement of that number. */
export function mortal(tables: Tables, lives: number): Tables & { readonly statements: () => number } {
  let statement = 0
  const die = (): void => {
    if (++statement > lives) throw new Killed('killed')
  }
  const wrapped = (session: Session): Session => ({
    dialect: session.dialect,
    async all(sql, values) {
      die()
      return session.all(sql, values)
    },
    async run(sql, values) {
      die()
      return session.run(sql, values)
    },
    transaction: (run, options) =>
      session.transaction(async () => {
        const value = await run()
        // Before the commit.
        die()
        return value
      }, options),
  })
  return {
    dialect: tables.dialect,
    introspect: () => tables.introspect(),
    expected: (blueprint) => tables.expected(blueprint),
    locked: (run, options) => tables.locked((session) => run(wrapped(session)), options),
    statements: () => statement,
  }
}

const isKilled = (error: unknown): boolean => error instanceof Killed || (error instanceof Error && isKilled(error.cause))

/** Ends at every statement in turn, each time on a fresh database, and goes on. The number of statements that there were. */
export async function killEverywhere(open: () => Promise<{ tables: Tables; place: string; close: () => Promise<void> }>): Promise<number> {
  for (let lives = 0; ; lives++) {
    const { tables, place, close } = await open()
    let whole = false
    try {
      const [one, two] = chainFor(await rendererFor(tables.dialect))
      await up(tables, [one!], { place })
      await tables.locked(fill)
      whole = await up(mortal(tables, lives), [one!, two!], { place }).then(
        () => true,
        (error: unknown) => {
          if (!isKilled(error)) throw error
          return false
        },
      )
      await up(tables, [one!, two!], { place })
      await assertSecond(tables, [one!, two!])
    } catch (error) {
      throw new Error(`Killed before statement ${lives + 1}: ${(error as Error).message}`, { cause: error })
    } finally {
      await close()
    }
    if (whole) return lives
  }
}

async function assertSecond(tables: Tables, chain: readonly Runnable[]): Promise<void> {
  assert.deepEqual(driftOf(tables.expected(second), await tables.introspect()), [])
  await tables.locked(async (session) => {
    const entries = await readJournal(session)
    assert.deepEqual(
      entries.map(({ id, finished, cursor }) => [id, finished !== undefined, cursor]),
      chain.map(({ id }) => [id, true, undefined]),
    )
    assert.deepEqual(await recordedBlueprint(session), second)
    const articles = await session.all('select id, headline, headline__search, status, author, views, words from articles order by id')
    assert.deepEqual(
      articles.map((row) => [row['id'], row['headline__search'], row['status'], row['author'], Number(row['views']), Number(row['words'])]),
      Array.from({ length: rows }, (_, at) => [
        `p${at}`,
        normaliseSearch(`Ein Wört${' Wört'.repeat(at)}`),
        at % 2 ? 'unpublished' : 'live',
        at % 2 ? 'a' : 'b',
        at % 2 ? at : 0,
        at + 2,
      ]),
    )
    const users = await session.all('select id, email__email, name from users order by id')
    assert.deepEqual(
      users.map((row) => Object.values(row)),
      [
        ['a', 'a@x.org', ''],
        ['b', 'b@x.org', ''],
      ],
    )
  })
}
