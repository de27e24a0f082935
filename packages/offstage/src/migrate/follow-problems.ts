// What the tables may not do by themselves, because rows that are there would lose something: told all at once, with the words to write.

import { OffstageError } from '../base/errors.ts'
import type { Registry } from '../schema/registry.ts'
import type { Blueprint, ColumnDef } from '../store/blueprint.ts'
import { conversion, isTextual } from '../store/conversions.ts'
import type { Operation, PhysicalTable, Session } from '../store/operations.ts'
import { named, same } from './canonical.ts'
import { diff } from './diff.ts'
import { limitsBroken } from './limits.ts'
import { Rows, publicColumns, type Refusal } from './row-questions.ts'
import { hintsOf } from './hints-of.ts'
import type { Problem } from './hints.ts'

/** The operations, and what the rows that are there have against them. */
export async function questionsOf(
  session: Session,
  before: Blueprint,
  after: Blueprint,
  registry: Registry,
  now: Date,
): Promise<{ readonly operations: readonly Operation[]; readonly problems: readonly Refusal[] }> {
  const rows = new Rows(session, before, publicColumns(registry))
  const empty = new Set<string>()
  for (const table of before.tables)
    if (!same(table, named(after.tables, table.name)) && !(await rows.any(table.name))) empty.add(table.name)
  // What may really go is for the rows to say, below.
  const drops = new Set(before.tables.flatMap(({ name, columns }) => [name, ...columns.flatMap((column) => droppable(name, column))]))
  const { operations, problems } = diff(before, after, { ...hintsOf(registry, now), empty, drops })
  rows.remember(operations)
  const found: Refusal[] = []
  for (const problem of problems) found.push(...(await required(rows, registry, problem)))
  const remade = new Set(operations.flatMap((one) => (one.op === 'createTable' ? [one.table.name] : [])))
  for (const operation of operations) found.push(...(await losses(rows, operation, operations, remade, registry)))
  for (const operation of operations) found.push(...(await limitsBroken(rows, operation, operations, remade)))
  return { operations, problems: found }
}

const droppable = (table: string, { name, choices = [] }: ColumnDef): string[] => [
  `${table}.${name}`,
  ...choices.map((choice) => `${table}.${name}.${choice}`),
]

async function required(rows: Rows, registry: Registry, { id, table, column, what, write }: Problem): Promise<Refusal[]> {
  if (id !== 'required') return [{ what, write }]
  const isNew = !rows.knows(table, column!)
  if (!isNew && !(await rows.anyIn(table, column!, 'is null'))) return []
  const model = [...registry.models.values()].find((one) => one.table === table)
  const unique = model?.unique.some((group) => group.length === 1 && model.fields.get(group[0]!)?.column === column)
  return [
    {
      what: `${placeOf(registry, table, column!)} is required, and ${isNew ? 'the rows that are there have none' : 'some rows have no value'}`,
      write: unique
        ? 'make it .optional(): it is unique, so that the rows that are there can only have none'
        : 'give it a .default(value), or make it .optional()',
    },
  ]
}

async function losses(
  rows: Rows,
  operation: Operation,
  all: readonly Operation[],
  remade: ReadonlySet<string>,
  registry: Registry,
): Promise<Refusal[]> {
  switch (operation.op) {
    case 'dropTable': {
      const { name } = operation.table
      if (remade.has(name) || !(await rows.any(name))) return []
      return [
        {
          what: `no model uses the table ${name} any more, and it has rows`,
          write: `declare a model with { table: '${name}' }, say which one has them now: { renamedFrom: '${name}' }, or remove its rows first`,
        },
      ]
    }
    case 'dropColumn': {
      const { table, column } = operation
      if (column.shadow || !(await rows.anyIn(table, column.name, 'is not null'))) return []
      const next = all.find((one) => one.op === 'addColumn' && one.table === table && one.column.name === column.name)
      if (next?.op === 'addColumn') return [otherType(registry, table, column, next.column)]
      return [
        {
          what: `${table}.${column.name} is declared no more, and has values`,
          write: `put the field back, or say where it went: .renamedFrom('${column.name}')`,
        },
      ]
    }
    case 'alterColumn': {
      const { table, from, to } = operation
      const kept = isTextual(from.type) && isTextual(to.type) ? 'lossless' : conversion(from.type, to.type)
      if (kept === 'same' || kept === 'lossless' || !(await rows.anyIn(table, from.name, 'is not null'))) return []
      return [otherType(registry, table, from, to)]
    }
    default:
      return []
  }
}

const otherType = (registry: Registry, table: string, from: ColumnDef, to: ColumnDef): Refusal => ({
  what: `${placeOf(registry, table, to.name)} would change from ${from.type} to ${to.type}`,
  write: 'keep the old type and add the new one under another name',
})

/** As its declaration has it. */
function placeOf(registry: Registry, table: string, column: string): string {
  const model = [...registry.models.values()].find((one) => one.table === table)
  const field = model?.columns.find((one) => one.column === column)
  return model ? `${model.name}.${field?.name ?? column}` : `${table}.${column}`
}

/** Tables in the way of those of the models, and models without their tables. */
export function strangers(registry: Registry, before: Blueprint, after: Blueprint, physical: readonly PhysicalTable[]): readonly Refusal[] {
  const present = new Map(physical.map((table) => [table.name.toLowerCase(), table]))
  const known = new Set(before.tables.map(({ name }) => name.toLowerCase()))
  return [...registry.models.values()].flatMap((model): Refusal[] => {
    const there = present.get(model.table.toLowerCase())
    if (named(after.tables, model.table)) {
      if (!there || known.has(model.table.toLowerCase())) return []
      return [
        {
          what: `the database has a table ${model.table} that Offstage did not make`,
          write: `give the model ${model.name} another table: model(fields, { table: 'other' }), or let it have this one as it is: { adopted: true }`,
        },
      ]
    }
    if (!there)
      return [{ what: `the model ${model.name} is adopted, and there is no table ${model.table}`, write: 'make it, or correct its name' }]
    return model.columns
      .filter(({ column }) => !named(there.columns, column))
      .map(({ name, column }) => ({
        what: `${model.name}.${name} is adopted, and the table ${model.table} has no column ${column}`,
        write: `add the column, or correct its name: .column('other')`,
      }))
  })
}

export function dataLoss(problems: readonly Refusal[], otherwise = 'nothing was changed'): OffstageError {
  const list = problems.map(({ what, write }) => `- ${what}; ${write}.`).join('\n')
  return new OffstageError('data_loss', {
    detail: `The tables cannot follow the models without losing data; ${otherwise}.\n${list}`,
    hint: 'In development `offstage reset` builds the database anew from the seed.',
  })
}
