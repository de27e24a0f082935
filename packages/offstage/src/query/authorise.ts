// The one place where a question becomes the caller's question: rules on every level, masks on fields, and no word on what
// the caller may not see. What the framework adds itself (rules, masks, tests) is read without rules.

import { OffstageError } from '../base/errors.ts'
import type { FieldDef, ModelDef } from '../schema/registry.ts'
import { and, not, optional, or, some } from './build.ts'
import { modelOf, unknownField } from './names.ts'
import { closed, readableFor, ruleFor, throughRelation } from './policies.ts'
import type { Principal } from './principal.ts'
import type { Policies } from './rules.ts'
import type { Aggregate, Filter, Include, Query, Rank, Selected, Shape, Term } from './tree.ts'

interface Caller {
  readonly policies: Policies
  readonly principal: Principal
}

/** Refuses with 401 or 403 when the model is closed to the caller, with 400 what the caller may not name. */
export function authorise(query: Query, principal: Principal, policies: Policies): Query {
  const caller = { policies, principal }
  const model = modelOf(policies.registry, query.model)
  const rule = openRule(caller, model)
  return { ...within(caller, model, query), where: and([rule, onRow(caller, model, query.where)]) }
}

export function authoriseAggregate(aggregate: Aggregate, principal: Principal, policies: Policies): Aggregate {
  const caller = { policies, principal }
  const model = modelOf(policies.registry, aggregate.model)
  const rule = openRule(caller, model)
  return {
    ...aggregate,
    where: and([rule, onRow(caller, model, aggregate.where)]),
    group: aggregate.group.map((group) => ({ ...group, term: onTerm(caller, model, group.term) })),
    measures: aggregate.measures.map((measure) => (measure.term ? { ...measure, term: onTerm(caller, model, measure.term) } : measure)),
  }
}

/** The rows that pass the caller's filter and that the caller may read. */
export function authoriseFilter(model: string, where: Filter, principal: Principal, policies: Policies): Filter {
  const caller = { policies, principal }
  const def = modelOf(policies.registry, model)
  return and([openRule(caller, def), onRow(caller, def, where)])
}

/** What to show of a row whose own readability is settled elsewhere (the answer to a write). */
export function authoriseShape(shape: Shape, principal: Principal, policies: Policies): Shape {
  return onShape({ policies, principal }, modelOf(policies.registry, shape.model), shape)
}

function openRule({ policies, principal }: Caller, model: ModelDef): Filter {
  const rule = ruleFor(policies, principal, model.name, 'read')
  if (rule.is === 'false') throw closed(model, 'read', principal)
  return rule
}

/** Everything of a query but its `where`. */
function within(caller: Caller, model: ModelDef, query: Query): Query {
  return {
    ...query,
    ...onShape(caller, model, query),
    sort: query.sort.map((sort) => ({ ...sort, term: onTerm(caller, model, sort.term) })),
  }
}

function onShape(caller: Caller, model: ModelDef, shape: Shape): Shape {
  return {
    ...shape,
    select: onSelect(caller, model, shape.select),
    include: shape.include.map((include) => onInclude(caller, model, include)),
  }
}

function onSelect(caller: Caller, model: ModelDef, select: readonly Selected[]): readonly Selected[] {
  if (select.length > 0) return select.map(({ field }) => ({ field, ...optional('mask', visible(caller, model, field).mask) }))
  const { shown, readable } = caller.policies.models.get(model.name)!
  if (readable.size === 0 || caller.principal.kind === 'system') return shown
  return shown.flatMap(({ field }) => {
    const mask = readableFor(caller.policies, caller.principal, model.fields.get(field)!)
    return mask.is === 'false' ? [] : [{ field, ...optional('mask', mask) }]
  })
}

/** The field, and the rows on which the caller may see it. Absent, hidden and unreadable fields are refused alike. */
function visible(caller: Caller, model: ModelDef, name: string): { readonly field: FieldDef; readonly mask: Filter } {
  const field = model.fields.get(name)
  if (!field) throw unknownField(model.name, name)
  const mask = readableFor(caller.policies, caller.principal, field)
  if (mask.is === 'false') throw unknownField(model.name, name)
  return { field, mask }
}

/** A relation: the model on the other side, and what of it the caller may see. One that is closed is a field that is not there. */
function relation(caller: Caller, model: ModelDef, name: string): { target: ModelDef; mask: Filter; guard: Filter; between: Filter } {
  const { field, mask } = visible(caller, model, name)
  const target = field.target === undefined ? undefined : caller.policies.registry.models.get(field.target)
  if (!target) throw unknownField(model.name, name)
  const { guard, between } = throughRelation(caller.policies, caller.principal, field)
  if (guard.is === 'false' || between.is === 'false') throw unknownField(model.name, name)
  return { target, mask, guard, between }
}

function onInclude(caller: Caller, model: ModelDef, include: Include): Include {
  const { target, mask, guard, between } = relation(caller, model, include.field)
  if (include.kind === 'one') {
    return { ...include, ...optional('mask', mask), ...optional('guard', guard), shape: onShape(caller, target, include.shape) }
  }
  if (include.kind === 'many') {
    const query = within(caller, target, include.query)
    return {
      ...include,
      ...optional('between', between),
      query: { ...query, where: and([guard, onRow(caller, target, include.query.where)]) },
    }
  }
  return { ...include, ...optional('between', between), where: and([guard, onRow(caller, target, include.where)]) }
}

function onTerm(caller: Caller, model: ModelDef, term: Term): Term {
  if (term.rank) return { ...term, rank: onRank(caller, model, term.rank) }
  let at = model
  const through = term.through.map(({ field }) => {
    const { target, mask, guard } = relation(caller, at, field)
    at = target
    return { field, ...optional('mask', mask), ...optional('guard', guard) }
  })
  const { mask } = visible(caller, at, term.field)
  return { through, field: term.field, ...optional('mask', mask) }
}

/** A caller's filter: where a field is masked, a test on it sees null. */
function onRow(caller: Caller, model: ModelDef, filter: Filter): Filter {
  switch (filter.is) {
    case 'true':
    case 'false':
      return filter
    case 'and':
      return and(filter.of.map((part) => onRow(caller, model, part)))
    case 'or':
      return or(filter.of.map((part) => onRow(caller, model, part)))
    case 'not':
      return not(onRow(caller, model, filter.of))
    case 'compare':
    case 'in':
    case 'json':
      return and([visible(caller, model, filter.field).mask, filter])
    case 'null':
      return or([not(visible(caller, model, filter.field).mask), filter])
    case 'some': {
      const { target, mask, guard, between } = relation(caller, model, filter.field)
      return and([mask, some(filter.field, and([guard, onRow(caller, target, filter.where)]), between)])
    }
    case 'search':
      return onSearch(caller, model, filter)
    case 'me':
    case 'exists':
      if (caller.principal.kind === 'system') return filter
      throw new OffstageError('invalid_call', { detail: `A caller's filter cannot hold '${filter.is}'; only rules can.` })
  }
}

/** A search names no field itself, so it simply does not look where the caller may not. */
function onSearch(caller: Caller, model: ModelDef, filter: Extract<Filter, { is: 'search' }>): Filter {
  const masks = filter.fields.map((name) => searchMask(caller, model, name))
  if (masks.every((mask) => mask.is === 'true')) return filter
  // Each word may stand in another field: so each is looked for on its own.
  return and(
    filter.words.map((word) => or(filter.fields.map((name, i) => and([masks[i]!, { is: 'search', fields: [name], words: [word] }])))),
  )
}

/** What cannot be searched in cannot lift a row, either. */
function onRank(caller: Caller, model: ModelDef, rank: Rank): Rank {
  const fields = rank.fields.flatMap((entry) => {
    const mask = searchMask(caller, model, entry.field)
    return mask.is === 'false' ? [] : [{ ...entry, ...optional('mask', mask) }]
  })
  return { ...rank, fields }
}

function searchMask({ policies, principal }: Caller, model: ModelDef, name: string): Filter {
  const field = model.fields.get(name)
  if (!field) throw unknownField(model.name, name)
  return readableFor(policies, principal, field)
}
