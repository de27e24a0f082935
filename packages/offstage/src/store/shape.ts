// Two trees of the same shape differ in their values only, and share one plan. The walk below gives the shape as a text and the
// values in walk order. An emitter must visit a tree in this same order; its slots check that it does.

import { OffstageError } from '../base/errors.ts'
import type { Aggregate, Filter, Include, Query, Rank, Selected, Shape, Term } from '../query/tree.ts'

/** What is worked out from the values: wire values, lists of them (`in`), paths (`json`). */
export type SlotValue = unknown

// What indexes of MySQL leave out unless they are told otherwise, by whoever builds them anew the last.
const leftOut = ' about are com for from how that the this und was what when where who will with www'

/** A word that an index of any database knows: not too short, of letters that none takes for something else, and no beginning of those. */
export const isPlain = (word: string): boolean => /^[a-z0-9]{3,}$/.test(word) && !leftOut.includes(` ${word}`)

// Where no word is plain, a database may have to look in another way.
const wordsShape = (words: readonly string[]): string => `${words.length}${words.some(isPlain) ? '+' : ''}`

export class Walk {
  key = ''
  readonly values: SlotValue[] = []
  /** The node that each value stands in; recorded only when a plan is to be made. */
  readonly nodes: object[] | undefined

  constructor(record: boolean) {
    this.nodes = record ? [] : undefined
  }

  value(node: object, value: SlotValue): void {
    this.values.push(value)
    this.nodes?.push(node)
  }

  filter(filter: Filter): void {
    switch (filter.is) {
      case 'true':
        this.key += 'T'
        return
      case 'false':
        this.key += 'F'
        return
      case 'and':
      case 'or':
        this.key += filter.is === 'and' ? '(&' : '(|'
        for (const part of filter.of) this.filter(part)
        this.key += ')'
        return
      case 'not':
        this.key += '!'
        return this.filter(filter.of)
      case 'compare':
        this.key += `(${filter.op} ${filter.field})`
        return this.value(filter, filter.value)
      case 'in':
        this.key += `(in ${filter.field})`
        return this.value(filter, filter.values)
      case 'null':
        this.key += `(null ${filter.field})`
        return
      case 'some':
        this.key += `(some ${filter.field} `
        this.filter(filter.where)
        this.optional(filter.between)
        this.key += ')'
        return
      case 'exists':
        this.key += `(exists ${filter.model} `
        this.filter(filter.where)
        this.key += ')'
        return
      case 'json':
        this.key += `(json ${filter.op} ${filter.field})`
        return this.value(filter, filter)
      case 'search':
        this.key += `(search ${filter.fields.join()} ${wordsShape(filter.words)})`
        return this.value(filter, filter.words)
      case 'me':
        throw new OffstageError('invalid_call', {
          detail: 'The tree holds a rule that is not bound; call bind() before it reaches a store.',
        })
    }
  }

  optional(filter: Filter | undefined): void {
    if (!filter) return
    this.key += '?'
    this.filter(filter)
  }

  term(term: Term): void {
    for (const step of term.through) {
      this.key += step.field
      this.optional(step.mask)
      if (step.guard) this.key += '>'
      this.optional(step.guard)
      this.key += '.'
    }
    this.key += term.field
    this.optional(term.mask)
    if (term.rank) this.rank(term.rank)
  }

  rank(rank: Rank): void {
    this.key += `(rank ${wordsShape(rank.words)}`
    this.value(rank, rank.words)
    for (const { field, weight, mask } of rank.fields) {
      this.key += ` ${field} ${weight}`
      this.optional(mask)
    }
    this.key += ')'
  }

  shape(shape: Shape): void {
    this.key += `${shape.model}{`
    this.select(shape.select)
    for (const include of shape.include) this.include(include)
    for (const test of shape.tests ?? []) {
      this.key += `=${test.as.length}:${test.as}`
      this.filter(test.where)
    }
    this.key += '}'
  }

  select(select: readonly Selected[]): void {
    for (const selected of select) {
      this.key += `${selected.field},`
      if (selected.mask) this.optional(selected.mask)
    }
  }

  // The lengths keep a name that holds our punctuation from passing for another shape.
  include(include: Include): void {
    this.key += `+${include.kind}${include.as.length}:${include.as}:${include.field}`
    switch (include.kind) {
      case 'one':
        this.optional(include.mask)
        if (include.guard) this.key += '>'
        this.optional(include.guard)
        return this.shape(include.shape)
      case 'many':
        this.optional(include.between)
        return this.query(include.query)
      default:
        this.optional(include.between)
        this.key += '>'
        return this.filter(include.where)
    }
  }

  query(query: Query): void {
    this.shape(query)
    this.filter(query.where)
    for (const sort of query.sort) {
      this.key += sort.desc ? '-' : '+'
      this.term(sort.term)
    }
    query.after?.forEach((value, index) => {
      this.key += value === null ? '~' : '^'
      if (value !== null) this.value(query.sort[index] ?? query, value)
    })
    if (query.limit !== undefined) {
      this.key += '#'
      this.value(query, query.limit)
    }
    if (query.offset !== undefined) {
      this.key += '@'
      this.value(query, query.offset)
    }
    if (query.count) {
      this.key += '%'
      this.filter(query.where)
    }
  }

  aggregate(aggregate: Aggregate): void {
    this.key += `${aggregate.model}%`
    for (const group of aggregate.group) {
      this.key += `+${group.as.length}:${group.as}:${group.bucket?.unit ?? ''} `
      this.term(group.term)
      if (group.bucket) this.value(group, group.bucket.zone)
    }
    for (const measure of aggregate.measures) {
      this.key += `=${measure.as.length}:${measure.as}:${measure.fn} `
      if (measure.term) this.term(measure.term)
    }
    this.key += '|'
    this.filter(aggregate.where)
  }
}
