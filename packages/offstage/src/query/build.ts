// Builds filters in their one canonical form: no constant inside `and`, `or` and `not`, no `and` in an `and`, no `not` of a `not`.
// Because every tree is built here, "false whatever the rows are" is simply `is === 'false'`.

import type { Filter, MeValue, Operand } from './tree.ts'

export const always: Filter = { is: 'true' }
export const never: Filter = { is: 'false' }

export function and(parts: readonly Filter[]): Filter {
  return join('and', parts)
}

export function or(parts: readonly Filter[]): Filter {
  return join('or', parts)
}

export function not(filter: Filter): Filter {
  if (filter.is === 'true') return never
  if (filter.is === 'false') return always
  return filter.is === 'not' ? filter.of : { is: 'not', of: filter }
}

function join(kind: 'and' | 'or', parts: readonly Filter[]): Filter {
  const [neutral, absorbing] = kind === 'and' ? ['true', 'false'] : ['false', 'true']
  const of: Filter[] = []
  for (const part of parts) {
    if (part.is === absorbing) return part
    if (part.is === neutral) continue
    if (part.is === kind) of.push(...part.of)
    else of.push(part)
  }
  if (of.length === 0) return kind === 'and' ? always : never
  return of.length === 1 ? of[0]! : { is: kind, of }
}

export function equal(field: string, value: Operand): Filter {
  return { is: 'compare', field, op: 'eq', value }
}

/** Nothing is in an empty list. */
export function isIn(field: string, values: readonly Operand[]): Filter {
  return values.length === 0 ? never : { is: 'in', field, values }
}

/** No row passes `never`, on the other side either. */
export function some(field: string, where: Filter, between?: Filter): Filter {
  if (where.is === 'false' || between?.is === 'false') return never
  return between && between.is !== 'true' ? { is: 'some', field, where, between } : { is: 'some', field, where }
}

export function isMe(value: Operand): value is MeValue {
  return typeof value === 'object'
}

/** A guard or mask that always holds is no guard: the property is left out, so that equal questions have equal trees. */
export function optional<K extends string>(key: K, filter: Filter): { readonly [P in K]?: Filter } {
  return filter.is === 'true' ? {} : ({ [key]: filter } as { [P in K]: Filter })
}
