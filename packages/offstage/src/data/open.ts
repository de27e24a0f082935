// The door of data, opened: rules compiled, the parts joined.

import { AsyncLocalStorage } from 'node:async_hooks'
import { OffstageError } from '../base/errors.ts'
import { createIds } from '../base/ids.ts'
import type { Principal } from '../query/principal.ts'
import { compileRules } from '../query/rules.ts'
import type { ModelDef } from '../schema/registry.ts'
import type { Asker } from '../store/store.ts'
import { readerBehind, type Core, type Scope } from './core.ts'
import type { Data, DataOptions } from './data.ts'
import { begin, type Frame } from './frames.ts'
import { create, remove, update } from './operations.ts'
import { readAggregate, readPage, type Asking } from './reads.ts'
import { RecentWriters } from './recent-writers.ts'
import { removeRow } from './remove.ts'
import { signUp } from './sign-up.ts'
import { doors } from './tables.ts'
import { createRow, updateRow } from './writes.ts'

/** Throws `declaration` for rules that cannot be compiled; `checkRules` says all that is wrong with them at once. */
export function openData(options: DataOptions): Data {
  const { registry, store, secret, previousSecret, append, now = () => new Date() } = options
  if (secret.length < 32)
    throw new OffstageError('configuration', { detail: 'The secret that signs cursors needs at least 32 characters.' })
  const core: Core = {
    registry,
    store,
    append,
    now,
    secrets: previousSecret === undefined ? [secret] : [secret, previousSecret],
    policies: compileRules(registry),
    newId: createIds(() => now().getTime()),
    recent: new RecentWriters(),
    frames: new AsyncLocalStorage<Frame>(),
    writes: { create: createRow, update: updateRow, remove: removeRow },
    door: doors(registry),
  }
  return dataIn(core, undefined)
}

/** The whole, or what of it a transaction sees. */
function dataIn(core: Core, frame: Frame | undefined): Data {
  const { registry, store } = core
  const scope = (who: Principal): Scope => ({ core, who, cause: who, frame, readOnly: false, author: 'caller' })
  const asking = (principal: Principal, asker?: Asker): Asking => ({
    core,
    principal,
    author: 'caller',
    reader: frame?.root.tx ?? readerBehind(core, principal, principal, asker),
  })
  const model = (name: string): ModelDef => {
    const found = registry.models.get(name)
    if (!found) throw new OffstageError('invalid_call', { detail: `There is no model ${JSON.stringify(name)}.` })
    return found
  }
  return {
    registry,
    policies: core.policies,
    store,
    as: (who, { readOnly = false, asker, author = who.kind === 'system' ? 'app' : 'endpoint' } = {}) =>
      core.door({ core, who, cause: who, frame, readOnly, author, asker }),
    read: (principal, query, asker) => readPage(asking(principal, asker), query),
    aggregate: async (principal, aggregate, asker) => readAggregate(asking(principal, asker), aggregate),
    create: async (principal, name, values, query) => create(scope(principal), model(name), values, query),
    update: async (principal, name, id, values, query, options = {}) => update(scope(principal), model(name), id, values, query, options),
    delete: async (principal, name, id, options = {}) => remove(scope(principal), model(name), id, options),
    signUp: async (values) => signUp(core, frame, values),
    transaction: (_principal, run, choices) => begin(core, frame, (inner) => run(dataIn(core, inner)), choices),
  }
}
