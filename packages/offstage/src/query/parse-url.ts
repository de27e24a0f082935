// Questions as URL parameters, to the same trees. Bare parameters (`views.gte=10`, `author.name=Ada`, `lines.some.price.gt=5`) are
// leaves joined by AND; `where=<json>` and `include=<json>` say everything else. A parameter with a meaning of its own
// (`sort`, `limit`, ...) has it even where a field has the same name: `limit=5` is the parameter, `limit.eq=5` the field. So it is
// with the words of aggregates in lists too, and the other way round: no parameter means one thing here and another there.
//
// An aggregate: ?status=paid&group=status,placedAt.month&zone=Europe/Berlin&sum=total&count=true&having={"sum_total":{"gte":"10"}}&sort=-sum_total
// `sum=total` is called `sum_total`, `count=true` is `count`; `measures=<json>` gives other names.

import { OffstageError } from '../base/errors.ts'
import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'
import { bucketUnits } from './buckets.ts'
import { and, equal, isIn, not, some } from './build.ts'
import { fieldOf, quote, targetOf, unknownField } from './names.ts'
import { Parameters, parseJson } from './parameters.ts'
import { readAggregate } from './parse-aggregate.ts'
import { allow, count, invalid, isNull, quantified, readValue, unknownOperator, type Parsing } from './parse-filter.ts'
import { readQuery, startParsing, unknownKey, type ParseOptions } from './parse-json.ts'
import type { Aggregate, CompareOp, Filter, Query } from './tree.ts'

/** What a bare name in a URL can mean other than a field. */
export const urlWords: ReadonlySet<string> = new Set(
  'where include select sort limit offset after count search group zone measures having countDistinct sum avg min max'.split(' '),
)

/** `query` is what follows the question mark, as it was sent. */
export function parseUrlQuery(registry: Registry, model: string, query: string, options: ParseOptions = {}): Query {
  const { parsing, def } = startParsing(registry, model, options)
  const given = new Parameters(query)
  const json = present({
    where: given.json('where'),
    include: readInclude(given.take('include'), parsing.limits.includeDepth),
    select: given.list('select'),
    sort: given.list('sort'),
    limit: given.number('limit'),
    offset: given.number('offset'),
    after: given.take('after'),
    count: given.flag('count'),
    search: given.take('search'),
  })
  const bare = parseBare(parsing, def, given)
  const read = readQuery(parsing, def, json, false)
  return { ...read, where: and([bare, read.where]) }
}

const shapeKeys = ['select', 'include']

/** For one row (`GET /api/<model>/<id>`): `select` and `include`, and nothing else. */
export function parseUrlShape(registry: Registry, model: string, query: string, options: ParseOptions = {}): Query {
  for (const [name] of new Parameters(query).rest()) if (!shapeKeys.includes(name)) throw unknownKey(name, shapeKeys)
  return parseUrlQuery(registry, model, query, options)
}

export function parseUrlAggregate(registry: Registry, model: string, query: string, options: ParseOptions = {}): Aggregate {
  const { parsing, def } = startParsing(registry, model, options)
  const given = new Parameters(query)
  const json = present({
    where: given.json('where'),
    group: given.list('group')?.map((path) => readGroup(registry, def, path)),
    zone: given.take('zone'),
    measures: readMeasures(given),
    having: given.json('having'),
    sort: given.list('sort'),
    limit: given.number('limit'),
    search: given.take('search'),
  })
  const bare = parseBare(parsing, def, given)
  const read = readAggregate(parsing, def, json)
  return { ...read, where: and([bare, read.where]) }
}

function present(values: { [key: string]: unknown }): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** `author,comments,author.team`, or JSON. */
function readInclude(text: string | undefined, deepest: number): unknown {
  if (text === undefined || text.startsWith('{')) return text === undefined ? undefined : parseJson('include', text)
  const root = new Level()
  for (const path of text.split(',')) {
    let level = root
    const steps = path.split('.')
    if (steps.length > deepest) throw invalid(`Includes may nest ${deepest} levels deep.`)
    for (const step of steps) level = level.at(step)
  }
  return root.include()
}

/** Names come from outside, so they are keys of a Map until the parser has found them in the registry. */
class Level {
  readonly #levels = new Map<string, Level>()
  at(name: string): Level {
    let level = this.#levels.get(name)
    if (!level) this.#levels.set(name, (level = new Level()))
    return level
  }
  include(): object {
    return Object.fromEntries(
      [...this.#levels].map(([name, level]) => [name, level.#levels.size === 0 ? true : { include: level.include() }]),
    )
  }
}

/** `placedAt.month` is a bucket when `placedAt` is a time and not a reference. */
function readGroup(registry: Registry, def: ModelDef, path: string): unknown {
  const at = path.lastIndexOf('.')
  const unit = path.slice(at + 1)
  if (at < 0 || !(bucketUnits as readonly string[]).includes(unit)) return path
  let model: ModelDef | undefined = def
  let field: FieldDef | undefined
  for (const step of path.slice(0, at).split('.')) {
    field = model?.fields.get(step)
    model = field?.target === undefined ? undefined : registry.models.get(field.target)
  }
  return model ? path : Object.fromEntries([[path.slice(0, at), unit]])
}

const functions = ['countDistinct', 'sum', 'avg', 'min', 'max']

function readMeasures(given: Parameters): object | undefined {
  const measures = new Map<string, unknown>()
  if (given.flag('count')) measures.set('count', 'count')
  for (const fn of functions) for (const path of given.list(fn) ?? []) measures.set(`${fn}_${path}`, { [fn]: path })
  const named = given.json('measures') ?? {}
  if (typeof named !== 'object' || Array.isArray(named)) throw invalid(`'measures' takes JSON such as {"revenue":{"sum":"total"}}.`)
  for (const [as, measure] of Object.entries(named)) {
    if (measures.has(as)) throw invalid(`${quote(as)} is the name of two measures.`)
    measures.set(as, measure)
  }
  return measures.size === 0 ? undefined : Object.fromEntries(measures)
}

function parseBare(parsing: Parsing, def: ModelDef, given: Parameters): Filter {
  return and(
    [...given.rest()].map(([name, values]) => {
      if (urlWords.has(name)) throw elsewhere(fieldOf(def, name, parsing.eyes))
      return parseLeaf(parsing, def, name.split('.'), values)
    }),
  )
}

const elsewhere = ({ name }: FieldDef): OffstageError =>
  new OffstageError('unknown_parameter', {
    detail: `'${name}' is a parameter of other addresses. For the field of that name write ${name}.eq=…`,
  })

const referenceOperators = new Set(['eq', 'in', 'notIn', 'null', 'not'])

function parseLeaf(parsing: Parsing, model: ModelDef, [name = '', ...rest]: readonly string[], values: readonly string[]): Filter {
  const field = fieldOf(model, name, parsing.eyes)
  if (rest.length > parsing.limits.filterNesting)
    throw invalid(`A filter may nest ${parsing.limits.filterNesting} levels deep; this one nests deeper.`)
  if (field.kind.name === 'many') {
    const [word = '', ...path] = rest
    if ((word !== 'some' && word !== 'none' && word !== 'every') || path.length === 0) throw unknownOperator(field, word)
    count(parsing)
    return quantified(field, word, parseLeaf(parsing, targetOf(parsing.registry, field, parsing.eyes), path, values))
  }
  if (rest.length === 0) return compare(parsing, field, values[0]!)
  if (field.kind.name === 'ref' && !(rest.length === 1 && referenceOperators.has(rest[0]!))) {
    count(parsing)
    return some(field.name, parseLeaf(parsing, targetOf(parsing.registry, field, parsing.eyes), rest, values))
  }
  if (rest.length > 1) throw unknownField(model.name, [name, ...rest].join('.'))
  return parseOperator(parsing, field, rest[0]!, values)
}

function parseOperator(parsing: Parsing, field: FieldDef, key: string, values: readonly string[]): Filter {
  const text = values[0]!
  if (key === 'eq') return compare(parsing, field, text)
  if (key === 'not') return not(compare(parsing, field, text))
  if (key === 'null') return isNull(parsing, field, text === 'true' ? true : text === 'false' ? false : text)
  if (key === 'in' || key === 'notIn') {
    allow(field, 'in', `'${key}'`)
    count(parsing)
    if (values.length > parsing.limits.inItems)
      throw invalid(`${field.model}.${field.name}.${key} takes at most ${parsing.limits.inItems} values.`)
    const found = isIn(
      field.name,
      values.map((value) => readText(field, value)),
    )
    return key === 'in' ? found : not(found)
  }
  const op = field.kind.operators.find((known) => known === key)
  if (op === undefined || op === 'in' || op === 'json') throw unknownOperator(field, key)
  count(parsing)
  return { is: 'compare', field: field.name, op: op satisfies CompareOp, value: readText(field, text) }
}

function compare(parsing: Parsing, field: FieldDef, text: string): Filter {
  allow(field, 'eq', 'a plain value')
  count(parsing)
  return equal(field.name, readText(field, text))
}

function readText(field: FieldDef, text: string): ReturnType<typeof readValue> {
  return readValue(field, () => field.kind.readText(text, field.options))
}
