// What the writers of the kill drill write: transfers between accounts, two entries each. Half a transfer would show.

import { defineModels, t } from '../../packages/offstage/src/index.ts'
import { resolve } from '../../packages/offstage/src/schema/resolve.ts'
import type { Registry } from '../../packages/offstage/src/schema/registry.ts'

export const accounts = 40
export const startBalance = 1_000

export function bankRegistry(): Registry {
  const { models } = defineModels({
    accounts: { balance: t.integer() },
    entries: { transfer: t.text().index(), account: t.ref('accounts'), amount: t.integer() },
  })
  return resolve({ models })
}
