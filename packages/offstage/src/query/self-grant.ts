// Which columns of the caller's own row a rule depends on. Whoever could write those could grant themselves what the rule guards.

import type { ModelDef, Registry } from '../schema/registry.ts'
import { isMe } from './build.ts'
import type { Filter } from './tree.ts'

/**
 * Through `me.x`, through `me.is(…)`, and through a filter that reaches the caller's row another way, as in
 * `{ owner: { id: me, role: 'admin' } }`. What is asked of users who need not be the caller is not counted.
 */
export function callerColumns(registry: Registry, user: ModelDef, model: ModelDef | undefined, rule: Filter): ReadonlySet<string> {
  const found = new Set<string>()
  collect(registry, user, model, rule, false, found)
  return found
}

/** `own`: the row that the filter is asked of is the caller's, or one that decides on the caller (a `manager` in `me.is`). */
function collect(registry: Registry, user: ModelDef, model: ModelDef | undefined, filter: Filter, own: boolean, found: Set<string>): void {
  const inner = (part: Filter, isOwn: boolean): void => collect(registry, user, model, part, isOwn, found)
  switch (filter.is) {
    case 'and': {
      const pinned = own || (model === user && filter.of.some((part) => isCaller(user, part)))
      // Beside `owner: me`, what is asked of the owner is asked of the caller.
      const mine = new Set(filter.of.flatMap((part) => (part.is === 'compare' && isCallerId(part) ? [part.field] : [])))
      for (const part of filter.of) {
        if (part.is !== 'some' || !mine.has(part.field)) inner(part, pinned)
        else collect(registry, user, registry.models.get(model?.fields.get(part.field)?.target ?? ''), part.where, true, found)
      }
      return
    }
    case 'or':
      return filter.of.forEach((part) => inner(part, own))
    case 'not':
      return inner(filter.of, own)
    case 'me':
      return collect(registry, user, user, filter.where, true, found)
    case 'some': {
      const field = model?.fields.get(filter.field)
      const target = registry.models.get(field?.target ?? '')
      if (own && model === user && field?.kind.name === 'ref') found.add(field.name)
      // A list of users is there because of their own references back.
      if (own && target === user && field?.via !== undefined && field.through === undefined) found.add(field.via)
      return collect(registry, user, target, filter.where, own, found)
    }
    case 'compare':
    case 'in': {
      for (const value of filter.is === 'in' ? filter.values : [filter.value])
        if (isMe(value) && value.me.length > 0) found.add(value.me[0]!)
      if (own && model === user) found.add(filter.field)
      return
    }
    case 'null':
    case 'json':
      if (own && model === user) found.add(filter.field)
      return
    default:
  }
}

function isCaller(user: ModelDef, filter: Filter): boolean {
  return filter.is === 'compare' && filter.field === user.columns[0]!.name && isCallerId(filter)
}

function isCallerId({ op, value }: Extract<Filter, { is: 'compare' }>): boolean {
  return op === 'eq' && isMe(value) && value.me.length === 0
}
