import { OffstageError, type FieldError } from '../base/errors.ts'

/** Longer texts are refused unread: nothing here needs them. */
const mostCharacters = 1024

/**
 * Reads a JSON body of texts, strictly: an object where a text was expected has reset the administrator's password
 * elsewhere. Keys that are neither in `fields` nor allowed by `rest` are refused.
 */
export function readTexts<K extends string>(body: unknown, fields: readonly K[], optional: readonly string[] = []): Record<K, string> & Partial<Record<string, string>> {
  const object = readObject(body)
  const known: readonly string[] = [...fields, ...optional]
  refuseUnknown(Object.keys(object).filter((key) => !known.includes(key)), known)
  const errors: FieldError[] = []
  const values: Record<string, string> = {}
  for (const name of known) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined
    if (value === undefined) {
      if (!optional.includes(name)) errors.push({ path: name, code: 'required', message: 'is required.' })
    } else if (typeof value !== 'string') errors.push({ path: name, code: 'wrong_type', message: 'must be a text.' })
    else if (value.length > mostCharacters) errors.push({ path: name, code: 'too_long', message: `must have at most ${mostCharacters} characters.` })
    else if (!value.isWellFormed() || value.includes('\0')) errors.push({ path: name, code: 'malformed', message: 'holds a character that no text may hold.' })
    else values[name] = value
  }
  if (errors.length > 0) throw new OffstageError('invalid_values', { errors })
  return values as Record<K, string>
}

export function readObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw new OffstageError('malformed', { detail: `The body must be a JSON object, not ${body === undefined ? 'empty' : JSON.stringify(body).slice(0, 40)}.` })
}

function refuseUnknown(unknown: readonly string[], known: readonly string[]): void {
  if (unknown.length === 0) return
  throw new OffstageError('unknown_field', {
    detail: `There is ${unknown.map((key) => `no "${key.slice(0, 40)}"`).join(', ')} here; there is ${known.map((key) => `"${key}"`).join(', ')}.`,
    errors: unknown.map((path) => ({ path, code: 'unknown_field', message: 'is not known here.' })),
  })
}
