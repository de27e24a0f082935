// Edits that people make of their models, each with what it must do to the rows.

import { addField, dropField, renameField, retype } from './edit-fields.ts'
import { type Edit, isTexty, isIndexable } from './edit-help.ts'
import { addModel, dropModel, renameModel, rekey, ownField, purge } from './edit-models.ts'
import { requireField, freeField, changeDefault, changeLimits, changeChoices, flag, groups } from './edit-rules.ts'

/** More often what people do more often. */
export const edits: readonly Edit[] = [
  addModel,
  dropModel,
  renameModel,
  rekey,
  ownField,
  purge,
  addField,
  addField,
  addField,
  addField,
  dropField,
  renameField,
  renameField,
  retype,
  retype,
  retype,
  changeChoices,
  changeChoices,
  requireField,
  requireField,
  freeField,
  changeDefault,
  changeLimits,
  groups,
  flag('unique', isIndexable),
  flag('index', (field) => isIndexable(field) && field.kind !== 'ref'),
  flag('searchable', isTexty),
]
