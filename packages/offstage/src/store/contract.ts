// What every store promises, as tests: each store's own test file calls this once.

import { aggregateContract } from './contract/aggregates.ts'
import { limitContract } from './contract/limits.ts'
import { listContract } from './contract/lists.ts'
import type { OpenStore } from './contract/notes.ts'
import { searchContract } from './contract/search.ts'
import { transactionContract } from './contract/transactions.ts'
import { valueContract } from './contract/values.ts'

export function storeContract(store: string, open: OpenStore): void {
  valueContract(store, open)
  limitContract(store, open)
  listContract(store, open)
  aggregateContract(store, open)
  transactionContract(store, open)
  searchContract(store, open)
}
