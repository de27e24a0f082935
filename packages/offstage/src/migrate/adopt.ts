// From tables that are there already to the models that fit them, as source. What cannot be told from a table is left to the developer,
// in a comment where it belongs.

import { namePattern, reservedFields, reservedModels } from '../schema/names.ts'
import type { DialectName, PhysicalColumn, PhysicalTable } from '../store/operations.ts'
import { isOwnTable } from './own-tables.ts'

export interface AdoptedModel {
  readonly name: string
  readonly table: string
  /** The module that declares it, without imports. */
  readonly source: string
}

export interface Adoption {
  readonly models: readonly AdoptedModel[]
  /** Tables and columns that have no model, each in a sentence. */
  readonly left: readonly string[]
}

export function adopt(tables: readonly PhysicalTable[], dialect: DialectName): Adoption {
  const left: string[] = []
  const lite = dialect === 'sqlite'
  const names = new Names(reservedModels)
  const chosen = tables.filter((table) => {
    if (isOwnTable(table.name)) return false
    const [key, ...more] = table.primaryKey
    if (key === undefined || more.length > 0) {
      left.push(
        `${table.name} has ${key === undefined ? 'no key' : `a key of ${more.length + 1} columns`}; a model needs one of one column`,
      )
      return false
    }
    const form = keyForm(table.columns.find((column) => column.name === key)!)
    if (form === undefined) left.push(`${table.name} has the key ${key}, which is neither text nor a whole number`)
    return form !== undefined
  })
  const models = new Map(chosen.map((table) => [table.name, names.take(table.name)]))
  return { models: chosen.map((table) => modelOf(table, models, left, lite)), left }
}

function modelOf(table: PhysicalTable, models: ReadonlyMap<string, string>, left: string[], lite: boolean): AdoptedModel {
  const name = models.get(table.name)!
  const key = table.primaryKey[0]!
  const fields = new Names(reservedFields, ['id'])
  const byColumn = new Map<string, string>()
  const lines: string[] = []
  for (const column of table.columns) {
    if (column.name === key) continue
    const type = fieldType(table, column, models, lite)
    if (type === undefined) {
      const told = `${table.name}.${column.name} is ${column.type}, for which there is no field`
      left.push(column.nullable || column.default !== undefined ? told : `${told}, and it must have a value: no row can be created`)
      lines.push(`  // ${column.name}: ${column.type}`)
      continue
    }
    const isReference = type.startsWith('t.ref(')
    const field = fields.take(isReference ? column.name.replace(/_?id$/i, '') || column.name : column.name)
    byColumn.set(column.name, field)
    lines.push(`  ${field}: ${type}${modifiers(table, column, field, type)},`)
  }
  const options = [`table: ${text(table.name)}`, 'adopted: true', `own: { ${ownOf(table, key)} }`]
  const groups = table.indexes.filter(({ unique, columns }) => unique && columns.length > 1 && columns.every((one) => byColumn.has(one)))
  if (groups.length > 0)
    options.push(`unique: [${groups.map(({ columns }) => `[${columns.map((one) => text(byColumn.get(one)!)).join(', ')}]`).join(', ')}]`)
  return {
    name,
    table: table.name,
    source: `export const ${name} = model(\n  {\n${lines.map((line) => `  ${line}`).join('\n')}\n  },\n  { ${options.join(', ')} },\n)\n`,
  }
}

function ownOf(table: PhysicalTable, key: string): string {
  const column = table.columns.find(({ name }) => name === key)!
  // Offstage makes UUIDs by itself.
  const id = column.type === 'uuid' && key === 'id' ? '' : `id: t.${keyForm(column)}()${key === 'id' ? '' : `.column(${text(key)})`}, `
  return `${id}createdAt: false, updatedAt: false, version: false`
}

/** Whole numbers count up; text is given by the app. */
function keyForm({ type }: PhysicalColumn): 'serial' | 'key' | undefined {
  if (/^(small|big|medium)?(int|serial)(eger)?\d?\b/.test(type)) return 'serial'
  return /char|text|uuid/.test(type) ? 'key' : undefined
}

function fieldType(table: PhysicalTable, column: PhysicalColumn, models: ReadonlyMap<string, string>, lite: boolean): string | undefined {
  const reference = table.references.find((one) => one.column === column.name)
  const target = reference && models.get(reference.table)
  if (target !== undefined) return `t.ref(${text(target)})`
  const { type } = column
  if (type.endsWith('[]')) return undefined
  const [, digits, scale] = /\((\d+)(?:,\s*(\d+))?\)/.exec(type) ?? []
  if (/^(bool|tinyint\(1\)|bit\(1\)$)/.test(type)) return 't.boolean()'
  if (/^(small|big|medium|tiny)?(int|serial)(eger)?\d?\b/.test(type)) return 't.integer()'
  if (/^(numeric|decimal)/.test(type)) {
    const exact = digits !== undefined && Number(digits) <= 18 && !lite
    return exact ? `t.decimal(${digits}, ${scale ?? 0})` : 't.number()'
  }
  if (/^(real|double|float)/.test(type)) return 't.number()'
  // SQLite keeps instants and days as any text or number: what it is only the app that wrote it knows.
  if (/^(timestamp|datetime)/.test(type)) return lite ? 't.text()' : 't.datetime()'
  if (/^date$/.test(type)) return lite ? 't.text()' : 't.date()'
  if (/^jsonb?$/.test(type)) return 't.json()'
  if (type.startsWith('enum(')) return `t.enum(${type.slice(5, -1).split(',').join(', ')})`
  if (/char|^uuid/.test(type)) return `t.text({ max: ${digits ?? 255} })`
  return /text|clob/.test(type) ? 't.text()' : undefined
}

function modifiers(table: PhysicalTable, column: PhysicalColumn, field: string, type: string): string {
  const alone = (unique: boolean): boolean => table.indexes.some((index) => index.unique === unique && index.columns.join() === column.name)
  return [
    column.nullable ? '.optional()' : defaultOf(column, type),
    alone(true) ? '.unique()' : alone(false) && !table.references.some((one) => one.column === column.name) ? '.index()' : '',
    field === column.name ? '' : `.column(${text(column.name)})`,
  ].join('')
}

/** A default that the database keeps, where it is a constant or the present time. */
function defaultOf({ default: value }: PhysicalColumn, type: string): string {
  if (value === undefined) return ''
  const [, quoted] = /^'((?:[^']|'')*)'(?:::[\w ]+)?$/.exec(value) ?? []
  const plain = quoted?.replaceAll("''", "'") ?? value
  if (type === 't.boolean()' && /^(true|false|0|1)$/.test(plain)) return `.default(${plain === 'true' || plain === '1'})`
  if (/^t\.(integer|number)/.test(type) && /^-?\d+(\.\d+)?$/.test(plain)) return `.default(${Number(plain)})`
  if (type.startsWith('t.decimal') && /^-?\d+(\.\d+)?$/.test(plain)) return `.default(${text(plain)})`
  if (type === 't.datetime()' && /^(now\(\)|current_timestamp)/i.test(plain)) return '.default(() => new Date())'
  return /^t\.(text|enum)/.test(type) && quoted !== undefined ? `.default(${text(plain)})` : ''
}

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Names in the form that Offstage wants, each once. */
class Names {
  readonly #taken: Set<string>
  readonly #reserved: ReadonlyMap<string, string>

  constructor(reserved: ReadonlyMap<string, string>, taken: readonly string[] = []) {
    this.#reserved = reserved
    this.#taken = new Set(taken)
  }

  take(physical: string): string {
    const words = physical.split(/[^A-Za-z0-9]+/).filter(Boolean)
    const joined = words.map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('')
    const lower = joined === joined.toUpperCase() ? joined.toLowerCase() : joined.charAt(0).toLowerCase() + joined.slice(1)
    const sound = (/^[a-z]/.test(lower) ? lower : `x${lower}`).slice(0, 38)
    for (let number = 1; ; number++) {
      const name = number === 1 ? sound : `${sound}${number}`
      if (this.#taken.has(name) || this.#reserved.has(name) || !namePattern.test(name)) continue
      this.#taken.add(name)
      return name
    }
  }
}
