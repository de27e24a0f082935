// What fields say about their values changes: whether there must be one, which, how many, and by what they are found.

import {
  type Edit,
  choiceNames,
  nextNumber,
  someModel,
  someField,
  path,
  oldPath,
  isIndexable,
  columnDef,
  limits,
  provide,
} from './edit-help.ts'
import { columnOf, tableOf, type FieldSpec } from './models.ts'
import { allows, randomValue } from './values.ts'

export const requireField: Edit = (dice, draft) => {
  const found = someField(dice, draft, ({ optional, kind }) => optional === true && kind !== 'json')
  if (!found) return undefined
  const [model, field] = found
  field.optional = false
  draft.touched.add(field)
  return provide(dice, draft, model, field, false) ? `${path(model, field)} gets required` : undefined
}

export const freeField: Edit = (dice, draft) => {
  const found = someField(dice, draft, ({ optional }) => !optional)
  if (!found) return undefined
  found[1].optional = true
  draft.touched.add(found[1])
  return `${path(...found)} gets optional`
}

export const changeDefault: Edit = (dice, draft) => {
  const found = someField(dice, draft, ({ kind }) => kind !== 'ref')
  if (!found) return undefined
  const [model, field] = found
  if (field.default !== undefined && dice.chance(0.5)) delete field.default
  else field.default = randomValue(dice, field.kind, columnDef(draft, model, field), nextNumber())
  draft.touched.add(field)
  return `default of ${path(model, field)}`
}

export const changeLimits: Edit = (dice, draft) => {
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
    Object.assign(
      field,
      limits(dice, (n) => (field.kind !== 'decimal' ? n : field.digits![1] === 0 ? `${n}` : `${n}.${'0'.repeat(field.digits![1])}`)),
    )
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

export const changeChoices: Edit = (dice, draft) => {
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

export const flag =
  (name: 'unique' | 'index' | 'searchable', fits: (field: FieldSpec) => boolean): Edit =>
  (dice, draft) => {
    const found = someField(dice, draft, (field) => field[name] === true || fits(field))
    if (!found) return undefined
    const [model, field] = found
    field[name] = !field[name]
    draft.touched.add(field)
    return `${field[name] ? '' : 'not '}${name}: ${path(model, field)}`
  }

export const groups: Edit = (dice, draft) => {
  const model = someModel(dice, draft, ({ fields }) => fields.filter(isIndexable).length >= 2)
  if (!model) return undefined
  const list = dice.pick(['unique', 'index'] as const)
  if (model[list].length > 0 && dice.chance(0.5)) {
    model[list] = model[list].slice(1)
    return `${list} group of ${tableOf(model)} goes`
  }
  const names = dice.some(
    model.fields.filter((field) => isIndexable(field) && (field.length ?? 0) <= 300).map(({ name }) => name),
    3,
  )
  if (names.length < 2 || model[list].some((group) => group.join() === names.join())) return undefined
  model[list].push(names)
  return `${list} ${names.join(', ')} of ${tableOf(model)}`
}
