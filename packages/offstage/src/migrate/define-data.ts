// What a migration's `data.ts` is written with.

import type { OptionNames } from '../base/options.ts'
import { refuseOptions } from '../base/refuse-options.ts'
import type { Values, Where } from './table-rows.ts'

export interface DataContext {
  /** Rows of any table as it is now, in wire form. `where`: `{ order: ['id1', 'id2'], note: null }`. */
  read(table: string, columns: readonly string[], where?: Where): Promise<readonly Record<string, any>[]>
  /** New rows, with all their columns, in the same transaction as the batch. */
  insert(table: string, rows: readonly Values[]): Promise<void>
}

/** One step of a `data.ts`. Names are those of the tables, values as in the API: decimals and instants are text. */
export interface DataStep {
  readonly table: string
  /** What `run` sees beside the key. Default: every column. */
  readonly columns?: readonly string[]
  /**
   * Only rows with these values; null means empty. Where the changes take rows out of it, the step goes over the table once more at
   * its end, for rows that came in meanwhile.
   */
  readonly where?: Where
  /** Rows at once, at most. Default 1000; fewer where they take long. */
  readonly batch?: number
  /** A change for each row, in their order, `undefined` for none. May run again for the same rows. */
  readonly run: (
    rows: readonly Record<string, any>[],
    context: DataContext,
  ) => readonly (Values | undefined)[] | Promise<readonly (Values | undefined)[]>
}

export type DataSteps = Readonly<Record<string, DataStep>>

/**
 * Steps of code of a migration, by the names that the migration has for them; `offstage migrate make --data` writes the file.
 *
 *     export const steps = dataSteps({
 *       'orders.total': {
 *         table: 'orders',
 *         where: { total: null },
 *         run: (rows) => rows.map((row) => ({ total: decimal.mul(row.price, row.quantity) })),
 *       },
 *     })
 */
export const dataSteps = <const Steps extends DataSteps>(steps: Steps): Steps => {
  for (const [name, step] of Object.entries(steps)) refuseOptions(`The step '${name}'`, step, stepNames)
  return steps
}

const stepNames: OptionNames<DataStep> = { table: true, columns: true, where: true, batch: true, run: true }
