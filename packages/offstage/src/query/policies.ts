// What one caller may see and do: the compiled rules, bound to the caller, each at most once per principal.

import { OffstageError } from '../base/errors.ts'
import type { Action, FieldDef, ModelDef } from '../schema/registry.ts'
import { always, and, never } from './build.ts'
import { allEyes, type Eyes } from './names.ts'
import type { Principal } from './principal.ts'
import { bind, type Policies } from './rules.ts'
import type { Filter } from './tree.ts'

// A principal is made for one request (or held by one session's cache) and never changed, so its bound rules live as long as it does.
const bound = new WeakMap<Principal, WeakMap<Policies, Map<string, Filter>>>()

function once(policies: Policies, principal: Principal, key: string, make: () => Filter): Filter {
  let perPolicies = bound.get(principal)
  if (!perPolicies) bound.set(principal, (perPolicies = new WeakMap()))
  let filters = perPolicies.get(policies)
  if (!filters) perPolicies.set(policies, (filters = new Map()))
  let filter = filters.get(key)
  if (!filter) filters.set(key, (filter = make()))
  return filter
}

/** The rows of the model on which the caller may do it; `never` when the model is closed to the caller, whatever its rows. */
export function ruleFor(policies: Policies, principal: Principal, model: string, action: Action): Filter {
  if (principal.kind === 'system') return always
  return once(policies, principal, `${action} ${model}`, () =>
    bind(policies.models.get(model)!.rules[action], principal, policies.registry),
  )
}

/** The rows on which the caller may see the field: `never` when it does not exist for the caller, `always` when nothing masks it. */
export function readableFor(policies: Policies, principal: Principal, field: FieldDef): Filter {
  if (principal.kind === 'system') return always
  if (field.hidden) return never
  const rule = policies.models.get(field.model)!.readable.get(field.name)
  return rule ? once(policies, principal, `readable ${field.model}.${field.name}`, () => bind(rule, principal, policies.registry)) : always
}

/** The rows on which the caller may write the field. */
export function writableFor(policies: Policies, principal: Principal, field: FieldDef): Filter {
  if (principal.kind === 'system') return always
  const rule = policies.models.get(field.model)!.writable.get(field.name)
  return rule ? once(policies, principal, `writable ${field.model}.${field.name}`, () => bind(rule, principal, policies.registry)) : always
}

/**
 * What the caller sees through a reference or list: `guard` on the rows reached, `between` on the rows between (lists with a
 * model between). A list is there because of the references back: where those may not be read, the list must not tell them.
 */
export function throughRelation(
  policies: Policies,
  principal: Principal,
  field: FieldDef,
): { readonly guard: Filter; readonly between: Filter } {
  if (principal.kind === 'system') return { guard: always, between: always }
  const read = ruleFor(policies, principal, field.target!, 'read')
  if (field.kind.name === 'ref') return { guard: read, between: always }
  // A mask on a list itself could not be said per element; `check` refuses it, and until then the list is closed.
  if (readableFor(policies, principal, field).is !== 'true') return { guard: never, between: never }
  const readable = (model: string, name: string | undefined): Filter => {
    const reference = policies.registry.models.get(model)?.fields.get(name ?? '')
    return reference ? readableFor(policies, principal, reference) : never
  }
  if (!field.through) return { guard: and([read, readable(field.target!, field.via)]), between: always }
  const link = ruleFor(policies, principal, field.through, 'read')
  return { guard: read, between: and([link, readable(field.through, field.via), readable(field.through, field.to)]) }
}

/** What the caller may name, for the parsers. */
export function eyesOf(policies: Policies, principal: Principal): Eyes {
  if (principal.kind === 'system') return allEyes
  const relation = (field: FieldDef): boolean => {
    const { guard, between } = throughRelation(policies, principal, field)
    return guard.is !== 'false' && between.is !== 'false'
  }
  return {
    model(model) {
      if (ruleFor(policies, principal, model.name, 'read').is === 'false') throw closed(model, 'read', principal)
    },
    field: (field) => (field.kind.name === 'many' ? relation(field) : readableFor(policies, principal, field).is !== 'false'),
    relation,
  }
}

/** The refusal of an operation that is closed to the caller whatever the rows are. */
export function closed(model: ModelDef, action: Action, principal: Principal): OffstageError {
  const missing = model.rules[action] === undefined && !(action === 'updateTo' && model.rules.update !== undefined)
  return new OffstageError(principal.kind === 'anonymous' ? 'unauthenticated' : 'forbidden', {
    detail: principal.kind === 'anonymous' ? `Sign in to ${verb(action)} ${model.name}.` : `You may not ${verb(action)} ${model.name}.`,
    hint: missing
      ? `${model.name} has no \`${action}\` rule; add one${model.place ? ` at ${model.rulePlace ?? model.place}` : ''}.`
      : `The \`${action}\` rule of ${model.name} is false for this caller, whatever the row is.`,
    place: model.rulePlace ?? model.place,
    model: model.name,
  })
}

function verb(action: Action): string {
  return action === 'updateTo' ? 'update' : action
}
