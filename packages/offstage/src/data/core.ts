// What every part of this room works with.

import type { AsyncLocalStorage } from 'node:async_hooks'
import { equal } from '../query/build.ts'
import type { Principal } from '../query/principal.ts'
import type { Policies } from '../query/rules.ts'
import type { Filter, Query } from '../query/tree.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import type { Asker, Reader, Store, Transaction } from '../store/store.ts'
import type { AppendChanges, Db } from './data.ts'
import type { Frame } from './frames.ts'
import type { Author } from './mistakes.ts'
import type { RecentWriters } from './recent-writers.ts'
import type { RowWrites } from './writes.ts'

export interface Core {
  readonly registry: Registry
  readonly store: Store
  readonly policies: Policies
  /** The first signs; all are accepted. */
  readonly secrets: readonly [string, ...string[]]
  readonly now: () => Date
  readonly newId: () => string
  readonly append: AppendChanges | undefined
  readonly recent: RecentWriters
  /** Which frame the running code stands in. */
  readonly frames: AsyncLocalStorage<Frame>
  /** Joined in `open.ts`, because rows, the rows nested in them and the hooks' `db` need each other. */
  readonly writes: RowWrites
  readonly door: (scope: Scope) => Db
}

/** As whom and where something is done: what a `db` is made of. */
export interface Scope {
  readonly core: Core
  /** A user named by id is loaded for each operation: rights taken away are gone at once. */
  readonly who: Principal | { readonly kind: 'load'; readonly id: string }
  /** Who the code that writes was called by, also where it then writes as the system: they read what they caused. */
  readonly cause: Principal
  /** The transaction it is bound to. */
  readonly frame: Frame | undefined
  readonly readOnly: boolean
  readonly author: Author
  /** Who waits for what is read, if nothing is done but reading. */
  readonly asker?: Asker | undefined
}

/** A write under way. */
export interface Work {
  readonly core: Core
  readonly principal: Principal
  readonly author: Author
  readonly frame: Frame
}

export const txOf = (work: Work): Transaction => work.frame.root.tx

export const readerOf = (scope: Pick<Scope, 'core' | 'frame'>): Reader => scope.frame?.root.tx ?? scope.core.store

/** For reads that nothing is decided by. Only who has not just written may be shown what was true a moment ago. */
export function readerBehind(core: Core, principal: Principal, cause: Principal = principal, asker?: Asker): Reader {
  const { store, recent } = core
  const now = core.now().getTime()
  const reader = principal.kind === 'system' || recent.has(principal, now) || recent.has(cause, now) ? store : store.behind
  return asker && reader.for ? reader.for(asker) : reader
}

export const idName = (model: ModelDef): string => model.columns[0]!.name

const everything = new WeakMap<ModelDef, Pick<Query, 'model' | 'select' | 'include' | 'sort' | 'count'>>()

/** Rows with all their columns, hidden ones too: never for anyone's eyes as they are. */
export function rawQuery(model: ModelDef, where: Filter, limit: number): Query {
  let base = everything.get(model)
  if (!base) {
    base = {
      model: model.name,
      select: model.columns.map((field) => ({ field: field.name })),
      include: [],
      sort: [{ term: { through: [], field: idName(model) }, desc: false }],
      count: false,
    }
    everything.set(model, base)
  }
  return { ...base, where, limit }
}

export const byId = (model: ModelDef, id: string): Filter => equal(idName(model), id)
