// Random questions as trees, in the form that the parsers give them (not yet authorised).

import { bucketUnits, canonicalZone } from '../../src/query/buckets.ts'
import { and, equal, isIn, not, or, some } from '../../src/query/build.ts'
import type { Eyes } from '../../src/query/names.ts'
import { outputColumns } from '../../src/query/measures.ts'
import { parseGroup, parseMeasure } from '../../src/query/parse-aggregate.ts'
import { parseTerm, startParsing } from '../../src/query/parse-json.ts'
import type { Aggregate, CompareOp, Filter, Group, Include, Measure, Operand, Query, Sort } from '../../src/query/tree.ts'
import { searchWords } from '../../src/schema/normalise.ts'
import type { FieldDef, ModelDef, Registry } from '../../src/schema/registry.ts'
import type { Dice } from './dice.ts'
import { randomValue } from './values.ts'

const comparisons: ReadonlySet<string> = new Set(['eq', 'lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith'])
// Words, beginnings of words, and what is none.
const searches = ['a', 'É', 'b', '%', 'red', 'Re', 'shoe', 'SHOES', '9', 'the', '東京', 'タ', 'x']
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'].map((zone) => canonicalZone(zone)!)

export class Questions {
  readonly dice: Dice
  readonly registry: Registry
  readonly eyes: Eyes
  constructor(dice: Dice, registry: Registry, eyes: Eyes) {
    this.dice = dice
    this.registry = registry
    this.eyes = eyes
  }

  #columns(model: ModelDef): FieldDef[] {
    return model.columns.filter((field) => this.eyes.field(field))
  }
  #relations(model: ModelDef): FieldDef[] {
    return [...model.fields.values()].filter((field) => field.target !== undefined && this.eyes.field(field) && this.eyes.relation(field))
  }
  #target(field: FieldDef): ModelDef {
    return this.registry.models.get(field.target!)!
  }

  filter(model: ModelDef, depth: number = 3): Filter {
    const { dice } = this
    const roll = dice.next()
    if (depth > 0 && roll < 0.2) return (dice.chance(0.5) ? and : or)(dice.times(0, 3, () => this.filter(model, depth - 1)))
    if (depth > 0 && roll < 0.3) return not(this.filter(model, depth - 1))
    const relations = this.#relations(model)
    if (depth > 0 && roll < 0.5 && relations.length > 0) {
      const field = dice.pick(relations)
      const inner = some(field.name, this.filter(this.#target(field), depth - 1))
      return field.kind.name === 'many' && dice.chance(0.4) ? not(inner) : inner
    }
    return this.#leaf(model)
  }

  #leaf(model: ModelDef): Filter {
    const { dice } = this
    const field = dice.pick(this.#columns(model))
    if (dice.chance(0.15)) return dice.chance(0.5) ? { is: 'null', field: field.name } : not({ is: 'null', field: field.name })
    if (field.kind.name === 'json') return this.#json(field)
    const value = (): Operand => randomValue(dice, field) as Operand
    if (dice.chance(0.2))
      return dice.chance(0.7) ? isIn(field.name, dice.times(0, 3, value)) : not(isIn(field.name, dice.times(1, 3, value)))
    const op = dice.pick(field.kind.operators.filter((name) => comparisons.has(name))) as CompareOp
    return op === 'eq'
      ? dice.chance(0.3)
        ? not(equal(field.name, value()))
        : equal(field.name, value())
      : { is: 'compare', field: field.name, op, value: value() }
  }

  #json(field: FieldDef): Filter {
    const path = this.dice.pick([[], ['a'], ['b'], ['c', 'd'], ['a', 'b']])
    const op = this.dice.pick(['equals', 'exists', 'contains'] as const)
    return {
      is: 'json',
      field: field.name,
      path,
      op,
      value: op === 'exists' ? true : this.dice.pick([1, '1', 'x', null, true, false, 0, 1.5, 'é\u{1f600}', 5, 'text']),
    }
  }

  #search(model: ModelDef): Filter {
    const fields = this.#columns(model)
      .filter((field) => field.searchable)
      .map((field) => field.name)
    if (fields.length === 0 || this.dice.chance(0.75)) return { is: 'true' }
    const words = searchWords(this.dice.times(1, 3, () => this.dice.pick(searches)).join(' '))
    return words.length === 0 ? { is: 'false' } : { is: 'search', fields, words }
  }

  /** By rank where a search is to be sorted by it. */
  #order(model: ModelDef, search: Filter): readonly Sort[] {
    if (search.is !== 'search' || this.dice.chance(0.3)) return this.sort(model)
    const weights = new Map(model.columns.filter((field) => field.searchable).map(({ name }, i, all) => [name, all.length - i]))
    const rank = { words: search.words, fields: search.fields.map((field) => ({ field, weight: weights.get(field)! })) }
    const id = (desc: boolean): Sort => ({ term: { through: [], field: 'id' }, desc })
    return [{ ...id(true), term: { ...id(true).term, rank } }, id(false)]
  }

  #path(model: ModelDef, fits: (field: FieldDef) => boolean): string | undefined {
    const { dice } = this
    const references = this.#relations(model).filter((field) => field.kind.name === 'ref')
    if (references.length > 0 && dice.chance(0.3)) {
      const step = dice.pick(references)
      const rest = this.#path(this.#target(step), fits)
      return rest === undefined || rest.split('.').length > 3 ? undefined : `${step.name}.${rest}`
    }
    const columns = this.#columns(model).filter(fits)
    return columns.length === 0 ? undefined : dice.pick(columns).name
  }

  sort(model: ModelDef): readonly Sort[] {
    const parsing = startParsing(this.registry, model.name, { eyes: this.eyes }).parsing
    const sorts: Sort[] = []
    for (const path of this.dice.times(0, 2, () => this.#path(model, (field) => field.kind.sortable))) {
      if (path === undefined || path === 'id') continue
      sorts.push({ term: parseTerm(parsing, model, path).term, desc: this.dice.chance(0.5) })
    }
    return [...sorts, { term: { through: [], field: 'id' }, desc: sorts.at(-1)?.desc ?? false }]
  }

  #shape(model: ModelDef, depth: number): Pick<Query, 'model' | 'select' | 'include'> {
    const { dice } = this
    const columns = this.#columns(model).filter((field) => !field.hidden)
    const wanted = new Set(dice.chance(0.5) ? [] : dice.some(columns, 4))
    return {
      model: model.name,
      select: columns.filter((field) => wanted.has(field)).map((field) => ({ field: field.name })),
      include: depth === 0 ? [] : dice.some(this.#relations(model), 2).map((field) => this.#include(field, depth - 1)),
    }
  }

  #include(field: FieldDef, depth: number): Include {
    const { dice } = this
    const target = this.#target(field)
    const as = dice.chance(0.2) ? `${field.name}Alias` : field.name
    if (field.kind.name === 'ref') return { kind: 'one', as, field: field.name, shape: this.#shape(target, depth) }
    if (dice.chance(0.3)) return { kind: dice.pick(['count', 'exists'] as const), as, field: field.name, where: this.filter(target, 1) }
    const limit = dice.chance(0.5) ? undefined : dice.int(1, 3)
    return {
      kind: 'many',
      as,
      field: field.name,
      query: { ...this.#shape(target, depth), where: this.filter(target, 1), sort: this.sort(target), limit, count: false },
    }
  }

  query(model: ModelDef): Query {
    const { dice } = this
    const search = this.#search(model)
    const where = and([this.filter(model), search])
    return {
      ...this.#shape(model, 3),
      where,
      sort: this.#order(model, where.is === 'false' ? where : search),
      limit: dice.chance(0.5) ? 50 : dice.int(1, 5),
      ...(dice.chance(0.2) && { offset: dice.int(1, 6) }),
      count: dice.chance(0.3),
    }
  }

  aggregate(model: ModelDef): Aggregate {
    const { dice } = this
    const parsing = startParsing(this.registry, model.name, { eyes: this.eyes }).parsing
    const zone = dice.pick(zones)
    const group = new Map<string, Group>()
    for (const path of dice.times(0, 2, () => this.#path(model, (field) => field.kind.groupable))) {
      if (path === undefined) continue
      const { field } = parseTerm(parsing, model, path)
      const units = field.kind.storage === 'datetime' ? bucketUnits : field.kind.storage === 'date' ? bucketUnits.slice(1) : []
      group.set(path, parseGroup(parsing, model, path, units.length > 0 && dice.chance(0.8) ? dice.pick(units) : undefined, zone))
    }
    const measures: Measure[] = [{ as: 'rows', fn: 'count' }]
    for (const fn of ['count', 'countDistinct', 'sum', 'avg', 'min', 'max'] as const) {
      const path = dice.chance(0.5) ? this.#path(model, (field) => field.kind.measures.includes(fn)) : undefined
      if (path !== undefined) measures.push(parseMeasure(parsing, model, `${fn}_of`, fn, path))
    }
    const names = [...group.keys(), ...measures.map((measure) => measure.as)]
    const sort = dice.some(names, 2).map((as) => ({ as, desc: dice.chance(0.5) }))
    const groups = [...group.values()]
    return {
      model: model.name,
      where: and([this.filter(model, 2), this.#search(model)]),
      group: groups,
      measures,
      having: this.#having(outputColumns(this.registry, { model: model.name, group: groups, measures })),
      sort: [...sort, ...groups.filter(({ as }) => !sort.some((key) => key.as === as)).map(({ as }) => ({ as, desc: false }))],
      limit: dice.chance(0.3) ? dice.int(1, 4) : undefined,
    }
  }

  #having(columns: ReturnType<typeof outputColumns>): Filter {
    const { dice } = this
    if (dice.chance(0.6)) return { is: 'true' }
    const { as } = dice.pick([...columns.values()].filter((column) => column.storage === 'integer' && !column.field))
    const leaf: Filter = { is: 'compare', field: as, op: dice.pick(['eq', 'lt', 'gte']), value: dice.int(0, 3) }
    return dice.pick([leaf, not(leaf), or([leaf, { is: 'null', field: as }]), isIn(as, [1, 2])])
  }
}
