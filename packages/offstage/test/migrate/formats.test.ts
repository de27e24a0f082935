// Migrations that were written by a released version are read, verified and run by every later one. What stands in `formats/` is
// never changed: a test that fails here says that old projects would fail.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { named } from '../../src/migrate/canonical.ts'
import { headBlueprint, linkFolder, openChain } from '../../src/migrate/chain.ts'
import { driftOf } from '../../src/migrate/drift.ts'
import { execute } from '../../src/migrate/execute.ts'
import { readFolder, writeMigration } from '../../src/migrate/files.ts'
import { dialects, draftMigration, format } from '../../src/migrate/migration.ts'
import { squash } from '../../src/migrate/squash.ts'
import { introspectSqlite } from '../../src/store/sqlite/introspect.ts'
import { expectedSqlite } from '../../src/store/sqlite/table-text.ts'
import { sqliteSession } from './run-sessions.ts'

const formats = join(import.meta.dirname, 'formats')
const now = new Date('2026-03-01T12:00:00.000Z')

test('there is a chain in each format up to the one of today', () => {
  const written = readdirSync(formats, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  assert.deepEqual(
    written.map(({ name }) => name).toSorted(),
    Array.from({ length: format }, (_, at) => String(at + 1)),
  )
})

describe('format 1', () => {
  const root = join(formats, '1')

  test('is read and verified', () => {
    const { chain, problems } = linkFolder(readFolder(root))
    assert.deepEqual(problems, [])
    assert.deepEqual(
      chain.migrations.map(({ id, parents }) => [id, parents.length]),
      [
        ['20260201120000_first', 0],
        ['20260202120000_rename', 1],
        ['20260203120000_keep', 1],
        ['20260204120000_tags', 1],
        ['20260205120000_merge', 2],
        ['20260206120000_own', 1],
      ],
    )
    const [, rename, keep, , , own] = chain.migrations
    assert.deepEqual(rename!.consents, [{ operation: 'drop articles.body', reason: 'Bodies are kept elsewhere now.' }])
    assert.deepEqual(
      rename!.irreversible.map((reason) => reason.split(':')[0]),
      ['data step articles.words', 'drop articles.body'],
    )
    assert.deepEqual(own!.suppressions, [{ id: 'sql-all-rows', reason: 'There are few tags.' }])
    for (const dialect of dialects) {
      assert.ok(chain.migrations.every(({ up }) => up[dialect]))
      assert.deepEqual([rename!.down[dialect], (keep!.down[dialect] ?? []).length > 0], [undefined, true])
    }
    const head = headBlueprint(chain)
    assert.deepEqual(
      head.tables.map(({ name }) => name),
      ['articles', 'tags', 'users'],
    )
    assert.ok(named(named(head.tables, 'articles')!.columns, '_dropped_20260203_price'))
  })

  test('runs, and leads to the tables that its snapshots say', async () => {
    const session = sqliteSession()
    try {
      for (const { id, after, up } of openChain(readFolder(root)).migrations) {
        await execute(session, up.sqlite!, { run: async () => {} })
        // The branch that was made first knows nothing of the other, and the other runs on top of it.
        if (!id.endsWith('_tags')) assert.deepEqual(driftOf(expectedSqlite(after), await introspectSqlite(session)), [], id)
      }
    } finally {
      await session.close()
    }
  })

  test('can be gone on from, and squashed', () => {
    const copy = mkdtempSync(join(tmpdir(), 'offstage-migrations-'))
    try {
      cpSync(root, copy, { recursive: true })
      const chain = openChain(readFolder(copy))
      writeMigration(copy, draftMigration(squash(chain, now), {}))
      const after = openChain(readFolder(copy))
      assert.deepEqual([after.migrations.length, after.replaced.length, after.heads.length], [1, 6, 1])
      assert.deepEqual(headBlueprint(after), headBlueprint(chain))
    } finally {
      rmSync(copy, { recursive: true })
    }
  })
})
