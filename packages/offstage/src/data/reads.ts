// Reading as someone: authorise, one statement, the cursor of the next page.

import { OffstageError } from '../base/errors.ts'
import { isDate, isPlain } from '../base/realms.ts'
import { authorise, authoriseAggregate, authoriseFilter } from '../query/authorise.ts'
import { always, and, equal } from '../query/build.ts'
import { makeCursor, readCursor } from '../query/cursor.ts'
import { codeLimits, systemLimits } from '../query/limits.ts'
import { outputColumns } from '../query/measures.ts'
import { parseAggregate } from '../query/parse-aggregate.ts'
import { parseFilter, parseQuery, unknownKey, type ParseOptions } from '../query/parse-json.ts'
import { eyesOf } from '../query/policies.ts'
import type { Principal } from '../query/principal.ts'
import { callerWords } from '../query/rules.ts'
import type { Aggregate, Filter, Page, Query } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { ModelDef } from '../schema/registry.ts'
import type { Reader } from '../store/store.ts'
import { idName, type Core } from './core.ts'
import type { WirePage } from './data.ts'
import { readFrom, type Author } from './mistakes.ts'
import { notFound } from './refusals.ts'
import { toServer } from './show.ts'

/** Who asks, and where: a transaction or the store. */
export interface Asking {
  readonly core: Core
  readonly principal: Principal
  readonly author: Author
  readonly reader: Reader
}

/** A question that is being read. */
type Reading = Omit<Asking, 'reader'>

/** For what code on the server asks. */
export function parsingAs({ core, principal }: Pick<Asking, 'core' | 'principal'>): ParseOptions {
  const trusted = principal.kind === 'system'
  const limits = trusted ? systemLimits : codeLimits
  return { trusted, limits, eyes: eyesOf(core.policies, principal), me: callerWords(core.registry, principal) }
}

/** The parsed query as the caller's question. */
function asked({ core, principal }: Asking, query: Query): Query {
  const { cursor: _, ...rest } = authorise(query, principal, core.policies)
  const after = readCursor(query, principal, core.secrets)
  return after ? { ...rest, after } : rest
}

function nextOf({ core, principal }: Asking, query: Query, page: Pick<Page, 'more' | 'last'>): string | null {
  return page.more && page.last ? makeCursor(query, principal, page.last, core.secrets[0]) : null
}

export async function readPage(asking: Asking, query: Query): Promise<WirePage> {
  const question = asked(asking, query)
  const text = await asking.reader.listText(question)
  const page = text ?? (await asking.reader.list(question))
  return {
    ...('texts' in page ? { texts: page.texts } : { rows: page.rows }),
    next: nextOf(asking, query, page),
    ...(page.count === undefined ? {} : { count: page.count }),
  }
}

/** Rows in server form. */
export async function readRows(asking: Asking, query: Query): Promise<{ data: any[]; next: string | null; count?: number }> {
  const question = asked(asking, query)
  const page = await asking.reader.list(question)
  return {
    data: toServer(asking.core.registry, question, page.rows),
    next: nextOf(asking, query, page),
    ...(page.count === undefined ? {} : { count: page.count }),
  }
}

export function readAggregate({ core, principal, reader }: Asking, aggregate: Aggregate): Promise<readonly Row[]> {
  return reader.aggregate(authoriseAggregate(aggregate, principal, core.policies))
}

/** Groups and measures that are instants become `Date`, as in rows. */
export async function readGroups(asking: Asking, aggregate: Aggregate): Promise<any[]> {
  const { registry } = asking.core
  const rows = await readAggregate(asking, aggregate)
  const instants = [...outputColumns(registry, aggregate).values()].filter(({ field }) => field?.kind.toServer)
  return rows.map((row) => {
    const out: Record<string, unknown> = { ...row }
    for (const { as, field } of instants) if (row[as] !== null) out[as] = field!.kind.toServer!(row[as]!)
    return out
  })
}

export const parseQuestion = (asking: Reading, { name }: ModelDef, query: object): Query =>
  readFrom(asking.author, asking.core.registry, () => parseQuery(asking.core.registry, name, query, parsingAs(asking)))

export const parseGroups = (asking: Reading, { name }: ModelDef, query: object): Aggregate =>
  readFrom(asking.author, asking.core.registry, () => parseAggregate(asking.core.registry, name, query, parsingAs(asking)))

/** The caller's filter and the rules. */
export function filterOf(asking: Asking, model: ModelDef, where: unknown): Filter {
  const { core, principal, author } = asking
  const { registry } = core
  const filter =
    where === undefined ? always : readFrom(author, registry, () => parseFilter(registry, model.name, where, parsingAs(asking)))
  return authoriseFilter(model.name, filter, principal, core.policies)
}

const whole = new WeakMap<ModelDef, Query>()

/** A query with only some of its keys, such as what comes back of a write. */
export function parsePart(asking: Reading, model: ModelDef, query: object | undefined, keys: readonly string[]): Query {
  const { registry } = asking.core
  if (query === undefined) {
    let known = whole.get(model)
    if (!known) whole.set(model, (known = parseQuery(registry, model.name, {}, { trusted: true })))
    return known
  }
  if (!isPlain(query)) throw new OffstageError('invalid_call', { detail: `Expected an object of options: ${keys.join(', ')}.` })
  return readFrom(asking.author, registry, () => {
    for (const key of Object.keys(query)) if (!keys.includes(key)) throw unknownKey(key, keys)
    return parseQuery(registry, model.name, query, parsingAs(asking))
  })
}

/** The one row that an id, or the fields of a unique group, can mean. */
export function keyFilter(asking: Reading, model: ModelDef, key: unknown): Filter {
  if (typeof key === 'string') return equal(idName(model), idText(model, key))
  return readFrom(asking.author, asking.core.registry, () => uniqueFilter(asking, model, key))
}

function uniqueFilter(asking: Reading, model: ModelDef, key: unknown): Filter {
  const wrong = (detail: string): OffstageError => new OffstageError('invalid_filter', { detail })
  if (!isPlain(key)) throw wrong(`${model.name} takes an id, or an object with the fields of a unique value.`)
  const names = Object.keys(key)
  const parsing = parsingAs(asking)
  // A unique value that the caller may not read names nothing, and is not named either.
  const groups = [[idName(model)], ...model.unique].filter((group) => group.every((name) => parsing.eyes!.field(model.fields.get(name)!)))
  if (!groups.some((group) => group.length === names.length && group.every((name) => names.includes(name)))) {
    throw wrong(`Only what is unique names one row of ${model.name}: ${groups.map((group) => `{ ${group.join(', ')} }`).join(' or ')}.`)
  }
  const parts = names.map((name) => {
    const value = (key as Record<string, unknown>)[name]
    if (value === null || (typeof value === 'object' && !isDate(value))) {
      throw wrong(`The key of a row of ${model.name} takes a plain value for ${name}.`)
    }
    return parseFilter(asking.core.registry, model.name, { [name]: value }, parsing)
  })
  return and(parts)
}

/** Text that can be no id names no row. */
function idText(model: ModelDef, id: string): string {
  const field = model.columns[0]!
  try {
    return field.kind.readOperand(id, field.options) as string
  } catch {
    throw notFound(model)
  }
}
