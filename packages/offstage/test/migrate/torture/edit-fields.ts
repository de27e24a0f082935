// Fields come, go, and change their names and types.

import { conversion } from '../../../src/store/conversions.ts'
import type { Dice } from '../../random/dice.ts'
import {
  type Edit,
  fieldNames,
  kinds,
  nextNumber,
  someModel,
  someField,
  path,
  oldPath,
  isTexty,
  isIndexable,
  columnDef,
  freshName,
  shape,
  provide,
} from './edit-help.ts'
import { columnOf, tableOf, type FieldSpec, type ModelSpec } from './models.ts'
import { converted, randomValue } from './values.ts'
import type { Draft } from './world.ts'

export function newField(dice: Dice, draft: Draft, model: ModelSpec): FieldSpec | undefined {
  const name = freshName(dice, fieldNames, (one) => draft.freeColumn(model, one))
  if (name === undefined || model.fields.length >= 9) return undefined
  const field: FieldSpec = { name, ...shape(dice, draft, dice.pick(kinds)) }
  const column = dice.pick(['select', 'it is', `${name}_c`])
  if (dice.chance(0.1) && draft.freeColumn(model, column)) field.column = column
  if (isTexty(field) && dice.chance(0.35)) field.searchable = true
  if (isIndexable(field) && field.kind !== 'ref' && dice.chance(0.25)) field.index = true
  return field
}

export const addField: Edit = (dice, draft) => {
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

export function removeField(draft: Draft, model: ModelSpec, field: FieldSpec): void {
  model.fields = model.fields.filter((one) => one !== field)
  for (const list of ['unique', 'index'] as const) model[list] = model[list].filter((group) => !group.includes(field.name))
  draft.drops.push(oldPath(model, field))
  draft.removeColumn(model, columnOf(field))
}

export const dropField: Edit = (dice, draft) => {
  const found = someField(dice, draft)
  if (!found || found[0].fields.length < 3) return undefined
  removeField(draft, ...found)
  return `drop ${oldPath(...found)}`
}

export const renameField: Edit = (dice, draft) => {
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
    for (const list of ['unique', 'index'] as const)
      model[list] = model[list].map((group) => group.map((one) => (one === old ? name : one)))
  }
  const to = columnOf(field)
  if (to !== from) draft.renameColumn(model, from, to)
  draft.touched.add(field)
  return `rename ${tableOf(model)}.${from} to ${to}`
}

export const retype: Edit = (dice, draft) => {
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
    const there = [...new Set(draft.rowsOf(model).map((row) => row[columnOf(field)]))].filter(
      (value) => typeof value === 'string' && value !== '',
    )
    field.choices = [...new Set([...(there as string[]), ...field.choices!])]
    if (before.choices?.some((choice) => !field.choices!.includes(choice)))
      for (const choice of before.choices) if (!field.choices.includes(choice)) draft.drops.push(`${oldPath(model, field)}.${choice}`)
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
