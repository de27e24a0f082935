// Tables that somebody changed by hand are put right, with the statements that the database needs for it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diff } from '../../src/migrate/diff.ts'
import { driftOf } from '../../src/migrate/drift.ts'
import { execute } from '../../src/migrate/execute.ts'
import { applyRepair, tableRepair } from '../../src/migrate/repair-database.ts'
import { rendererFor } from '../../src/migrate/renderer.ts'
import type { Blueprint } from '../../src/store/blueprint.ts'
import type { Operation } from '../../src/store/operations.ts'
import type { Store } from '../../src/store/store.ts'
import { Dice } from '../random/dice.ts'
import { edited, randomBlueprint } from './blueprints.ts'
import { first, fill } from './run-chain.ts'
import { emptyStore } from './run-database.ts'

const nothing: Blueprint = { tables: [] }

async function change({ tables }: Store, before: Blueprint, after: Blueprint): Promise<readonly Operation[]> {
  const drops = new Set(before.tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => `${name}.${column.name}`)]))
  const { operations } = diff(before, after, { drops })
  const render = await rendererFor(tables.dialect)
  const steps = render(before, operations).filter(({ kind }) => kind === 'sql')
  await tables.locked((session) => execute(session, steps))
  return operations
}

const repaired = (store: Store, blueprint: Blueprint, mayLose = true): Promise<readonly string[]> =>
  store.tables.locked(async (session) => {
    const repair = await tableRepair(session, store.tables, blueprint)
    const { left } = await applyRepair(session, store.tables, blueprint, repair, { place: ':memory:', mayLose })
    assert.deepEqual(
      left.map(({ says }) => says),
      [],
    )
    return repair.steps.map((step) => (step.kind === 'sql' ? step.sql : step.says))
  })

test('whatever was changed by hand, the tables become those of the models again', { timeout: 300_000 }, async (t) => {
  // Servers take longer: MEND_ROUNDS=200 does there what is done here on a file.
  const rounds = Number(process.env['MEND_ROUNDS'] ?? (process.env['TEST_DATABASE_URL'] ? 8 : 100))
  let changed = 0
  for (let seed = 1; seed <= rounds; seed++) {
    const dice = new Dice(seed)
    const store = await emptyStore()
    let story = `seed ${seed}`
    try {
      const wanted = randomBlueprint(dice)
      const other = edited(dice, edited(dice, wanted))
      await change(store, nothing, wanted)
      const operations = await change(store, wanted, other)
      story += `: ${JSON.stringify(operations)}`
      if (operations.length > 0) changed++
      await repaired(store, wanted)
      // What no model has is left alone.
      const strange = new Set(other.tables.filter(({ name }) => !wanted.tables.some((one) => one.name === name)).map(({ name }) => name))
      const drift = driftOf(store.tables.expected(wanted), await store.tables.introspect())
      assert.deepEqual(
        drift.filter(({ table, harmless }) => !strange.has(table) && !harmless).map(({ says }) => says),
        [],
      )
    } catch (error) {
      throw new Error(`${story}\n${(error as Error).message}`, { cause: error })
    } finally {
      await store.close()
    }
  }
  t.diagnostic(`${changed} of ${rounds} were changed`)
  assert.ok(changed > rounds / 2)
})

test('rows keep their values; those of a column that nobody declared go only when somebody says so', async () => {
  const store = await emptyStore()
  const { tables } = store
  const q = (name: string): string => (/m/.test(tables.dialect) ? `\`${name}\`` : `"${name}"`)
  try {
    await change(store, nothing, first)
    await tables.locked(async (session) => {
      await fill(session)
      await session.run(`alter table users add column nick text`)
      await session.run(`update users set nick = 'Ada' where id = 'a'`)
      await session.run(`alter table posts drop column ${q('views')}`)
      await session.run(`create unique index own on posts (title)`)
    })
    const says = (await tables.locked((session) => tableRepair(session, tables, first))).steps.map((step) => step.says)
    assert.ok(says.includes('drop users.nick, which loses 1 value of users.nick'), says.join('\n'))
    await assert.rejects(repaired(store, first, false), /Would be lost: 1 value of users.nick. Nothing was changed.*--allow-destructive/s)
    assert.equal((await tables.locked((session) => session.all('select nick from users where nick is not null'))).length, 1)
    const statements = await repaired(store, first)
    assert.match(statements.join('\n'), /drop column .nick./i)
    assert.match(statements.join('\n'), /add column .views./i)
    const posts = await tables.locked((session) => session.all('select id, title, views from posts order by id'))
    assert.deepEqual(
      posts.map((row) => [row['id'], row['views']]),
      ['p0', 'p1', 'p2', 'p3', 'p4'].map((id) => [id, null]),
    )
    assert.match(String(posts[2]!['title']), /^Ein Wört/)
    assert.deepEqual(await repaired(store, first), [])
  } finally {
    await store.close()
  }
})
