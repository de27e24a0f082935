// What the servers put together can be too long for them: then it must not pass for an answer.

import { OffstageError } from '../../base/errors.ts'
import type { SqlRow } from '../sql/dialect.ts'
import { tooLong } from './dialect.ts'

/** The rows, unless one holds a text that the server gave up. Only statements that make texts can have one. */
export function complete(rows: SqlRow[], sql: string): SqlRow[] {
  if (!sql.includes(tooLong)) return rows
  for (const row of rows) {
    for (const value of row) {
      if (typeof value === 'string' && value.includes(tooLong)) {
        throw new OffstageError('too_many_rows', {
          detail:
            'A row and its lists are longer than the database puts together in one piece (max_allowed_packet); ask for fewer rows or fields.',
        })
      }
    }
  }
  return rows
}
