// Trees back to what a person would write: for logs, `explain`, and the proof that all forms say the same.

import type { Json } from '../schema/kind.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { isMe } from './build.ts'
import { urlWords } from './parse-url.ts'
import type { Aggregate, Filter, Group, Include, Operand, Query, Sort, Term } from './tree.ts'

type Plain = { [key: string]: Json }

/** A filter as JSON. Rules show `me` as `{ me: 'team' }`; what only the framework can say appears as `{ $exists: … }`. */
export function printFilter(registry: Registry, model: ModelDef, filter: Filter): Plain {
  switch (filter.is) {
    case 'true':
      return {}
    case 'false':
      return { or: [] }
    case 'and':
    case 'or':
      return { [filter.is]: filter.of.map((part) => printFilter(registry, model, part)) }
    case 'not':
      return { not: printFilter(registry, model, filter.of) }
    case 'compare':
      return { [filter.field]: filter.op === 'eq' ? operand(filter.value) : { [filter.op]: operand(filter.value) } }
    case 'in':
      return { [filter.field]: { in: filter.values.map(operand) } }
    case 'null':
      return { [filter.field]: null }
    case 'json':
      return { [filter.field]: { path: filter.path, [filter.op]: filter.value } }
    case 'some': {
      const field = model.fields.get(filter.field)!
      const where = printFilter(registry, registry.models.get(field.target!)!, filter.where)
      return { [filter.field]: field.kind.name === 'many' ? { some: where } : where }
    }
    case 'search':
      return { $search: filter.words.join(' ') }
    case 'exists':
      return { $exists: { [filter.model]: printFilter(registry, registry.models.get(filter.model)!, filter.where) } }
    case 'me':
      return { $me: printFilter(registry, registry.user!, filter.where) }
  }
}

function operand(value: Operand): Json {
  return isMe(value) ? { me: value.me.join('.') } : value
}

/** The body of `POST /api/<model>/query`. The tree as it was parsed, before authorise. */
export function printQuery(registry: Registry, query: Query): Plain {
  const model = registry.models.get(query.model)!
  const { where, search } = apart(query.where)
  return {
    ...(where.is === 'true' ? {} : { where: printFilter(registry, model, where) }),
    ...printParts(registry, model, query),
    limit: query.limit!,
    ...(query.offset === undefined ? {} : { offset: query.offset }),
    ...(query.cursor === undefined ? {} : { after: query.cursor }),
    ...(query.count ? { count: true } : {}),
    ...(search === undefined ? {} : { search }),
  }
}

/** A search stands beside the filter, not in it: the last part of the whole. */
function apart(where: Filter): { readonly where: Filter; readonly search: string | undefined } {
  if (where.is === 'search') return { where: { is: 'true' }, search: where.words.join(' ') }
  const last = where.is === 'and' ? where.of.at(-1)! : undefined
  if (where.is !== 'and' || last?.is !== 'search') return { where, search: undefined }
  return { where: where.of.length === 2 ? where.of[0]! : { is: 'and', of: where.of.slice(0, -1) }, search: last.words.join(' ') }
}

function printParts(
  registry: Registry,
  model: ModelDef,
  query: Pick<Query, 'select' | 'include'> & { readonly sort?: readonly Sort[] },
): Plain {
  return {
    ...(query.select.length === 0 ? {} : { select: query.select.map(({ field }) => field) }),
    ...(query.include.length === 0
      ? {}
      : { include: Object.fromEntries(query.include.map((include) => [include.as, printInclude(registry, model, include)])) }),
    // By rank is what a search is sorted by where nothing is asked.
    ...(query.sort && !query.sort[0]?.term.rank ? { sort: query.sort.map(({ term, desc }) => (desc ? '-' : '') + printTerm(term)) } : {}),
  }
}

export function printTerm(term: Term): string {
  return [...term.through.map(({ field }) => field), term.field].join('.')
}

function printInclude(registry: Registry, model: ModelDef, include: Include): Json {
  const target = registry.models.get(model.fields.get(include.field)!.target!)!
  const of = include.as === include.field ? {} : { of: include.field }
  if (include.kind === 'one') return { ...of, ...printParts(registry, target, include.shape) }
  if (include.kind !== 'many') return { ...of, [include.kind]: printFilter(registry, target, include.where) }
  const { query } = include
  return {
    ...of,
    ...(query.where.is === 'true' ? {} : { where: printFilter(registry, target, query.where) }),
    ...printParts(registry, target, query),
    ...(query.limit === undefined ? {} : { limit: query.limit }),
  }
}

/** The same as what follows `?` in a URL: plain leaves bare, the rest as `where=<json>` and `include=<json>`. */
export function printUrlQuery(registry: Registry, query: Query): string {
  const model = registry.models.get(query.model)!
  const { where: _, include, select, sort, search, ...rest } = printQuery(registry, query)
  return encode([
    ...printWhere(registry, model, apart(query.where).where),
    ...(select ? [['select', (select as string[]).join(',')] as const] : []),
    ...(include ? [['include', JSON.stringify(include)] as const] : []),
    ...(sort ? [['sort', (sort as string[]).join(',')] as const] : []),
    ...(search === undefined ? [] : [['search', search as string] as const]),
    ...Object.entries(rest).map(([key, value]) => [key, String(value)] as const),
  ])
}

type Parameter = readonly [string, string]

function encode(parameters: readonly Parameter[]): string {
  return parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
}

/** The leading leaves that can stand bare, then what is left. */
function printWhere(registry: Registry, model: ModelDef, where: Filter): readonly Parameter[] {
  const parts = where.is === 'and' ? where.of : where.is === 'true' ? [] : [where]
  const bare: Parameter[] = []
  let taken = 0
  for (const part of parts) {
    const leaf = printLeaf(registry, model, part)?.map(([name, value]) => [urlWords.has(name) ? `${name}.eq` : name, value] as const)
    if (!leaf || bare.some(([name]) => name === leaf[0]![0])) break
    bare.push(...leaf)
    taken++
  }
  const left = parts.slice(taken)
  if (left.length === 0) return bare
  return [...bare, ['where', JSON.stringify(printFilter(registry, model, left.length === 1 ? left[0]! : { is: 'and', of: left }))]]
}

/** One leaf as parameters of one name; undefined when only JSON can say it. */
function printLeaf(registry: Registry, model: ModelDef, filter: Filter): readonly Parameter[] | undefined {
  switch (filter.is) {
    case 'compare':
      return [[filter.op === 'eq' ? filter.field : `${filter.field}.${filter.op}`, String(filter.value)]]
    case 'in':
      return filter.values.map((value) => [`${filter.field}.in`, String(value)])
    case 'null':
      return [[`${filter.field}.null`, 'true']]
    case 'not':
      return printNegated(filter.of)
    case 'some': {
      const field = model.fields.get(filter.field)!
      const inner = printLeaf(registry, registry.models.get(field.target!)!, filter.where)
      const prefix = field.kind.name === 'many' ? `${filter.field}.some` : filter.field
      // `author.in`, `author.not` speak of the author's id: an id of the row referred to keeps its own name, so nothing is confused.
      return inner?.map(([name, value]) => [`${prefix}.${name}`, value])
    }
    default:
      return undefined
  }
}

function printNegated(filter: Filter): readonly Parameter[] | undefined {
  if (filter.is === 'null') return [[`${filter.field}.null`, 'false']]
  if (filter.is === 'compare' && filter.op === 'eq') return [[`${filter.field}.not`, String(filter.value)]]
  return filter.is === 'in' ? filter.values.map((value) => [`${filter.field}.notIn`, String(value)]) : undefined
}

export function printAggregate(registry: Registry, aggregate: Aggregate): Plain {
  const model = registry.models.get(aggregate.model)!
  const { where, search } = apart(aggregate.where)
  const zone = aggregate.group.find(({ bucket }) => bucket && bucket.zone !== 'UTC')?.bucket?.zone
  return {
    ...(where.is === 'true' ? {} : { where: printFilter(registry, model, where) }),
    ...(search === undefined ? {} : { search }),
    ...(aggregate.group.length === 0 ? {} : { group: aggregate.group.map(printGroup) }),
    ...(zone === undefined ? {} : { zone }),
    ...(aggregate.measures.length === 0
      ? {}
      : {
          measures: Object.fromEntries(aggregate.measures.map(({ as, fn, term }) => [as, term ? { [fn]: printTerm(term) } : fn])),
        }),
    ...(aggregate.having.is === 'true' ? {} : { having: printHaving(aggregate.having) }),
    ...(aggregate.sort.length === 0 ? {} : { sort: aggregate.sort.map(({ as, desc }) => (desc ? '-' : '') + as) }),
    ...(aggregate.limit === undefined ? {} : { limit: aggregate.limit }),
  }
}

function printGroup({ term, bucket }: Group): Json {
  return bucket ? { [printTerm(term)]: bucket.unit } : printTerm(term)
}

function printHaving(filter: Filter): Plain {
  switch (filter.is) {
    case 'and':
    case 'or':
      return { [filter.is]: filter.of.map(printHaving) }
    case 'not':
      return { not: printHaving(filter.of) }
    case 'compare':
      return { [filter.field]: filter.op === 'eq' ? operand(filter.value) : { [filter.op]: operand(filter.value) } }
    case 'in':
      return { [filter.field]: { in: filter.values.map(operand) } }
    case 'null':
      return { [filter.field]: null }
    case 'false':
      return { or: [] }
    default:
      return {}
  }
}

export function printUrlAggregate(registry: Registry, aggregate: Aggregate): string {
  const model = registry.models.get(aggregate.model)!
  const { where: _, group, measures, having, sort, ...rest } = printAggregate(registry, aggregate)
  const names = (group as Json[] | undefined)?.map((item) =>
    typeof item === 'string' ? item : Object.entries(item as Plain)[0]!.join('.'),
  )
  return encode([
    ...printWhere(registry, model, apart(aggregate.where).where),
    ...(names ? [['group', names.join(',')] as const] : []),
    ...(measures ? [['measures', JSON.stringify(measures)] as const] : []),
    ...(having ? [['having', JSON.stringify(having)] as const] : []),
    ...(sort ? [['sort', (sort as string[]).join(',')] as const] : []),
    ...Object.entries(rest).map(([key, value]) => [key, String(value)] as const),
  ])
}
