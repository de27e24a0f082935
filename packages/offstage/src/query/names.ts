// Names come in as text and leave as definitions. A field that does not exist, is hidden, or may not be read by this caller
// is refused in exactly the same words: the answer must not tell which it was.

import { OffstageError } from '../base/errors.ts'
import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'

/** What a caller may name. Parsing with the caller's own eyes makes an unreadable field as unknown as one that is not there. */
export interface Eyes {
  /** Throws when the model is closed: whoever may not ask at all is told so before the question is looked at. */
  model(model: ModelDef): void
  /** May the value be seen, on some row at least? */
  field(field: FieldDef): boolean
  /** May the rows on the other side be seen, some of them at least? */
  relation(field: FieldDef): boolean
}

/** The system's eyes, and those of whoever wrote a rule. */
export const allEyes: Eyes = { model: () => {}, field: () => true, relation: () => true }

/** When no principal is known yet: everything but what no caller can see. `authorise` decides the rest. */
export function callerEyes(registry: Registry): Eyes {
  return {
    model: () => {},
    field: (field) => !field.hidden,
    relation: (field) => registry.models.get(field.target!)?.system === false,
  }
}

export function unknownField(model: string, name: string): OffstageError {
  return new OffstageError('unknown_field', {
    detail: `${model} has no field ${quote(name)} that can be used here.`,
    errors: [{ path: printable(name), code: 'unknown_field', message: 'There is no such field.' }],
    model,
  })
}

export function modelOf(registry: Registry, name: string): ModelDef {
  const model = registry.models.get(name)
  if (!model) throw new OffstageError('invalid_call', { detail: `There is no model ${quote(name)}.` })
  return model
}

/** A column by name. */
export function columnOf(model: ModelDef, name: string, eyes: Eyes): FieldDef {
  const field = model.fields.get(name)
  if (!field || field.kind.name === 'many' || !eyes.field(field)) throw unknownField(model.name, name)
  return field
}

/** A column, reference or list by name. */
export function fieldOf(model: ModelDef, name: string, eyes: Eyes): FieldDef {
  const field = model.fields.get(name)
  if (!field || !eyes.field(field)) throw unknownField(model.name, name)
  return field
}

/** The model on the other side of a reference or list. */
export function targetOf(registry: Registry, field: FieldDef, eyes: Eyes): ModelDef {
  const target = field.target === undefined ? undefined : registry.models.get(field.target)
  if (!target || !eyes.relation(field)) throw unknownField(field.model, field.name)
  return target
}

/** What a caller sent, cut and without control characters, fit for a message. */
export function quote(text: string): string {
  return `'${printable(text)}'`
}

function printable(text: string): string {
  const clean = text.toWellFormed().replace(/[\p{Cc}\p{Cf}]/gu, '?')
  return clean.length > 60 ? `${clean.slice(0, 60).toWellFormed()}…` : clean
}
