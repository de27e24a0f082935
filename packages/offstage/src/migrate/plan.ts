// Operations gathered in any order and given in one that can be carried out.

import type { Operation } from '../store/operations.ts'
import type { Problem } from './hints.ts'

const phases = [
  // What stands on something that is about to change or go.
  'detach',
  'dropOldIndex',
  // Dropped before its successor of the same name is made.
  'dropOldColumn',
  'dropOldTable',
  // Keys change their type before anything new refers to them.
  'alter',
  'createTable',
  'alterReference',
  'addColumn',
  // Values move while both the old and the new are allowed.
  'renameChoice',
  'data',
  'tighten',
  'addShadow',
  'fillShadow',
  'addIndex',
  'dropIndex',
  // Last, so that steps of data still find it.
  'dropColumn',
  'dropTable',
] as const
type Phase = (typeof phases)[number]

export class Plan {
  readonly problems: Problem[] = []
  readonly #operations = new Map<Phase, Operation[]>(phases.map((phase) => [phase, []]))

  add(phase: Phase, operation: Operation): void {
    this.#operations.get(phase)!.push(operation)
  }
  get operations(): readonly Operation[] {
    return [...this.#operations.values()].flat()
  }
}
