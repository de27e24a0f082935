// A choice that is renamed in a table with rows, on servers: TEST_POSTGRES_URL and TEST_MYSQL_URL name them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databaseOf } from '../../src/app/database-url.ts'
import { openStore } from '../../src/app/database.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { backfill } from '../../src/migrate/backfill.ts'
import { execute } from '../../src/migrate/execute.ts'
import { renderers } from '../../src/migrate/renderers.ts'
import { resolve } from '../../src/schema/resolve.ts'
import type { Blueprint, ColumnDef } from '../../src/store/blueprint.ts'
import type { RunOperation } from '../../src/store/operations.ts'

const servers = {
  PostgreSQL: process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test',
  'MySQL or MariaDB': process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test',
}
const status: ColumnDef = { name: 'status', type: 'text(255)', nullable: false, choices: ['draft', 'open', 'live'] }
const tables: Blueprint = { tables: [{ name: 'posts', columns: [{ name: 'id', type: 'uuid', nullable: false }, status], indexes: [] }] }
const renamed: RunOperation = { op: 'renameChoice', table: 'posts', column: 'status', from: 'draft', to: 'open' }

for (const [name, server] of Object.entries(servers)) {
  test(`${name}: a choice is renamed in short transactions, and rows that get the old one meanwhile are found too`, async () => {
    const { url, drop } = await makeScratch(server)
    const store = await openStore(resolve({ models: {} }), databaseOf(url, [], '/'))
    try {
      await store.tables.locked(async (session) => {
        const render = renderers[session.dialect]
        await execute(session, render({ tables: [] }, [{ op: 'createTable', table: tables.tables[0]! }]))
        for (let at = 0; at < 900; at++)
          await session.run('insert into posts (id, status) values (?, ?)', [String(at).padStart(4, '0'), at % 3 === 0 ? 'live' : 'draft'])
        let batches = 0
        await execute(session, render(tables, [renamed]), {
          run: (operation) =>
            backfill(session, operation, {
              tables,
              steps: {},
              // The batches take no time, so that each is twice as large as the one before.
              now: () => new Date(0),
              // A node of the version before writes where the step has been already.
              save: async () => {
                if (++batches === 2) await session.run(`insert into posts (id, status) values ('0000-late', 'draft')`)
              },
            }),
        })
        assert.equal(batches, 5, '200, 400 and 300 rows; all, for the one that came late; all, with nothing left to do')
        const rows = await session.all('select status, count(*) as n from posts group by status order by status')
        assert.deepEqual(
          rows.map((row) => [row['status'], Number(row['n'])]),
          [
            ['live', 300],
            ['open', 601],
          ],
        )
      })
    } finally {
      await store.close()
      await drop()
    }
  })
}
