// Mistakes in the arguments of operations, told apart by who wrote them: those of a request are its caller's to mend (4xx), those of the
// app's own code are the app's (500: to callers `internal`, and a line in the log).

import { isInternal, OffstageError } from '../base/errors.ts'
import { Place } from '../base/place.ts'
import { quote } from '../query/names.ts'
import { WrongWords } from '../query/parse-json.ts'
import type { Registry } from '../schema/registry.ts'

/**
 * Who wrote the argument. `caller`: it was read from a request, a file or a command line. `endpoint`: code that acts as its caller: the form
 * of the call is its own, while the values of the rows may be the caller's, and their limits are the model's to say. `app`: code that speaks
 * for itself, such as the system, hooks and seeds.
 */
export type Author = 'caller' | 'endpoint' | 'app'

const ofForm: ReadonlySet<string> = new Set(['malformed', 'unknown_field', 'unknown_parameter', 'invalid_filter', 'invalid_cursor'])

/**
 * Reads an argument, and tells what is wrong with its form to whoever wrote it. Nothing of the app's may run in `read`: what its code throws
 * is meant as it is, and so is what rules and rows say.
 */
export function readFrom<T>(author: Author, registry: Registry, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw formError(author, registry, error)
  }
}

/** What is wrong with the form of an argument. */
export const formError = (author: Author, registry: Registry, error: unknown): unknown =>
  author !== 'caller' && error instanceof OffstageError && ofForm.has(error.code) && !(error instanceof WrongWords)
    ? appError(error, hintOf(error, registry))
    : error

/** Values that do not fit the model. `form`: also that of the call is wrong, which only code can mend. */
export function valuesError(author: Author, error: OffstageError, form = false): OffstageError {
  return author === 'app' || (form && author === 'endpoint') ? appError(error, valuesHint) : error
}

/** A question with too large an answer can be put otherwise by the code that puts it, not by whom it answers. */
export const tooManyRowsError = (author: Author, error: unknown): unknown =>
  author !== 'caller' && error instanceof OffstageError && error.code === 'too_many_rows' ? appError(error) : error

/** The same error, as the app's own: 500, whatever its code. */
export const appError = (error: OffstageError, hint: string | undefined = error.hint): OffstageError => error.with({ status: 500, hint })

/** With the line of the app that made the call. To be called while the call is on the stack, or awaited. */
export function withPlace(error: unknown): unknown {
  if (!(error instanceof OffstageError) || !isInternal(error) || error.place !== undefined) return error
  const place = new Place().toString()
  return place === '' ? error : error.with({ place })
}

const valuesHint =
  "These values are from the app's own code. If a request may hold them, declare it in `input`: what does not fit is refused there, with a 422."

function hintOf({ code, errors, model }: OffstageError, { models }: Registry): string {
  const def = models.get(model ?? '')
  if (code !== 'unknown_field' || !def)
    return "This is from the app's own code. If a request may hold it, declare it in `input`, `query` or `params`: what does not fit is refused there."
  const path = errors?.[0]?.path ?? ''
  const field = def.fields.get(path)
  if (!field) return `${def.name} has: ${[...def.fields.keys()].join(', ')}.`
  if (field.own) return `Offstage keeps ${def.name}.${path}; leave it out.`
  return `${def.name}.${path} is there, but not for this user: leave ${quote(path)} out, or ask as \`db.system\`.`
}
