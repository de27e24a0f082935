// A row that refers to itself: InnoDB refuses to delete it, as if another row needed it.

import type { Models } from '../sql/model.ts'
import type { WriteStatement } from '../sql/writes.ts'

export function refersToItself(models: Models, model: string): boolean {
  return models.table(model).model.columns.some(({ kind, target }) => kind.name === 'ref' && target === model)
}

/** Each finds one row, if there is one, that refers to this one and is another. */
export function othersReferring(models: Models, model: string, id: string): WriteStatement[] {
  const key = models.table(model).id.encode(id)
  const statements: WriteStatement[] = []
  for (const table of models.all) {
    for (const { field, name } of table.columns.values()) {
      if (field.kind.name !== 'ref' || field.target !== model) continue
      const other = table.model.name === model
      statements.push({
        sql: `select 1 from ${table.name} where ${name} = ?${other ? ` and ${table.id.name} <> ?` : ''} limit 1`,
        values: other ? [key, key] : [key],
      })
    }
  }
  return statements
}
