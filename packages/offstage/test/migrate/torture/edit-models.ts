// Edits of whole models.

import { conversion } from '../../../src/store/conversions.ts'
import { newField, removeField } from './edit-fields.ts'
import { type Edit, modelNames, someModel, freshName } from './edit-help.ts'
import { columnOf, tableOf, type FieldSpec, type ModelSpec } from './models.ts'
import { converted } from './values.ts'
import type { Draft } from './world.ts'

export const addModel: Edit = (dice, draft) => {
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

export const dropModel: Edit = (dice, draft) => {
  const model = someModel(dice, draft, (one) => isAsBefore(draft, one))
  if (!model || draft.models.length < 4) return undefined
  const referring = draft.models
    .filter((one) => one !== model)
    .flatMap((one) =>
      one.fields.filter(({ kind, target }) => kind === 'ref' && target === model.name).map((field): [ModelSpec, FieldSpec] => [one, field]),
    )
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

export const renameModel: Edit = (dice, draft) => {
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

export const rekey: Edit = (dice, draft) => {
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

export const ownField: Edit = (dice, draft) => {
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

/** What was put aside is dropped for good. */
export const purge: Edit = (dice, draft) => {
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
