// What is known to go wrong in production, looked for in operations before they run. A finding that is meant is suppressed in the
// migration's file, with a reason.

import type { Blueprint } from '../store/blueprint.ts'
import type { DialectName, Operation } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { named } from './canonical.ts'
import { lintSql } from './lint-sql.ts'
import { risksOfEach, type Risk } from './risk.ts'
import { says } from './says.ts'

export interface Finding {
  /** Has a section in `docs/migrations.md`. */
  readonly id: string
  readonly level: 'error' | 'warning'
  /** What `says` says of it. */
  readonly operation: string
  readonly message: string
  /** What to write. */
  readonly write: string
}

export interface Suppression {
  readonly id: string
  /** What `says` says of the operation. Absent: all of them. */
  readonly operation?: string
  readonly reason: string
}

type Report = (id: string, level: Finding['level'], message: string, write: string) => void

/** What to think of before these operations run on such a database. Those that are suppressed are left out. */
export function lint(
  before: Blueprint,
  operations: readonly Operation[],
  dialect: DialectName,
  suppressions: readonly Suppression[] = [],
): readonly Finding[] {
  const findings: Finding[] = []
  const risks = risksOfEach(before, operations)
  let state = before
  for (const [at, operation] of operations.entries()) {
    const report: Report = (id, level, message, write) => findings.push({ id, level, operation: says(operation), message, write })
    lintOperation(report, operation, {
      risks: risks[at]!,
      state,
      dialect,
      earlier: operations.slice(0, at),
      later: operations.slice(at + 1),
    })
    state = applyOperations(state, [operation])
  }
  lintWhole(findings, operations, risks, dialect)
  return findings.filter(
    (one) => !suppressions.some(({ id, operation }) => id === one.id && (operation === undefined || operation === one.operation)),
  )
}

interface Around {
  readonly risks: readonly Risk[]
  readonly state: Blueprint
  readonly dialect: DialectName
  readonly earlier: readonly Operation[]
  readonly later: readonly Operation[]
}

function lintOperation(report: Report, operation: Operation, around: Around): void {
  const { state, dialect, earlier, later } = around
  const made = (table: string): boolean => earlier.some((one) => one.op === 'createTable' && one.table.name === table)
  switch (operation.op) {
    case 'renameTable':
    case 'renameColumn':
      if (operation.op === 'renameColumn' && named(named(state.tables, operation.table)!.columns, operation.from)?.shadow) return
      return report(
        'rename-in-use',
        'warning',
        'Nodes that run the version before use the old name until they stop.',
        'Stop them before, or add the new beside the old, write both, and drop the old in a later release.',
      )
    case 'dropTable':
    case 'dropColumn':
      if (operation.op === 'dropColumn' && operation.column.shadow) return
      return report(
        'drop-in-use',
        'warning',
        'Nodes that run the version before use it until they stop, and the rows cannot come back.',
        'Release the code without it first, and drop it in the next migration; or make the migration with --keep.',
      )
    case 'addColumn':
      if (made(operation.table)) return
      if (!operation.column.nullable && operation.column.default === undefined) {
        if (operation.fill === undefined)
          report('required-without-value', 'error', 'The rows that are there have no value for it.', 'Give the operation a `fill`.')
        report(
          'required-at-once',
          'warning',
          'Nodes that run the version before insert rows without it, and fail.',
          'Give the field a .default(value), or make it .optional() for one release.',
        )
      }
      if (operation.column.shadow && !later.some((one) => one.op === 'fillShadow' && one.column.name === operation.column.name))
        report('copy-not-filled', 'error', 'The rows that are there would not be found by it.', 'Add a fillShadow operation after it.')
      return
    case 'alterColumn':
      return lintAltered(report, operation, around)
    case 'addIndex':
      if (operation.index.unique && !made(operation.table))
        report(
          'unique-over-rows',
          'warning',
          'It fails if two rows have the same value.',
          'Look for them first, and make them different in a data step before it.',
        )
      return
    case 'sql':
      return lintSql(report, operation, dialect)
    default:
      return
  }
}

function lintAltered(report: Report, operation: Operation & { op: 'alterColumn' }, { risks, dialect, earlier }: Around): void {
  const { table, from, to, fill } = operation
  if (
    from.nullable &&
    !to.nullable &&
    fill === undefined &&
    !earlier.some((one) => one.op === 'data' && one.step === `${table}.${to.name}`)
  )
    report('required-without-value', 'error', 'It fails if a row has no value.', 'Give the operation a `fill`, or a data step before it.')
  if (fill !== undefined)
    report(
      'backfill-in-one-statement',
      'warning',
      'All rows without a value are changed in one statement, which locks them together.',
      `With very many rows, make the migration with --data ${table}.${to.name}, which does it in batches.`,
    )
  if (risks.some((one) => one.class === 'rewrites' && isOn(one, dialect)))
    report(
      'type-rewrite',
      dialect === 'sqlite' ? 'warning' : 'error',
      'Every row is written anew, and nobody can write to the table while it is.',
      'Add a new column, fill it in a data step, and drop the old one in a later release.',
    )
  const gone = from.choices?.filter((choice) => to.choices && !to.choices.includes(choice)) ?? []
  const moved = (choice: string): boolean => earlier.some((one) => one.op === 'renameChoice' && one.table === table && one.from === choice)
  if (gone.some((choice) => !moved(choice)))
    report(
      'choice-removed',
      'warning',
      `It fails if a row has ${gone.map((choice) => `'${choice}'`).join(' or ')}, and nodes of the version before may still write it.`,
      'Say what it became with .renamedChoices({ old: ... }), or remove it one release after the code stopped writing it.',
    )
}

const isOn = ({ dialects }: Risk, dialect: DialectName): boolean => !dialects || dialects.includes(dialect)

function lintWhole(findings: Finding[], operations: readonly Operation[], risks: readonly (readonly Risk[])[], dialect: DialectName): void {
  const heavy = new Map<string, string>()
  for (const [at, operation] of operations.entries()) {
    const locks = risks[at]!.some((one) => (one.class === 'locks' || one.class === 'rewrites') && isOn(one, dialect))
    const table = 'table' in operation && typeof operation.table === 'string' ? operation.table : undefined
    if (locks && table !== undefined && !heavy.has(table)) heavy.set(table, says(operation))
  }
  if (heavy.size < 2 || dialect === 'sqlite') return
  findings.push({
    id: 'several-tables',
    level: 'warning',
    operation: [...heavy.values()][1]!,
    message: `${[...heavy.keys()].join(', ')} are locked by one migration.`,
    write: 'Make a migration for each of them, so that each can be retried by itself.',
  })
}
