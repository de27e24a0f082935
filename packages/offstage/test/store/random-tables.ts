// Random tables and random changes of them, each of which fits the tables as they are by then.

import type { Blueprint, ColumnDef, ColumnType, IndexDef, TableDef } from '../../src/store/blueprint.ts'
import { physicalName } from '../../src/store/blueprint.ts'
import { conversion } from '../../src/store/conversions.ts'
import type { Operation } from '../../src/store/operations.ts'
import type { Json } from '../../src/schema/kind.ts'
import type { Dice } from '../random/dice.ts'

const types: readonly ColumnType[] = [
  ...(['uuid', 'key', 'serial', 'text(255)', 'text(768)', 'text', 'integer', 'real', 'boolean', 'datetime', 'date', 'json'] as const),
  ...(['decimal(10,2)', 'decimal(12,4)', 'decimal(18,0)'] as const),
]

let names = 0
const name = (start: string): string => `${start}${++names}`

export function someTable(dice: Dice, others: readonly TableDef[]): TableDef {
  const table = name(dice.chance(0.1) ? 'aTableWithQuiteALongNameThatIsMadeShorterSomewhere' : 'table')
  const key: ColumnDef = { name: 'id', type: dice.pick(['uuid', 'key', 'serial']), nullable: false }
  const self: TableDef = { name: table, columns: [key], indexes: [] }
  const columns = [key, ...dice.times(1, 5, () => someColumn(dice, [...others, self]))]
  const indexes = dice.times(0, 2, () => someIndex(dice, table, columns)).filter((index) => index !== undefined)
  return { name: table, columns, indexes }
}

export function someColumn(dice: Dice, others: readonly TableDef[], nullable = dice.chance(0.5)): ColumnDef {
  if (others.length > 0 && dice.chance(0.2)) {
    const target = dice.pick(others)
    const { name: column, type } = target.columns[0]!
    return { name: name('ref'), type, nullable: true, references: { table: target.name, column } }
  }
  return { name: name(dice.pick(['a', 'select', 'camelCase', "it's"])), ...shapeOf(dice, dice.pick(types), nullable) }
}

function shapeOf(dice: Dice, type: ColumnType, nullable: boolean): Omit<ColumnDef, 'name'> {
  if (type === 'text(255)' && dice.chance(0.4)) {
    const choices = dice.pick([
      ['a', 'b', 'it\'s CONSTRAINT "x" CHECK'],
      ['a', 'b'],
      ['b', 'ü', 'a'],
    ])
    return { type, nullable, choices, ...(dice.chance(0.5) && { default: 'b' }) }
  }
  const constant = constants[type.startsWith('decimal') ? 'decimal' : type]
  const limited = ['integer', 'real', 'decimal'].some((start) => type.startsWith(start))
  const text = (value: number): number | string => (type.startsWith('decimal') ? `${value}` : value)
  return {
    type,
    nullable,
    ...(constant !== undefined && dice.chance(0.4) && { default: constant }),
    ...(limited && dice.chance(0.3) && { min: text(-5) }),
    ...(limited && dice.chance(0.3) && { max: text(dice.pick([90, 91])) }),
  }
}

const constants: Readonly<Record<string, Json>> = {
  'text(255)': "it's",
  'text(768)': '',
  integer: -3,
  real: 1.5,
  boolean: true,
  decimal: '2',
  key: 'k',
  datetime: '2026-01-31T12:00:00.000Z',
  date: '2026-01-31',
}

function someIndex(dice: Dice, table: string, columns: readonly ColumnDef[]): IndexDef | undefined {
  const texts = columns.slice(1).filter(({ type, references }) => type.startsWith('text') && !references)
  if (texts.length > 0 && dice.chance(0.3)) {
    const words = texts.slice(0, dice.int(1, 3)).map((column) => column.name)
    return { name: physicalName(table, name('search')), columns: words, unique: false, search: true }
  }
  const fit = columns.filter(({ type }) => !['text', 'json', 'text(768)'].includes(type)).map((column) => column.name)
  const chosen = dice.some(fit, 2)
  if (chosen.length === 0) return undefined
  const unique = dice.chance(0.3)
  return { name: physicalName(table, chosen.join('_'), name(unique ? 'unique' : 'index')), columns: chosen, unique }
}

/** Undefined when the dice chose something that these tables have no place for. */
export function someOperation(dice: Dice, { tables }: Blueprint): Operation | undefined {
  const table = tables.length > 0 ? dice.pick(tables) : undefined
  if (!table || (tables.length < 4 && dice.chance(0.2))) return { op: 'createTable', table: someTable(dice, tables) }
  const column = dice.pick(table.columns)
  const others = table.columns.slice(1)
  const inside = { table: table.name }
  switch (dice.int(0, 9)) {
    case 0: {
      const isFree = tables.every((one) => one === table || one.columns.every(({ references }) => references?.table !== table.name))
      return isFree ? { op: 'dropTable', table } : undefined
    }
    case 1:
      return { op: 'renameTable', from: table.name, to: name('renamed') }
    case 2: {
      const added = someColumn(dice, tables)
      return added.nullable || added.default !== undefined ? { op: 'addColumn', ...inside, column: added } : undefined
    }
    case 3:
      return { op: 'renameColumn', ...inside, from: column.name, to: name('c') }
    case 4: {
      const isFree = others.includes(column) && !table.indexes.some((index) => index.columns.includes(column.name))
      return isFree ? { op: 'dropColumn', ...inside, column } : undefined
    }
    case 5:
    case 6: {
      if (!others.includes(column) || table.indexes.some((index) => index.columns.includes(column.name))) return undefined
      if (column.references)
        return { op: 'alterColumn', ...inside, from: column, to: { name: column.name, type: column.type, nullable: true } }
      const type = dice.chance(0.5) ? column.type : dice.pick(types)
      if (conversion(column.type, type) === 'impossible') return undefined
      return { op: 'alterColumn', ...inside, from: column, to: { name: column.name, ...shapeOf(dice, type, dice.chance(0.5)) } }
    }
    case 7: {
      const index = someIndex(dice, table.name, table.columns)
      return index && { op: 'addIndex', ...inside, index }
    }
    case 8:
      return table.indexes.length > 0 ? { op: 'dropIndex', ...inside, index: dice.pick(table.indexes) } : undefined
    default:
      return table.indexes.length > 0 ? { op: 'renameIndex', ...inside, from: dice.pick(table.indexes).name, to: name('index') } : undefined
  }
}
