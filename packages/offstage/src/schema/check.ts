// Everything wrong with a declaration, all at once. What stands inside rules and filters is checked by `query/check.ts`.

import { didYouMean } from '../base/nearest.ts'
import type { AppDeclaration } from './app.ts'
import { checkEndpoints } from './check-endpoints.ts'
import { checkField } from './check-field.ts'
import { checkAppOptions, checkModelOptions } from './check-options.ts'
import { checkSlug } from './check-slug.ts'
import { checkTables } from './check-tables.ts'
import { checkUser } from './check-user.ts'
import { cspProblems } from './csp.ts'
import { FieldNode } from './field.ts'
import { apiOperations, ModelNode, type ApiOperation } from './model.ts'
import { namePattern, reservedFields, reservedModels } from './names.ts'
import type { Report } from './report.ts'
import type { DeclarationProblem, ModelDef, Registry } from './registry.ts'
import { ShapeNode } from './shape.ts'

/** All problems of the app's declaration, in the order of the models. */
export function check(app: AppDeclaration, registry: Registry): DeclarationProblem[] {
  const problems: DeclarationProblem[] = []
  const report: Report = (problem) => problems.push({ level: 'error', ...problem })
  const seen = new Map<unknown, string>()
  checkAppOptions(report, app)
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
  checkApi(report, app.api, app.place.toString())
  checkUser(report, app, registry)
  checkEndpoints(report, app, registry)
  for (const { message, hint, wide } of cspProblems(app.static?.csp))
    report({ id: wide ? 'O093' : 'O092', ...(wide && { level: 'warning' }), place: app.place.toString(), message, hint })
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
        hint:
          (value as unknown) instanceof ShapeNode
            ? `Lists and objects are for endpoints. Write ${field}: t.json<...>(), or a model of their own with t.many(...) here.`
            : `Write ${field}: t.text(), or another of t's fields.`,
      })
      continue
    }
    checkFieldName(report, def, field, value.info.place.toString())
    checkField(report, registry, def, field, value.info)
    checkSlug(report, def, field, value.info)
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

function checkApi(report: Report, api: readonly string[] = [], place: string): void {
  if (!Array.isArray(api)) {
    report({ id: 'O042', place, message: '`api` is no list of operations.', hint: "Write api: ['list', 'get']." })
    return
  }
  for (const word of api) {
    if (!apiOperations.includes(word as ApiOperation))
      report({ id: 'O042', place, message: `'${word}' is no operation of the API.`, hint: didYouMean(word, apiOperations, 'Choose from') })
  }
}

/** Groups of fields that are unique, or fast, together. */
function checkTogether(report: Report, def: ModelDef, node: ModelNode, place: string): void {
  for (const key of ['unique', 'index'] as const) {
    const groups = node.options[key] ?? []
    for (const group of Array.isArray(groups) ? groups : [groups]) {
      if (!Array.isArray(group)) {
        const hint = `Write ${key}: [['one', 'other']].`
        report({ id: 'O041', place, message: `${def.name} has something under ${key} that is no list of names.`, hint })
        continue
      }
      for (const name of group) {
        const field = def.fields.get(name)
        if (field && field.kind.name !== 'many' && field.kind.name !== 'json') continue
        report({
          id: 'O040',
          place,
          message: `${def.name} has ${key}: [..., '${name}'], and no column ${name} that can be in it.`,
          hint: didYouMean(
            String(name),
            def.columns.filter(({ kind }) => kind.name !== 'json').map((column) => column.name),
            'Columns that can be in it',
          ),
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
}

function checkOptions(report: Report, def: ModelDef, node: ModelNode): void {
  const place = node.placeText()
  checkModelOptions(report, def.name, node, place)
  checkTogether(report, def, node, place)
  checkApi(report, node.options.api, place)
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
        hint: didYouMean(action, actions, 'Choose from'),
      })
  }
  for (const { event } of node.hooks) {
    if (!events.has(event))
      report({
        id: 'O044',
        place,
        message: `${def.name}.on('${event}'): there is no such event.`,
        hint: didYouMean(String(event), events, 'Choose from'),
      })
  }
}
