// The way back. Only where it leads to the same rows as before: what cannot be told any more is a reason why there is none.

import type { Blueprint, ColumnDef } from '../store/blueprint.ts'
import { conversion, isTextual } from '../store/conversions.ts'
import type { Operation } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { named, withoutReference } from './canonical.ts'
import { says } from './says.ts'

export interface Inverse {
  /** From the tables after back to those before. Empty if there are reasons. */
  readonly operations: readonly Operation[]
  /** Why there is no way back, a sentence each. */
  readonly irreversible: readonly string[]
}

/**
 * `before` is the blueprint that the operations start from. `trustData`: the developer has said that steps of code change only what
 * the way back drops, by taking their reasons out of the migration.
 */
export function invert(before: Blueprint, operations: readonly Operation[], trustData = false): Inverse {
  const irreversible: string[] = []
  const inverse: Operation[] = []
  let state = before
  for (const [at, operation] of operations.entries()) {
    const back = trustData && operation.op === 'data' ? [] : inverted(operation, state, operations.slice(0, at))
    state = applyOperations(state, [operation])
    if (typeof back === 'string') irreversible.push(`${says(operation)}: ${back}`)
    else inverse.unshift(...back)
  }
  return irreversible.length > 0 ? { operations: [], irreversible } : { operations: withoutReferences(state, inverse), irreversible }
}

/** The operations that undo one, or the reason why it cannot be undone. */
function inverted(operation: Operation, state: Blueprint, earlier: readonly Operation[]): readonly Operation[] | string {
  switch (operation.op) {
    case 'createTable':
      return [{ op: 'dropTable', table: operation.table }]
    case 'dropTable':
      return 'its rows are gone'
    case 'addColumn':
      return [{ op: 'dropColumn', table: operation.table, column: operation.column }]
    case 'dropColumn': {
      const { table, column } = operation
      if (!column.shadow) return 'its values are gone'
      const key = named(state.tables, table)!.columns[0]!.name
      return [
        { op: 'addColumn', table, column },
        { op: 'fillShadow', table, key, column },
      ]
    }
    case 'renameTable':
    case 'renameColumn':
    case 'renameIndex':
      return [{ ...operation, from: operation.to, to: operation.from }]
    case 'addIndex':
      return [{ ...operation, op: 'dropIndex' }]
    case 'dropIndex':
      return [{ ...operation, op: 'addIndex' }]
    case 'alterColumn':
      return unaltered(operation)
    case 'renameChoice':
      return isNewChoice(operation, earlier)
        ? [{ ...operation, from: operation.to, to: operation.from }]
        : `rows that had '${operation.to}' before cannot be told from those that got it`
    case 'fillShadow':
      return []
    case 'data':
      return 'what a step of code has changed is not known'
    case 'sql':
      return operation.down ? [{ op: 'sql', up: operation.down, down: operation.up }] : 'it gives no statements for the way back'
  }
}

function unaltered(operation: Operation & { op: 'alterColumn' }): readonly Operation[] | string {
  const { table, from, to, fill } = operation
  if (fill !== undefined) return 'rows that had no value cannot be told from those that had this one'
  const lossy = lossyBack(from, to)
  return lossy ?? [{ op: 'alterColumn', table, from: to, to: from }]
}

function lossyBack(from: ColumnDef, to: ColumnDef): string | undefined {
  if (conversion(to.type, from.type) === 'impossible') return `${to.type} cannot become ${from.type} again`
  // A decimal, an instant or a day can be written as text in more than one way.
  const rewritten = isTextual(from.type) && !isTextual(to.type) && to.type !== 'integer' && to.type !== 'serial' && to.type !== 'boolean'
  return rewritten ? 'the texts may have been written otherwise' : undefined
}

/** Whether no row could have the choice before the migration, and no other choice became the same. */
function isNewChoice({ table, column, to }: Operation & { op: 'renameChoice' }, earlier: readonly Operation[]): boolean {
  const here = (one: Operation): boolean => 'table' in one && one.table === table
  const added = earlier.some(
    (one) => one.op === 'alterColumn' && here(one) && one.to.name === column && one.from.choices && !one.from.choices.includes(to),
  )
  return added && !earlier.some((one) => one.op === 'renameChoice' && here(one) && one.column === column && one.to === to)
}

/** A table that is to be dropped again may be referred to, by one that was made after it in a circle. */
function withoutReferences(after: Blueprint, operations: readonly Operation[]): readonly Operation[] {
  let state = after
  const result: Operation[] = []
  const add = (operation: Operation): void => {
    result.push(operation)
    state = applyOperations(state, [operation])
  }
  for (const operation of operations) {
    if (operation.op === 'dropTable') {
      const { name } = operation.table
      for (const other of state.tables) {
        for (const column of other.columns) {
          if (other.name === name || column.references?.table !== name) continue
          add({ op: 'alterColumn', table: other.name, from: column, to: withoutReference(column) })
        }
      }
    }
    add(operation.op === 'dropTable' ? { op: 'dropTable', table: named(state.tables, operation.table.name)! } : operation)
  }
  return result
}
