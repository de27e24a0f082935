// Every state that the journal of a database can be in, and every command that may meet it there, with the code of before and the code of
// after: what it does is written down here, a refusal changes nothing and says what leads out, and what it says does lead out.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrangeTables, type TablesMode } from '../../src/migrate/arrange.ts'
import type { DataSteps } from '../../src/migrate/define-data.ts'
import { driftOf } from '../../src/migrate/drift.ts'
import { invert } from '../../src/migrate/invert.ts'
import { readJournal, writeEntry } from '../../src/migrate/journal.ts'
import { baseline, repairJournal } from '../../src/migrate/repair-database.ts'
import { rendererFor } from '../../src/migrate/renderer.ts'
import { newEntry } from '../../src/migrate/run-one.ts'
import { down, up } from '../../src/migrate/runner.ts'
import type { Runnable } from '../../src/migrate/runnable.ts'
import { createModel } from '../../src/schema/model.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t } from '../../src/schema/t.ts'
import { blueprintOf, type Blueprint } from '../../src/store/blueprint.ts'
import type { Tables } from '../../src/store/operations.ts'
import type { Store } from '../../src/store/store.ts'
import { Killed, mortal, runnable } from './run-chain.ts'
import { emptyStore } from './run-database.ts'

const any = t as any
const registryOf = (notes: object): Registry => resolve({ models: { notes: createModel(notes as never) } } as never)

const before = registryOf({ text: any.text({ max: 100 }).optional() })
// Without a search copy and without a data step there would be less that can end half-way.
const after = registryOf({
  text: any.text({ max: 100 }).optional().searchable(),
  stars: any.integer({ min: 0 }).index(),
  slug: any.text({ max: 100 }).default('x'),
})
const nothing: Blueprint = { tables: [] }

const data: DataSteps = {
  'notes.stars': { table: 'notes', columns: [], where: { stars: null }, batch: 2, run: (rows) => rows.map(() => ({ stars: 1 })) },
}

interface Place {
  readonly store: Store
  readonly old: readonly Runnable[]
  readonly new: readonly Runnable[]
}

async function opened(): Promise<Place & AsyncDisposable> {
  const store = await emptyStore()
  const render = await rendererFor(store.dialect)
  const [first, second] = [blueprintOf(before), blueprintOf(after)]
  const one = runnable('1_notes', nothing, first, {}, render)
  const more = runnable('2_more', first, second, { data: new Set(['notes.stars']) }, render)
  // The developer has said that the step fills only what is new.
  const { operations } = invert(first, more.operations, true)
  const two: Runnable = { ...more, data: async () => data, irreversible: [], back: operations, down: render(second, operations) }
  return { store, old: [one], new: [one, two], [Symbol.asyncDispose]: () => store.close() }
}

const fill = (tables: Tables): Promise<void> =>
  tables.locked(async (session) => {
    for (const id of ['a', 'b', 'c'])
      await session.run(`insert into notes (id, text${quoted(tables, 'createdAt', 'updatedAt')}, version) values (?, ?, ?, ?, 1)`, [
        id,
        `Text ${id}`,
        ...Array.from({ length: 2 }, () => instant(tables)),
      ])
  })
const quoted = ({ dialect }: Tables, ...names: string[]): string =>
  names.map((name) => (dialect === 'sqlite' || dialect === 'postgres' ? `, "${name}"` : `, \`${name}\``)).join('')
const instant = ({ dialect }: Tables): string => (/m/.test(dialect) ? '2026-01-01 00:00:00.000' : '2026-01-01T00:00:00.000Z')

/** Everything that a command could have changed. */
async function content({ tables }: Store): Promise<unknown> {
  const physical = await tables.introspect()
  return tables.locked(async (session) => ({
    journal: await readJournal(session),
    tables: physical.filter(({ name }) => !name.startsWith('offstage_')),
    rows: physical.some(({ name }) => name === 'notes') ? await session.all('select * from notes order by id') : [],
  }))
}

const isMade = async (store: Store, registry: Registry): Promise<void> =>
  assert.deepEqual(
    driftOf(store.tables.expected(blueprintOf(registry)), await store.tables.introspect()).map(({ says }) => says),
    [],
  )

/** Ends the process of whoever migrates before the statement of that number; true if that was the end anyway. */
async function killed(run: (tables: Tables) => Promise<unknown>, tables: Tables, lives: number): Promise<boolean> {
  const isKilled = (error: unknown): boolean => error instanceof Killed || (error instanceof Error && isKilled(error.cause))
  return run(mortal(tables, lives)).then(
    () => true,
    (error: unknown) => {
      if (!isKilled(error)) throw error
      return false
    },
  )
}

const atFirst = async ({ store, old }: Place): Promise<void> => {
  await up(store.tables, old, { place: store.place })
  await fill(store.tables)
}
const atSecond = async (place: Place): Promise<void> => {
  await atFirst(place)
  await up(place.store.tables, place.new, { place: place.store.place })
}
const begun = async (place: Place, more: object = {}): Promise<void> => {
  await atFirst(place)
  await place.store.tables.locked((session) => writeEntry(session, { ...newEntry(place.new[1]!, 'up', 'now'), ...more }))
}
/** Killed in the middle of the step of code: whatever the database, steps before it are done. */
const halved = async (place: Place): Promise<void> => {
  await atFirst(place)
  const failing = { ...place.new[1]!, data: async (): Promise<DataSteps> => ({ 'notes.stars': { ...data['notes.stars']!, run: fails() } }) }
  await assert.rejects(up(place.store.tables, [place.old[0]!, failing], { place: place.store.place }), /half-way/)
}
function fails(): () => never {
  return () => {
    throw new Error('half-way')
  }
}
const halfBack = async (place: Place): Promise<void> => {
  await atSecond(place)
  const { store } = place
  for (let lives = 0; ; lives++) {
    await killed((tables) => down(tables, place.new, { place: store.place, mayLose: true }), store.tables, lives)
    const entry = (await store.tables.locked((session) => readJournal(session))).find(({ id }) => id === '2_more')
    if (entry?.direction === 'down') return
    assert.ok(entry, 'it never stopped on its way')
  }
}
const entryOf = (place: Place, change: (id: string) => object): Promise<void> =>
  place.store.tables.locked(async (session) => {
    const entry = (await readJournal(session)).find(({ id }) => id === '2_more')!
    await session.run('delete from offstage_migrations where id = ?', [entry.id])
    await writeEntry(session, { ...entry, ...change(entry.id) })
  })

const states: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  'nothing there': async () => {},
  'first done': atFirst,
  'both done': atSecond,
  'second begun, nothing done': (place) => begun(place, { breaks: ['They fail on it.'] }),
  'second half done': halved,
  'second half done, breaking': async (place) => {
    await halved(place)
    await entryOf(place, () => ({ breaks: ['They fail on it.'] }))
  },
  'second half undone': halfBack,
  'second done, breaking': async (place) => {
    await atSecond(place)
    await entryOf(place, () => ({ breaks: ['They fail on it.'] }))
  },
  'second done, its file edited since': async (place) => {
    await atSecond(place)
    await entryOf(place, () => ({ checksum: 'another' }))
  },
  'second done, its folder renamed since': async (place) => {
    await atSecond(place)
    await entryOf(place, () => ({ id: '2_other' }))
  },
  'made by hand, no journal': async (place) => {
    await atSecond(place)
    await place.store.tables.locked((session) => session.run('drop table offstage_migrations'))
    await place.store.tables.locked((session) => session.run('drop table offstage_blueprint'))
  },
}

type Command = 'up' | 'down' | 'repair' | 'baseline' | 'start' | 'start --migrate' | 'dev'
const commands: readonly Command[] = ['up', 'down', 'repair', 'baseline', 'start', 'start --migrate', 'dev']
type Code = 'old' | 'new'

async function run(place: Place, code: Code, command: Command): Promise<unknown> {
  const { store } = place
  const { tables } = store
  const chain = place[code]
  const arrange = (mode: TablesMode): Promise<unknown> => arrangeTables(store, code === 'old' ? before : after, { mode, chain })
  switch (command) {
    case 'up':
      return up(tables, chain, { place: store.place })
    case 'down':
      return down(tables, chain, { place: store.place, mayLose: true })
    case 'repair':
      return tables.locked((session) => repairJournal(session, tables, chain))
    case 'baseline':
      return tables.locked((session) => baseline(session, tables, chain, chain, store.place))
    case 'start':
      return arrange('refuse')
    case 'start --migrate':
      return arrange('migrate')
    case 'dev':
      return arrange('develop')
  }
}

/** What is refused, by what it says; everything else is done. And the way to where `start` serves, with the code that it takes. */
interface Expected {
  readonly refused: Partial<Record<Command, RegExp>>
  /** Absent: no way of ours leads to where this code serves. */
  readonly exit?: readonly (readonly [Code, Command])[]
}

const table: Readonly<Record<string, Readonly<Record<Code, Expected>>>> = {
  'nothing there': {
    old: { refused: { start: /behind the app by 1/, baseline: /table notes is missing/ }, exit: [['old', 'up']] },
    new: { refused: { start: /behind the app by 2/, baseline: /table notes is missing/ }, exit: [['new', 'up']] },
  },
  'first done': {
    old: { refused: {}, exit: [] },
    new: { refused: { start: /behind the app by 1/, baseline: /notes.stars is missing/ }, exit: [['new', 'up']] },
  },
  'both done': {
    old: {
      refused: { up: /not: 2_more/, down: /not: 2_more/, baseline: /not those of 1_notes/, dev: /rows|values/ },
      exit: [],
    },
    new: { refused: {}, exit: [] },
  },
  'second begun, nothing done': {
    old: {
      refused: { up: /2_more, which did not end/, down: /2_more, which did not end/, baseline: /2_more is under way/ },
      exit: [['old', 'repair']],
    },
    new: {
      refused: { start: /interrupted/, baseline: /notes.stars is missing/ },
      exit: [
        ['new', 'down'],
        ['new', 'up'],
      ],
    },
  },
  'second half done': {
    old: {
      refused: { up: /which did not end/, down: /which did not end/, baseline: /is under way/, dev: /not as Offstage left them/ },
      exit: [['new', 'down']],
    },
    new: { refused: { start: /interrupted/, baseline: /not those of 2_more/ }, exit: [['new', 'up']] },
  },
  'second half done, breaking': {
    old: {
      refused: {
        up: /which did not end/,
        down: /which did not end/,
        baseline: /is under way/,
        start: /which did not end/,
        'start --migrate': /which did not end/,
        dev: /not as Offstage left them/,
      },
      exit: [['new', 'down']],
    },
    new: {
      refused: { start: /interrupted/, baseline: /not those of 2_more/ },
      exit: [
        ['new', 'down'],
        ['new', 'start --migrate'],
      ],
    },
  },
  'second half undone': {
    old: {
      refused: { up: /which did not end/, down: /which did not end/, baseline: /is under way/, dev: /rows|values|not as Offstage/ },
      exit: [['new', 'down']],
    },
    new: { refused: { start: /interrupted/ }, exit: [['new', 'up']] },
  },
  'second done, breaking': {
    old: {
      refused: {
        up: /not: 2_more/,
        down: /not: 2_more/,
        baseline: /not those of 1_notes/,
        start: /not: 2_more/,
        'start --migrate': /not: 2_more/,
        dev: /rows|values/,
      },
      exit: [['new', 'down']],
    },
    new: { refused: {}, exit: [] },
  },
  'second done, its file edited since': {
    old: {
      refused: { up: /not: 2_more/, down: /not: 2_more/, baseline: /not those of 1_notes/, dev: /rows|values/ },
      exit: [],
    },
    new: {
      refused: { up: /another than what was run/, down: /another than/, start: /another than/, 'start --migrate': /another than/ },
      exit: [['new', 'repair']],
    },
  },
  'second done, its folder renamed since': {
    old: {
      refused: { up: /not: 2_other/, down: /not: 2_other/, baseline: /not those of 1_notes/, dev: /rows|values/ },
      exit: [],
    },
    new: {
      refused: { up: /not: 2_other/, down: /not: 2_other/ },
      exit: [['new', 'repair']],
    },
  },
  'made by hand, no journal': {
    old: {
      refused: { up: /exist/, start: /migrate baseline/, 'start --migrate': /exist/, baseline: /not those of 1_notes/, dev: /./ },
    },
    new: { refused: { up: /exist/, start: /migrate baseline/, 'start --migrate': /exist/, dev: /./ }, exit: [['new', 'baseline']] },
  },
}

for (const [state, make] of Object.entries(states)) {
  for (const code of ['old', 'new'] as const) {
    const { refused, exit } = table[state]![code]
    test(`${state}, with the code of ${code === 'old' ? 'before' : 'after'} it`, { timeout: 120_000 }, async () => {
      for (const command of commands.filter((one) => !refused[one])) {
        await using place = await opened()
        await make(place)
        await run(place, code, command).catch((error: Error) => assert.fail(`${command}: ${error.message}`))
      }
      await using place = await opened()
      await make(place)
      const was = await content(place.store)
      for (const [command, words] of Object.entries(refused) as [Command, RegExp][]) {
        const error = await run(place, code, command).then(
          () => assert.fail(`${command} was not refused`),
          (found: Error) => found,
        )
        assert.match(error.message, words, command)
        assert.match(error.message, /offstage (migrate \w+|reset)/, `${command}: no way out is named`)
        assert.deepEqual(await content(place.store), was, `${command}: something was changed`)
      }
      if (!exit) return
      for (const [by, command] of exit) await run(place, by, command)
      await run(place, code, 'start')
    })
  }
}

test('killed at any statement, it goes on or back, and back again from there', { timeout: 600_000 }, async (t) => {
  let stops = 0
  // Servers take longer.
  const stride = process.env['TEST_DATABASE_URL'] ? 3 : 1
  for (let lives = 0; ; lives += stride) {
    await using place = await opened()
    const { store } = place
    const { tables } = store
    await atFirst(place)
    const rows = await tables.locked((session) => session.all('select * from notes order by id'))
    const whole = await killed((mortals) => up(mortals, place.new, { place: store.place }), tables, lives)
    if (whole) break
    stops++
    const story = `killed before statement ${lives + 1}`
    try {
      // The way back is interrupted as well, here and there, and may be turned round once more.
      const begunBack = await killed((mortals) => back(mortals, place), tables, 6 + ((lives * 7) % 30))
      if (!begunBack && lives % 3 === 0) {
        await up(tables, place.new, { place: store.place })
        await isMade(store, after)
        await down(tables, place.new, { place: store.place, mayLose: true })
      } else await back(tables, place)
      await isMade(store, before)
      assert.deepEqual(await tables.locked((session) => session.all('select * from notes order by id')), rows)
      assert.deepEqual(
        (await tables.locked((session) => readJournal(session))).map(({ id, finished }) => [id, finished !== undefined]),
        [['1_notes', true]],
      )
      await run(place, 'old', 'start')
      await up(tables, place.new, { place: store.place })
      await isMade(store, after)
      await run(place, 'new', 'start')
    } catch (error) {
      throw new Error(`${story}: ${(error as Error).message}`, { cause: error })
    }
  }
  t.diagnostic(`stopped at ${stops} statements`)
  assert.ok(stops > 40 / stride)
})

/** Back to the first migration, if the second is there in whole or in part. */
async function back(tables: Tables, place: Place): Promise<void> {
  await down(tables, place.new, { place: place.store.place, to: '1', mayLose: true })
}
