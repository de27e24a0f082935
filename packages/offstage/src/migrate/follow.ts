// In development the tables follow the models by themselves, as long as nothing can be lost. What they were made from is kept in the
// database, because a database's own types are too few to tell which of ours a column has.

import { OffstageError } from '../base/errors.ts'
import type { Registry } from '../schema/registry.ts'
import { applyOperation } from '../store/apply.ts'
import { blueprintOf, type Blueprint } from '../store/blueprint.ts'
import type { Operation, Session, Step } from '../store/operations.ts'
import type { Store } from '../store/store.ts'
import { backfill } from './backfill.ts'
import { canonical, same } from './canonical.ts'
import { driftOf, isTolerable, type Difference } from './drift.ts'
import { errorCodes } from './error-codes.ts'
import { dataLoss, questionsOf, strangers } from './follow-problems.ts'
import { inWords } from './follow-words.ts'
import { withAside } from './kept.ts'
import { legacyTables } from './legacy-tables.ts'
import { prepareRecord, recordBlueprint, recordedBlueprint } from './recorded.ts'
import { rendererFor } from './renderer.ts'

export interface FollowOptions {
  /** Milliseconds to wait for another process that changes the tables. Default: as the database has it. */
  readonly wait?: number
  /** Tells what would be done, and does nothing. Throws as if it were to be done, except for what only the rows themselves refuse. */
  readonly dryRun?: boolean
  readonly now?: () => Date
  /**
   * Told of columns that somebody added by hand, and goes on: nothing has to know them. Without it they are refused, as everything else
   * is that the models do not say.
   */
  readonly warn?: (note: string) => void
}

/** What the tables are to be changed by. */
interface Course {
  readonly before: Blueprint
  readonly after: Blueprint
  /** First of all: tables of an earlier version of Offstage get the form that this one gives them. */
  readonly first: readonly Step[]
  readonly operations: readonly Operation[]
  readonly says: readonly string[]
}

/**
 * Makes the tables fit the models where nothing can be lost; else throws `data_loss` with the words to write. Returns what was done, in
 * words: nothing means that they fitted.
 */
export function follow(store: Store, registry: Registry, options: FollowOptions = {}): Promise<readonly string[]> {
  const { dryRun = false, now = () => new Date(), wait, warn } = options
  const run = async (session: Session): Promise<readonly string[]> => {
    const course = await courseOf(store, session, registry, now(), warn)
    if (!dryRun) await carryOut(session, course)
    return course.says
  }
  return store.tables.locked(run, wait === undefined ? {} : { wait })
}

async function courseOf(store: Store, session: Session, registry: Registry, now: Date, warn: FollowOptions['warn']): Promise<Course> {
  const physical = await store.tables.introspect()
  const recorded = await recordedBlueprint(session)
  const legacy = recorded ? undefined : await legacyTables(session, registry, physical)
  // What was ours until a model adopted it is looked after by others from now on.
  const adopted = new Set([...registry.models.values()].filter((model) => model.adopted).map(({ table }) => table))
  const known = recorded ?? legacy?.blueprint ?? { tables: [] }
  const before = { tables: known.tables.filter(({ name }) => !adopted.has(name)) }
  const after = withAside(before, blueprintOf(registry), {})
  const drift = recorded ? driftOf(store.tables.expected(before), physical).filter(({ harmless }) => !harmless) : []
  refuseDrift(
    store,
    drift.filter((one) => !warn || !isTolerable(one)),
  )
  const { operations, problems } = await questionsOf(session, before, after, registry, now)
  // What is to be changed may be built anew, without what nobody told of; or the models may want the very name.
  refuseDrift(
    store,
    drift.filter(({ table }) => operations.some((operation) => tablesOf(operation).includes(table))),
  )
  for (const { says } of drift) warn?.(`${says.charAt(0).toUpperCase()}${says.slice(1)}. ${rightAgain}`)
  const found = [...strangers(registry, before, after, physical), ...problems]
  if (found.length > 0) throw dataLoss(found)
  return { before, after, first: legacy?.steps ?? [], operations, says: [...(legacy?.says ?? []), ...inWords(operations)] }
}

const rightAgain = 'offstage migrate repair shows the SQL that puts it right.'

function refuseDrift({ place }: Store, differences: readonly Difference[]): void {
  if (differences.length === 0) return
  throw new OffstageError('tables_differ', {
    detail: `The tables of ${place} are not as Offstage left them: ${differences.map(({ says }) => says).join('; ')}.`,
    hint: `${rightAgain} Or, in development, \`offstage reset\` builds the database anew from the seed.`,
  })
}

function tablesOf(operation: Operation): readonly string[] {
  if (operation.op === 'renameTable') return [operation.from]
  if (!('table' in operation)) return []
  return [typeof operation.table === 'string' ? operation.table : operation.table.name]
}

async function carryOut(session: Session, course: Course): Promise<void> {
  const { before, after, first, operations } = course
  const recorded = await recordedBlueprint(session)
  if (first.length === 0 && operations.length === 0 && recorded && same(canonical(recorded), canonical(after))) return
  await prepareRecord(session)
  if (session.dialect === 'mysql' || session.dialect === 'mariadb') return oneByOne(session, course)
  const steps = [...first, ...(await rendererFor(session.dialect))(before, operations)]
  const rebuild = steps.some((step) => step.kind === 'sql' && step.rebuild)
  await session.transaction(
    async () => {
      for (const step of steps) await take(session, after, step, 'nothing was changed')
      await recordBlueprint(session, after)
    },
    { rebuild },
  )
}

/** Where every statement commits by itself, what is done is recorded after each change, so that a refusal leaves a known state. */
async function oneByOne(session: Session, { before, after, operations }: Course): Promise<void> {
  const render = await rendererFor(session.dialect)
  let state = before
  for (const together of parts(operations)) {
    const next = together.reduce(applyOperation, state)
    for (const step of render(state, together)) await take(session, next, step, 'what came before it is done')
    state = next
    await recordBlueprint(session, state)
  }
  await recordBlueprint(session, after)
}

/** Each by itself, but new tables in one: they may refer to each other in a circle. */
function parts(operations: readonly Operation[]): Operation[][] {
  const found: Operation[][] = []
  for (const operation of operations) {
    const last = found.at(-1)
    if (operation.op === 'createTable' && last?.[0]?.op === 'createTable') last.push(operation)
    else found.push([operation])
  }
  return found
}

async function take(session: Session, tables: Blueprint, step: Step, otherwise: string): Promise<void> {
  if (step.kind === 'run') return backfill(session, step.run, { tables, steps: {}, save: async () => {} })
  try {
    await session.run(withoutConcurrency(step))
  } catch (error) {
    if (!errorCodes(error).some(isRefusal)) throw error
    throw dataLoss(
      [
        {
          what: `"${step.says}" is refused by rows that are there (${(error as Error).message})`,
          write: 'correct these rows first, or take the new limit back',
        },
      ],
      otherwise,
    )
  }
}

/** Nobody writes beside a development server that starts, and all of it is to be one transaction. The word stands before any name. */
const withoutConcurrency = (step: Step & { kind: 'sql' }): string => (step.alone ? step.sql.replace(/ concurrently\b/i, '') : step.sql)

// A value that is taken, missing, too long, out of its limits, or that cannot become the new type.
const mysqlRefusals = new Set([1048, 1062, 1138, 1216, 1217, 1264, 1265, 1292, 1366, 1406, 1411, 1451, 1452, 3819, 4025])

function isRefusal(code: string | number): boolean {
  if (typeof code === 'string') return /^2[23][0-9A-Z]{3}$/.test(code)
  return (code & 0xff) === 19 || mysqlRefusals.has(code)
}
