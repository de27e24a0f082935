// Why a migration would fail on rows that are there, told before its first statement: nothing is done then, and nothing under way.

import { OffstageError } from '../base/errors.ts'
import type { Blueprint, ColumnDef } from '../store/blueprint.ts'
import { conversion, isTextual } from '../store/conversions.ts'
import type { Operation, Session, Step, Tables } from '../store/operations.ts'
import { named } from './canonical.ts'
import { limitsBroken } from './limits.ts'
import { valuesOf } from './losses.ts'
import { Rows, type Refusal, type IsPublic } from './row-questions.ts'

/**
 * Only what a count can tell: what comes after a step of code, or statements of the developer's own, or in columns that the migration
 * fills by itself, is for the database to say. `before`: the tables as they are.
 */
export async function violationsOf(
  session: Session,
  before: Blueprint,
  operations: readonly Operation[],
  isPublic: IsPublic,
): Promise<readonly Refusal[]> {
  const rows = new Rows(session, before, isPublic)
  const found: Refusal[] = []
  const made = new Set<string>()
  /** Columns whose values are no longer those that are there now, and those of them that have other choices only. */
  const [filled, renamed] = [new Set<string>(), new Set<string>()]
  for (const [at, operation] of operations.entries()) {
    if (operation.op === 'data' || operation.op === 'sql') break
    rows.remember([operation])
    if (operation.op === 'createTable') made.add(operation.table.name)
    if (isAsked(operation, made, filled, renamed)) {
      try {
        found.push(...(await missing(rows, operation)))
        found.push(...(await limitsBroken(rows, operation, operations.slice(0, at), made)))
      } catch (error) {
        // A table is not what it should be: the statement that needs it says so, and leaves nothing.
        if (error instanceof OffstageError) throw error
        return found
      }
    }
    if (operation.op === 'alterColumn' && isFilled(operation)) filled.add(`${operation.table}.${operation.to.name}`)
    if (operation.op === 'renameChoice') renamed.add(`${operation.table}.${operation.column}`)
    if (operation.op === 'dropTable') made.add(operation.table.name)
  }
  return found
}

/** SQLite builds some tables anew: columns that somebody added to them by hand would not be there any more. */
export async function valuesNotCopied(
  session: Session,
  tables: Tables,
  before: Blueprint,
  steps: readonly Step[],
): Promise<readonly Refusal[]> {
  const copied = new Set(
    steps.flatMap((step) => (step.kind === 'sql' && step.rebuild ? (/^DROP TABLE "((?:[^"]|"")*)"/.exec(step.sql)?.[1] ?? []) : [])),
  )
  if (session.dialect !== 'sqlite' || copied.size === 0) return []
  const found: Refusal[] = []
  const actual = await tables.introspect()
  for (const { name, columns } of tables.expected(before).filter((table) => copied.has(table.name))) {
    const there = named(actual, name)?.columns ?? []
    for (const { name: column } of there.filter((one) => !named(columns, one.name))) {
      const values = await valuesOf(session, name, column)
      if (values === undefined) continue
      found.push({
        what: `${values}, which no migration made, would be gone when the table is built anew`,
        write: 'declare a field for it, or drop it: offstage migrate repair',
      })
    }
  }
  return found
}

type Names = ReadonlySet<string>

function isAsked(operation: Operation, made: Names, filled: Names, renamed: Names): boolean {
  if (!('table' in operation) || typeof operation.table !== 'string' || made.has(operation.table)) return false
  const pathOf = (column: string): string => `${operation.table as string}.${column}`
  if (operation.op === 'addIndex') return !operation.index.columns.map(pathOf).some((path) => filled.has(path) || renamed.has(path))
  if (operation.op === 'addColumn') return true
  return operation.op === 'alterColumn' && !filled.has(pathOf(operation.from.name))
}

function isFilled({ from, to, fill }: Operation & { op: 'alterColumn' }): boolean {
  const kept = isTextual(from.type) && isTextual(to.type) ? 'same' : conversion(from.type, to.type)
  return fill !== undefined || kept !== 'same'
}

async function missing(rows: Rows, operation: Operation): Promise<readonly Refusal[]> {
  if (operation.op !== 'addColumn' && operation.op !== 'alterColumn') return []
  const { table, fill } = operation
  const to: ColumnDef = operation.op === 'addColumn' ? operation.column : operation.to
  if (to.nullable || fill !== undefined) return []
  const anew = `make the migration anew: with --fill ${table}.${to.name}=..., or --data ${table}.${to.name}`
  if (operation.op === 'addColumn') {
    const none = to.default === undefined && (await rows.any(table))
    return none ? [{ what: `${table}.${to.name} is required, and the rows that are there have no value`, write: anew }] : []
  }
  if (!operation.from.nullable || !rows.knows(table, operation.from.name)) return []
  const found = await rows.describeRows(table, operation.from.name, `${rows.column(table, operation.from.name)} is null`)
  const write = `give them a value first (offstage shell of the version before, or SQL), or ${anew}`
  return found === undefined ? [] : [{ what: `${table}.${to.name} gets required, and some rows have no value, ${found}`, write }]
}
