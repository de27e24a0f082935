// Everything wrong inside rules, found before the app starts. What stands around them is `schema/check.ts`'s.

import { OffstageError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import type { AppDeclaration } from '../schema/app.ts'
import { GroupNode } from '../schema/group.ts'
import type { DeclarationProblem, FieldDef, ModelDef, Registry, RuleDeclaration } from '../schema/registry.ts'
import { isMe } from './build.ts'
import { compileRule } from './rules.ts'
import { callerColumns } from './self-grant.ts'
import type { Filter } from './tree.ts'

/** A rule that compiles, and where it stands. */
interface Rule {
  /** `notes.read`, `users.role readable`, `endpoint checkout allow` */
  readonly what: string
  readonly place: string | undefined
  readonly filter: Filter
}

export function checkRules(registry: Registry, app: AppDeclaration): DeclarationProblem[] {
  const problems: DeclarationProblem[] = []
  const rules = [...declaredRules(registry, app)].flatMap(({ what, place, model, rule }): Rule[] => {
    try {
      return [{ what, place, filter: compileRule(registry, model, rule) }]
    } catch (error) {
      if (!(error instanceof OffstageError)) throw error
      problems.push({
        id: 'O101',
        level: 'error',
        place,
        message: `${what}: ${error.detail ?? error.message}`,
        hint: hintFor(registry, error, model),
      })
      return []
    }
  })
  problems.push(...selfGrants(registry, rules), ...listMasks(registry), ...tellingUniques(registry, rules))
  return problems
}

interface Declared {
  readonly what: string
  readonly place: string | undefined
  readonly model: ModelDef | undefined
  readonly rule: RuleDeclaration
}

function* declaredRules(registry: Registry, app: AppDeclaration): Generator<Declared> {
  for (const model of registry.models.values()) {
    if (model.system) continue
    for (const [action, rule] of Object.entries(model.rules))
      yield { what: `${model.name}.${action}`, place: model.rulePlace ?? model.place, model, rule }
    for (const field of model.fields.values()) {
      for (const key of ['readable', 'writable'] as const) {
        if (field[key] !== undefined)
          yield { what: `${model.name}.${field.name}.${key}`, place: field.place ?? model.place, model, rule: field[key] }
      }
    }
  }
  for (const [name, node] of Object.entries(app.endpoints)) {
    const inner =
      node instanceof GroupNode
        ? Object.entries(node.endpoints).map(([key, endpoint]) => [`${name}.${key}`, endpoint] as const)
        : [[name, node] as const]
    for (const [path, endpoint] of inner) {
      if (endpoint.spec?.allow !== undefined)
        yield { what: `endpoints.${path}.allow`, place: endpoint.place.toString(), model: undefined, rule: endpoint.spec.allow }
    }
  }
  for (const key of ['admin', 'docs'] as const) {
    if (app[key] !== undefined) yield { what: `app.${key}`, place: app.place.toString(), model: undefined, rule: app[key] }
  }
}

function hintFor(registry: Registry, error: OffstageError, model: ModelDef | undefined): string {
  if (error.code === 'declaration')
    return "Rules are 'everyone', 'signed-in', 'nobody', filters such as { owner: me }, me.is({ role: 'admin' }), or lists of these."
  if (error.code === 'unknown_field') {
    // Which model it is about, a rule may have got to through relations, or through `me`.
    const about = [...registry.models.values()].find(({ name }) => error.detail?.startsWith(`${name} has no field `)) ?? model
    const near = about && nearest(error.errors?.[0]?.path ?? '', about.fields.keys())
    const has = about ? `; ${about.name} has: ${[...about.fields.keys()].join(' ')}` : ''
    return `${near === undefined ? '' : `Did you mean '${near}'? `}Rules name fields as they are declared${has}.`
  }
  return 'Rules are filters in the same language as queries: { status: { in: [...] }, author: { team: me.team } }.'
}

/** What a rule asks of the caller's own row must not be the caller's to write. */
function* selfGrants(registry: Registry, rules: readonly Rule[]): Generator<DeclarationProblem> {
  const { user } = registry
  if (!user) return
  const dependents = new Map<FieldDef, Rule>()
  for (const rule of rules) {
    for (const name of callerColumns(registry, user, ruleModel(registry, rule), rule.filter)) {
      const field = user.fields.get(name)
      if (field && !field.own && field.writable === undefined && !dependents.has(field)) dependents.set(field, rule)
    }
  }
  for (const [field, rule] of dependents) {
    yield {
      id: 'O102',
      level: 'error',
      place: field.place ?? user.place,
      message: `${user.name}.${field.name} decides what its user may do (${rule.what}${rule.place ? ` at ${rule.place}` : ''}), and users could write it themselves.`,
      hint: `Add .writable('nobody') to ${user.name}.${field.name}, or the rule that says who may write it.`,
    }
  }
}

function ruleModel(registry: Registry, rule: Rule): ModelDef | undefined {
  return registry.models.get(rule.what.slice(0, rule.what.indexOf('.')))
}

/** A list has no value to put null in the place of. */
function* listMasks(registry: Registry): Generator<DeclarationProblem> {
  for (const model of registry.models.values()) {
    for (const field of model.fields.values()) {
      if (field.kind.name !== 'many' || field.readable === undefined) continue
      yield {
        id: 'O103',
        level: 'error',
        place: field.place ?? model.place,
        message: `${model.name}.${field.name} is a list, which cannot have a rule of its own.`,
        hint: `Say who may read in the rules of ${field.target}.`,
      }
    }
  }
}

/** A taken value answers 409 to whoever tries it, readers or not. */
function* tellingUniques(registry: Registry, rules: readonly Rule[]): Generator<DeclarationProblem> {
  const byName = new Map(rules.map((rule) => [rule.what, rule.filter]))
  for (const model of registry.models.values()) {
    const read = byName.get(`${model.name}.read`)
    const writers = ['create', 'update']
      .map((action) => byName.get(`${model.name}.${action}`))
      .filter((rule) => rule && rule.is !== 'false') as Filter[]
    if (model.system || writers.length === 0 || read?.is === 'true' || isSignedIn(read)) continue
    for (const group of model.unique) {
      const fields = group.map((name) => model.fields.get(name))
      // The login is unique by its nature, and a group with a column of the caller's is unique for the caller alone.
      if (model === registry.user && fields.length === 1 && fields[0]?.kind.name === 'email') continue
      if (writers.every((rule) => group.some((name) => pins(rule, name))) || fields.every((field) => field?.writable === 'nobody')) continue
      yield {
        id: 'O104',
        level: 'warning',
        place: fields[0]?.place ?? model.place,
        message: `${model.name}.${group.join('+')} is unique over rows that not everyone may read: who writes a taken value learns that it is taken.`,
        hint: "Make it unique together with the owner (unique: [['owner', …]] in the options of the model), if that is what is meant.",
      }
    }
  }
}

function isSignedIn(rule: Filter | undefined): boolean {
  return rule?.is === 'me' && rule.where.is === 'true'
}

/** Does the rule hold the column to the caller, whichever way it is passed? Conditions on the caller alone are for those trusted with more. */
function pins(rule: Filter, field: string): boolean {
  if (rule.is === 'me') return true
  if (rule.is === 'and') return rule.of.some((part) => pins(part, field))
  if (rule.is === 'or') return rule.of.every((part) => pins(part, field))
  return 'field' in rule && rule.field === field && toCaller(rule)
}

function toCaller(rule: Filter): boolean {
  if (rule.is === 'and') return rule.of.some(toCaller)
  if (rule.is === 'or') return rule.of.every(toCaller)
  return rule.is === 'some' ? toCaller(rule.where) : rule.is === 'compare' && rule.op === 'eq' && isMe(rule.value)
}
