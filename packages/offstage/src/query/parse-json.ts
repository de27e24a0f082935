// Questions as JSON or TypeScript objects, to trees. `parse-url.ts` reads the same from a URL.

import { OffstageError } from '../base/errors.ts'
import { isStorableText } from '../base/json.ts'
import { nearest } from '../base/nearest.ts'
import { isPlain } from '../base/realms.ts'
import { searchWords } from '../schema/normalise.ts'
import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'
import { and, always, never } from './build.ts'
import { callerLimits, systemLimits, type Limits } from './limits.ts'
import { allEyes, callerEyes, columnOf, fieldOf, modelOf, quote, targetOf, unknownField, type Eyes } from './names.ts'
import { entries, parseWhere, type MeWords, type Parsing } from './parse-filter.ts'
import type { Filter, Include, Query, Selected, Shape, Sort, Term } from './tree.ts'

export interface ParseOptions {
  /** Code that acts as the system: wider limits, hidden fields may be named in filters, and shown by `reveal`. Default false. */
  readonly trusted?: boolean
  /** What this caller may name (`eyesOf(policies, principal)`). Default: everything but hidden fields, or all for the system. */
  readonly eyes?: Eyes
  readonly limits?: Limits
  /** How the asker may be named (`callerWords`). Default: not at all. */
  readonly me?: MeWords
}

export function startParsing(
  registry: Registry,
  model: string,
  options: ParseOptions,
): { readonly parsing: Parsing; readonly def: ModelDef } {
  const def = modelOf(registry, model)
  const eyes = options.eyes ?? (options.trusted ? allEyes : callerEyes(registry))
  eyes.model(def)
  const limits = options.limits ?? (options.trusted ? systemLimits : callerLimits)
  return { parsing: { registry, eyes, limits, ...(options.me && { me: options.me }), terms: 0, includes: 0 }, def }
}

export function parseFilter(registry: Registry, model: string, where: unknown, options: ParseOptions = {}): Filter {
  const { parsing, def } = startParsing(registry, model, options)
  return parseWhere(parsing, def, where)
}

/** `{ where, include, select, sort, limit, offset, after, count, search }`, and `reveal` for the system. */
export function parseQuery(registry: Registry, model: string, query: unknown = {}, options: ParseOptions = {}): Query {
  const { parsing, def } = startParsing(registry, model, options)
  return readQuery(parsing, def, query, options.trusted === true)
}

const queryKeys = new Set(['where', 'include', 'select', 'sort', 'limit', 'offset', 'after', 'count', 'search'])

export function readQuery(parsing: Parsing, def: ModelDef, query: unknown, trusted: boolean): Query {
  const given = new Map(entries(query, 'A query'))
  for (const key of given.keys()) if (!queryKeys.has(key) && !(key === 'reveal' && trusted)) throw unknownKey(key, queryKeys)
  const where = given.has('where') ? parseWhere(parsing, def, given.get('where')) : always
  const search = given.has('search') ? parseSearch(parsing, def, given.get('search')) : always
  const ranked = search.is === 'search' && !given.has('sort')
  return {
    ...parseShape(parsing, def, given, 0, trusted),
    where: and([where, search]),
    sort: [...(ranked ? [byRank(def, search)] : []), ...parseSort(parsing, def, given.get('sort'))],
    limit: parseLimit(given.get('limit'), parsing.limits.maxPageSize) ?? parsing.limits.pageSize,
    ...parsePlace(given, parsing.limits.maxOffset),
    count: parseFlag('count', given.get('count')),
  }
}

function parseShape(parsing: Parsing, def: ModelDef, given: ReadonlyMap<string, unknown>, depth: number, trusted: boolean): Shape {
  return {
    model: def.name,
    select: parseSelect(parsing, def, given.get('select'), trusted ? given.get('reveal') : undefined),
    include: given.has('include') ? parseInclude(parsing, def, given.get('include'), depth) : [],
  }
}

/** Hidden fields are shown only where `reveal` names them. The order is that of the columns, so that equal questions are equal trees. */
export function parseSelect(parsing: Parsing, def: ModelDef, select: unknown, reveal?: unknown): readonly Selected[] {
  if (select === undefined && reveal === undefined) return []
  const wanted = new Set<FieldDef>()
  if (select === undefined) for (const field of def.columns) if (!field.hidden) wanted.add(field)
  for (const name of select === undefined ? [] : names('select', select)) {
    const field = columnOf(def, name, parsing.eyes)
    if (field.hidden) throw unknownField(def.name, name)
    wanted.add(field)
  }
  for (const name of reveal === undefined ? [] : names('reveal', reveal)) wanted.add(columnOf(def, name, parsing.eyes))
  return def.columns.filter((field) => wanted.has(field)).map((field) => ({ field: field.name }))
}

function names(key: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')) return value
  throw badParameter(`'${key}' takes a list of field names, such as ['id', 'title'].`)
}

export function parseSort(parsing: Parsing, def: ModelDef, sort: unknown): readonly Sort[] {
  const keys = sort === undefined ? [] : typeof sort === 'string' ? [sort] : sort
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw badParameter("'sort' takes a field name, '-' before it for descending, or a list of these: ['-publishedAt', 'author.name'].")
  }
  if (keys.length > parsing.limits.sortKeys)
    throw badParameter(`'sort' takes at most ${parsing.limits.sortKeys} keys; ${keys.length} were given.`)
  const sorts: Sort[] = []
  for (const key of keys as string[]) {
    const desc = key.startsWith('-')
    const { term, field } = parseTerm(parsing, def, desc ? key.slice(1) : key)
    if (!field.kind.sortable) throw badParameter(`${field.model}.${field.name} is ${field.kind.name}, which cannot be sorted by.`)
    sorts.push({ term, desc })
    // The id decides every tie: what comes after it says nothing.
    if (isId(def, term)) return sorts
  }
  return [...sorts, { term: { through: [], field: def.columns[0]!.name }, desc: sorts.at(-1)?.desc ?? false }]
}

function isId(def: ModelDef, term: Term): boolean {
  return term.through.length === 0 && term.field === def.columns[0]!.name
}

/** `views`, or through references: `author.team.name`. */
export function parseTerm(parsing: Parsing, def: ModelDef, path: string): { readonly term: Term; readonly field: FieldDef } {
  const steps = path.split('.')
  if (steps.length - 1 > parsing.limits.includeDepth)
    throw badParameter(`${quote(path)} follows ${steps.length - 1} references; ${parsing.limits.includeDepth} are allowed.`)
  parsing.includes += steps.length - 1
  if (parsing.includes > parsing.limits.includes) throw badParameter(`A question may follow ${parsing.limits.includes} references in all.`)
  const through: { field: string }[] = []
  let model = def
  for (const step of steps.slice(0, -1)) {
    const reference = columnOf(model, step, parsing.eyes)
    model = targetOf(parsing.registry, reference, parsing.eyes)
    through.push({ field: step })
  }
  const field = columnOf(model, steps.at(-1)!, parsing.eyes)
  return { term: { through, field: field.name }, field }
}

export function parseInclude(parsing: Parsing, def: ModelDef, include: unknown, depth: number): readonly Include[] {
  if (!isPlain(include)) throw badParameter("'include' takes an object such as { author: true, comments: { limit: 10 } }.")
  const list = entries(include, 'include')
  if (list.length > 0 && depth >= parsing.limits.includeDepth)
    throw badParameter(`Includes may nest ${parsing.limits.includeDepth} levels deep.`)
  return list.map(([as, value]) => {
    if (++parsing.includes > parsing.limits.includes) throw badParameter(`A query may hold ${parsing.limits.includes} includes.`)
    return oneInclude(parsing, def, as, value, depth + 1)
  })
}

const listKeys = ['of', 'include', 'select', 'where', 'sort', 'limit', 'count', 'exists']
const referenceKeys = ['of', 'include', 'select']

function oneInclude(parsing: Parsing, def: ModelDef, as: string, value: unknown, depth: number): Include {
  if (value !== true && value !== 'count' && value !== 'exists' && !isPlain(value)) {
    throw badParameter(`include.${printableName(as)} takes true, 'count', or an object with some of: ${listKeys.join(' ')}.`)
  }
  const given = new Map(
    typeof value === 'object' ? entries(value, `include.${printableName(as)}`) : value === true ? [] : [[value, true] as const],
  )
  const field = includedField(parsing, def, as, given.get('of'))
  const target = targetOf(parsing.registry, field, parsing.eyes)
  const known = field.kind.name === 'many' ? listKeys : referenceKeys
  for (const key of given.keys()) if (!known.includes(key)) throw unknownKey(key, known)
  if (given.has('count') || given.has('exists')) return countInclude(parsing, target, field, as, given)
  const shape = parseShape(parsing, target, given, depth, false)
  if (field.kind.name === 'ref') return { kind: 'one', as, field: field.name, shape }
  const query: Query = {
    ...shape,
    where: given.has('where') ? parseWhere(parsing, target, given.get('where')) : always,
    sort: parseSort(parsing, target, given.get('sort')),
    limit: parseLimit(given.get('limit'), 1_000),
    count: false,
  }
  return { kind: 'many', as, field: field.name, query }
}

/** The relation shown, and under which name: its own, or another with `of`. */
function includedField(parsing: Parsing, def: ModelDef, as: string, of: unknown): FieldDef {
  if (of === undefined) return fieldOf(def, as, parsing.eyes)
  if (typeof of !== 'string') throw badParameter(`include.${printableName(as)}.of takes the name of a relation.`)
  if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(as))
    throw badParameter(`${quote(as)} is no name for an include; use letters and digits, beginning with a small letter.`)
  const taken = def.fields.get(as)
  if (taken && as !== of && parsing.eyes.field(taken))
    throw badParameter(`include.${as} would hide the field ${def.name}.${as}; choose another name.`)
  return fieldOf(def, of, parsing.eyes)
}

function countInclude(parsing: Parsing, target: ModelDef, field: FieldDef, as: string, given: ReadonlyMap<string, unknown>): Include {
  const kind = given.has('count') ? 'count' : 'exists'
  for (const key of given.keys())
    if (key !== 'of' && key !== kind) throw badParameter(`include.${as} asks for '${kind}'; '${key}' cannot stand beside it.`)
  const where = given.get(kind)
  return { kind, as, field: field.name, where: where === true ? always : parseWhere(parsing, target, where) }
}

type Search = Extract<Filter, { is: 'search' }>

/** A text without a word finds nothing. */
export function parseSearch(parsing: Parsing, def: ModelDef, text: unknown): Filter {
  const fields = searchable(def).filter((field) => parsing.eyes.field(field))
  if (fields.length === 0) throw new OffstageError('unknown_parameter', { detail: `${def.name} has no field to search in.` })
  const { searchLength, searchWords: most } = parsing.limits
  const expected = `'search' takes a text of at most ${searchLength} characters.`
  if (typeof text !== 'string') throw badParameter(expected)
  if (!isStorableText(text) || text.length > searchLength) throw new WrongWords('invalid_filter', expected)
  const words = searchWords(text)
  if (words.length === 0) return never
  if (words.length > most) {
    throw new WrongWords(
      'invalid_filter',
      `'search' takes at most ${most} different words; ${words.length} were given. The first ${most} are: ${words.slice(0, most).join(' ')}`,
    )
  }
  return { is: 'search', fields: fields.map((field) => field.name), words }
}

const searchable = (def: ModelDef): readonly FieldDef[] => def.columns.filter((field) => field.searchable)

/** The best first. Fields count as they were declared, whatever this caller sees of them: the first the most. */
function byRank(def: ModelDef, { fields, words }: Search): Sort {
  const weights = new Map(searchable(def).map((field, index, all) => [field.name, all.length - index]))
  const rank = { words, fields: fields.map((field) => ({ field, weight: weights.get(field)! })) }
  return { term: { through: [], field: def.columns[0]!.name, rank }, desc: true }
}

export function parseLimit(limit: unknown, max: number): number | undefined {
  if (limit === undefined) return undefined
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > max)
    throw badParameter(`'limit' takes a whole number from 1 to ${max}.`)
  return limit
}

/** Where the page begins: after a row that was seen, or after so many. */
function parsePlace(given: ReadonlyMap<string, unknown>, max: number): Pick<Query, 'cursor' | 'offset'> {
  const offset = given.get('offset')
  if (offset !== undefined && (typeof offset !== 'number' || !Number.isInteger(offset) || offset < 0 || offset > max))
    throw badParameter(`'offset' takes a whole number from 0 to ${max}; further on go with 'after', the 'next' of the page before.`)
  if (!given.has('after')) return offset ? { offset } : {}
  if (offset !== undefined) throw badParameter("'after' and 'offset' cannot stand together: 'after' says where to go on already.")
  return { cursor: parseCursor(given.get('after')) }
}

function parseFlag(key: string, value: unknown): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw badParameter(`'${key}' takes true or false.`)
  return value ?? false
}

function parseCursor(after: unknown): string {
  const expected = "'after' takes the `next` of an earlier answer."
  if (typeof after !== 'string') throw new OffstageError('invalid_cursor', { detail: expected })
  if (after === '' || after.length > 8_000) throw new WrongWords('invalid_cursor', expected)
  return after
}

/**
 * A text that somebody typed or kept, and that no declaration of an input could have refused: which texts are zones, cursors or searches is
 * known here alone. So it stays that of whoever sent it, whichever code passed it on.
 */
export class WrongWords extends OffstageError {
  constructor(code: 'invalid_filter' | 'invalid_cursor', detail: string) {
    super(code, { detail })
  }
}

export function badParameter(detail: string): OffstageError {
  return new OffstageError('invalid_filter', { detail })
}

export function unknownKey(key: string, known: Iterable<string>): OffstageError {
  const near = nearest(key, known)
  const meant = near === undefined ? '' : ` Did you mean '${near}'?`
  return new OffstageError('unknown_parameter', { detail: `${quote(key)} is not known here; known are: ${[...known].join(' ')}.${meant}` })
}

function printableName(name: string): string {
  return quote(name).slice(1, -1)
}
