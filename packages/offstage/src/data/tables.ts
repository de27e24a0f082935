// `db`: the tables as someone. Made for every request, so it is one small object; its names stand on a prototype made once.

import { OffstageError } from '../base/errors.ts'
import type { OptionNames } from '../base/options.ts'
import { isPlain } from '../base/realms.ts'
import { refuseOptions } from '../base/refuse-options.ts'
import { unknownKey } from '../query/parse-json.ts'
import { anonymous, system } from '../query/principal.ts'
import type { Query } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { deleteMany, updateMany } from './bulk.ts'
import type { Scope } from './core.ts'
import type { Db, Table, TransactionChoices } from './data.ts'
import { begin } from './frames.ts'
import { withPlace, appError, tooManyRowsError } from './mistakes.ts'
import { askingOf, create, principalOf, remove, returnsNothing, update, upsert } from './operations.ts'
import { filterOf, keyFilter, parseGroups, parsePart, parseQuestion, readGroups, readRows, type Asking } from './reads.ts'
import { notFound } from './refusals.ts'
import { hasVersion, noVersion } from './rows.ts'
import { toServer } from './show.ts'

const choiceNames: OptionNames<TransactionChoices> = { timeout: true, retry: true }

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
  name('system', (scope) => door({ ...scope, who: system, author: 'app' }))
  name('as', (scope) => (user: unknown) => door({ ...scope, who: userNamed(user) }))
  name('transaction', (scope) => <T>(run: (db: Db) => Promise<T>, choices?: TransactionChoices) => {
    refuseOptions('transaction', choices, choiceNames)
    return begin(scope.core, scope.frame, (frame) => run(door({ ...scope, frame })), choices)
  })
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

  list(query: object = {}): Promise<{ data: any[]; next: string | null; count?: number }> {
    return this.#read((asking) => parseQuestion(asking, this.#model, query), readRows)
  }

  async get(key: string | object, query?: object): Promise<any> {
    const row = await this.#one((asking) => ({
      ...parsePart(asking, this.#model, query, shapeKeys),
      where: keyFilter(asking, this.#model, key),
    }))
    if (row === null) throw notFound(this.#model)
    return row
  }

  first(query?: object): Promise<any> {
    return this.#one((asking) => parsePart(asking, this.#model, query, firstKeys))
  }

  #one(read: (asking: Asking) => Query): Promise<any> {
    return this.#read(read, async (asking, query) => {
      const { data } = await readRows(asking, { ...query, limit: 1, count: false })
      return data[0] ?? null
    })
  }

  create(values: object, options?: object): Promise<any> {
    return this.#write(options, [], (back) => create(this.#scope, this.#model, values, back))
  }

  update(key: string | object, values: object, options?: object): Promise<any> {
    return this.#write(options, ['ifMatch'], (back) => {
      const match = ifMatchOf(this.#model, options)
      return update(this.#scope, this.#model, key, values, back, match)
    })
  }

  delete(key: string | object, options?: object): Promise<void> {
    return this.#withPlace(() => {
      refuseOthers(options, ['ifMatch'])
      return remove(this.#scope, this.#model, key, ifMatchOf(this.#model, options))
    })
  }

  updateMany(where: object, values: object): Promise<number> {
    return this.#withPlace(() => updateMany(this.#scope, this.#model, where, values))
  }

  deleteMany(where: object): Promise<number> {
    return this.#withPlace(() => deleteMany(this.#scope, this.#model, where))
  }

  upsert(key: object, values: { create: object; update: object }): Promise<any> {
    return this.#write(undefined, [], (back) => {
      if (!isPlain(values)) throw new OffstageError('invalid_call', { detail: 'upsert takes a key and { create: { … }, update: { … } }.' })
      refuseOthers(values, ['create', 'update'])
      return upsert(this.#scope, this.#model, key, values.create, values.update, back!)
    })
  }

  aggregate(query: object): Promise<any[]> {
    return this.#read((asking) => parseGroups(asking, this.#model, query), readGroups)
  }

  count(where?: object): Promise<number> {
    return this.#read(
      (asking) => filterOf(asking, this.#model, where),
      ({ reader }, filter) => reader.count(this.#model.name, filter),
    )
  }

  exists(where?: object): Promise<boolean> {
    const read = (asking: Asking): Query => ({
      ...parsePart(asking, this.#model, undefined, []),
      select: [{ field: this.#model.columns[0]!.name }],
      where: filterOf(asking, this.#model, where),
      limit: 1,
    })
    return this.#read(read, async ({ reader }, query) => (await reader.list(query)).rows.length > 0)
  }

  /** What is asked is read while the call is on the stack, so that what is wrong with it is told with its line. */
  async #read<Q, T>(read: (asking: Asking) => Q, run: (asking: Asking, asked: Q) => Promise<T>): Promise<T> {
    try {
      let asking = askingOf(this.#scope)
      if (asking instanceof Promise) asking = await asking
      return await run(asking, read(asking))
    } catch (error) {
      throw withPlace(tooManyRowsError(this.#scope.author, error))
    }
  }

  async #withPlace<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      throw withPlace(error)
    }
  }

  /** Reads what is to come back before anything is written. */
  async #write(
    options: object | undefined,
    more: readonly string[],
    run: (back: Query | undefined) => Promise<Row | undefined>,
  ): Promise<any> {
    const { core, author } = this.#scope
    try {
      refuseOthers(options, [...shapeKeys, 'return', ...more])
      if (returnsNothing(options)) return void (await run(undefined))
      const shape = options && Object.fromEntries(Object.entries(options).filter(([key]) => shapeKeys.includes(key)))
      let principal = principalOf(this.#scope)
      if (principal instanceof Promise) principal = await principal
      const back = parsePart({ core, principal, author }, this.#model, shape, shapeKeys)
      const row = await run(back)
      return row && toServer(core.registry, back, [row])[0]
    } catch (error) {
      throw withPlace(error)
    }
  }
}

/** Options are written in code alone, whoever the values are from. */
function refuseOthers(options: object | undefined, keys: readonly string[]): void {
  for (const key of Object.keys(options ?? {})) if (!keys.includes(key)) throw appError(unknownKey(key, keys))
}

function ifMatchOf(model: ModelDef, options: object | undefined): { ifMatch?: string } {
  const ifMatch = (options as { ifMatch?: unknown } | undefined)?.ifMatch
  if (ifMatch === undefined) return {}
  if (!hasVersion(model)) throw appError(noVersion(model))
  return { ifMatch: String(ifMatch) }
}
