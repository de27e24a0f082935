// What every store promises, as tests: each store's own test file calls this once.

import type { Registry } from '../schema/registry.ts'
import { listContract } from './contract/lists.ts'
import { tableContract } from './contract/tables.ts'
import { transactionContract } from './contract/transactions.ts'
import { valueContract } from './contract/values.ts'
import type { Store } from './store.ts'

/** Opens a database: a fresh one, or with a name the one that was opened under that name before. */
export type OpenStore = (registry: Registry, name?: string) => Promise<Store>

export function storeContract(store: string, open: OpenStore): void {
  valueContract(store, open)
  listContract(store, open)
  transactionContract(store, open)
  tableContract(store, open)
}
