import { decimal } from '../base/decimal.ts'
import { didYouMean } from '../base/nearest.ts'
import type { Report } from './report.ts'
import { checkFieldOptions } from './check-options.ts'
import { longestIndexed } from './check-tables.ts'
import { userToken, type FieldInfo } from './field.ts'
import { maxPrecision } from './fields/decimal.ts'
import { ValueError } from './kind.ts'
import { endsOf } from './resolve.ts'
import { modelNames, type FieldDef, type ModelDef, type Registry } from './registry.ts'

const searchable = new Set(['text', 'email', 'url'])
// MySQL's indexes hold 3,072 bytes, four to a letter.

export function checkField(report: Report, registry: Registry, model: ModelDef, name: string, info: FieldInfo): void {
  const field = model.fields.get(name)
  if (!field || field.own) return
  const what = `${model.name}.${name}`
  const at: At = { report, what, place: info.place.toString() }
  checkFieldOptions(report, what, info)
  if (info.kind.name === 'many') {
    checkList(at, registry, field, info)
    return
  }
  if (info.kind.name === 'ref') checkReference(at, registry, field, info)
  checkLimits(at, info)
  checkDefault(at, registry, field, info)
  checkModifiers(at, field, info)
  if (model.adopted) checkAdopted(at, info)
  if (info.renamedFrom !== undefined && model.fields.has(info.renamedFrom)) {
    report({
      id: 'O036',
      place: at.place,
      message: `${what} was renamed from ${info.renamedFrom}, which is still a field.`,
      hint: 'Remove the old field, or renamedFrom.',
    })
  }
  checkRenamedChoices(at, info)
}

function checkRenamedChoices({ report, what, place }: At, info: FieldInfo): void {
  if (!info.renamedChoices) return
  const choices = info.kind.name === 'enum' ? (info.options['choices'] as readonly string[]) : []
  for (const [from, to] of Object.entries(info.renamedChoices)) {
    if (!choices.includes(from) && choices.includes(to)) continue
    report({
      id: 'O037',
      place,
      message: choices.includes(from)
        ? `${what} says that '${from}' was renamed, which is still a choice.`
        : `${what} says that '${from}' became '${to}', which is no choice of it.`,
      hint: `Write the old choice first and the new one after it: .renamedChoices({ old: '${choices[0] ?? 'new'}' }).`,
    })
  }
}

/** What needs a column beside the declared one, which an adopted table does not have. */
function checkAdopted({ report, what, place }: At, info: FieldInfo): void {
  const needs = info.searchable ? 'searchable' : info.kind.name === 'email' && info.unique ? 'a unique email' : undefined
  if (needs === undefined) return
  report({
    id: 'O038',
    place,
    message: `${what} is ${needs}, for which Offstage keeps a column of its own, and the table of ${what.split('.')[0]} is adopted.`,
    hint: 'Write t.text({ max: 255 }).unique() for the address, and leave out .searchable(); or leave out `adopted` and let Offstage keep the table.',
  })
}

interface At {
  readonly report: Report
  readonly what: string
  readonly place: string
}

function checkReference({ report, what, place }: At, registry: Registry, field: FieldDef, info: FieldInfo): void {
  if (info.target === userToken && !registry.user) {
    report({
      id: 'O010',
      place,
      message: `${what} is t.user(), and the app has no user model.`,
      hint: "Add a model `users`, or name yours: defineApp({ user: 'people', ... }).",
    })
  } else if (!registry.models.has(field.target ?? '') || registry.models.get(field.target!)!.system) {
    report({
      id: 'O011',
      place,
      message: `${what} refers to '${field.target}', and there is no such model.`,
      hint: didYouMean(field.target ?? '', modelNames(registry), 'The models are'),
    })
  }
  if (info.onDelete === 'clear' && !info.optional) {
    report({
      id: 'O033',
      place,
      message: `${what} is to be cleared when its target is deleted, and is required.`,
      hint: "Add .optional(), or write .onDelete('cascade') or .onDelete('restrict').",
    })
  }
}

function checkList({ report, what, place }: At, registry: Registry, field: FieldDef, info: FieldInfo): void {
  const target = registry.models.get(info.target ?? '')
  if (!target || target.system) {
    report({
      id: 'O012',
      place,
      message: `${what} lists '${info.target}', and there is no such model.`,
      hint: didYouMean(info.target ?? '', modelNames(registry), 'The models are'),
    })
    return
  }
  const back = target.columns.filter((column) => column.kind.name === 'ref' && column.target === field.model).map((column) => column.name)
  const choices =
    back.length > 0
      ? `References of ${target.name} to ${field.model}: ${back.join(', ')}.`
      : `Add one to ${target.name}: t.ref('${field.model}').`
  if (info.through !== undefined) {
    if (!registry.models.has(info.through)) {
      report({
        id: 'O013',
        place,
        message: `${what} goes through '${info.through}', and there is no such model.`,
        hint: didYouMean(info.through, modelNames(registry), 'The models are'),
      })
    } else if (!endsOf(registry.models, field)) {
      report({
        id: 'O014',
        place,
        message: `${what} goes through ${info.through}, which must have exactly one reference to ${field.model} and one to ${target.name}.`,
        hint: `Declare both in ${info.through} with t.ref(...).`,
      })
    }
  } else if (info.via === undefined) {
    report({
      id: 'O015',
      place,
      message: `${what} does not say by which reference ${target.name} belong to ${field.model}.`,
      hint: `Write t.many('${target.name}', '${back[0] ?? 'field'}'). ${choices}`,
    })
  } else if (!back.includes(info.via)) {
    report({
      id: 'O016',
      place,
      message: `${what} goes by ${target.name}.${String(info.via)}, which is no reference to ${field.model}.`,
      hint: choices,
    })
  }
}

export function checkLimits({ report, what, place }: At, info: FieldInfo): void {
  const { min, max, precision, scale, choices } = info.options as { [option: string]: any }
  const wrong = (message: string, hint: string): void => report({ id: 'O020', place, message: `${what}: ${message}`, hint })
  if (
    info.kind.name === 'enum' &&
    (choices.length === 0 ||
      new Set(choices).size < choices.length ||
      choices.some((choice: unknown) => typeof choice !== 'string' || choice === '' || choice.length > 255))
  ) {
    wrong('the choices must be different texts of 1 to 255 characters.', "Write t.enum('one', 'other').")
  }
  if (info.kind.name === 'decimal') {
    if (
      !Number.isInteger(precision) ||
      !Number.isInteger(scale) ||
      precision < 1 ||
      precision > maxPrecision ||
      scale < 0 ||
      scale > precision
    ) {
      wrong(
        `t.decimal(${precision}, ${scale}) has no such digits.`,
        `Write t.decimal(digits in all, digits after the point), at most ${maxPrecision} in all.`,
      )
    } else if (![min, max].every((limit) => limit === undefined || fits(info, limit))) {
      wrong('its limits must be decimals of its own scale, as text.', "Write t.decimal(10, 2, { min: '0.00' }).")
    } else if (min !== undefined && max !== undefined && decimal.compare(min, max) > 0) wrong('min is above max.', 'Exchange them.')
  } else if ([min, max].some((limit) => limit !== undefined && (typeof limit !== 'number' || !Number.isFinite(limit)))) {
    wrong('its limits must be numbers.', 'Write { min: 0, max: 10 }.')
  } else if (min !== undefined && max !== undefined && min > max) wrong('min is above max.', 'Exchange them.')
}

function fits(info: FieldInfo, limit: unknown): boolean {
  try {
    info.kind.readOperand(limit, info.options)
    return typeof limit === 'string'
  } catch {
    return false
  }
}

function checkDefault({ report, what, place }: At, registry: Registry, field: FieldDef, info: FieldInfo): void {
  if (!info.default || 'make' in info.default || 'slug' in info.default) return
  if ('me' in info.default) {
    checkMeDefault({ report, what, place }, registry, field, info.default.me)
    return
  }
  const { value } = info.default
  if (value === null) {
    if (!info.optional)
      report({
        id: 'O021',
        place,
        message: `${what} is null by default, and required.`,
        hint: 'Add .optional(), or leave the default out.',
      })
    return
  }
  try {
    info.kind.read(value, field.options)
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    report({
      id: 'O021',
      place,
      message: `The default of ${what} does not fit: ${error.message}`,
      hint: 'Give a value that the field itself takes.',
    })
  }
}

function checkMeDefault({ report, what, place }: At, registry: Registry, field: FieldDef, path: readonly string[]): void {
  const { user } = registry
  if (!user) {
    if (field.target !== undefined)
      report({
        id: 'O022',
        place,
        message: `${what} is filled with the caller, and the app has no user model.`,
        hint: 'Add a model `users`.',
      })
    return
  }
  const column = path.length === 0 ? user.columns[0]! : user.fields.get(path[0]!)
  const shown = path.length === 0 ? 'me' : `me.${path[0]}`
  if (!column || column.kind.name === 'many') {
    report({
      id: 'O022',
      place,
      message: `${what} is filled with ${shown}, and ${user.name} has no such column.`,
      hint: didYouMean(
        path[0] ?? '',
        user.columns.map(({ name }) => name),
        `Columns of ${user.name}`,
      ),
    })
    return
  }
  const from = column.kind.name === 'id' ? user.name : column.target
  if (field.kind.name === 'ref' ? from !== field.target : column.kind.name !== field.kind.name) {
    report({
      id: 'O023',
      place,
      message: `${what} is filled with ${shown}, which is ${from ? `an id of ${from}` : `a ${column.kind.name}`}.`,
      hint: `It takes ${field.target ? `an id of ${field.target}` : `a ${field.kind.name}`}.`,
    })
  }
}

function checkModifiers({ report, what, place }: At, field: FieldDef, info: FieldInfo): void {
  const kind = info.kind.name
  const max = field.options['max']
  if ((info.unique || info.index) && (kind === 'text' || kind === 'url') && typeof max === 'number' && max > longestIndexed) {
    report({
      id: 'O030',
      place,
      message: `${what} is ${info.unique ? 'unique' : 'indexed'} and up to ${max} characters long: databases cannot index that.`,
      hint: `Write t.${kind}({ max: 255 }); ${longestIndexed} is the most.`,
    })
  }
  if ((info.unique || info.index) && kind === 'json')
    report({
      id: 'O031',
      place,
      message: `${what} is JSON, which can be neither unique nor indexed.`,
      hint: 'Keep what identifies it in a field of its own.',
    })
  if (info.searchable && !searchable.has(kind))
    report({
      id: 'O032',
      place,
      message: `${what} is ${kind}, which cannot be searched.`,
      hint: 'Only text, email and url fields can be searchable.',
    })
  if (info.searchable && info.readable !== undefined && info.readable !== 'everyone') {
    report({
      id: 'O034',
      place,
      message: `${what} is searchable, and not everyone may read it: a search would give its text away.`,
      hint: 'Remove searchable() or readable(...).',
    })
  }
  if (info.searchable && info.hidden)
    report({
      id: 'O035',
      place,
      message: `${what} is searchable and hidden: a search would give its text away.`,
      hint: 'Remove one of them.',
    })
}
