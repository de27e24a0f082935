// Edits that people make of their models, each with what it must do to the rows. An edit that finds no place gives undefined; one that
// the rows do not allow is noticed by its caller, and not made.

import type { Json } from '../../../src/schema/kind.ts'
import { blueprintOf, type ColumnDef } from '../../../src/store/blueprint.ts'
import { conversion } from '../../../src/store/conversions.ts'
import type { Dice } from '../../random/dice.ts'
import { columnOf, registryOf, tableOf, type FieldKind, type FieldSpec, type ModelSpec } from './models.ts'
import { allows, converted, randomValue } from './values.ts'
import { fieldsThat, givenTo, type Draft } from './world.ts'

export type Edit = (dice: Dice, draft: Draft) => string | undefined

const modelNames = ['posts', 'people', 'order', 'invoiceLines', 'aModelWithQuiteALongNameForATable', 'groups', 'items', 'keys']
const fieldNames = ['title', 'body', 'rank', 'from', 'price', 'camelCase', 'state', 'aFieldWithQuiteALongNameForOneColumn', 'note', 'at', 'ok', 'x1', 'values', 'by']
const choiceNames = ['draft', 'live', 'it\'s "gone"', 'v1.5', 'Ünpublished', 'done', 'DRAFT']
const kinds: readonly FieldKind[] = ['text', 'text', 'text', 'email', 'url', 'integer', 'number', 'decimal', 'boolean', 'datetime', 'date', 'enum', 'json', 'ref']

let counter = 0
export const nextNumber = (): number => ++counter

// --- small help

const someModel = (dice: Dice, draft: Draft, fits: (model: ModelSpec) => boolean = () => true): ModelSpec | undefined => {
  const found = draft.models.filter((model) => model.was !== undefined && !draft.touched.has(model) && fits(model))
  return found.length === 0 ? undefined : dice.pick(found)
}

function someField(dice: Dice, draft: Draft, fits: (field: FieldSpec) => boolean = () => true): [ModelSpec, FieldSpec] | undefined {
  const found = draft.models.flatMap((model) => (draft.touched.has(model) ? [] : fieldsThat(model, draft, fits).map((field): [ModelSpec, FieldSpec] => [model, field])))
  return found.length === 0 ? undefined : dice.pick(found)
}

const path = (model: ModelSpec, field: FieldSpec): string => `${tableOf(model)}.${columnOf(field)}`
const oldPath = (model: ModelSpec, field: FieldSpec): string => `${model.was}.${field.was}`
const isTexty = ({ kind }: FieldSpec): boolean => ['text', 'email', 'url'].includes(kind)
const isShort = ({ kind, length }: FieldSpec): boolean => kind !== 'text' || (length ?? 65_536) <= 768
const isIndexable = (field: FieldSpec): boolean => field.kind !== 'json' && field.kind !== 'url' && isShort(field)

/** As the tables will have it. */
export function columnDef(draft: Draft, model: ModelSpec, field: FieldSpec): ColumnDef {
  const table = blueprintOf(registryOf(draft.models)).tables.find(({ name }) => name === tableOf(model))!
  return table.columns.find(({ name }) => name === columnOf(field))!
}

function freshName(dice: Dice, names: readonly string[], free: (name: string) => boolean): string | undefined {
  const left = names.flatMap((name) => [name, `${name}2`]).filter(free)
  return left.length === 0 ? undefined : dice.pick(left)
}

/** Something that a field can be, without what it says about rows. */
function shape(dice: Dice, draft: Draft, kind: FieldKind): Partial<FieldSpec> & { kind: FieldKind } {
  switch (kind) {
    case 'text':
      return { kind, ...(dice.chance(0.7) && { length: dice.pick([40, 255, 300, 768, 2_000]) }) }
    case 'integer':
    case 'number':
      return { kind, ...limits(dice, (n) => n) }
    case 'decimal': {
      const digits = dice.pick([[10, 2], [12, 4], [18, 0], [18, 18], [5, 1]] as const)
      return { kind, digits, ...(digits[1] < digits[0] - 2 && limits(dice, (n) => (digits[1] === 0 ? `${n}` : `${n}.${'0'.repeat(digits[1])}`))) }
    }
    case 'enum':
      return { kind, choices: [...new Set([dice.pick(choiceNames), ...dice.some(choiceNames, 4)])] }
    case 'ref':
      return { kind, target: dice.pick(draft.models).name }
    default:
      return { kind }
  }
}

const limits = <T>(dice: Dice, as: (n: number) => T): { min?: T; max?: T } => ({
  ...(dice.chance(0.3) && { min: as(dice.pick([-20, 0])) }),
  ...(dice.chance(0.3) && { max: as(dice.pick([20, 90])) }),
})

/** A value for the field; of references, a key that is there. Undefined: there is none. */
export function valueFor(dice: Dice, draft: Draft, field: FieldSpec, column: ColumnDef): Json | undefined {
  if (field.kind !== 'ref') return randomValue(dice, field.kind, column, nextNumber())
  const keys = Object.keys(draft.world.rows[column.references!.table] ?? {})
  return keys.length === 0 ? undefined : dice.pick(keys)
}

/** How rows that have no value get one, now that the field is required: said in the models or by flags. Null rows only, unless new. */
function provide(dice: Dice, draft: Draft, model: ModelSpec, field: FieldSpec, isNew: boolean): boolean {
  const column = columnDef(draft, model, field)
  const value = valueFor(dice, draft, field, column)
  if (value === undefined && draft.rowsOf(model).length > 0) return false
  const given = value ?? (column.type === 'serial' ? '1' : 'x')
  const roll = dice.next()
  const name = columnOf(field)
  const isMissing = (at: Json | undefined): boolean => isNew || at === null || at === undefined
  const set = (next: (key: string) => Json): void => draft.setColumn(model, name, (row) => (isMissing(row[name]) ? next(String(row['id'])) : row[name]!))
  if (field.default !== undefined || (roll < 0.35 && field.kind !== 'ref' && value !== undefined && field.kind !== 'json')) {
    field.default ??= given
    set(() => field.default!)
  } else if (roll < 0.7) {
    draft.fills[path(model, field)] = given
    set(() => given)
  } else {
    const values = [given, ...dice.times(1, 3, () => valueFor(dice, draft, field, column) ?? given)]
    draft.data[path(model, field)] = values
    set((key) => givenTo(key, values))
  }
  return true
}

// --- models

const addModel: Edit = (dice, draft) => {
  const name = freshName(dice, modelNames, (one) => draft.freeTable(one))
  if (name === undefined || draft.models.length >= 6) return undefined
  const model: ModelSpec = {
    name,
    key: dice.pick(['uuid', 'uuid', 'key', 'serial']),
    own: { createdAt: dice.chance(0.5), version: dice.chance(0.5) },
    fields: [],
    unique: [],
    index: [],
    ...(dice.chance(0.15) && { table: `${name}_t` }),
  }
  draft.models.push(model)
  draft.world.rows[tableOf(model)] = {}
  draft.touched.add(model)
  for (let n = dice.int(1, 5); n > 0; n--) {
    const field = newField(dice, draft, model)
    if (field) model.fields.push({ ...field, optional: field.kind === 'ref' || dice.chance(0.4) })
  }
  return `add ${tableOf(model)}`
}

/** No edit of this migration has been at it. */
function isAsBefore(draft: Draft, model: ModelSpec): boolean {
  const old = draft.before.models.find((one) => tableOf(one) === model.was)!
  const columns = ({ fields, own }: ModelSpec): string => JSON.stringify([fields.map(columnOf), own])
  return columns(old) === columns(model) && !model.fields.some((field) => draft.touched.has(field))
}

const dropModel: Edit = (dice, draft) => {
  const model = someModel(dice, draft, (one) => isAsBefore(draft, one))
  if (!model || draft.models.length < 4) return undefined
  const referring = draft.models.filter((one) => one !== model).flatMap((one) => one.fields.filter(({ kind, target }) => kind === 'ref' && target === model.name).map((field): [ModelSpec, FieldSpec] => [one, field]))
  if (referring.some(([one, field]) => draft.touched.has(one) || draft.touched.has(field) || field.was === undefined)) return undefined
  for (const [one, field] of referring) {
    if (dice.chance(0.5)) removeField(draft, one, field)
    else {
      // Who was referred to is gone, and is remembered by name: the key stays as text.
      Object.assign(field, { kind: 'text', length: 255, index: false, default: undefined })
      delete field.target
      delete field.default
      draft.touched.add(field)
      if (model.key === 'serial') draft.setColumn(one, columnOf(field), (row) => row[columnOf(field)]!)
    }
  }
  draft.world.models = draft.models.filter((one) => one !== model)
  draft.drops.push(model.was!)
  const table = tableOf(model)
  draft.world.aside = draft.world.aside.filter((one) => !one.startsWith(`${table}.`))
  if (draft.keep) {
    draft.moveTable(table, draft.asideName(table))
    draft.world.aside.push(draft.asideName(table))
  } else {
    delete draft.world.rows[table]
    draft.loses = true
  }
  return `drop ${table}`
}

const renameModel: Edit = (dice, draft) => {
  const model = someModel(dice, draft)
  const name = freshName(dice, modelNames, (one) => draft.freeTable(one))
  if (!model || name === undefined) return undefined
  const [from, old] = [tableOf(model), model.name]
  if (model.table !== undefined && dice.chance(0.3)) model.table = `${name}_t`
  else if (dice.chance(0.15) && /^[a-z]+$/i.test(from)) {
    // By case alone.
    const other = from === from.toLowerCase() ? from.toUpperCase() : from.toLowerCase()
    model.table = other
  } else {
    model.name = name
    if (dice.chance(0.8)) delete model.table
    for (const one of draft.models) for (const field of one.fields) if (field.target === old) field.target = name
  }
  const to = tableOf(model)
  if (to !== from && draft.world.rows[to] !== undefined) return undefined
  if (to !== from) draft.moveTable(from, to)
  draft.touched.add(model)
  return `rename ${from} to ${to} (${model.name})`
}

const rekey: Edit = (dice, draft) => {
  const model = someModel(dice, draft)
  if (!model) return undefined
  const key = dice.pick((['uuid', 'key', 'serial'] as const).filter((one) => one !== model.key))
  if (conversion(model.key, key) === 'impossible') return undefined
  const rows = draft.rowsOf(model)
  if (rows.some((row) => converted(model.key, key, row['id']!) === undefined)) return undefined
  const old = model.key
  model.key = key
  draft.touched.add(model)
  return `key of ${tableOf(model)}: ${old} to ${key}`
}

const ownField: Edit = (dice, draft) => {
  const model = someModel(dice, draft)
  if (!model) return undefined
  const name = dice.pick(['createdAt', 'version'] as const)
  const had = model.own[name]
  model.own[name] = !had
  draft.touched.add(model)
  if (had) {
    draft.drops.push(`${model.was}.${name}`)
    draft.removeColumn(model, name)
  } else draft.setColumn(model, name, () => (name === 'version' ? 1 : draft.now.toISOString()))
  return `${had ? 'drop' : 'add'} ${tableOf(model)}.${name}`
}

// --- fields

function newField(dice: Dice, draft: Draft, model: ModelSpec): FieldSpec | undefined {
  const name = freshName(dice, fieldNames, (one) => draft.freeColumn(model, one))
  if (name === undefined || model.fields.length >= 9) return undefined
  const field: FieldSpec = { name, ...shape(dice, draft, dice.pick(kinds)) }
  const column = dice.pick(['select', 'it is', `${name}_c`])
  if (dice.chance(0.1) && draft.freeColumn(model, column)) field.column = column
  if (isTexty(field) && dice.chance(0.35)) field.searchable = true
  if (isIndexable(field) && field.kind !== 'ref' && dice.chance(0.25)) field.index = true
  return field
}

const addField: Edit = (dice, draft) => {
  const model = someModel(dice, draft)
  const field = model && newField(dice, draft, model)
  if (!model || !field) return undefined
  field.optional = dice.chance(0.4)
  model.fields.push(field)
  draft.touched.add(field)
  if (!field.optional) return provide(dice, draft, model, field, true) ? `add ${path(model, field)}, required` : undefined
  if (dice.chance(0.25) && field.kind !== 'ref' && field.kind !== 'json') {
    field.default = randomValue(dice, field.kind, columnDef(draft, model, field), nextNumber())
    draft.setColumn(model, columnOf(field), () => field.default!)
  } else draft.setColumn(model, columnOf(field), () => null)
  if (isIndexable(field) && dice.chance(0.15) && field.default === undefined) field.unique = true
  return `add ${path(model, field)}, optional`
}

function removeField(draft: Draft, model: ModelSpec, field: FieldSpec): void {
  model.fields = model.fields.filter((one) => one !== field)
  for (const list of ['unique', 'index'] as const) model[list] = model[list].filter((group) => !group.includes(field.name))
  draft.drops.push(oldPath(model, field))
  draft.removeColumn(model, columnOf(field))
}

const dropField: Edit = (dice, draft) => {
  const found = someField(dice, draft)
  if (!found || found[0].fields.length < 3) return undefined
  removeField(draft, ...found)
  return `drop ${oldPath(...found)}`
}

const renameField: Edit = (dice, draft) => {
  const found = someField(dice, draft)
  if (!found) return undefined
  const [model, field] = found
  const from = columnOf(field)
  const name = freshName(dice, fieldNames, (one) => draft.freeColumn(model, one))
  if (name === undefined) return undefined
  const old = field.name
  if (dice.chance(0.15) && /[a-z]/.test(from)) {
    const other = from === from.toLowerCase() ? from.toUpperCase() : from.toLowerCase()
    if (other !== from) field.column = other
  } else {
    field.name = name
    if (dice.chance(0.8)) delete field.column
    for (const list of ['unique', 'index'] as const) model[list] = model[list].map((group) => group.map((one) => (one === old ? name : one)))
  }
  const to = columnOf(field)
  if (to !== from) draft.renameColumn(model, from, to)
  draft.touched.add(field)
  return `rename ${tableOf(model)}.${from} to ${to}`
}

const retype: Edit = (dice, draft) => {
  const found = someField(dice, draft, ({ kind }) => kind !== 'ref')
  if (!found) return undefined
  const [model, field] = found
  const before = columnDef(draft, model, field)
  const next = shape(dice, draft, dice.pick(kinds.filter((kind) => kind !== 'ref')))
  for (const key of ['length', 'digits', 'min', 'max', 'choices', 'default'] as const) delete field[key]
  Object.assign(field, next)
  if (!isTexty(field)) delete field.searchable
  if (!isIndexable(field)) {
    delete field.unique
    delete field.index
    for (const list of ['unique', 'index'] as const) model[list] = model[list].filter((group) => !group.includes(field.name))
  }
  if (field.kind === 'enum') {
    const there = [...new Set(draft.rowsOf(model).map((row) => row[columnOf(field)]))].filter((value) => typeof value === 'string' && value !== '')
    field.choices = [...new Set([...(there as string[]), ...field.choices!])]
    if (before.choices?.some((choice) => !field.choices!.includes(choice))) for (const choice of before.choices) if (!field.choices.includes(choice)) draft.drops.push(`${oldPath(model, field)}.${choice}`)
  }
  const after = columnDef(draft, model, field)
  draft.touched.add(field)
  if (conversion(before.type, after.type) === 'impossible') return remade(dice, draft, model, field)
  const name = columnOf(field)
  for (const row of draft.rowsOf(model)) {
    const value = converted(before.type, after.type, row[name]!)
    if (value === undefined) return undefined
    row[name] = value
  }
  return `${path(model, field)}: ${before.type} to ${after.type}`
}

/** Its values can become nothing of the new type, and are given up. */
function remade(dice: Dice, draft: Draft, model: ModelSpec, field: FieldSpec): string | undefined {
  if (draft.world.aside.includes(`${tableOf(model)}.${draft.asideName(columnOf(field))}`)) return undefined
  draft.drops.push(oldPath(model, field))
  draft.removeColumn(model, columnOf(field))
  draft.setColumn(model, columnOf(field), () => null)
  delete field.unique
  for (const list of ['unique'] as const) model[list] = model[list].filter((group) => !group.includes(field.name))
  if (!field.optional && !provide(dice, draft, model, field, true)) return undefined
  return `${path(model, field)} made anew as ${field.kind}`
}

const requireField: Edit = (dice, draft) => {
  const found = someField(dice, draft, ({ optional, kind }) => optional === true && kind !== 'json')
  if (!found) return undefined
  const [model, field] = found
  field.optional = false
  draft.touched.add(field)
  return provide(dice, draft, model, field, false) ? `${path(model, field)} gets required` : undefined
}

const freeField: Edit = (dice, draft) => {
  const found = someField(dice, draft, ({ optional }) => !optional)
  if (!found) return undefined
  found[1].optional = true
  draft.touched.add(found[1])
  return `${path(...found)} gets optional`
}

const changeDefault: Edit = (dice, draft) => {
  const found = someField(dice, draft, ({ kind }) => kind !== 'ref')
  if (!found) return undefined
  const [model, field] = found
  if (field.default !== undefined && dice.chance(0.5)) delete field.default
  else field.default = randomValue(dice, field.kind, columnDef(draft, model, field), nextNumber())
  draft.touched.add(field)
  return `default of ${path(model, field)}`
}

const changeLimits: Edit = (dice, draft) => {
  const found = someField(dice, draft, ({ kind }) => ['integer', 'number', 'decimal', 'text'].includes(kind))
  if (!found) return undefined
  const [model, field] = found
  if (field.kind === 'text') {
    const isInGroup = [...model.unique, ...model.index].some((group) => group.includes(field.name))
    if (dice.chance(0.3) && !field.unique && !field.index && !isInGroup) delete field.length
    else field.length = dice.pick([40, 255, 300, 768])
  } else {
    delete field.min
    delete field.max
    Object.assign(field, limits(dice, (n) => (field.kind !== 'decimal' ? n : field.digits![1] === 0 ? `${n}` : `${n}.${'0'.repeat(field.digits![1])}`)))
    if (field.digits && field.digits[1] > field.digits[0] - 3) {
      delete field.min
      delete field.max
    }
  }
  const given = field.default
  delete field.default
  if (given !== undefined && allows(columnDef(draft, model, field), given)) field.default = given
  draft.touched.add(field)
  return `limits of ${path(model, field)}`
}

const changeChoices: Edit = (dice, draft) => {
  const found = someField(dice, draft, ({ kind }) => kind === 'enum')
  if (!found) return undefined
  const [model, field] = found
  const choices = field.choices!
  const name = columnOf(field)
  draft.touched.add(field)
  const free = choiceNames.filter((one) => !choices.includes(one))
  const said: string[] = []
  if (choices.length > 1 && dice.chance(0.3)) {
    const gone = dice.pick(choices)
    if (field.default === gone) delete field.default
    field.choices = choices.filter((one) => one !== gone)
    if (dice.chance(0.5)) {
      // Those that have it get another that is there already.
      const to = dice.pick(field.choices)
      field.renamedChoices = { [gone]: to }
      draft.setColumn(model, name, (row) => (row[name] === gone ? to : row[name]!))
      said.push(`'${gone}' becomes '${to}'`)
    } else {
      draft.drops.push(`${oldPath(model, field)}.${gone}`)
      said.push(`'${gone}' goes`)
    }
  } else if (free.length > 0 && dice.chance(0.6)) {
    const [from, to] = [dice.pick(choices), dice.pick(free)]
    field.choices = choices.map((one) => (one === from ? to : one))
    if (field.default === from) field.default = to
    field.renamedChoices = { [from]: to }
    draft.setColumn(model, name, (row) => (row[name] === from ? to : row[name]!))
    said.push(`'${from}' becomes '${to}'`)
  }
  const more = free.filter((one) => !field.choices!.includes(one) && !Object.hasOwn(field.renamedChoices ?? {}, one))
  if (more.length > 0 && (said.length === 0 || dice.chance(0.3))) {
    field.choices = [...field.choices!, dice.pick(more)]
    said.push('one more')
  }
  return said.length === 0 ? undefined : `choices of ${path(model, field)}: ${said.join(', ')}`
}

const flag =
  (name: 'unique' | 'index' | 'searchable', fits: (field: FieldSpec) => boolean): Edit =>
  (dice, draft) => {
    const found = someField(dice, draft, (field) => field[name] === true || fits(field))
    if (!found) return undefined
    const [model, field] = found
    field[name] = !field[name]
    draft.touched.add(field)
    return `${field[name] ? '' : 'not '}${name}: ${path(model, field)}`
  }

const groups: Edit = (dice, draft) => {
  const model = someModel(dice, draft, ({ fields }) => fields.filter(isIndexable).length >= 2)
  if (!model) return undefined
  const list = dice.pick(['unique', 'index'] as const)
  if (model[list].length > 0 && dice.chance(0.5)) {
    model[list] = model[list].slice(1)
    return `${list} group of ${tableOf(model)} goes`
  }
  const names = dice.some(model.fields.filter((field) => isIndexable(field) && (field.length ?? 0) <= 300).map(({ name }) => name), 3)
  if (names.length < 2 || model[list].some((group) => group.join() === names.join())) return undefined
  model[list].push(names)
  return `${list} ${names.join(', ')} of ${tableOf(model)}`
}

/** What was put aside is dropped for good. */
const purge: Edit = (dice, draft) => {
  const { aside } = draft.before
  if (aside.length === 0 || draft.keep) return undefined
  const gone = dice.pick(aside)
  if (!draft.world.aside.includes(gone)) return undefined
  const [table, column] = gone.split('.') as [string, string?]
  if (column === undefined) {
    delete draft.world.rows[table]
    draft.world.aside = draft.world.aside.filter((one) => one !== gone && !one.startsWith(`${gone}.`))
  } else {
    for (const row of Object.values(draft.world.rows[table] ?? {})) delete row[column]
    draft.world.aside = draft.world.aside.filter((one) => one !== gone)
  }
  draft.drops.push(gone)
  draft.loses = true
  return `purge ${gone}`
}

/** More often what people do more often. */
export const edits: readonly Edit[] = [
  ...[addModel, addField, addField, addField, addField, dropField, renameField, renameField, retype, retype, retype],
  ...[changeChoices, changeChoices, requireField, requireField, freeField, changeDefault, changeLimits, dropModel, renameModel, rekey, ownField, purge, groups],
  ...[flag('unique', isIndexable), flag('index', (field) => isIndexable(field) && field.kind !== 'ref'), flag('searchable', isTexty)],
]
