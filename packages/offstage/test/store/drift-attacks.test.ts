// What a server makes of names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { driftOf } from '../../src/migrate/drift.ts'
import type { PhysicalTable } from '../../src/store/operations.ts'

const table = (name: string, target?: string): PhysicalTable => ({
  name,
  columns: [{ name: 'id', type: 'bigint', nullable: false }],
  primaryKey: ['id'],
  indexes: [],
  references: target === undefined ? [] : [{ name: 'r', column: 'id', table: target, to: 'id' }],
  checks: [],
})

test('a server that keeps names of tables in small letters has all of them', () => {
  const there = [table('orderlines', 'bigorders'), table('bigorders')]
  assert.deepEqual(driftOf([table('orderLines', 'bigOrders'), table('bigOrders')], there), [])
})

test('a table that is there by its very name is never taken for another', () => {
  const found = driftOf([table('Orders'), table('items')], [table('Orders'), table('orders'), table('Items')])
  assert.deepEqual(
    found.map(({ table: name, kind }) => `${name} ${kind}`),
    ['items missing', 'orders extra', 'Items extra'],
  )
})
