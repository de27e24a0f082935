import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMigrations } from '../../src/app/migrations.ts'
import { up } from '../../src/migrate/runner.ts'
import { torture } from './torture/run.ts'

test('models that change for years, by processes that die on the way, lose nothing', { timeout: 600_000 }, async (t) => {
  const server = process.env['TEST_DATABASE_URL'] || undefined
  const rounds = Number(process.env['TORTURE_ROUNDS'] ?? (server === undefined ? 25 : 15))
  const seed = Number(process.env['TORTURE_SEED'] ?? 1)
  const figures = await torture({ rounds, seed, server, everywhere: 12, rows: 8 })
  t.diagnostic(JSON.stringify(figures))
  assert.ok(figures.migrations > rounds / 2 && figures.deaths > rounds / 2 && figures.thereAndBack > 0 && figures.everywhere > 0)
})

test('the torture notices a row that is lost, and a value that changes', { timeout: 400_000 }, async () => {
  const spoiled = (sql: (table: string, column: string) => string): Promise<Error> =>
    torture({
      rounds: 40,
      seed: 3,
      everywhere: Infinity,
      rows: 8,
      async migrate(patient, root) {
        const chain = readMigrations(root).runnables(patient.store.dialect)
        await up(patient.tables, chain, patient)
        const { tables } = chain.at(-1)!.after
        const loose = tables.find(
          (table) => !tables.some(({ columns }) => columns.some(({ references }) => references?.table === table.name)),
        )
        const texts = loose?.columns.find(({ type, choices }) => type === 'text' && !choices)
        if (loose && texts) await patient.tables.locked((session) => session.run(sql(loose.name, texts.name)))
      },
    }).then(
      () => assert.fail('nothing was noticed'),
      (error: Error) => error,
    )
  assert.match((await spoiled((table) => `delete from "${table}"`)).message, /rows of /)
  assert.match((await spoiled((table, column) => `update "${table}" set "${column}" = "${column}" || ' '`)).message, /rows of /)
})
