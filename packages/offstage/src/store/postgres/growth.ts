// Sums that the type of a column cannot hold are refused by PostgreSQL without a name: whoever adds must know which column it was.

import type { Column } from '../sql/dialect.ts'
import type { Change } from '../store.ts'

/** Whether what is added may pass what the type of the column holds, which PostgreSQL says without a name. */
export function grows(change: Change, { field }: Column): boolean {
  return ['decimal', 'number'].includes(field.kind.name) && typeof change === 'object' && change !== null && 'increment' in change
}

/** Changes of which each part has at most one such field, so that a refusal is always about that one. */
export function oneGrowthEach(
  changes: Readonly<Record<string, Change>>,
  column: (field: string) => Column,
): readonly Readonly<Record<string, Change>>[] {
  const growing = Object.keys(changes).filter((field) => grows(changes[field]!, column(field)))
  if (growing.length < 2) return [changes]
  const [, ...later] = growing
  const first = Object.fromEntries(Object.entries(changes).filter(([field]) => !later.includes(field)))
  return [first, ...later.map((field) => ({ [field]: changes[field]! }))]
}
