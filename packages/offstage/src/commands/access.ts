// `offstage access`: who may do what, as the compiled rules say it, not as somebody remembers it.

import { ruleFor } from '../query/policies.ts'
import { compileRules, type Policies } from '../query/rules.ts'
import { anonymous, type Principal } from '../query/principal.ts'
import type { Filter } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { Action, FieldDef, ModelDef, Registry } from '../schema/registry.ts'
import { paint, table } from './terminal.ts'

interface Role {
  readonly label: string
  readonly principal: Principal
}

const actions: readonly Action[] = ['read', 'create', 'update', 'updateTo', 'delete']

/** One table a model: a line for strangers and for each role, a column for each operation. */
export function accessMatrix(registry: Registry): string {
  const policies = compileRules(registry)
  const roles = [{ label: 'anonymous', principal: anonymous }, ...rolesOf(registry)]
  const models = [...registry.models.values()].filter((model) => !model.system)
  return models.map((model) => modelMatrix(policies, model, roles)).join('\n\n')
}

function modelMatrix(policies: Policies, model: ModelDef, roles: readonly Role[]): string {
  const shown = actions.filter((action) => action !== 'updateTo' || model.rules.updateTo !== undefined)
  const lines = roles.map(({ label, principal }) => [
    label,
    ...shown.map((action) => say(ruleFor(policies, principal, model.name, action))),
  ])
  const written = [...model.fields.values()].filter((field) => field.readable !== undefined || field.writable !== undefined || field.hidden)
  const fields = written.map((field) => `  ${field.name}: ${fieldRules(policies, field)}`)
  return [
    `${paint('bold', model.name)}${model.place === undefined ? '' : paint('dim', `  ${model.rulePlace ?? model.place}`)}`,
    table([['', ...shown], ...lines]),
    ...fields,
  ].join('\n')
}

function fieldRules(policies: Policies, field: FieldDef): string {
  const compiled = policies.models.get(field.model)!
  const rule = (declared: unknown, of: Filter | undefined): string =>
    typeof declared === 'string' || of === undefined ? `by ${String(declared)}` : `where ${say(of)}`
  return [
    field.hidden ? 'hidden' : '',
    field.readable === undefined ? '' : `readable ${rule(field.readable, compiled.readable.get(field.name))}`,
    field.writable === undefined ? '' : `writable ${rule(field.writable, compiled.writable.get(field.name))}`,
  ]
    .filter(Boolean)
    .join(', ')
}

/** A user of each kind: every choice of every enum of the user model, the rest as a new user has it. */
function rolesOf(registry: Registry): Role[] {
  const users = registry.user
  if (users === undefined) return []
  const usual: Row = {}
  for (const field of users.columns) {
    const given = field.default && 'value' in field.default ? field.default.value : null
    // A name in place of a value: it ends up in the printed filter, and no rule can mistake it for a real one.
    usual[field.name] =
      field.name === 'id'
        ? 'me'
        : given === null && field.kind.storage === 'text' && field.kind.name !== 'enum'
          ? `me.${field.name}`
          : given
  }
  const user = (label: string, row: Row): Role => ({ label, principal: { kind: 'user', id: 'me', row } })
  const choices = users.columns
    .filter((field) => field.kind.name === 'enum')
    .flatMap((field) =>
      (field.options['choices'] as string[]).map((choice) => user(`${field.name} = ${choice}`, { ...usual, [field.name]: choice })),
    )
  return choices.length > 0 ? choices : [user('signed in', usual)]
}

/** A bound rule in the fewest words. */
export function say(filter: Filter): string {
  switch (filter.is) {
    case 'true':
      return 'all'
    case 'false':
      return '-'
    case 'and':
      return joined(filter.of, 'or', ' and ')
    case 'or':
      return joined(filter.of, 'and', ' or ')
    case 'not':
      return `not (${say(filter.of)})`
    case 'compare':
      return `${filter.field} ${signs[filter.op]} ${operand(filter.value)}`
    case 'in':
      return `${filter.field} in (${filter.values.map(operand).join(', ')})`
    case 'null':
      return `${filter.field} is null`
    case 'some':
      return `${filter.field}(${say(filter.where)})`
    case 'exists':
      return `some ${filter.model}(${say(filter.where)})`
    case 'me':
      return `me(${say(filter.where)})`
    case 'json':
      return `${filter.field}.${filter.path.join('.')} ${filter.op} ${JSON.stringify(filter.value)}`
    case 'search':
      return `search ${JSON.stringify(filter.words.join(' '))}`
  }
}

/**
 * Parts once each, and without those that say nothing more: in `(a or b) and a` that is the bracket, in `(a and b) or a` too.
 * Update and delete are ANDed with `read`, so without this the longest cells would say the least.
 */
function joined(parts: readonly Filter[], inner: 'and' | 'or', by: string): string {
  const plain = new Set(parts.filter((part) => part.is !== inner).map(say))
  // A bracket adds nothing where one of its sides, or all parts of that side, stand beside it.
  const stands = (side: Filter): boolean =>
    plain.has(say(side)) || (side.is !== inner && 'of' in side && Array.isArray(side.of) && side.of.every((part) => plain.has(say(part))))
  const needed = parts.filter((part) => part.is !== inner || !(part.of as readonly Filter[]).some(stands))
  return [...new Set(needed.map((part) => (part.is === inner && needed.length > 1 ? `(${say(part)})` : say(part))))].join(by)
}

const signs = {
  eq: '=',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  contains: 'contains',
  startsWith: 'starts with',
  endsWith: 'ends with',
} as const

function operand(value: unknown): string {
  return value !== null && typeof value === 'object' && 'me' in value ? ['me', ...(value.me as string[])].join('.') : String(value)
}
