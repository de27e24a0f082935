// Operations as SQLite's statements: its own ALTER TABLE where that has words for a change, else one copy of the table, which takes
// in everything that changes in it. Node 24 began with SQLite 3.49: NOT NULL and CHECKs, which 3.53 can change in place, are copied for.

import { applyOperation, tableIn } from '../apply.ts'
import type { Blueprint, ColumnDef, IndexDef, TableDef } from '../blueprint.ts'
import type { Operation, Render, SqlStep, Step } from '../operations.ts'
import { said } from '../said.ts'
import { converted } from './convert.ts'
import { dropIndexTexts, indexTexts } from './search-index.ts'
import { columnText, defaultText, sqliteCheckName, tableText } from './table-text.ts'
import { quote } from './values.ts'

export const renderSqlite: Render = (before, operations) => {
  const planner = new Planner(before)
  for (const operation of operations) planner.take(operation)
  planner.flush()
  return planner.steps
}

/** What changes inside one table; told apart because such changes of one table can be done at once. */
type Inner = Extract<
  Operation,
  { op: 'addColumn' | 'dropColumn' | 'renameColumn' | 'alterColumn' | 'addIndex' | 'dropIndex' | 'renameIndex' }
>

const innerNames: ReadonlySet<string> = new Set([
  'addColumn',
  'dropColumn',
  'renameColumn',
  'alterColumn',
  'addIndex',
  'dropIndex',
  'renameIndex',
] satisfies Inner['op'][])
const isInner = (operation: Operation): operation is Inner => innerNames.has(operation.op)

/** A table that is built anew, with its rows. */
export interface Copied {
  /** As the table is before. */
  readonly old: Pick<TableDef, 'name' | 'indexes'>
  /** What each column that there is by now is copied from, in terms of the old ones. */
  readonly sources: ReadonlyMap<string, string>
  readonly says: readonly string[]
}

/** Changes of one table that no statement was written for yet. */
interface Pending extends Copied {
  readonly old: TableDef
  /** The statements, if they can be done without a copy. */
  readonly native: SqlStep[]
  copy: boolean
  readonly sources: Map<string, string>
  readonly says: string[]
}

class Planner {
  readonly steps: Step[] = []
  #now: Blueprint
  readonly #pending = new Map<string, Pending>()

  constructor(before: Blueprint) {
    this.#now = before
  }

  take(operation: Operation): void {
    if (isInner(operation) && !this.#renamesKey(operation)) this.#inner(operation)
    else this.#outer(operation)
  }

  flush(): void {
    for (const [name, pending] of this.#pending) {
      if (pending.copy) this.steps.push(...copySteps(pending, tableIn(this.#now, name)))
      else this.steps.push(...pending.native)
    }
    this.#pending.clear()
  }

  #pendingOf(name: string): Pending {
    const known = this.#pending.get(name)
    if (known) return known
    const old = tableIn(this.#now, name)
    const sources = new Map(old.columns.map((column) => [column.name, quote(column.name)]))
    const pending: Pending = { old, native: [], copy: false, sources, says: [] }
    this.#pending.set(name, pending)
    return pending
  }

  #inner(operation: Inner): void {
    const pending = this.#pendingOf(operation.table)
    const statements = nativeStatements(tableIn(this.#now, operation.table), operation)
    const says = said(operation)
    pending.says.push(says)
    if (statements) pending.native.push(...statements.map((sql) => ({ kind: 'sql' as const, says, sql })))
    else pending.copy = true
    changeSources(pending.sources, operation)
    this.#now = applyOperation(this.#now, operation)
  }

  /** Only SQLite's own renaming makes references of other tables follow; it does not reach into the names of checks. */
  #renamesKey(operation: Operation): boolean {
    return operation.op === 'renameColumn' && tableIn(this.#now, operation.table).columns[0]!.name === operation.from
  }

  #outer(operation: Operation): void {
    this.flush()
    const says = said(operation)
    for (const step of outerSteps(operation)) this.steps.push('run' in step ? step : { kind: 'sql', says, ...step })
    this.#now = applyOperation(this.#now, operation)
    if (operation.op !== 'renameTable') return
    const table = tableIn(this.#now, operation.to)
    if (!table.columns.some((column) => sqliteCheckName(table.name, column) !== undefined)) return
    const pending = this.#pendingOf(table.name)
    pending.copy = true
    pending.says.push(`name the limits after ${operation.to}`)
  }
}

type OuterStep = { readonly sql: string; readonly rebuild?: true } | Extract<Step, { kind: 'run' }>

function outerSteps(operation: Operation): readonly OuterStep[] {
  switch (operation.op) {
    case 'createTable':
      return [tableText(operation.table), ...operation.table.indexes.flatMap((index) => indexTexts(operation.table, index))].map(plain)
    case 'dropTable':
      // With foreign keys on, rows that still refer to it would refuse the drop, even if their table is the next to go.
      return [`DROP TABLE ${quote(operation.table.name)}`, ...searchIndexesOf(operation.table).flatMap(dropIndexTexts)].map((sql) => ({
        sql,
        rebuild: true,
      }))
    case 'renameTable':
      return renameTable(operation.from, operation.to).map(plain)
    case 'renameColumn':
      return [plain(`ALTER TABLE ${quote(operation.table)} RENAME COLUMN ${quote(operation.from)} TO ${quote(operation.to)}`)]
    case 'renameChoice': {
      const [column, from, to] = [quote(operation.column), defaultText('text', operation.from), defaultText('text', operation.to)]
      return [plain(`UPDATE ${quote(operation.table)} SET ${column} = ${to} WHERE ${column} = ${from}`)]
    }
    case 'sql':
      return (operation.up.sqlite ?? []).map(plain)
    case 'fillShadow':
    case 'data':
      return [{ kind: 'run', says: said(operation), run: operation }]
    default:
      return []
  }
}

/** Names that differ in case only are one name to SQLite, and taken. */
function renameTable(from: string, to: string): string[] {
  const rename = (old: string, name: string): string => `ALTER TABLE ${quote(old)} RENAME TO ${quote(name)}`
  return from.toLowerCase() === to.toLowerCase() ? [rename(from, `${to}__new`), rename(`${to}__new`, to)] : [rename(from, to)]
}

/** These do not go with their table. */
const searchIndexesOf = ({ indexes }: Pick<TableDef, 'indexes'>): readonly IndexDef[] => indexes.filter(({ search }) => search)

const plain = (sql: string): { sql: string } => ({ sql })

/** How SQLite does it in place; undefined when it cannot. */
function nativeStatements(table: TableDef, operation: Inner): string[] | undefined {
  const alter = `ALTER TABLE ${quote(table.name)}`
  switch (operation.op) {
    case 'addColumn': {
      const { column, fill } = operation
      const { nullable, references, default: constant } = column
      if (constant === undefined ? !nullable : references) return undefined
      const add = `${alter} ADD COLUMN ${columnText(table.name, column, false)}`
      if (fill === undefined || fill === constant) return [add]
      return [add, `UPDATE ${quote(table.name)} SET ${quote(column.name)} = ${defaultText(column.type, fill)}`]
    }
    case 'dropColumn':
      return [`${alter} DROP COLUMN ${quote(operation.column.name)}`]
    case 'renameColumn': {
      const column = table.columns.find(({ name }) => name === operation.from)
      if (column && sqliteCheckName(table.name, column) !== undefined) return undefined
      return [`${alter} RENAME COLUMN ${quote(operation.from)} TO ${quote(operation.to)}`]
    }
    case 'alterColumn':
      return isVisible(table, operation.from, operation.to) ? undefined : []
    case 'addIndex':
      return [...indexTexts(table, operation.index)]
    case 'dropIndex':
      return [...dropIndexTexts(operation.index)]
    case 'renameIndex': {
      const index = table.indexes.find(({ name }) => name === operation.from)
      if (!index) return undefined
      return [...dropIndexTexts(index), ...indexTexts(table, { ...index, name: operation.to })]
    }
  }
}

/** SQLite keeps most types alike: such a change is one of words only. */
function isVisible(table: TableDef, from: ColumnDef, to: ColumnDef): boolean {
  const isKey = table.columns[0]!.name === from.name
  return columnText(table.name, from, isKey) !== columnText(table.name, to, isKey) || converted('value', from.type, to.type) !== 'value'
}

function changeSources(sources: Map<string, string>, operation: Inner): void {
  switch (operation.op) {
    case 'addColumn': {
      const { column, fill } = operation
      sources.set(column.name, defaultText(column.type, fill ?? column.default ?? null))
      return
    }
    case 'dropColumn':
      sources.delete(operation.column.name)
      return
    case 'renameColumn':
      sources.set(operation.to, sources.get(operation.from)!)
      sources.delete(operation.from)
      return
    case 'alterColumn': {
      const { from, to, fill } = operation
      const value = converted(sources.get(from.name)!, from.type, to.type)
      sources.set(to.name, !to.nullable && fill !== undefined ? `coalesce(${value}, ${defaultText(to.type, fill)})` : value)
    }
  }
}

/** Runs with foreign keys off, or the drop would delete or refuse the rows that refer to the table. */
export function copySteps({ old, sources, says }: Copied, table: TableDef): SqlStep[] {
  const [name, next] = [quote(table.name), `${table.name}__new`]
  const columns = table.columns.map((column) => column.name)
  const values = columns.map((column) => sources.get(column)!).join(', ')
  const step = (what: string, sql: string): SqlStep => ({ kind: 'sql', says: what, sql, rebuild: true })
  return [
    step(`${table.name} is copied: ${says.join(', ')}`, tableText(table, next)),
    step(
      `copy the rows of ${table.name}`,
      `INSERT INTO ${quote(next)} (${columns.map(quote).join(', ')}) SELECT ${values} FROM ${quote(old.name)}`,
    ),
    step(`drop the old ${table.name}`, `DROP TABLE ${name}`),
    ...searchIndexesOf(old).flatMap((index) => dropIndexTexts(index).map((sql) => step(`drop the old index ${index.name}`, sql))),
    step(`put the new ${table.name} in its place`, `ALTER TABLE ${quote(next)} RENAME TO ${name}`),
    ...table.indexes.flatMap((index) => indexTexts(table, index).map((sql) => step(`add the index ${index.name}`, sql))),
  ]
}

/** The table is built from its text once more: one that an earlier version wrote otherwise looks as it should then. */
export function remakeSqlite(table: TableDef): readonly Step[] {
  const sources = new Map(table.columns.map(({ name }) => [name, quote(name)]))
  return copySteps({ old: table, sources, says: ['as this version writes it'] }, table)
}
