// The torture: the models of an app are edited again and again, each time a migration is made and run on a database with rows, by processes
// that die on the way. After every step the tables must be those of the models, and hold what the world says they hold.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMigrations } from '../../../src/app/migrations.ts'
import { headBlueprint } from '../../../src/migrate/chain.ts'
import { driftOf } from '../../../src/migrate/drift.ts'
import { folderOf, writeMigration } from '../../../src/migrate/files.ts'
import { noHints, type Hints } from '../../../src/migrate/hints.ts'
import { draftMigration } from '../../../src/migrate/migration.ts'
import { isOwnTable } from '../../../src/migrate/own-tables.ts'
import { renderers } from '../../../src/migrate/renderers.ts'
import { down, up } from '../../../src/migrate/runner.ts'
import type { Runnable } from '../../../src/migrate/runnable.ts'
import { says } from '../../../src/migrate/says.ts'
import { squash } from '../../../src/migrate/squash.ts'
import { blueprintOf } from '../../../src/store/blueprint.ts'
import type { PhysicalTable } from '../../../src/store/operations.ts'
import { Dice } from '../../random/dice.ts'
import { Killed, mortal } from '../run-chain.ts'
import { assertIs, openPatient, setUp, type Patient } from './database.ts'
import { edits } from './edits.ts'
import { chainOf, make } from './make.ts'
import { registryOf } from './models.ts'
import { refuse } from './refusal.ts'
import { changeRows } from './rows.ts'
import { complaint, Draft, type World } from './world.ts'

interface Torture {
  readonly rounds: number
  readonly seed: number
  /** Absent: SQLite. */
  readonly server?: string | undefined
  /** Every so many rounds one migration is repeated with a death before each of its statements. */
  readonly everywhere: number
  /** Rows of a table, at most. */
  readonly rows: number
  /** Runs the last migration in place of `up`; may do it in processes of its own. */
  readonly migrate?: (patient: Patient, root: string, dice: Dice) => Promise<void>
  readonly told?: (figures: Figures) => void
}

interface Figures {
  database: string
  edits: number
  migrations: number
  statements: number
  /** Ends of a process in the middle, and how often somebody went on after it. */
  deaths: number
  everywhere: number
  /** Migrations that a row stood in the way of, until it was put right. */
  refusals: number
  thereAndBack: number
  replays: number
  rows: number
  changes: number
}

export async function torture(options: Torture): Promise<Figures> {
  const patient = await openPatient(options.server)
  const root = mkdtempSync(join(tmpdir(), 'offstage-migrations-'))
  try {
    return await new Run(options, patient, root).all()
  } finally {
    await patient.close()
    rmSync(root, { recursive: true, force: true })
  }
}

class Run {
  readonly #options: Torture
  readonly #patient: Patient
  readonly #root: string
  readonly #figures: Figures
  #world: World = { models: [], rows: {}, aside: [] }
  #told: Hints = noHints
  #now = Date.parse('2026-01-01T12:00:00.000Z')

  constructor(options: Torture, patient: Patient, root: string) {
    this.#options = options
    this.#patient = patient
    this.#root = root
    this.#figures = {
      database: patient.store.dialect,
      edits: 0,
      migrations: 0,
      statements: 0,
      deaths: 0,
      everywhere: 0,
      refusals: 0,
      thereAndBack: 0,
      replays: 0,
      rows: 0,
      changes: 0,
    }
  }

  async all(): Promise<Figures> {
    const { rounds, seed, told } = this.#options
    for (let round = 0; round < rounds; round++) {
      const dice = new Dice(seed * 100_000 + round)
      const draft = this.#edited(dice)
      try {
        await this.#round(dice, draft, round)
      } catch (error) {
        throw new Error(
          `Round ${round} of seed ${seed} on ${this.#figures.database} (${draft.says.join('; ')}${draft.keep ? '; keep' : ''}): ${causes(error)}`,
          { cause: error },
        )
      }
      told?.(this.#figures)
    }
    await this.#replay()
    return this.#figures
  }

  #runnables(): readonly Runnable[] {
    return readMigrations(this.#root).runnables(this.#patient.store.dialect)
  }

  /** One edit, or a few, that these rows allow. */
  #edited(dice: Dice): Draft {
    this.#now += 86_400_000
    const now = new Date(this.#now)
    const keep = dice.chance(0.35)
    const wanted = this.#world.models.length < 2 ? 4 : dice.pick([1, 1, 2, 3])
    let draft = new Draft(this.#world, keep, now)
    for (let tries = 0; draft.says.length < wanted && tries < 60; tries++) {
      const next = copyOf(draft, this.#world, now)
      const edit = this.#world.models.length < 2 && draft.says.length === 0 ? edits[0]! : dice.pick(edits)
      const said = edit(dice, next)
      if (said === undefined) continue
      if (complaint(blueprintOf(registryOf(next.models)), next.world.rows) !== undefined) continue
      next.says.push(said)
      draft = next
    }
    return draft
  }

  async #round(dice: Dice, draft: Draft, round: number): Promise<void> {
    const { tables } = this.#patient
    const before = this.#world
    const made = make(dice, this.#root, draft, this.#told, this.#patient.store.dialect)
    this.#told = made.told
    this.#figures.edits += draft.says.length
    this.#world = draft.world
    if (!made.migration) return
    const chain = this.#runnables()
    const last = chain.at(-1)!
    try {
      this.#figures.migrations++
      this.#figures.statements += last.up.length
      if (round % this.#options.everywhere === this.#options.everywhere - 1) await this.#dieEverywhere(chain, before)
      if (dice.chance(0.5) && (await refuse(this.#patient, chain, draft))) this.#figures.refusals++
      await this.#up(dice, chain)
      await assertIs(tables, last.after, this.#world.rows, 'after it')
      assert.deepEqual(await up(tables, chain, this.#patient), [], 'nothing is left to be run')
      if (last.down && dice.chance(0.7)) await this.#thereAndBack(dice, chain, before)
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${last.operations.map((one) => `- ${says(one)}  ${JSON.stringify(one)}`).join('\n')}`, {
        cause: error,
      })
    }
    this.#figures.changes += await changeRows(dice, this.#patient, last.after, this.#world, this.#options.rows)
    if (dice.chance(0.2)) await assertIs(tables, last.after, this.#world.rows, 'after other rows')
    this.#figures.rows = Object.values(this.#world.rows).reduce((sum, all) => sum + Object.keys(all).length, 0)
    if (chain.length >= 40) await this.#squash()
  }

  async #up(dice: Dice, chain: readonly Runnable[]): Promise<void> {
    if (this.#options.migrate) await this.#options.migrate(this.#patient, this.#root, dice)
    await this.#mortally(dice, (tables) => up(tables, chain, this.#patient))
  }

  /** Some who try it die. */
  async #mortally(dice: Dice, run: (tables: Patient['tables']) => Promise<unknown>): Promise<void> {
    for (let deaths = dice.pick([0, 1, 1, 2, 3]); deaths > 0; deaths--) {
      if (!(await dies(() => run(mortal(this.#patient.tables, dice.int(3, 40)))))) return
      this.#figures.deaths++
    }
    await run(this.#patient.tables)
  }

  async #thereAndBack(dice: Dice, chain: readonly Runnable[], before: World): Promise<void> {
    const { tables, place } = this.#patient
    const last = chain.at(-1)!
    let gone = false
    await this.#mortally(dice, async (mortals) => {
      if (!gone) await down(mortals, chain, { place, mayLose: true })
      gone = true
    })
    await assertIs(tables, last.before, before.rows, 'on the way back')
    await this.#mortally(dice, (mortals) => up(mortals, chain, { place }))
    await assertIs(tables, last.after, this.#world.rows, 'there again')
    this.#figures.thereAndBack++
  }

  /** The last migration, on a database of its own for each place to die. */
  async #dieEverywhere(chain: readonly Runnable[], before: World): Promise<void> {
    const last = chain.at(-1)!
    for (let lives = 0; ; lives++) {
      const other = await openPatient(this.#options.server, true)
      try {
        await setUp(other.tables, last.before, before.rows, chain.slice(0, -1))
        const died = await dies(() => up(mortal(other.tables, lives), chain, other))
        await up(other.tables, chain, other)
        await assertIs(other.tables, last.after, this.#world.rows, `after a death before statement ${lives + 1}`)
        if (!died) break
        this.#figures.deaths++
      } finally {
        await other.close()
      }
    }
    this.#figures.everywhere++
  }

  /** The whole chain on an empty database gives the same tables. */
  async #replay(): Promise<void> {
    const chain = this.#runnables()
    const other = await openPatient(this.#options.server)
    try {
      await up(other.tables, chain, other)
      const own = async ({ tables }: Patient): Promise<readonly PhysicalTable[]> =>
        (await tables.introspect()).filter(({ name }) => !isOwnTable(name))
      const [here, there] = [await own(this.#patient), await own(other)]
      assert.deepEqual([...driftOf(here, there), ...driftOf(there, here)], [], 'a database that begins anew has the same tables')
      this.#figures.replays++
    } finally {
      await other.close()
    }
  }

  /** One migration in the place of all, and their folders removed: here nothing changes, and a new database is the same. */
  async #squash(): Promise<void> {
    await this.#replay()
    const chain = chainOf(this.#root)
    const folder = join(this.#root, 'migrations')
    const { dialect, tables } = this.#patient.store
    this.#now += 86_400_000
    const baseline = draftMigration(squash(chain, new Date(this.#now)), { [dialect]: renderers[dialect] })
    writeMigration(folder, baseline)
    assert.deepEqual(await up(tables, this.#runnables(), this.#patient), [], 'the baseline stands for what has run')
    for (const { id } of chain.migrations) rmSync(folderOf(folder, id), { recursive: true })
    assert.deepEqual(await up(tables, this.#runnables(), this.#patient), [], 'and does without their folders')
    await assertIs(tables, headBlueprint(chainOf(this.#root)), this.#world.rows, 'after all became one')
    await this.#replay()
  }
}

/** What went wrong, down to what the driver said. */
const causes = (error: unknown): string =>
  error instanceof Error ? `${error.message}${error.cause === undefined ? '' : `\n  because: ${causes(error.cause)}`}` : String(error)

/** A draft that an edit may spoil. */
function copyOf(draft: Draft, world: World, now: Date): Draft {
  const copy = new Draft(world, draft.keep, now)
  return copyInto(copy, draft)
}

function copyInto(copy: Draft, draft: Draft): Draft {
  const fields = draft.world.models.flatMap((model) => [model, ...model.fields])
  const at = fields.map((one) => draft.touched.has(one))
  Object.assign(copy, { world: structuredClone(draft.world), loses: draft.loses })
  for (const list of ['says', 'drops'] as const) copy[list].push(...draft[list])
  Object.assign(copy.fills, structuredClone(draft.fills))
  Object.assign(copy.data, structuredClone(draft.data))
  const copies = copy.world.models.flatMap((model) => [model, ...model.fields])
  for (const [index, one] of copies.entries()) if (at[index]) copy.touched.add(one)
  return copy
}

export async function dies(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run()
    return false
  } catch (error) {
    if (isKilled(error)) return true
    throw error
  }
}

const isKilled = (error: unknown): boolean => error instanceof Killed || (error instanceof Error && isKilled(error.cause))
