// Declared rules, compiled once to filters in which the caller may stand, and bound to one caller for each request.

import { OffstageError } from '../base/errors.ts'
import { didYouMean, nearest } from '../base/nearest.ts'
import { isPlain } from '../base/realms.ts'
import { meCondition, mePath } from '../schema/me.ts'
import type { Row } from '../schema/kind.ts'
import type { Action, FieldDef, ModelDef, Registry, RuleDeclaration } from '../schema/registry.ts'
import { always, and, equal, isIn, isMe, never, not, or, some } from './build.ts'
import { leaf } from './evaluate-filter.ts'
import { systemLimits } from './limits.ts'
import { allEyes, quote } from './names.ts'
import { parseWhere, type MeWords, type Parsing } from './parse-filter.ts'
import type { Principal } from './principal.ts'
import type { Filter, Operand, Selected } from './tree.ts'

/** The rules of a model as filters, not yet bound to a caller. `update` and `delete` already hold `read`. */
export interface ModelPolicy {
  readonly rules: Readonly<Record<Action, Filter>>
  /** What is shown when nothing is selected: the columns that are not hidden. */
  readonly shown: readonly Selected[]
  readonly readable: ReadonlyMap<string, Filter>
  readonly writable: ReadonlyMap<string, Filter>
}

export interface Policies {
  readonly registry: Registry
  readonly models: ReadonlyMap<string, ModelPolicy>
}

export function compileRules(registry: Registry): Policies {
  return { registry, models: new Map([...registry.models].map(([name, model]) => [name, compileModel(registry, model)])) }
}

function compileModel(registry: Registry, model: ModelDef): ModelPolicy {
  const rule = (action: Action): Filter => compileRule(registry, model, model.rules[action])
  const read = rule('read')
  const update = rule('update')
  const onFields = (key: 'readable' | 'writable'): Map<string, Filter> =>
    new Map(
      [...model.fields.values()].flatMap((field) =>
        field[key] === undefined ? [] : [[field.name, compileRule(registry, model, field[key])] as const],
      ),
    )
  return {
    rules: {
      read,
      create: rule('create'),
      update: and([read, update]),
      updateTo: model.rules.updateTo === undefined ? update : rule('updateTo'),
      delete: and([read, rule('delete')]),
    },
    shown: model.columns.filter((field) => !field.hidden).map((field) => ({ field: field.name })),
    readable: onFields('readable'),
    writable: onFields('writable'),
  }
}

const ruleNames = ['everyone', 'signed-in', 'nobody']

/** One declared rule (of a model, a field, an endpoint's `allow`, the admin) as a filter. No rule means nobody. */
export function compileRule(registry: Registry, model: ModelDef | undefined, rule: RuleDeclaration): Filter {
  if (rule === undefined || rule === 'nobody') return never
  if (rule === 'everyone') return always
  if (rule === 'signed-in') return { is: 'me', where: always }
  if (Array.isArray(rule)) return or(Array.from(rule, (part) => compileRule(registry, model, part)))
  const parsing: Parsing = { registry, eyes: allEyes, limits: systemLimits, me: ruleWords(registry), terms: 0, includes: 0 }
  const condition = parsing.me!.condition(rule)
  if (condition) return condition
  if (typeof rule === 'string' || !isPlain(rule)) {
    const near = typeof rule === 'string' ? nearest(rule, ruleNames) : undefined
    const found = typeof rule === 'string' ? `, not ${quote(rule)}` : ''
    throw declaration(
      `A rule is 'everyone', 'signed-in', 'nobody', a filter, me.is(filter), or a list of these${found}.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    )
  }
  if (Object.keys(rule).length === 0) throw declaration("{} is a rule that everyone passes. Write 'everyone' if that is meant.")
  if (!model) throw declaration("There is no row here to filter. Write 'everyone', 'signed-in', 'nobody' or me.is(filter).")
  return parseWhere(parsing, model, rule)
}

function declaration(detail: string): OffstageError {
  return new OffstageError('declaration', { detail })
}

function ruleWords(registry: Registry): MeWords {
  return {
    value(input, field) {
      const path = mePath(input)
      if (!path) return undefined
      const problem = misfit(registry, path, field)
      if (problem) throw declaration(problem)
      return { me: path }
    },
    condition(input) {
      const condition = meCondition(input)
      if (!condition) return undefined
      if (!registry.user) throw declaration('me.is(…) needs a user model; the app has none.')
      const parsing: Parsing = { registry, eyes: allEyes, limits: systemLimits, me: ruleWords(registry), terms: 0, includes: 0 }
      return { is: 'me', where: parseWhere(parsing, registry.user, condition.filter) }
    },
  }
}

/** `me` in what code asks as someone: known at once, and bound as in rules, so that for the anonymous no row passes. */
export function callerWords(registry: Registry, principal: Principal): MeWords {
  const wrong = (detail: string): OffstageError => new OffstageError('invalid_call', { detail })
  let named = false
  return {
    value(input, field) {
      const path = mePath(input)
      if (!path) return undefined
      if (principal.kind === 'system')
        throw wrong('`me` is nobody where the system asks. Compare with an id, or ask as someone: db.as(user).')
      const problem = misfit(registry, path, field)
      if (problem) throw wrong(problem)
      named = true
      return { me: path }
    },
    condition(input) {
      if (!meCondition(input)) return undefined
      throw wrong('me.is(…) stands in rules only. In a question ask of the caller beforehand: the code has `user`.')
    },
    bind: (filter) => (named && principal.kind !== 'system' ? bindAt(filter, principal, registry, true) : filter),
  }
}

/** Why the caller's value cannot be compared with the field; undefined when it can. */
function misfit(registry: Registry, path: readonly string[], field: FieldDef): string | undefined {
  const user = registry.user
  if (!user) return 'me needs a user model; the app has none.'
  const own = path.length === 0 ? user.columns[0]! : user.fields.get(path[0]!)
  if (!own || own.kind.name === 'many' || path.length > 1) {
    const columns = user.columns.map(({ name }) => name)
    return `me.${path.join('.')} is no column of ${user.name}. ${didYouMean(path[0]!, columns, `Columns of ${user.name}`)}`
  }
  const [left, right] = [sort(own), sort(field)]
  if (left === right) return undefined
  return `${path.length === 0 ? 'me' : `me.${path[0]}`} is ${left}, which cannot be compared with ${field.model}.${field.name}, which is ${right}.`
}

/** What a value stands for: two columns compare when these are equal. */
function sort(field: FieldDef): string {
  if (field.kind.name === 'ref') return `an id of ${field.target}`
  if (field.kind.name === 'id') return `an id of ${field.model}`
  if (field.kind.name === 'decimal') return `a decimal of scale ${String(field.options['scale'])}`
  return field.kind.storage === 'integer' || field.kind.storage === 'real' ? 'a number' : `a ${field.kind.storage}`
}

/**
 * The rule for this caller, without `me`. Fails closed: a test on something that the caller lacks (a column without a value; anything,
 * for the anonymous) is false where the row must pass it and true under `not`, so that it never opens what it should guard.
 */
export function bind(template: Filter, principal: Principal, registry: Registry): Filter {
  return principal.kind === 'system' ? always : bindAt(template, principal, registry, true)
}

type Caller = Exclude<Principal, { kind: 'system' }>

function bindAt(filter: Filter, caller: Caller, registry: Registry, positive: boolean): Filter {
  const unknown = positive ? never : always
  switch (filter.is) {
    case 'and':
      return and(filter.of.map((part) => bindAt(part, caller, registry, positive)))
    case 'or':
      return or(filter.of.map((part) => bindAt(part, caller, registry, positive)))
    case 'not':
      return not(bindAt(filter.of, caller, registry, !positive))
    case 'some':
      return some(filter.field, bindAt(filter.where, caller, registry, positive), filter.between)
    case 'compare': {
      const value = known(filter.value, caller)
      return value === undefined ? unknown : isMe(filter.value) ? { ...filter, value } : filter
    }
    case 'in': {
      if (!filter.values.some(isMe)) return filter
      const values = filter.values.map((value) => known(value, caller)).filter((value) => value !== undefined)
      return !positive && values.length < filter.values.length ? always : isIn(filter.field, values)
    }
    case 'me':
      return caller.kind === 'user' ? aboutCaller(bindAt(filter.where, caller, registry, positive), caller, registry.user!) : unknown
    default:
      return filter
  }
}

function known(value: Operand, caller: Caller): Exclude<Operand, object> | undefined {
  if (!isMe(value)) return value
  if (caller.kind !== 'user') return undefined
  const own = value.me.length === 0 ? caller.id : caller.row[value.me[0]!]
  return typeof own === 'string' || typeof own === 'number' || typeof own === 'boolean' ? own : undefined
}

/** Decided here and now where the caller's own columns decide it; a question to the database where it goes on through relations. */
function aboutCaller(where: Filter, caller: Extract<Principal, { kind: 'user' }>, user: ModelDef): Filter {
  const rest = settle(where, caller.row, user)
  if (rest.is === 'true' || rest.is === 'false') return rest
  return { is: 'exists', model: user.name, where: and([equal(user.columns[0]!.name, caller.id), rest]) }
}

/** What remains of a bound filter when the row's own columns are known: true, false, or what asks beyond the row. */
export function settle(filter: Filter, row: Row, model: ModelDef): Filter {
  switch (filter.is) {
    case 'and':
      return and(filter.of.map((part) => settle(part, row, model)))
    case 'or':
      return or(filter.of.map((part) => settle(part, row, model)))
    case 'not':
      return not(settle(filter.of, row, model))
    case 'compare':
    case 'in':
    case 'null':
    case 'json':
      return leaf(filter, row, model) ? always : never
    default:
      return filter
  }
}
