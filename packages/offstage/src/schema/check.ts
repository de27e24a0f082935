// Everything wrong with a declaration, all at once. What stands inside rules and filters is checked by `query/check.ts`.

import type { AppDeclaration } from './app.ts'
import { checkEndpoints } from './check-endpoints.ts'
import { checkField } from './check-field.ts'
import { checkTables } from './check-tables.ts'
import { FieldNode } from './field.ts'
import { ModelNode } from './model.ts'
import { namePattern, reservedFields, reservedModels } from './names.ts'
import type { DeclarationProblem, ModelDef, Registry } from './registry.ts'

export type Report = (problem: Omit<DeclarationProblem, 'level'> & { readonly level?: 'warning' }) => void

/** All problems of the app's declaration, in the order of the models. */
export function check(app: AppDeclaration, registry: Registry): DeclarationProblem[] {
  const problems: DeclarationProblem[] = []
  const report: Report = (problem) => problems.push({ level: 'error', ...problem })
  const seen = new Map<unknown, string>()
  for (const [name, node] of Object.entries(app.models)) {
    if (!((node as unknown) instanceof ModelNode)) {
      report({
        id: 'O001',
        message: `models.${name} is not a model.`,
        hint: `Write ${name}: model({ ... }), or export only models from the models folder.`,
      })
      continue
    }
    const twin = seen.get(node)
    if (twin !== undefined)
      report({
        id: 'O002',
        place: node.placeText(),
        message: `${twin} and ${name} are one and the same model.`,
        hint: 'Call model(...) once for each.',
      })
    seen.set(node, name)
    checkModel(report, registry, name, node)
  }
  checkTables(report, registry)
  checkUser(report, app, registry)
  checkEndpoints(report, app, registry)
  return problems
}

function checkModel(report: Report, registry: Registry, name: string, node: ModelNode): void {
  const place = node.placeText()
  const at = { place }
  if (!namePattern.test(name)) {
    report({
      id: 'O003',
      ...at,
      message: `'${name}' cannot be the name of a model.`,
      hint: 'Begin with a small letter; then letters and digits, 40 at most. `table` names the table.',
    })
  }
  const meaning = reservedModels.get(name)
  if (meaning)
    report({
      id: 'O004',
      ...at,
      message: `'${name}' cannot be the name of a model: it is ${meaning}.`,
      hint: `Choose another name; table: '${name}' keeps the table's name.`,
    })
  const def = registry.models.get(name)
  if (!def || def.system) {
    report({ id: 'O005', ...at, message: `'${name}' is a model of Offstage's own.`, hint: 'Choose another name.' })
    return
  }
  for (const [field, value] of Object.entries(node.fields)) {
    if (!((value as unknown) instanceof FieldNode)) {
      report({
        id: 'O006',
        ...at,
        message: `${name}.${field} is not a field.`,
        hint: `Write ${field}: t.text(), or another of t's fields.`,
      })
      continue
    }
    checkFieldName(report, def, field, value.info.place.toString())
    checkField(report, registry, def, field, value.info)
  }
  checkOptions(report, def, node)
  if (Object.keys(node.rules).length === 0 && def.api.size > 0) {
    report({
      id: 'O070',
      level: 'warning',
      ...at,
      message: `${name} has no rules, so nobody but the system can use it.`,
      hint: `Add ${name}.access({ read: 'signed-in', ... }), or api: [] if that is meant.`,
    })
  }
}

function checkFieldName(report: Report, def: ModelDef, field: string, place: string): void {
  if (!namePattern.test(field)) {
    report({
      id: 'O007',
      place,
      message: `'${field}' cannot be the name of a field of ${def.name}.`,
      hint: 'Begin with a small letter; then letters and digits, 40 at most. `.column(...)` names the column.',
    })
  }
  const meaning = reservedFields.get(field)
  if (meaning)
    report({
      id: 'O008',
      place,
      message: `'${field}' cannot be the name of a field: it is ${meaning}.`,
      hint: `Choose another name; .column('${field}') keeps the column's name.`,
    })
  if (def.fields.get(field)?.own) {
    const drop =
      field === 'id'
        ? 'For ids of another kind write own: { id: t.serial() } or own: { id: t.key() }.'
        : `Leave it out, or write own: { ${field}: false } to keep it yourself.`
    report({ id: 'O009', place, message: `${def.name}.${field} is kept by Offstage already.`, hint: drop })
  }
}

// PostgreSQL takes a million bytes of words a row, MySQL 16 columns.
const mostSearchable = 10

const actions = new Set(['read', 'create', 'update', 'updateTo', 'delete'])
const events = new Set(['creating', 'created', 'updating', 'updated', 'deleting', 'deleted'])
const operations = new Set(['list', 'get', 'create', 'update', 'delete', 'aggregate'])

function checkOptions(report: Report, def: ModelDef, node: ModelNode): void {
  const place = node.placeText()
  for (const key of ['unique', 'index'] as const) {
    for (const group of node.options[key] ?? []) {
      for (const name of group) {
        const field = def.fields.get(name)
        if (field && field.kind.name !== 'many' && field.kind.name !== 'json') continue
        report({
          id: 'O040',
          place,
          message: `${def.name} has ${key}: [..., '${name}'], and no column ${name} that can be in it.`,
          hint: 'Name columns of this model, lists and JSON apart.',
        })
      }
      if (group.length === 0 || new Set(group).size < group.length) {
        report({
          id: 'O041',
          place,
          message: `${def.name} has a group under ${key} that is empty or names a field twice.`,
          hint: `Write ${key}: [['one', 'other']].`,
        })
      }
    }
  }
  for (const word of node.options.api ?? []) {
    if (!operations.has(word))
      report({ id: 'O042', place, message: `'${word}' is no operation of the API.`, hint: `Choose from ${[...operations].join(', ')}.` })
  }
  const searched = def.columns.filter((field) => field.searchable)
  if (searched.length > mostSearchable) {
    report({
      id: 'O049',
      place,
      message: `${def.name} has ${searched.length} searchable fields; one index for words takes ${mostSearchable}.`,
      hint: `Keep .searchable() on those that people look for: ${searched.map(({ name }) => name).join(', ')}.`,
    })
  }
  for (const action of Object.keys(node.rules)) {
    if (!actions.has(action))
      report({
        id: 'O043',
        place: node.rulePlace?.toString(),
        message: `${def.name}.access has '${action}'.`,
        hint: `Choose from ${[...actions].join(', ')}.`,
      })
  }
  for (const { event } of node.hooks) {
    if (!events.has(event))
      report({
        id: 'O044',
        place,
        message: `${def.name}.on('${event}'): there is no such event.`,
        hint: `Choose from ${[...events].join(', ')}.`,
      })
  }
}

function checkUser(report: Report, app: AppDeclaration, registry: Registry): void {
  const place = app.place.toString()
  const { user } = registry
  if (app.user !== undefined && !user) {
    report({
      id: 'O050',
      place,
      message: `The user model is to be '${app.user}', and there is no such model.`,
      hint: `Name one of: ${Object.keys(app.models).join(', ')}.`,
    })
    return
  }
  if (app.login === undefined) return
  if (!user) {
    report({
      id: 'O051',
      place,
      message: 'The app has a login and no user model.',
      hint: "Add a model `users`, or name yours: defineApp({ user: 'people', ... }).",
    })
    return
  }
  const logins = user.columns.filter((field) => field.kind.name === 'email' && field.unique && !field.optional)
  if (logins.length === 0) {
    report({ id: 'O052', place: user.place, message: `${user.name} has no field to sign in with.`, hint: 'Add email: t.email().unique().' })
  } else if (logins.length > 1) {
    report({
      id: 'O053',
      place: user.place,
      message: `${user.name} has several fields to sign in with: ${logins.map((field) => field.name).join(', ')}.`,
      hint: 'Only one email field may be unique and required.',
    })
  }
  for (const name of ['password', 'as']) {
    const field = user.fields.get(name)
    if (field)
      report({
        id: 'O054',
        place: field.place,
        message: `${user.name}.${name} has a name that signing up uses itself.`,
        hint: 'Rename it. Passwords need no field: login: { password: true } keeps them apart from the rows.',
      })
  }
}
