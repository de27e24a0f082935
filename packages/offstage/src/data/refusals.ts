// What writes are refused with.

import { mostErrors, OffstageError, type FieldError } from '../base/errors.ts'
import { quote } from '../query/names.ts'
import type { Principal } from '../query/principal.ts'
import type { Action, ModelDef } from '../schema/registry.ts'
import { CheckViolation, ReferenceViolation, UniqueViolation } from '../store/store.ts'

/** The same for a row that is not there and one that may not be read. */
export function notFound(model: ModelDef): OffstageError {
  return new OffstageError('not_found', { detail: `There is no such row of ${model.name}.`, model: model.name })
}

const verbs: Readonly<Record<Action, string>> = { read: 'read', create: 'create', update: 'change', updateTo: 'change', delete: 'delete' }

/** The rule fails on this row. */
export function ruleFails(model: ModelDef, action: Action): OffstageError {
  const rule = action === 'updateTo' && model.rules.updateTo === undefined ? 'update' : action
  const which = action === 'create' ? 'such a row' : action === 'updateTo' ? 'the row into this' : 'this row'
  return new OffstageError('forbidden', {
    detail:
      action === 'updateTo'
        ? `You may not change this row of ${model.name} into what it would become.`
        : `You may not ${verbs[action]} ${which} of ${model.name}.`,
    hint: `The \`${rule}\` rule of ${model.name} is false for ${action === 'create' ? 'the new row' : action === 'updateTo' ? 'the row as it would become' : 'the row as it is'}.`,
    place: model.rulePlace ?? model.place,
    model: model.name,
  })
}

/** The row was written, and then could not be shown to its writer: so it is not written. */
export function notShown(model: ModelDef, principal: Principal): OffstageError {
  return new OffstageError(principal.kind === 'anonymous' ? 'unauthenticated' : 'forbidden', {
    detail: `You may not read the row of ${model.name} that this would leave, so nothing was changed. Ask for no row back to write it all the same.`,
    hint: `The \`read\` rule of ${model.name} is false for the row as written. Widen it, or write with { return: 'none' } (over HTTP: Prefer: return=minimal).`,
    place: model.rulePlace ?? model.place,
    model: model.name,
  })
}

export function unknownFields(model: ModelDef, errors: readonly FieldError[]): OffstageError {
  const told = errors.slice(0, mostErrors)
  return new OffstageError('unknown_field', {
    detail: `${model.name} has no ${told.map((e) => quote(e.path)).join(', ')} to write.`,
    errors: told,
    model: model.name,
  })
}

export const unknownName = (path: string): FieldError => ({ path, code: 'unknown_field', message: 'There is no such field.' })
export const keptByUs = (path: string): FieldError => ({ path, code: 'unknown_field', message: 'Offstage keeps this value; leave it out.' })
export const noSuchRow = (path: string): FieldError => ({ path, code: 'no_such_row', message: 'There is no such row.' })

export function notWritable(model: ModelDef, names: readonly string[]): OffstageError {
  const place = model.fields.get(names[0]!)?.place
  return new OffstageError('forbidden', {
    detail: `You may not write ${names.map((name) => `${model.name}.${name}`).join(', ')}.`,
    errors: names.map((path) => ({ path, code: 'not_writable', message: 'You may not write this.' })),
    hint: 'The `writable` rule of the field must hold for the row before and after the write.',
    place,
    model: model.name,
  })
}

export function invalidValues(errors: readonly FieldError[]): OffstageError {
  return new OffstageError('invalid_values', { errors: errors.slice(0, mostErrors) })
}

/**
 * What a store refused, in our words. `given` are the names the writer gave: others must not be named, since their values may be
 * nobody's business.
 */
export function refused(error: unknown, model: ModelDef, given: (name: string) => boolean): unknown {
  if (error instanceof UniqueViolation) {
    const own = error.fields.filter(given)
    return new OffstageError('conflict', {
      detail:
        own.length > 0 ? `Another row of ${model.name} has this ${own.join(' and ')}.` : `Another row of ${model.name} has these values.`,
      errors: own.map((path) => ({ path, code: 'taken', message: own.length > 1 ? 'This combination is taken.' : 'This value is taken.' })),
      hint: `Unique in ${model.name}: ${error.fields.join(' + ')}.`,
      model: model.name,
      cause: error,
    })
  }
  if (error instanceof CheckViolation)
    return invalidValues([{ path: error.field, code: 'out_of_limits', message: 'The value would leave its limits.' }])
  if (error instanceof ReferenceViolation) return stillReferenced(model, error)
  return error
}

export function stillReferenced(model: ModelDef, cause: unknown): OffstageError {
  return new OffstageError('still_referenced', {
    detail: `Other rows still refer to this row of ${model.name}; delete them first.`,
    hint: "Declare `.onDelete('cascade')` or `.onDelete('clear')` on the references if they should go, or be cleared, with it.",
    model: model.name,
    cause,
  })
}

/** The error of a row that the caller did not write: what it says of this field is said of the value the caller gave. */
export function withoutStep(step: string, error: unknown): unknown {
  if (!(error instanceof OffstageError) || error.errors === undefined) return error
  return error.with({ errors: error.errors.map((e) => (e.path === step ? { ...e, path: '' } : e)) })
}

/** The error of a row inside another: all paths begin at the outer one. */
export function under(path: string, error: unknown): unknown {
  // A mistake of the app's that has its place is of a call that a hook made: its paths are of that call.
  if (!(error instanceof OffstageError) || (error.status >= 500 && (!error.errors || error.place !== undefined))) return error
  const errors = error.errors ?? [{ path: '', code: error.code, message: error.detail ?? error.title }]
  return error.with({ cause: error, errors: errors.map((e) => ({ ...e, path: e.path === '' ? path : `${path}.${e.path}` })) })
}
