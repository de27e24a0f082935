// `db`: the tables as someone. Made for every request, so it is one small object; its names stand on a prototype made once.

import { OffstageError } from '../base/errors.ts'
import { isPlain } from '../query/parse-filter.ts'
import { parseQuery } from '../query/parse-json.ts'
import { anonymous, system } from '../query/principal.ts'
import type { Query } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { deleteMany, updateMany } from './bulk.ts'
import type { Scope } from './core.ts'
import type { Db, Table, TransactionChoices } from './data.ts'
import { begin } from './frames.ts'
import { askingOf, create, principalOf, remove, returnsNothing, update, upsert, write } from './operations.ts'
import { filterOf, keyFilter, parsePart, parsingAs, readGroups, readRows, type Asking } from './reads.ts'
import { notFound } from './refusals.ts'
import { toServer } from './show.ts'

const scopeKey = Symbol('scope')
type Door = { readonly [scopeKey]: Scope }

/** The names that every `db` of the registry has, on no other prototype: `db.constructor` and the like are undefined. */
export function doors(registry: Registry): (scope: Scope) => Db {
  const face = Object.create(null) as object
  const name = (key: string, get: (scope: Scope) => unknown): void => {
    Object.defineProperty(face, key, {
      enumerable: true,
      get(this: Door) {
        return get(this[scopeKey])
      },
    })
  }
  for (const model of registry.models.values()) name(model.name, (scope) => new ModelTable(scope, model))
  const door = (scope: Scope): Db => {
    const db = Object.create(face) as { [scopeKey]: Scope }
    db[scopeKey] = scope
    return db as unknown as Db
  }
  name('system', (scope) => door({ ...scope, who: system }))
  name('as', (scope) => (user: unknown) => door({ ...scope, who: userNamed(user) }))
  name(
    'transaction',
    (scope) =>
      <T>(run: (db: Db) => Promise<T>, choices?: TransactionChoices) =>
        begin(scope.core, scope.frame, (frame) => run(door({ ...scope, frame })), choices),
  )
  return door
}

function userNamed(user: unknown): Scope['who'] {
  if (user === null) return anonymous
  const id = typeof user === 'object' ? (user as { id?: unknown } | undefined)?.id : user
  if (typeof id === 'string' && id !== '') return { kind: 'load', id }
  // Never somebody by accident: `undefined` must not come out as a stranger, or worse.
  throw new OffstageError('invalid_call', { detail: '`as` takes the id of a user, a row of the user model, or null for a stranger.' })
}

const shapeKeys = ['include', 'select', 'reveal']
const firstKeys = [...shapeKeys, 'where', 'sort', 'search']

class ModelTable implements Table {
  readonly #scope: Scope
  readonly #model: ModelDef

  constructor(scope: Scope, model: ModelDef) {
    this.#scope = scope
    this.#model = model
  }

  async list(query: object = {}): Promise<{ data: any[]; next: string | null; count?: number }> {
    const asking = await askingOf(this.#scope)
    return readRows(asking, parseQuery(asking.core.registry, this.#model.name, query, parsingAs(asking)))
  }

  async get(key: string | object, query?: object): Promise<any> {
    const asking = await askingOf(this.#scope)
    const shape = parsePart(asking, this.#model, query, shapeKeys)
    const row = await this.#one(asking, { ...shape, where: keyFilter(asking, this.#model, key) })
    if (row === null) throw notFound(this.#model)
    return row
  }

  async first(query?: object): Promise<any> {
    const asking = await askingOf(this.#scope)
    return this.#one(asking, parsePart(asking, this.#model, query, firstKeys))
  }

  async #one(asking: Asking, query: Query): Promise<any> {
    const { data } = await readRows(asking, { ...query, limit: 1, count: false })
    return data[0] ?? null
  }

  async create(values: object, options?: object): Promise<any> {
    return this.#server(await this.#back(options, [], (back) => create(this.#scope, this.#model, values, back)))
  }

  async update(key: string | object, values: object, options?: object): Promise<any> {
    const match = ifMatchOf(options)
    return this.#server(await this.#back(options, ['ifMatch'], (back) => update(this.#scope, this.#model, key, values, back, match)))
  }

  async delete(key: string | object, options?: object): Promise<void> {
    refuseOthers(options, ['ifMatch'])
    return remove(this.#scope, this.#model, key, ifMatchOf(options))
  }

  updateMany(where: object, values: object): Promise<number> {
    return write(this.#scope, (work) => updateMany(work, this.#model, where, values))
  }

  deleteMany(where: object): Promise<number> {
    return write(this.#scope, (work) => deleteMany(work, this.#model, where))
  }

  async upsert(key: object, values: { create: object; update: object }): Promise<any> {
    if (!isPlain(values)) throw new OffstageError('invalid_call', { detail: 'upsert takes a key and { create: { … }, update: { … } }.' })
    refuseOthers(values, ['create', 'update'])
    return this.#server(
      await this.#back(undefined, [], (back) => upsert(this.#scope, this.#model, key, values.create, values.update, back!)),
    )
  }

  async aggregate(query: object): Promise<any[]> {
    return readGroups(await askingOf(this.#scope), this.#model, query)
  }

  async count(where?: object): Promise<number> {
    const asking = await askingOf(this.#scope)
    return asking.reader.count(this.#model.name, filterOf(asking, this.#model, where))
  }

  async exists(where?: object): Promise<boolean> {
    const asking = await askingOf(this.#scope)
    const shape = parsePart(asking, this.#model, undefined, [])
    const { rows } = await asking.reader.list({
      ...shape,
      select: [{ field: this.#model.columns[0]!.name }],
      where: filterOf(asking, this.#model, where),
      limit: 1,
    })
    return rows.length > 0
  }

  /** Reads what is to come back before anything is written. */
  async #back(
    options: object | undefined,
    more: readonly string[],
    run: (back: Query | undefined) => Promise<Row | undefined>,
  ): Promise<{ row: Row | undefined; back: Query | undefined }> {
    refuseOthers(options, [...shapeKeys, 'return', ...more])
    if (returnsNothing(options)) return { row: await run(undefined), back: undefined }
    const { core } = this.#scope
    const shape = options && Object.fromEntries(Object.entries(options).filter(([key]) => shapeKeys.includes(key)))
    const back = parsePart({ core, principal: await principalOf(this.#scope) }, this.#model, shape, shapeKeys)
    return { row: await run(back), back }
  }

  #server({ row, back }: { row: Row | undefined; back: Query | undefined }): any {
    return row && back ? toServer(this.#scope.core.registry, back, [row])[0] : undefined
  }
}

function refuseOthers(options: object | undefined, keys: readonly string[]): void {
  for (const key of Object.keys(options ?? {})) {
    if (!keys.includes(key))
      throw new OffstageError('unknown_parameter', { detail: `'${key.slice(0, 60)}' is not known here; known are: ${keys.join(' ')}.` })
  }
}

function ifMatchOf(options: object | undefined): { ifMatch?: string } {
  const ifMatch = (options as { ifMatch?: unknown } | undefined)?.ifMatch
  return ifMatch === undefined ? {} : { ifMatch: String(ifMatch) }
}
