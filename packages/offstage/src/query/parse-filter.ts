// Filters as JSON or TypeScript objects, to trees.

import { OffstageError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { isDate, isPlain } from '../base/realms.ts'
import { ValueError, type Json, type Operator, type Scalar } from '../schema/kind.ts'
import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'
import { and, equal, isIn, not, or, some } from './build.ts'
import type { Limits } from './limits.ts'
import { fieldOf, quote, targetOf, type Eyes } from './names.ts'
import type { Filter, MeValue, Operand } from './tree.ts'

/** How the caller is named: in declared rules, and in what the app's own code asks. Absent for questions from outside. */
export interface MeWords {
  /** `me`, `me.x` */
  value(input: unknown, field: FieldDef): MeValue | undefined
  /** `me.is(...)` */
  condition(input: unknown): Filter | undefined
  /** What a whole filter becomes for the caller. Absent in rules, which wait for theirs. */
  bind?(filter: Filter): Filter
}

export interface Parsing {
  readonly registry: Registry
  readonly eyes: Eyes
  readonly limits: Limits
  readonly me?: MeWords
  /** Comparisons and includes so far, in the whole question. */
  terms: number
  includes: number
}

const words = new Set(['and', 'or', 'not'])
const comparisons = new Set(['lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith'])
/** On an object under a reference these speak of the id; every other key is a field of the row referred to. */
const referenceWords = new Set(['in', 'notIn', 'null'])

export function invalid(detail: string): OffstageError {
  return new OffstageError('invalid_filter', { detail })
}

export function parseWhere(parsing: Parsing, model: ModelDef, where: unknown): Filter {
  const filter = parseInner(parsing, model, where, 0)
  return parsing.me?.bind?.(filter) ?? filter
}

function parseInner(parsing: Parsing, model: ModelDef, where: unknown, depth: number): Filter {
  const condition = parsing.me?.condition(where)
  if (condition) return condition
  if (depth > parsing.limits.filterNesting)
    throw invalid(`A filter may nest ${parsing.limits.filterNesting} levels deep; this one nests deeper.`)
  return parsePairs(parsing, model, entries(where, `A filter on ${model.name}`), depth)
}

function parsePairs(parsing: Parsing, model: ModelDef, pairs: readonly (readonly [string, unknown])[], depth: number): Filter {
  return and(
    pairs.map(([key, value]) =>
      words.has(key)
        ? combined(parsing, model, key, value, depth + 1)
        : onField(parsing, model, fieldOf(model, key, parsing.eyes), value, depth + 1),
    ),
  )
}

function combined(parsing: Parsing, model: ModelDef, word: string, value: unknown, depth: number): Filter {
  if (word === 'not') return not(parseInner(parsing, model, value, depth))
  if (!Array.isArray(value)) throw invalid(`'${word}' takes a list of filters; write ${word}: [{ … }, { … }].`)
  if (value.length > parsing.limits.filterTerms) throw tooMany(parsing)
  const parts = Array.from(value, (part) => parseInner(parsing, model, part, depth))
  return word === 'and' ? and(parts) : or(parts)
}

function onField(parsing: Parsing, model: ModelDef, field: FieldDef, value: unknown, depth: number): Filter {
  if (field.kind.name === 'many') return onList(parsing, field, value, depth)
  if (!isOptions(parsing, field, value)) return same(parsing, field, value)
  if (field.kind.name === 'json') return onJson(parsing, model, field, value, depth)
  if (field.kind.name === 'ref') return onReference(parsing, field, value, depth)
  const list = entries(value, pathOf(field))
  if (list.length === 0) throw invalid(`${pathOf(field)} has no operator; write a value, or one such as { not: … } or { in: [ … ] }.`)
  return and(list.map(([key, operand]) => operator(parsing, model, field, key, operand, depth)))
}

/** An object of operators, as against a value. */
function isOptions(parsing: Parsing, field: FieldDef, value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isDate(value) && !parsing.me?.value(value, field)
}

/** `{ field: value }`: equal to it, or without a value. */
function same(parsing: Parsing, field: FieldDef, value: unknown): Filter {
  if (value === null) {
    count(parsing)
    return { is: 'null', field: field.name }
  }
  allow(field, 'eq', 'a plain value')
  return compare(parsing, field, value)
}

function compare(parsing: Parsing, field: FieldDef, value: unknown): Filter {
  count(parsing)
  return equal(field.name, operandOf(parsing, field, value))
}

function operator(parsing: Parsing, model: ModelDef, field: FieldDef, key: string, value: unknown, depth: number): Filter {
  if (depth > parsing.limits.filterNesting)
    throw invalid(`A filter may nest ${parsing.limits.filterNesting} levels deep; this one nests deeper.`)
  if (key === 'not')
    return not(isOptions(parsing, field, value) ? onField(parsing, model, field, value, depth + 1) : same(parsing, field, value))
  if (key === 'null') return isNull(parsing, field, value)
  if (key === 'in' || key === 'notIn') {
    const found = among(parsing, field, key, value)
    return key === 'in' ? found : not(found)
  }
  if (key === 'eq') throw invalid(`'eq' is for URLs (${field.name}.eq=…); here the value stands by itself: { ${field.name}: … }.`)
  if (!comparisons.has(key)) throw unknownOperator(field, key)
  const op = key as Extract<Operator, 'lt' | 'lte' | 'gt' | 'gte' | 'contains' | 'startsWith' | 'endsWith'>
  allow(field, op, `'${key}'`)
  count(parsing)
  if (value === null)
    throw invalid(
      `${pathOf(field)}.${key} is null; nothing is before, after or within null. Write { null: true } to find rows without a value.`,
    )
  return { is: 'compare', field: field.name, op, value: operandOf(parsing, field, value) }
}

export function isNull(parsing: Parsing, field: FieldDef, value: unknown): Filter {
  count(parsing)
  if (typeof value !== 'boolean') throw invalid(`${pathOf(field)}.null takes true or false.`)
  const found: Filter = { is: 'null', field: field.name }
  return value ? found : not(found)
}

function among(parsing: Parsing, field: FieldDef, key: string, value: unknown): Filter {
  allow(field, 'in', `'${key}'`)
  count(parsing)
  if (!Array.isArray(value)) throw invalid(`${pathOf(field)}.${key} takes a list of values.`)
  if (value.length > parsing.limits.inItems)
    throw invalid(`${pathOf(field)}.${key} takes at most ${parsing.limits.inItems} values; ${value.length} were given.`)
  return isIn(
    field.name,
    Array.from(value, (item) => {
      if (item === null)
        throw invalid(
          `${pathOf(field)}.${key} holds null, which nothing equals. Write or: [{ ${field.name}: null }, …] to find rows without a value as well.`,
        )
      return operandOf(parsing, field, item)
    }),
  )
}

function onReference(parsing: Parsing, field: FieldDef, value: object, depth: number): Filter {
  const target = targetOf(parsing.registry, field, parsing.eyes)
  const own: Filter[] = []
  const inner: [string, unknown][] = []
  for (const [key, operand] of entries(value, pathOf(field))) {
    // `not` with an object is a filter on the row referred to: `some` of `not`, so the row must be there.
    if (referenceWords.has(key) || (key === 'not' && !isOptions(parsing, field, operand)))
      own.push(operator(parsing, target, field, key, operand, depth))
    else inner.push([key, operand])
  }
  if (inner.length === 0 && own.length > 0) return and(own)
  count(parsing)
  return and([...own, some(field.name, parsePairs(parsing, target, inner, depth))])
}

function onList(parsing: Parsing, field: FieldDef, value: unknown, depth: number): Filter {
  const target = targetOf(parsing.registry, field, parsing.eyes)
  const list = typeof value === 'object' && value !== null ? entries(value, pathOf(field)) : []
  if (list.length === 0) throw invalid(`${pathOf(field)} is a list; write { some: { … } }, { none: { … } } or { every: { … } }.`)
  return and(
    list.map(([key, inner]) => {
      if (key !== 'some' && key !== 'none' && key !== 'every') throw unknownOperator(field, key)
      count(parsing)
      return quantified(field, key, parseInner(parsing, target, inner, depth))
    }),
  )
}

export function quantified(field: FieldDef, key: 'some' | 'none' | 'every', where: Filter): Filter {
  if (key === 'every') return not(some(field.name, not(where)))
  return key === 'none' ? not(some(field.name, where)) : some(field.name, where)
}

function onJson(parsing: Parsing, model: ModelDef, field: FieldDef, value: object, depth: number): Filter {
  let path: readonly string[] = []
  const parts: Filter[] = []
  for (const [key, operand] of entries(value, pathOf(field))) {
    if (key === 'path') path = jsonPath(field, operand)
  }
  for (const [key, operand] of entries(value, pathOf(field))) {
    if (key === 'path') continue
    if (key === 'not' || key === 'null') parts.push(operator(parsing, model, field, key, operand, depth))
    else parts.push(jsonTest(parsing, field, path, key, operand))
  }
  if (parts.length === 0)
    throw invalid(`${pathOf(field)} is JSON; write { path: 'a.b', equals: … }, { path, exists: true } or { path, contains: … }.`)
  return and(parts)
}

function jsonTest(parsing: Parsing, field: FieldDef, path: readonly string[], key: string, operand: unknown): Filter {
  if (key !== 'equals' && key !== 'exists' && key !== 'contains') throw unknownOperator(field, key)
  allow(field, 'json', `'${key}'`)
  count(parsing)
  if (key === 'exists') {
    if (typeof operand !== 'boolean') throw invalid(`${pathOf(field)}.exists takes true or false.`)
    const found: Filter = { is: 'json', field: field.name, path, op: 'exists', value: true }
    return operand ? found : not(found)
  }
  return { is: 'json', field: field.name, path, op: key, value: jsonScalar(field, key, operand) }
}

/** Objects and lists are not compared: databases disagree on what makes two of them equal. */
function jsonScalar(field: FieldDef, key: string, value: unknown): Json {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value
  if (typeof value === 'string' && value.isWellFormed() && !value.includes('\0')) return value
  throw invalid(`${pathOf(field)}.${key} takes a text, a number, true, false or null.`)
}

function jsonPath(field: FieldDef, value: unknown): readonly string[] {
  const path: unknown[] = typeof value === 'string' ? value.split('.') : Array.isArray(value) ? Array.from(value) : [undefined]
  // MariaDB finds no key that begins with a dash.
  if (path.length > 16 || !path.every((part) => typeof part === 'string' && /^[\p{L}\p{N}_][\p{L}\p{N}_-]{0,63}$/u.test(part))) {
    throw invalid(
      `${pathOf(field)}.path names keys of objects, such as 'address.city': at most 16, of letters, digits, '_' and, not at the beginning, '-'.`,
    )
  }
  return path as string[]
}

function operandOf(parsing: Parsing, field: FieldDef, value: unknown): Operand {
  if (value === undefined) throw missing(pathOf(field))
  const own = parsing.me?.value(value, field)
  if (own) return own
  return readValue(field, () => field.kind.readOperand(value, field.options))
}

/** Turns what a kind says of a value into the answer's words. */
export function readValue(field: FieldDef, read: () => Json): Scalar {
  try {
    return read() as Scalar
  } catch (error) {
    if (error instanceof ValueError) throw invalid(`The value for ${pathOf(field)} does not fit: ${error.message}`)
    throw error
  }
}

export function allow(field: FieldDef, operator: Operator, what: string): void {
  if (!field.kind.operators.includes(operator))
    throw invalid(`${pathOf(field)} is ${field.kind.name}, which cannot be compared by ${what}.`)
}

export function count(parsing: Parsing): void {
  if (++parsing.terms > parsing.limits.filterTerms) throw tooMany(parsing)
}

function tooMany(parsing: Parsing): OffstageError {
  return invalid(`A question may hold ${parsing.limits.filterTerms} comparisons; this one holds more.`)
}

export function unknownOperator(field: FieldDef, key: string): OffstageError {
  const list =
    field.kind.name === 'many'
      ? 'some none every'
      : field.kind.name === 'json'
        ? 'path equals exists contains not null'
        : ['not', 'null', ...field.kind.operators.flatMap((op) => (op === 'eq' ? [] : op === 'in' ? ['in', 'notIn'] : [op]))].join(' ')
  const near = nearest(key, list.split(' '))
  return invalid(`${pathOf(field)} has no operator ${quote(key)}; it has: ${list}.${near === undefined ? '' : ` Did you mean '${near}'?`}`)
}

function missing(what: string): OffstageError {
  return invalid(`${what} is undefined. Leave the key out, or compare with null.`)
}

function pathOf(field: FieldDef): string {
  return `${field.model}.${field.name}`
}

/** The own keys of a plain object, in order. What has a class, or is no object, is not read as one. */
export function entries(value: unknown, what: string): [string, unknown][] {
  if (value === undefined) throw missing(what)
  if (!isPlain(value)) throw invalid(`${what} takes an object such as { name: value }.`)
  const list = Object.entries(value)
  for (const [key, inner] of list) if (inner === undefined) throw missing(`${what}: ${quote(key)}`)
  return list
}
