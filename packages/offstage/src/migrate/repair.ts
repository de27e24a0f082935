// What puts tables right that are not those of a blueprint: somebody changed them by hand, or a migration ended half-way.

import type { Blueprint, TableDef } from '../store/blueprint.ts'
import { differenceOf } from '../store/difference.ts'
import type { RepairStep, Operation, PhysicalTable, Session, SqlStep, Step, Tables } from '../store/operations.ts'
import { quoteFor } from './cells.ts'
import { named, withoutReference } from './canonical.ts'
import { spelt } from './drift.ts'
import { valuesOf } from './losses.ts'
import { repairTableFor, rendererFor } from './renderer.ts'

export interface Repair {
  readonly steps: readonly Step[]
  /** `412 values of posts.own`. */
  readonly losses: readonly string[]
}

/** Tables that no migration made are left alone; of columns that none made, the values are lost. */
export async function repairOf(session: Session, tables: Tables, blueprint: Blueprint, actual: readonly PhysicalTable[]): Promise<Repair> {
  const expected = tables.expected(blueprint)
  const present = new Map(spelt(actual, expected).map((table) => [table.name, table]))
  const gone = blueprint.tables.filter(({ name }) => !present.has(name))
  const render = await rendererFor(session.dialect)
  // What a table refers to may still have to be put right; SQLite takes references to anything, and only with the table.
  const made = session.dialect === 'sqlite' ? gone : gone.map(bare)
  const steps: Step[] =
    made.length === 0
      ? []
      : [
          ...render(
            { tables: [] },
            made.map((table): Operation => ({ op: 'createTable', table })),
          ),
        ]
  for (const table of tables.expected({ tables: made })) present.set(table.name, table)
  const repairTable = await repairTableFor(session.dialect)
  const losses: string[] = []
  const last: Step[] = []
  const released = releasedOf(expected, [...present.values()])
  for (const table of blueprint.tables) {
    const now = present.get(table.name)!
    // To what it is, but for these.
    const without = { ...now, references: now.references.filter((one) => !released.has(one)) }
    steps.push(...repairTable(table, without, now).map(({ step }) => step))
    present.set(table.name, without)
  }
  for (const table of blueprint.tables) {
    const now = present.get(table.name)!
    for (const repair of repairTable(table, named(expected, table.name)!, now)) {
      const lost = await lostBy(session, table.name, repair)
      losses.push(...lost)
      const { step } = repair
      const told = lost.length === 0 ? step : { ...step, says: `${step.says}, which loses ${lost.join(', ')}` }
      if (repair.last) last.push(told)
      else steps.push(told)
    }
    steps.push(...copiesOf(table, now))
  }
  return { steps: [...steps, ...last], losses }
}

const bare = (table: TableDef): TableDef => ({ ...table, columns: table.columns.map(withoutReference) })

type Reference = PhysicalTable['references'][number]

/** References that stand in the way of what changes at one of their ends: they are taken away first, and put back last. */
function releasedOf(expected: readonly PhysicalTable[], actual: readonly PhysicalTable[]): ReadonlySet<Reference> {
  const changing = new Set<string>()
  const gone = new Set<Reference>()
  for (const table of actual) {
    const wanted = named(expected, table.name)
    if (!wanted) continue
    const { different, extraIndexes, extraReferences, extra } = differenceOf(wanted, table)
    const changed = new Set([...extra, ...different.map((one) => one.expected.name)])
    const indexes = table.indexes.filter((one) => extraIndexes.includes(one) || one.columns.some((column) => changed.has(column)))
    for (const column of [...changed, ...indexes.map((one) => one.columns[0]!)]) changing.add(`${table.name}.${column}`)
    for (const reference of extraReferences) gone.add(reference)
  }
  for (const table of actual.filter(({ name }) => named(expected, name)))
    for (const one of table.references)
      if (changing.has(`${table.name}.${one.column}`) || changing.has(`${one.table}.${one.to}`)) gone.add(one)
  // SQLite has no names for them, and builds the table anew.
  return new Set([...gone].filter(({ name }) => name !== undefined))
}

async function lostBy(session: Session, table: string, { loses = [] }: RepairStep): Promise<readonly string[]> {
  const lost: string[] = []
  for (const column of loses) {
    const values = await valuesOf(session, table, column)
    if (values !== undefined) lost.push(values)
  }
  return lost
}

/** Copies that are put back are worked out anew. */
function copiesOf(table: TableDef, { columns }: PhysicalTable): readonly Step[] {
  return table.columns
    .filter(({ name, shadow }) => shadow && !columns.some((one) => one.name === name))
    .map((column) => ({
      kind: 'run',
      says: `work out ${table.name}.${column.name}`,
      run: { op: 'fillShadow', table: table.name, key: table.columns[0]!.name, column },
    }))
}

/** PostgreSQL: what a migration began to build, and could not, still stands in everybody's way under its name. */
export async function leftoversOf(session: Session, tables: Tables, blueprints: readonly Blueprint[]): Promise<readonly SqlStep[]> {
  if (session.dialect !== 'postgres') return []
  const ours = new Set<string>()
  for (const table of blueprints.flatMap((one) => tables.expected(one))) {
    for (const { name } of table.indexes) ours.add(name)
    for (const name of table.checks) ours.add(name)
    for (const { name } of table.references) if (name !== undefined) ours.add(name)
  }
  const indexes = await session.all(`select i.relname as name from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
    where not x.indisvalid and i.relnamespace = current_schema()::regnamespace order by 1`)
  const constraints = await session.all(`select t.relname as "table", c.conname as name from pg_catalog.pg_constraint c
    join pg_catalog.pg_class t on t.oid = c.conrelid where not c.convalidated and t.relnamespace = current_schema()::regnamespace order by 1, 2`)
  const quote = (name: unknown): string => quoteFor('postgres', String(name))
  // Of the two that stand only while a column changes, the names end so.
  const isOurs = (name: unknown): boolean => ours.has(String(name)) || /__(fits|required)$/.test(String(name))
  return [
    ...indexes
      .filter(({ name }) => isOurs(name))
      .map(({ name }): SqlStep => ({
        kind: 'sql',
        says: `drop the index ${String(name)}, which could not be built`,
        sql: `drop index concurrently if exists ${quote(name)}`,
        alone: true,
        repeatable: true,
      })),
    ...constraints
      .filter(({ name }) => isOurs(name))
      .map(({ table, name }): SqlStep => ({
        kind: 'sql',
        says: `drop ${String(name)}, which rows did not fit`,
        sql: `alter table ${quote(table)} drop constraint if exists ${quote(name)}`,
      })),
  ]
}
