// Many migrations become one baseline that makes their tables at once. Databases that have run the old ones have run it too.

import { OffstageError } from '../base/errors.ts'
import { headBlueprint, operationsOf, type Chain } from './chain.ts'
import { diff } from './diff.ts'
import type { Draft } from './migration.ts'

/**
 * The baseline of a whole chain. Statements of the developer's own are kept, after the tables; steps of code are not, since a new
 * database has no rows for them. The old folders may be removed once every database has run them.
 */
export function squash(chain: Chain, now: Date): Draft {
  const { heads, migrations } = chain
  if (heads.length !== 1)
    throw new OffstageError('invalid_migration', {
      detail: `There ${heads.length === 0 ? 'are no migrations' : `are ${heads.length} heads`}, and only a chain with one end can be squashed.`,
      hint: heads.length === 0 ? 'offstage migrate make writes the first one.' : 'offstage migrate make joins branches.',
    })
  const own = operationsOf(migrations).filter(({ op }) => op === 'sql')
  return {
    name: 'baseline',
    now,
    parents: [],
    before: { tables: [] },
    operations: [...diff({ tables: [] }, headBlueprint(chain)).operations, ...own],
    replaces: migrations.flatMap(({ id, replaces }) => [...replaces, id]),
  }
}
