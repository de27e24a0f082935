// Random blueprints, and random edits of them such as people make.

import { conversion } from '../../src/store/conversions.ts'
import {
  physicalName,
  shadowName,
  type Blueprint,
  type ColumnDef,
  type ColumnType,
  type IndexDef,
  type TableDef,
} from '../../src/store/blueprint.ts'
import type { Dice } from '../random/dice.ts'

const types: readonly ColumnType[] = [
  'text(255)',
  'text(768)',
  'text',
  'integer',
  'real',
  'decimal(10,2)',
  'decimal(12,4)',
  'boolean',
  'datetime',
  'date',
  'json',
]
const tableNames = ['articles', 'books', 'cats', 'dogs', 'eggs']
const columnNames = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta']
const choices = ['one', 'two', 'three', 'four']

export function randomBlueprint(dice: Dice): Blueprint {
  const names = dice.some(tableNames, 5)
  const keys = new Map(names.map((name) => [name, dice.pick(['uuid', 'key', 'serial'] as const)]))
  return { tables: names.map((name) => randomTable(dice, name, keys)) }
}

function randomTable(dice: Dice, name: string, keys: ReadonlyMap<string, ColumnType>): TableDef {
  const columns: ColumnDef[] = [{ name: 'id', type: keys.get(name)!, nullable: false }]
  for (const column of dice.some(columnNames, 6)) columns.push(randomColumn(dice, column, keys))
  return withDerived(dice, { name, columns, indexes: [] })
}

export function randomColumn(dice: Dice, name: string, keys: ReadonlyMap<string, ColumnType>): ColumnDef {
  const nullable = dice.chance(0.5)
  if (keys.size > 0 && dice.chance(0.25)) {
    const table = dice.pick([...keys.keys()])
    return { name, type: keys.get(table)!, nullable, references: { table, column: 'id' } }
  }
  if (dice.chance(0.2)) return { name, type: 'text(255)', nullable, choices: ['zero', ...dice.some(choices, 3)] }
  const type = dice.pick(types)
  return {
    name,
    type,
    nullable,
    ...(type === 'integer' && dice.chance(0.5) && { min: 0, max: dice.int(5, 9) }),
    ...(type === 'integer' && dice.chance(0.5) && { default: dice.int(0, 5) }),
    ...(type === 'boolean' && dice.chance(0.5) && { default: dice.chance(0.5) }),
  }
}

/** The copies and indexes of a table, by the names that models give them. */
function withDerived(dice: Dice, { name, columns }: TableDef): TableDef {
  const all = columns.filter(({ shadow }) => !shadow)
  for (const column of columns) {
    if (column.shadow) continue
    if (column.references || column.choices || !column.type.startsWith('text')) continue
    if (dice.chance(0.4))
      all.push({ name: shadowName(column.name, 'search'), type: 'text', nullable: true, shadow: { of: column.name, use: 'search' } })
    if (dice.chance(0.3))
      all.push({ name: shadowName(column.name, 'email'), type: 'text(768)', nullable: true, shadow: { of: column.name, use: 'email' } })
  }
  const indexes: IndexDef[] = []
  for (const column of all.slice(1)) {
    if (column.type === 'json' || column.type === 'text' || !dice.chance(0.4)) continue
    const unique = dice.chance(0.5)
    const source = column.shadow?.of ?? column.name
    const index = physicalName(name, source, unique ? 'unique' : 'index')
    if (indexes.some((one) => one.name === index)) continue
    indexes.push({ name: index, columns: unique ? [column.name] : [column.name, 'id'], unique })
  }
  const words = all.filter(({ shadow }) => shadow?.use === 'search').map((column) => column.name)
  if (words.length > 0) indexes.push({ name: physicalName(name, 'search'), columns: words.toSorted(), unique: false, search: true })
  return { name, columns: all, indexes }
}

/** What a rename does to a blueprint, and the hint that tells it. */
export interface Renames {
  readonly tables: Record<string, string>
  readonly columns: Record<string, string>
}

export function renamed(dice: Dice, blueprint: Blueprint): { blueprint: Blueprint; renames: Renames } {
  const tables: Record<string, string> = {}
  const columns: Record<string, string> = {}
  const names = new Map(blueprint.tables.map(({ name }) => [name, dice.chance(0.3) ? `${name}Two` : name]))
  const result = blueprint.tables.map((table): TableDef => {
    const to = names.get(table.name)!
    if (to !== table.name) tables[to] = table.name
    const renamedColumns = new Map(
      table.columns
        .filter(({ shadow, name }) => !shadow && name !== 'id')
        .map(({ name }) => [name, dice.chance(0.3) ? `${name}Two` : name]),
    )
    for (const [from, name] of renamedColumns) if (from !== name) columns[`${to}.${name}`] = from
    const nameOf = ({ name, shadow }: ColumnDef): string =>
      shadow ? shadowName(renamedColumns.get(shadow.of)!, shadow.use) : (renamedColumns.get(name) ?? name)
    const byOld = new Map(table.columns.map((column) => [column.name, nameOf(column)]))
    return {
      name: to,
      columns: table.columns.map((column) => ({
        ...column,
        name: nameOf(column),
        ...(column.references && { references: { ...column.references, table: names.get(column.references.table)! } }),
        ...(column.shadow && { shadow: { ...column.shadow, of: renamedColumns.get(column.shadow.of)! } }),
      })),
      indexes: table.indexes.map((index) => ({
        ...index,
        name: index.name.replace(table.name, to),
        columns: index.columns.map((name) => byOld.get(name)!),
      })),
    }
  })
  return { blueprint: { tables: result }, renames: { tables, columns } }
}

/** A few edits of a blueprint: columns and tables come, go and change. */
export function edited(dice: Dice, blueprint: Blueprint): Blueprint {
  const kept = blueprint.tables.filter(() => dice.chance(0.85))
  const fresh = dice.some(tableNames, 1).filter((name) => !kept.some((one) => one.name === name))
  const keys = new Map<string, ColumnType>(kept.map(({ name, columns }) => [name, dice.chance(0.1) ? 'key' : columns[0]!.type]))
  for (const name of fresh) keys.set(name, 'uuid')
  const change = (column: ColumnDef): ColumnDef => {
    if (column.references) {
      const { references, ...bare } = column
      const type = keys.get(references.table)
      return type === undefined ? bare : { ...column, type, nullable: dice.chance(0.2) ? !column.nullable : column.nullable }
    }
    if (!dice.chance(0.3)) return column
    const other = randomColumn(dice, column.name, keys)
    return dice.chance(0.8) && conversion(column.type, other.type) === 'impossible' ? column : other
  }
  const tables = kept.map((table) => {
    const [key, ...others] = table.columns.filter(({ shadow }) => !shadow)
    const columns = others.filter(() => dice.chance(0.85)).map(change)
    for (const name of dice.some(columnNames, 2))
      if (!columns.some((one) => one.name === name)) columns.push(randomColumn(dice, name, keys))
    return withDerived(dice, { ...table, columns: [{ ...key!, type: keys.get(table.name)! }, ...columns] })
  })
  return { tables: [...tables, ...fresh.map((name) => randomTable(dice, name, keys))] }
}
