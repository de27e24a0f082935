// Filters in words, for people who read rules without writing them. Two filters that differ are never said alike.

import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'
import { isMe } from './build.ts'
import type { CompareOp, Filter, Operand } from './tree.ts'

/** `order.customer is the caller and order.status is cart`. `model` is that of the row; without one only the caller is spoken of. */
export function describeFilter(registry: Registry, model: ModelDef | undefined, filter: Filter): string {
  return new Speaker(registry).say(filter, model, '')
}

/** All of them, in an order that does not depend on how they were written. */
export function describeFilters(registry: Registry, model: ModelDef | undefined, filters: readonly Filter[]): string {
  const speaker = new Speaker(registry)
  return filters
    .map((filter) => speaker.say(filter, model, ''))
    .toSorted()
    .join(' and ')
}

const orders: Readonly<Record<'time' | 'other', Partial<Record<CompareOp, string>>>> = {
  time: { lt: 'is before', lte: 'is no later than', gt: 'is after', gte: 'is no earlier than' },
  other: { lt: 'is below', lte: 'is at most', gt: 'is above', gte: 'is at least' },
}
const others: Partial<Record<CompareOp, string>> = { eq: 'is', contains: 'contains', startsWith: 'starts with', endsWith: 'ends with' }

class Speaker {
  readonly #registry: Registry
  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** `before` is the way to the row: `order.`, `the caller's `. */
  say(filter: Filter, model: ModelDef | undefined, before: string): string {
    switch (filter.is) {
      case 'true':
        return 'anything'
      case 'false':
        return 'nothing'
      case 'and':
      case 'or':
        return filter.of.map((part) => this.#grouped(part, model, before)).join(` ${filter.is} `)
      case 'not':
        return this.#not(filter.of, model, before)
      case 'me':
        if (filter.where.is === 'true') return 'the caller is signed in'
        return this.#grouped(filter.where, this.#registry.user, "the caller's ")
      case 'some':
        return this.#some(filter, model, before, 'some')
      case 'exists':
        return `there is one of ${filter.model} (${this.say(filter.where, this.#registry.models.get(filter.model), '')})`
      case 'search':
        return `a search for ${JSON.stringify(filter.words.join(' '))} finds it`
      case 'null':
        return `${before}${filter.field} is empty`
      case 'compare':
      case 'in':
      case 'json':
        return `${before}${this.#test(filter, model?.fields.get(filter.field))}`
    }
  }

  #not(filter: Filter, model: ModelDef | undefined, before: string): string {
    if (filter.is === 'null') return `${before}${filter.field} is not empty`
    const field = 'field' in filter ? model?.fields.get(filter.field) : undefined
    if (filter.is === 'compare' && filter.op === 'eq') return `${before}${filter.field} is not ${operand(filter.value, field)}`
    if (filter.is === 'in') return `${before}${filter.field} is none of ${filter.values.map((value) => operand(value, field)).join(', ')}`
    if (filter.is === 'some' && field?.kind.name === 'many') return this.#some(filter, model, before, 'none')
    return `not (${this.say(filter, model, before)})`
  }

  /** A reference is followed with a dot; of a list it is said how many. */
  #some(filter: Extract<Filter, { is: 'some' }>, model: ModelDef | undefined, before: string, many: 'some' | 'none'): string {
    const field = model?.fields.get(filter.field)
    const target = this.#registry.models.get(field?.target ?? '')
    const path = `${before}${filter.field}`
    const { where } = filter
    if (field?.kind.name === 'many') {
      if (where.is === 'true') return `${path} has ${many}`
      if (many === 'none' && where.is === 'not') return `every one of ${path} (${this.say(where.of, target, '')})`
      return `${many} of ${path} (${this.say(where, target, '')})`
    }
    if (where.is === 'true') return `${path} is there`
    const said = this.#grouped(where, target, `${path}.`)
    return speaksOfRow(where, target) ? said : `(${path} is there and ${said})`
  }

  #grouped(filter: Filter, model: ModelDef | undefined, before: string): string {
    const said = this.say(filter, model, before)
    return filter.is === 'and' || filter.is === 'or' ? `(${said})` : said
  }

  #test(filter: Extract<Filter, { is: 'compare' | 'in' | 'json' }>, field: FieldDef | undefined): string {
    if (filter.is === 'json') {
      const path = [filter.field, ...filter.path].join('.')
      if (filter.op === 'exists') return `${path} is in the JSON`
      return `${path} in the JSON ${filter.op === 'equals' ? 'is' : 'contains'} ${JSON.stringify(filter.value)}`
    }
    if (filter.is === 'in') {
      const values = filter.values.map((value) => operand(value, field))
      return `${filter.field} is ${values.length < 3 ? values.join(' or ') : `one of ${values.join(', ')}`}`
    }
    const { storage } = field?.kind ?? {}
    const order = orders[storage === 'datetime' || storage === 'date' ? 'time' : 'other'][filter.op]
    return `${filter.field} ${order ?? others[filter.op]} ${operand(filter.value, field)}`
  }
}

/**
 * Whether what is said of the row on the other side of a reference also says that there is one: `not (order.total is above 3)` is true without
 * an order, and a test of the caller does not speak of it at all.
 */
function speaksOfRow(filter: Filter, model: ModelDef | undefined): boolean {
  switch (filter.is) {
    case 'and':
      return filter.of.some((part) => speaksOfRow(part, model))
    case 'or':
      return filter.of.every((part) => speaksOfRow(part, model))
    case 'not': {
      const { of } = filter
      if (of.is === 'some') return model?.fields.get(of.field)?.kind.name === 'many'
      return of.is === 'null' || of.is === 'in' || (of.is === 'compare' && of.op === 'eq')
    }
    case 'me':
    case 'exists':
      return false
    default:
      return true
  }
}

/** Words that a choice of an enum would be taken for. */
const taken = new Set(['empty', 'not', 'none', 'one', 'the', 'there', 'before', 'after', 'below', 'above', 'at', 'no', 'or', 'and', 'in'])

function operand(value: Operand, field: FieldDef | undefined): string {
  if (isMe(value)) return value.me.length === 0 ? 'the caller' : `the caller's ${value.me.join('.')}`
  if (typeof value !== 'string') return String(value)
  const kind = field?.kind
  if (kind?.name === 'enum' && /^[\w-]+$/.test(value) && !taken.has(value)) return value
  if (kind !== undefined && kind.storage !== 'text' && kind.storage !== 'json') return value
  return /^[^'\\\p{Cc}\p{Cf}]*$/u.test(value) ? `'${value}'` : JSON.stringify(value)
}
