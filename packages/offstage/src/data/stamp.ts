import type { Row } from '../schema/kind.ts'
import type { ModelDef } from '../schema/registry.ts'
import type { Work } from './core.ts'

/** The columns that Offstage keeps, as an update of the row leaves them. */
export function stamp({ core }: Work, model: ModelDef, before: Row): Row {
  const own: Row = {}
  if (model.fields.get('updatedAt')?.own) own['updatedAt'] = core.now().toISOString()
  if (model.fields.get('version')?.own) own['version'] = Number(before['version']) + 1
  return own
}
